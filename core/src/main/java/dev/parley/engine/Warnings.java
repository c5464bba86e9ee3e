package dev.parley.engine;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Warns of failures of the application that any client can cause with a request: the first ones show a fault, more
 * would flood the log.
 */
final class Warnings {

    private static final int MOST = 10;

    private final AtomicInteger given = new AtomicInteger();

    void give(System.Logger log, String message, @Nullable Throwable cause) {
        boolean more = given.get() < MOST && given.incrementAndGet() <= MOST;
        log.log(more ? System.Logger.Level.WARNING : System.Logger.Level.DEBUG, message, cause);
    }
}
