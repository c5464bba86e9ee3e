package dev.parley.engine;

import java.time.Duration;

/** The only source of time: clocks and timers. Tests put a virtual one in its place. Safe for use by any thread. */
public interface Scheduler {

    /**
     * Returns a time that never jumps, for measuring intervals.
     *
     * @return nanoseconds since an arbitrary point
     */
    long nanoTime();

    /**
     * Returns the time of day, for telling people.
     *
     * @return milliseconds since 1970 in UTC
     */
    long currentTimeMillis();

    /**
     * Runs a task once, after a delay, on the scheduler's thread.
     *
     * @param delay how long to wait, at least
     * @param task what to run; it must not block
     * @return a handle to cancel it
     */
    Timeout schedule(Duration delay, Runnable task);

    /** A task that waits for its time. */
    @FunctionalInterface
    interface Timeout {

        /** Prevents the task from running, unless it runs already. May be called more than once. */
        void cancel();
    }

    /**
     * Returns the machine's time, with timers on a daemon thread of their own that all users in this process share.
     *
     * @return the system's scheduler
     */
    static Scheduler system() {
        return SystemScheduler.INSTANCE;
    }
}
