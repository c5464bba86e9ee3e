package dev.parley.engine;

import dev.parley.protocol.EnginePacketType;

/** The heartbeat of revision 4: the server pings, and the client has to answer in time. */
final class ServerPings extends Heartbeat {

    private volatile boolean awaitingPong;
    /** Whether the peer was granted more time for the present ping. */
    private boolean extended;

    /** When the last ping was sent. */
    private long pinged;
    /** When to send the next ping or, while a pong is awaited, when to give up. */
    private long due;

    ServerPings(Session session) {
        super(session);
    }

    @Override
    synchronized void start() {
        long now = now();
        due = now + options().pingInterval().toNanos();
        fireAt(due, now);
    }

    @Override
    boolean receive(EnginePacketType type) {
        if (type != EnginePacketType.PONG) {
            return false;
        }
        if (awaitingPong) {
            answered();
        } else {
            session.server().incidents().add(EngineIncident.IGNORED_PACKET);
        }
        return true;
    }

    private synchronized void answered() {
        awaitingPong = false;
        due = now() + options().pingInterval().toNanos();
    }

    /** A peer that sends a lot may be slow to answer: the first message after a ping grants more time, once. */
    @Override
    void message() {
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

    @Override
    synchronized void resumed() {
        excuse();
    }

    /**
     * The pong may wait, unread, behind what the client sent before; so it counts as come. The next ping is not put off
     * by that: without, the client would think us gone.
     */
    private void excuse() {
        if (awaitingPong) {
            awaitingPong = false;
            due = pinged + options().pingInterval().toNanos();
        }
    }

    @Override
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
            if (isStopped()) {
                return;
            }
            long now = now();
            if (session.isReadingPaused()) {
                excuse();
            } else if (awaitingPong && hasPaused(now)) {
                due = now + options().pingTimeout().toNanos();
            }
            if (due - now > 0) {
                fireSoon(now);
                return;
            }
            expired = awaitingPong;
            if (!expired) {
                awaitPong(now);
            }
        }
        if (expired) {
            session.finish(EngineIncident.PING_TIMEOUT, null);
        } else {
            session.ping();
        }
    }

    /**
     * A ping that is a little late does not put off the end, which comes when the peer was told it would; but half of
     * the time is left to the peer in any case.
     */
    private void awaitPong(long now) {
        long full = options().pingTimeout().toNanos();
        due = Math.max(due, now - full / 2) + full;
        pinged = now;
        awaitingPong = true;
        extended = false;
        fireSoon(now);
    }

    /** Sets the timer, never further ahead than the next ping would be if the pong came at once. */
    private void fireSoon(long now) {
        fireAt(Math.min(due, now + options().pingInterval().toNanos()), now);
    }
}
