package dev.parley.engine;

import dev.parley.engine.Scheduler.Timeout;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Clients that have ended their session by polling while none of their polls was waiting. A poll that was sent at the
 * same time may travel on another connection and come later; it is answered as if it had been there, once.
 */
final class Farewells {

    private static final Duration GRACE = Duration.ofMillis(500);

    private final Scheduler scheduler;
    private final Map<String, Timeout> expected = new ConcurrentHashMap<>();

    Farewells(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    void expect(String sid) {
        expected.put(sid, scheduler.schedule(GRACE, () -> expected.remove(sid)));
    }

    boolean take(String sid) {
        Timeout timeout = expected.remove(sid);
        if (timeout != null) {
            timeout.cancel();
        }
        return timeout != null;
    }

    void clear() {
        expected.keySet().forEach(this::take);
    }
}
