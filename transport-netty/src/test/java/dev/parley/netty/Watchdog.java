package dev.parley.netty;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Measures for how long I/O threads do not come back to their sockets, for how much of that they had a processor, for
 * how long a lock kept them, and what they were at. It only logs: what a machine does meanwhile is no test's fault. Off
 * unless the system property {@code abuse.watchdog} is set.
 */
final class Watchdog {

    private static final System.Logger LOG = System.getLogger(Watchdog.class.getName());
    private static final boolean ON = Boolean.getBoolean("abuse.watchdog");
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    /** After so long somebody looks at what the thread is at. */
    private static final long SUSPICIOUS_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final int FRAMES = 30;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final List<Probe> PROBES = new CopyOnWriteArrayList<>();

    static {
        if (ON) {
            THREADS.setThreadContentionMonitoringEnabled(true);
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("watchdog", true))
                    .scheduleAtFixedRate(
                            () -> PROBES.forEach(Probe::look),
                            SUSPICIOUS_NANOS,
                            SUSPICIOUS_NANOS / 4,
                            TimeUnit.NANOSECONDS);
        }
    }

    private Watchdog() {}

    static void begin(EventLoopGroup loops) {
        if (ON) {
            for (EventExecutor loop : loops) {
                PROBES.add(new Probe(loop));
            }
        }
    }

    static void end(String test) {
        if (ON) {
            Probe worst = PROBES.stream()
                    .max(Comparator.comparingLong(probe -> probe.longest.nanos()))
                    .orElseThrow();
            PROBES.forEach(probe -> probe.timer.cancel(false));
            PROBES.clear();
            LOG.log(System.Logger.Level.INFO, "{0}: {1}", worst.longest, test);
        }
    }

    /** A time in which a thread did not look at its sockets. */
    private record Pause(long nanos, long cpuNanos, long blockedMillis, List<StackTraceElement> at) {

        @Override
        public String toString() {
            return String.format(
                            "%d us, %d us on a processor, %d ms blocked", nanos / 1000, cpuNanos / 1000, blockedMillis)
                    + at.stream().limit(FRAMES).map(frame -> "\n    " + frame).collect(Collectors.joining());
        }
    }

    /** Runs on an I/O thread, as often as that comes to it. */
    private static final class Probe implements Runnable {

        private static final List<StackTraceElement> UNSEEN = List.of();

        private final Future<?> timer;
        private volatile Pause longest = new Pause(0, 0, 0, UNSEEN);
        private volatile @Nullable Thread thread;
        private volatile long last = System.nanoTime();
        private volatile List<StackTraceElement> seen = UNSEEN;
        private long lastCpu;
        private long lastBlocked;

        Probe(EventExecutor loop) {
            timer = loop.scheduleWithFixedDelay(this, PERIOD_NANOS, PERIOD_NANOS, TimeUnit.NANOSECONDS);
        }

        @Override
        public void run() {
            long now = System.nanoTime();
            long cpu = THREADS.getCurrentThreadCpuTime();
            long blocked = THREADS.getThreadInfo(Thread.currentThread().getId()).getBlockedTime();
            long pause = now - last - PERIOD_NANOS;
            if (pause > longest.nanos() && thread != null) {
                longest = new Pause(pause, cpu - lastCpu, blocked - lastBlocked, seen);
            }
            thread = Thread.currentThread();
            last = now;
            lastCpu = cpu;
            lastBlocked = blocked;
            seen = UNSEEN;
        }

        /** Looks at what the thread is at, if it has not been here for long. */
        void look() {
            Thread looked = thread;
            if (looked != null && seen == UNSEEN && System.nanoTime() - last > SUSPICIOUS_NANOS) {
                seen = List.of(looked.getStackTrace());
            }
        }
    }
}
