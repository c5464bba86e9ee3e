package dev.parley;

import dev.parley.engine.Scheduler;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How many packets a client sends in a second. As many may come at once; where more come, they have been paid for
 * before anything else is read. Safe for use by any thread.
 */
final class PacketRate {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final ServerContext context;
    private final Scheduler scheduler;
    private final Runnable pause;
    private final Runnable resume;
    /** What one packet takes at the permitted rate. */
    private final long nanosPerPacket;

    /** When all packets would be over at the permitted rate. */
    private long busyUntil;

    private Scheduler.@Nullable Timeout timer;
    private volatile boolean exceeded;
    private boolean closed;

    /**
     * Starts to count.
     *
     * @param pause called when nothing more of the client is to be read
     * @param resume called when it may be read again
     */
    PacketRate(ServerContext context, int perSecond, Runnable pause, Runnable resume) {
        this.context = context;
        this.scheduler = context.scheduler();
        this.pause = pause;
        this.resume = resume;
        this.nanosPerPacket = SECOND / perSecond;
        this.busyUntil = scheduler.nanoTime();
    }

    /** Whether nothing is to be read at present. */
    boolean isExceeded() {
        return exceeded;
    }

    /** Counts a packet. On the client's I/O thread. */
    void count() {
        if (exceeds()) {
            pause.run();
            if (!exceeded) {
                resume.run(); // that was over before reading had been paused
            }
        }
    }

    private synchronized boolean exceeds() {
        long now = scheduler.nanoTime();
        busyUntil = (busyUntil - now < 0 ? now : busyUntil) + nanosPerPacket;
        if (!exceeded && !closed && busyUntil - now > SECOND) {
            exceeded = true;
            context.count(Incident.PACKET_RATE_EXCEEDED);
            await(now);
        }
        return exceeded;
    }

    private void await(long now) {
        timer = scheduler.schedule(Duration.ofNanos(busyUntil - now - SECOND + nanosPerPacket), this::look);
    }

    /** Packets that had been read before may have come meanwhile. */
    private void look() {
        synchronized (this) {
            long now = scheduler.nanoTime();
            if (closed) {
                return;
            }
            if (busyUntil - now > SECOND - nanosPerPacket) {
                await(now);
                return;
            }
            exceeded = false;
        }
        resume.run();
    }

    /** The client has gone. */
    synchronized void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
    }
}
