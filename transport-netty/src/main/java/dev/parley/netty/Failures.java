package dev.parley.netty;

import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Logs why a connection ends early, as loud as it deserves. */
final class Failures {

    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** When the last lack of memory was logged. A race makes one more line. */
    private static volatile long lastLack = System.nanoTime() - PAUSE_NANOS;

    private Failures() {}

    /** What a peer or the network does wrong concerns nobody; all else is a fault of a program. */
    static void log(System.Logger log, String message, Throwable cause) {
        if (cause instanceof OutOfMemoryError) {
            logLack(log, message, cause);
            return;
        }
        boolean theirs = cause instanceof IOException || cause instanceof DecoderException;
        log.log(theirs ? System.Logger.Level.DEBUG : System.Logger.Level.ERROR, message, cause);
    }

    /** A lack of memory strikes many connections at once: one line tells of it, and where it came from is of no use. */
    private static void logLack(System.Logger log, String message, Throwable cause) {
        long now = System.nanoTime();
        if (now - lastLack < PAUSE_NANOS) {
            log.log(System.Logger.Level.DEBUG, message, cause);
        } else {
            lastLack = now;
            log.log(System.Logger.Level.ERROR, "{0}: {1}", message, cause);
        }
    }
}
