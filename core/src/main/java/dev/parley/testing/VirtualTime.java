package dev.parley.testing;

import dev.parley.engine.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Time that stands still until a test moves it on. Timers run on the thread that moves it, in the order of their times,
 * so a test never waits and never sleeps. Safe for use by any thread.
 */
public final class VirtualTime implements Scheduler {

    /** 2020-01-01T00:00:00Z: any fixed day will do. */
    private static final long START_MILLIS = 1_577_836_800_000L;

    private final TreeSet<Timer> timers = new TreeSet<>();
    private long now;
    private long created;

    /** Creates a time that has not passed yet. */
    public VirtualTime() {}

    private static final class Timer implements Comparable<Timer> {

        private final long at;
        private final long number;
        private final Runnable task;

        Timer(long at, long number, Runnable task) {
            this.at = at;
            this.number = number;
            this.task = task;
        }

        @Override
        public int compareTo(Timer other) {
            return at == other.at ? Long.compare(number, other.number) : Long.compare(at, other.at);
        }
    }

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    @Override
    public synchronized long currentTimeMillis() {
        return START_MILLIS + now / 1_000_000;
    }

    @Override
    public synchronized Timeout schedule(Duration delay, Runnable task) {
        Timer timer = new Timer(now + Math.max(0, delay.toNanos()), created++, task);
        timers.add(timer);
        return () -> cancel(timer);
    }

    private synchronized void cancel(Timer timer) {
        timers.remove(timer);
    }

    /**
     * Moves time on, and runs each timer that comes due at its time, those that others start included.
     *
     * @param duration how much time passes; may be zero, which runs what is due already
     */
    public void advance(Duration duration) {
        long end;
        synchronized (this) {
            end = now + duration.toNanos();
        }
        for (Timer timer = nextUntil(end); timer != null; timer = nextUntil(end)) {
            timer.task.run();
        }
        synchronized (this) {
            now = Math.max(now, end);
        }
    }

    private synchronized @Nullable Timer nextUntil(long end) {
        if (timers.isEmpty() || timers.first().at > end) {
            return null;
        }
        now = Math.max(now, timers.first().at);
        return timers.pollFirst();
    }

    /**
     * Returns how many timers wait. After everything is closed none should be left over.
     *
     * @return the number
     */
    public synchronized int pendingTimers() {
        return timers.size();
    }

    /** Returns what waits, for messages of failing tests. */
    @Override
    public synchronized String toString() {
        List<String> waiting = new ArrayList<>();
        timers.stream()
                .sorted()
                .forEach(timer -> waiting.add(Duration.ofNanos(timer.at - now).toString()));
        return "virtual time, timers due in " + waiting;
    }
}
