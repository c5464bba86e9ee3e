package dev.parley.engine;

import dev.parley.engine.Scheduler.Timeout;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Sessions that their clients have ended by polling while none of their polls was waiting. A poll that was sent at the
 * same time may travel on another connection and come later; for a moment it still finds its session here.
 */
final class LingeringSessions {

    private static final Duration GRACE = Duration.ofMillis(500);

    private final Scheduler scheduler;
    private final Map<String, Lingering> sessions = new ConcurrentHashMap<>();

    LingeringSessions(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    private record Lingering(Session session, Timeout end) {}

    void add(Session session) {
        String sid = session.id();
        sessions.put(sid, new Lingering(session, scheduler.schedule(GRACE, () -> sessions.remove(sid))));
    }

    /** Finds a session, once. */
    @Nullable
    Session take(String sid) {
        Lingering found = sessions.remove(sid);
        if (found == null) {
            return null;
        }
        found.end.cancel();
        return found.session;
    }

    void clear() {
        sessions.keySet().forEach(this::take);
    }
}
