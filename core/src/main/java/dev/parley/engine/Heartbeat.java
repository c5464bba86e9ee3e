package dev.parley.engine;

import dev.parley.engine.Scheduler.Timeout;
import dev.parley.protocol.EnginePacketType;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Notices when a session's client has gone silent. One timer is pending at any time and packets never touch it: they
 * only move the time that the timer looks at when it fires.
 */
abstract class Heartbeat implements Runnable {

    private static final long LEAST_PAUSE = Duration.ofSeconds(1).toNanos();

    final Session session;

    private boolean stopped;
    /** When the timer was to fire. */
    private long alarm;

    private @Nullable Timeout timer;

    Heartbeat(Session session) {
        this.session = session;
    }

    final EngineOptions options() {
        return session.server().options();
    }

    final long now() {
        return options().scheduler().nanoTime();
    }

    abstract void start();

    final synchronized void stop() {
        stopped = true;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    final synchronized boolean isStopped() {
        return stopped;
    }

    /** Takes a ping or a pong; false if it is not the client's turn to send that. */
    abstract boolean receive(EnginePacketType type);

    /** Takes note of a message. */
    abstract void message();

    /** Takes note that the client's packets are read again: its ping or pong may have waited. */
    abstract void resumed();

    /** Gives up now if the time is over, though the timer may not have come to it. */
    abstract void check();

    /**
     * Whether the timer fires so late that the whole machine must have paused. Peers get their time once more then:
     * what they sent may well be here, unread. Called with the lock held.
     */
    final boolean hasPaused(long now) {
        return now - alarm > Math.max(LEAST_PAUSE, options().pingTimeout().toNanos() / 4);
    }

    /** Sets the timer, in place of the present one. */
    final synchronized void fireAt(long time, long now) {
        if (stopped) {
            return;
        }
        if (timer != null) {
            timer.cancel();
        }
        alarm = time;
        timer = options().scheduler().schedule(Duration.ofNanos(time - now), this);
    }
}
