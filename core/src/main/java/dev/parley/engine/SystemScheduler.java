package dev.parley.engine;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Real time, with one daemon thread for all timers. */
final class SystemScheduler implements Scheduler {

    static final SystemScheduler INSTANCE = new SystemScheduler();

    /** A timer may be late by this part of its delay, so that those of many clients fire together. */
    private static final int SLACK = 64;

    private static final long MOST_SLACK = Duration.ofMillis(100).toNanos();

    private static final System.Logger LOG = System.getLogger(SystemScheduler.class.getName());

    private final ScheduledThreadPoolExecutor timers;

    private SystemScheduler() {
        timers = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "parley-timer");
            thread.setDaemon(true);
            return thread;
        });
        timers.setRemoveOnCancelPolicy(true);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long currentTimeMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public Timeout schedule(Duration delay, Runnable task) {
        long nanos = rounded(System.nanoTime(), delay.toNanos());
        ScheduledFuture<?> future = timers.schedule(() -> runLogged(task), nanos, TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }

    /**
     * Prolongs a delay so that it ends with others: thousands of heartbeats wake the processor a few times a second
     * then. The times at which long delays may end are among those for shorter ones.
     */
    static long rounded(long now, long delay) {
        long slack = Long.highestOneBit(Math.min(delay / SLACK, MOST_SLACK));
        return slack == 0 ? delay : delay + (-(now + delay) & (slack - 1));
    }

    private static void runLogged(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.ERROR, "a timer task failed", e);
        }
    }
}
