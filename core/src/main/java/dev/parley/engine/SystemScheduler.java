package dev.parley.engine;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Real time, with one daemon thread for all timers. Each session has a timer pending at any time, so what one takes
 * counts: those that are due at the same time, most of them, are the links of one list.
 */
final class SystemScheduler implements Scheduler {

    static final SystemScheduler INSTANCE = new SystemScheduler();

    /** A timer may be late by this part of its delay, so that those of many clients fire together. */
    private static final int SLACK = 64;

    private static final long MOST_SLACK = Duration.ofMillis(100).toNanos();

    private static final System.Logger LOG = System.getLogger(SystemScheduler.class.getName());

    private final ScheduledThreadPoolExecutor thread;

    private final ReentrantLock lock = new ReentrantLock();
    /** By the time at which they are due. Guarded by the lock, as are the links of their lists. */
    private final Map<Long, Batch> batches = new HashMap<>();

    private SystemScheduler() {
        thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "parley-timer");
            thread.setDaemon(true);
            return thread;
        });
        thread.setRemoveOnCancelPolicy(true);
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
        long now = System.nanoTime();
        long nanos = rounded(now, delay.toNanos());
        lock.lock();
        try {
            Batch batch = batches.computeIfAbsent(now + nanos, time -> new Batch(time, nanos));
            return new Timer(task, batch);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Prolongs a delay so that it ends with others: thousands of heartbeats wake the processor a few times a second
     * then. The times at which long delays may end are among those for shorter ones.
     */
    static long rounded(long now, long delay) {
        long slack = Long.highestOneBit(Math.min(delay / SLACK, MOST_SLACK));
        return slack == 0 ? delay : delay + (-(now + delay) & (slack - 1));
    }

    /** Timers that are due at the same time, in the order in which they were set: a ring that begins and ends here. */
    private final class Batch extends Link {

        private final long time;
        private final ScheduledFuture<?> alarm;

        Batch(long time, long delay) {
            this.time = time;
            alarm = thread.schedule(this::run, delay, TimeUnit.NANOSECONDS);
        }

        /** Each timer stays in the ring until its turn comes: until then it may be cancelled. */
        private void run() {
            forget();
            for (Timer timer = takeFirst(); timer != null; timer = takeFirst()) {
                try {
                    timer.task.run();
                } catch (Throwable e) {
                    LOG.log(System.Logger.Level.ERROR, "a timer task failed", e);
                }
            }
        }

        private void forget() {
            lock.lock();
            try {
                batches.remove(time, this);
            } finally {
                lock.unlock();
            }
        }

        private @Nullable Timer takeFirst() {
            lock.lock();
            try {
                if (next instanceof Timer first) {
                    first.unlink();
                    return first;
                }
                return null;
            } finally {
                lock.unlock();
            }
        }

        /** Nobody waits for it any more. */
        void cancel() {
            batches.remove(time, this);
            alarm.cancel(false);
        }
    }

    private final class Timer extends Link implements Timeout {

        private final Runnable task;

        Timer(Runnable task, Batch batch) {
            this.task = task;
            linkBefore(batch);
        }

        @Override
        public void cancel() {
            lock.lock();
            try {
                Link neighbour = next;
                unlink();
                if (neighbour instanceof Batch batch && batch.isAlone()) {
                    batch.cancel();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Part of a ring, or alone. */
    private abstract static class Link {

        Link previous = this;
        Link next = this;

        final boolean isAlone() {
            return next == this;
        }

        final void linkBefore(Link other) {
            previous = other.previous;
            next = other;
            previous.next = this;
            other.previous = this;
        }

        final void unlink() {
            previous.next = next;
            next.previous = previous;
            previous = this;
            next = this;
        }
    }
}
