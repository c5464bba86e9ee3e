package dev.parley.engine;

import dev.parley.engine.Scheduler.Timeout;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Sends a session's pings and notices when no pong comes. One timer is pending at any time and packets never touch it:
 * they only move the time that the timer looks at when it fires.
 */
final class Heartbeat implements Runnable {

    private static final long LEAST_PAUSE = Duration.ofSeconds(1).toNanos();

    private final Session session;

    private volatile boolean awaitingPong;
    /** Whether the peer was granted more time for the present ping. */
    private boolean extended;

    private boolean stopped;
    /** When to send the next ping or, while a pong is awaited, when to give up. */
    private long due;
    /** When the timer was to fire. */
    private long alarm;

    private @Nullable Timeout timer;

    Heartbeat(Session session) {
        this.session = session;
    }

    private EngineOptions options() {
        return session.server().options();
    }

    private long now() {
        return options().scheduler().nanoTime();
    }

    synchronized void start() {
        long now = now();
        due = now + options().pingInterval().toNanos();
        fireAt(due, now);
    }

    synchronized void stop() {
        stopped = true;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    /** Takes note of a pong, if one is awaited. */
    void pong() {
        if (awaitingPong) {
            answered();
        }
    }

    private synchronized void answered() {
        awaitingPong = false;
        due = now() + options().pingInterval().toNanos();
    }

    /** A peer that sends a lot may be slow to answer: the first other packet after a ping grants more time, once. */
    void otherPacket() {
        if (awaitingPong) {
            extend();
        }
    }

    private synchronized void extend() {
        if (awaitingPong && !extended) {
            extended = true;
            due = now() + options().pingTimeout().toNanos();
        }
    }

    /** Gives up now if the time is over, though the timer may not have come to it. */
    void check() {
        if (awaitingPong && isOver()) {
            run();
        }
    }

    private synchronized boolean isOver() {
        return due - now() <= 0;
    }

    @Override
    public void run() {
        boolean expired;
        synchronized (this) {
            if (stopped) {
                return;
            }
            long now = now();
            if (awaitingPong && hasPaused(now)) {
                due = now + options().pingTimeout().toNanos();
            }
            if (due - now > 0) {
                fireAt(due, now);
                return;
            }
            expired = awaitingPong;
            if (!expired) {
                awaitPong(now);
            }
        }
        if (expired) {
            session.finish(CloseReason.PING_TIMEOUT, null);
        } else {
            session.ping();
        }
    }

    /**
     * Whether the timer fires so late that the whole machine must have paused. Peers get their time once more then:
     * their pongs may well be here, unread.
     */
    private boolean hasPaused(long now) {
        return now - alarm > Math.max(LEAST_PAUSE, options().pingTimeout().toNanos() / 4);
    }

    /**
     * A ping that is a little late does not put off the end, which comes when the peer was told it would; but half of
     * the time is left to the peer in any case.
     */
    private void awaitPong(long now) {
        long full = options().pingTimeout().toNanos();
        due = Math.max(due, now - full / 2) + full;
        awaitingPong = true;
        extended = false;
        fireAt(due, now);
    }

    /** Sets the timer, never further ahead than the next ping would be if the pong came at once. */
    private void fireAt(long time, long now) {
        if (stopped) {
            return;
        }
        if (timer != null) {
            timer.cancel();
        }
        long delay = Math.min(time - now, options().pingInterval().toNanos());
        alarm = now + delay;
        timer = options().scheduler().schedule(Duration.ofNanos(delay), this);
    }
}
