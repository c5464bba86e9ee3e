package dev.parley.netty;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures for how long I/O threads do not come back to their sockets. It only logs: what a machine does meanwhile is
 * no test's fault. Off unless the system property {@code abuse.watchdog} is set.
 */
final class Watchdog {

    private static final System.Logger LOG = System.getLogger(Watchdog.class.getName());
    private static final boolean ON = Boolean.getBoolean("abuse.watchdog");
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final AtomicLong LONGEST = new AtomicLong();
    private static final List<Future<?>> PROBES = new ArrayList<>();

    private Watchdog() {}

    static void begin(EventLoopGroup loops) {
        if (!ON) {
            return;
        }
        LONGEST.set(0);
        for (EventExecutor loop : loops) {
            AtomicLong last = new AtomicLong(System.nanoTime());
            PROBES.add(loop.scheduleWithFixedDelay(
                    () -> {
                        long now = System.nanoTime();
                        LONGEST.accumulateAndGet(now - last.getAndSet(now) - PERIOD_NANOS, Math::max);
                    },
                    PERIOD_NANOS,
                    PERIOD_NANOS,
                    TimeUnit.NANOSECONDS));
        }
    }

    static void end(String test) {
        if (ON) {
            PROBES.forEach(probe -> probe.cancel(false));
            PROBES.clear();
            LOG.log(System.Logger.Level.INFO, "{0} us: {1}", TimeUnit.NANOSECONDS.toMicros(LONGEST.get()), test);
        }
    }
}
