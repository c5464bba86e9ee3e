package dev.parley;

import dev.parley.engine.Scheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Timeouts that hardly ever expire, such as those of acknowledgements: many, of few different durations. Those of one
 * duration stand in a line in the order in which they expire, and one timer of the scheduler serves the whole line; so
 * starting and cancelling one is a change of two links. Safe for use by any thread; tasks run on the scheduler's
 * thread.
 */
final class Deadlines {

    private static final System.Logger LOG = System.getLogger(Deadlines.class.getName());

    /** Clocks count nanoseconds, which overflow after 292 years. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final Scheduler scheduler;
    private final Map<Duration, Line> lines = new ConcurrentHashMap<>();

    Deadlines(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** Runs a task once, after a delay, unless it is cancelled. */
    Scheduler.Timeout schedule(Duration delay, Runnable task) {
        Duration limited = delay.compareTo(LONGEST) > 0 ? LONGEST : delay;
        while (true) {
            Line line = lines.computeIfAbsent(limited, Line::new);
            Entry entry = new Entry(line, task, scheduler.nanoTime() + limited.toNanos());
            if (line.add(entry)) {
                return entry;
            }
        }
    }

    /** Returns how many timeouts have neither expired nor been cancelled. */
    int pending() {
        return lines.values().stream().mapToInt(Line::count).sum();
    }

    /** Drops all timeouts. */
    void clear() {
        lines.values().forEach(Line::clear);
    }

    /** A task in line. The line's lock guards the links. */
    private static final class Entry implements Scheduler.Timeout {

        private final Line line;
        private final Runnable task;
        private final long deadline;
        private @Nullable Entry before;
        private @Nullable Entry behind;
        private boolean inLine;

        Entry(Line line, Runnable task, long deadline) {
            this.line = line;
            this.task = task;
            this.deadline = deadline;
        }

        @Override
        public void cancel() {
            line.remove(this);
        }

        void run() {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "a timeout failed", e);
            }
        }
    }

    /** The timeouts of one duration. */
    private final class Line {

        private final Duration delay;
        private @Nullable Entry first;
        private @Nullable Entry last;
        private Scheduler.@Nullable Timeout timer;
        private boolean ended;

        Line(Duration delay) {
            this.delay = delay;
        }

        /** Puts an entry at the end; false if this line is not in use any more. */
        synchronized boolean add(Entry entry) {
            if (ended) {
                return false;
            }
            entry.before = last;
            if (last == null) {
                first = entry;
            } else {
                last.behind = entry;
            }
            last = entry;
            entry.inLine = true;
            if (timer == null) {
                timer = scheduler.schedule(delay, this::expire);
            }
            return true;
        }

        synchronized void remove(Entry entry) {
            if (!entry.inLine) {
                return;
            }
            entry.inLine = false;
            if (entry.before == null) {
                first = entry.behind;
            } else {
                entry.before.behind = entry.behind;
            }
            if (entry.behind == null) {
                last = entry.before;
            } else {
                entry.behind.before = entry.before;
            }
        }

        private void expire() {
            Queue<Entry> due = new ArrayDeque<>();
            synchronized (this) {
                long now = scheduler.nanoTime();
                for (Entry entry = first; entry != null && entry.deadline - now <= 0; entry = first) {
                    remove(entry);
                    due.add(entry);
                }
                if (first != null) {
                    timer = scheduler.schedule(Duration.ofNanos(first.deadline - now), this::expire);
                } else {
                    end();
                }
            }
            due.forEach(Entry::run);
        }

        synchronized int count() {
            int count = 0;
            for (Entry entry = first; entry != null; entry = entry.behind) {
                count++;
            }
            return count;
        }

        synchronized void clear() {
            if (timer != null) {
                timer.cancel();
            }
            first = null;
            last = null;
            end();
        }

        private void end() {
            ended = true;
            lines.remove(delay, this);
        }
    }
}
