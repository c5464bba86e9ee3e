package dev.parley.engine;

import dev.parley.engine.Scheduler.Timeout;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Sends a session's pings and notices when no pong comes. One timer is pending at any time and packets never touch it:
 * they only move the time that the timer looks at when it fires.
 */
final class Heartbeat implements Runnable {

    private final Session session;
    private final Scheduler scheduler;
    private final long interval;
    private final long timeout;

    private volatile boolean awaitingPong;
    private boolean extended;
    private boolean stopped;
    /** When to send the next ping or, while a pong is awaited, when to give up. */
    private long due;

    private @Nullable Timeout timer;

    Heartbeat(Session session, EngineOptions options) {
        this.session = session;
        this.scheduler = options.scheduler();
        this.interval = options.pingInterval().toNanos();
        this.timeout = options.pingTimeout().toNanos();
    }

    synchronized void start() {
        due = scheduler.nanoTime() + interval;
        fireIn(interval);
    }

    synchronized void stop() {
        stopped = true;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    synchronized void pong() {
        awaitingPong = false;
        due = scheduler.nanoTime() + interval;
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
            due = scheduler.nanoTime() + timeout;
        }
    }

    /** Acts now if the time is up, though the timer may not have come to it. */
    void check() {
        if (awaitingPong) {
            run();
        }
    }

    @Override
    public void run() {
        boolean expired = false;
        synchronized (this) {
            long now = scheduler.nanoTime();
            long left = due - now;
            if (stopped) {
                return;
            }
            if (left > 0) {
                fireIn(awaitingPong ? Math.min(left, interval) : left);
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
     * A ping that is a little late does not put off the end, but after a pause of the whole machine peers get their
     * full time.
     */
    private void awaitPong(long now) {
        due = Math.max(due, now - timeout / 4) + timeout;
        awaitingPong = true;
        extended = false;
        fireIn(Math.min(due - now, interval));
    }

    private void fireIn(long nanos) {
        if (timer != null) {
            timer.cancel();
        }
        timer = scheduler.schedule(Duration.ofNanos(nanos), this);
    }
}
