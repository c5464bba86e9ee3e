package dev.parley.engine;

import dev.parley.testing.VirtualTime;
import java.time.Duration;

/** Virtual time whose timers fire late, as those of a machine that is overloaded or was suspended. */
final class LateTimers implements Scheduler {

    private final VirtualTime time;
    private Duration paused = Duration.ZERO;
    private Duration heldBack = Duration.ZERO;

    LateTimers(VirtualTime time) {
        this.time = time;
    }

    /** Lets clocks, but no timers, move on: timers that wait fire later than they should by this. */
    void pause(Duration duration) {
        paused = paused.plus(duration);
    }

    /** Lets timers that are due from now on fire later than they should. */
    void holdBack(Duration duration) {
        heldBack = duration;
    }

    @Override
    public long nanoTime() {
        return time.nanoTime() + paused.toNanos();
    }

    @Override
    public long currentTimeMillis() {
        return time.currentTimeMillis() + paused.toMillis();
    }

    @Override
    public Timeout schedule(Duration delay, Runnable task) {
        boolean[] cancelled = new boolean[1];
        Timeout[] timeout = new Timeout[1];
        timeout[0] = time.schedule(delay, () -> {
            if (heldBack.isZero()) {
                task.run();
            } else if (!cancelled[0]) {
                timeout[0] = time.schedule(heldBack, task);
            }
        });
        return () -> {
            cancelled[0] = true;
            timeout[0].cancel();
        };
    }
}
