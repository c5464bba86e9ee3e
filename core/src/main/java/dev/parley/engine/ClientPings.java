package dev.parley.engine;

import dev.parley.protocol.EnginePacketType;
import dev.parley.protocol.PacketBundle;

/** The heartbeat of revision 3: the client pings, and the server answers. */
final class ClientPings extends Heartbeat {

    private static final PacketBundle PONG = PacketBundle.control(EnginePacketType.PONG, "");

    /** When to give up. */
    private volatile long due;

    ClientPings(Session session) {
        super(session);
        due = now() + patience();
    }

    /** The client waits for the interval, then its ping may take as long as the timeout. */
    private long patience() {
        return options().pingInterval().toNanos() + options().pingTimeout().toNanos();
    }

    @Override
    void start() {
        long now = now();
        due = now + patience();
        fireAt(due, now);
    }

    @Override
    boolean receive(EnginePacketType type) {
        if (type != EnginePacketType.PING) {
            return false;
        }
        pinged();
        session.send(PONG);
        return true;
    }

    private synchronized void pinged() {
        due = now() + patience();
    }

    @Override
    void message() {
        // only pings count
    }

    @Override
    synchronized void resumed() {
        due = Math.max(due, now() + options().pingTimeout().toNanos());
    }

    @Override
    void check() {
        if (due - now() <= 0) {
            run();
        }
    }

    @Override
    public void run() {
        synchronized (this) {
            if (isStopped()) {
                return;
            }
            long now = now();
            if (hasPaused(now) || session.isReadingPaused()) {
                due = Math.max(due, now + options().pingTimeout().toNanos());
            }
            if (due - now > 0) {
                fireAt(due, now);
                return;
            }
        }
        session.finish(EngineIncident.PING_TIMEOUT, null);
    }
}
