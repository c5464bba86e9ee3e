package dev.parley.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.internal.PlatformDependent;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks on one event loop, all that have gathered in one turn. There is one object per event loop, shared by all
 * its channels: a burst of tasks costs one wake-up, and what they write can be shared until the burst ends.
 */
final class LoopExecutor implements Executor {

    private static final System.Logger LOG = System.getLogger(LoopExecutor.class.getName());

    private static final FastThreadLocal<@Nullable LoopExecutor> OF_THREAD = new FastThreadLocal<>();

    /** After so many tasks the event loop looks after its sockets before it goes on. */
    private static final int MAX_TASKS_PER_TURN = 1024;

    /** After so many turns without a break nothing is shared with those before, so that nothing is kept for ever. */
    private static final int MAX_TURNS_PER_BURST = 16;

    private final EventLoop loop;
    private final Queue<Runnable> tasks = PlatformDependent.newMpscQueue();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final Runnable turn = this::runTurn;
    private @Nullable MessageInflater inflater;
    private final SharedFrames frames = new SharedFrames(this::schedule);
    /** Set when the event loop takes no more tasks: its channels are closed, there is nothing left to do for anyone. */
    private volatile boolean ended;
    /** Turns since the last one that left no task. */
    private int turns;

    private LoopExecutor(EventLoop loop) {
        this.loop = loop;
    }

    /** Returns the executor of an event loop. Called on its thread. */
    static LoopExecutor of(EventLoop loop) {
        LoopExecutor executor = OF_THREAD.get();
        if (executor == null || executor.loop != loop) {
            executor = new LoopExecutor(loop);
            OF_THREAD.set(executor);
        }
        return executor;
    }

    boolean inLoop() {
        return loop.inEventLoop();
    }

    /** Returns the frames that channels of this event loop share in the present burst. For its thread only. */
    SharedFrames frames() {
        return frames;
    }

    /** Returns what decompresses messages for all channels of this event loop. For its thread only. */
    MessageInflater inflater() {
        MessageInflater present = inflater;
        if (present == null) {
            present = new MessageInflater();
            inflater = present;
        }
        return present;
    }

    @Override
    public void execute(Runnable task) {
        if (!ended) {
            tasks.offer(task);
            schedule();
        }
    }

    private void schedule() {
        if (scheduled.get() || !scheduled.compareAndSet(false, true)) {
            return;
        }
        try {
            loop.execute(turn);
        } catch (RejectedExecutionException e) {
            ended = true;
            tasks.clear();
        }
    }

    private void runTurn() {
        Runnable task = tasks.poll();
        for (int i = 1; task != null; i++) {
            run(task);
            task = i < MAX_TASKS_PER_TURN ? tasks.poll() : null;
        }
        turns++;
        if (tasks.isEmpty() || turns == MAX_TURNS_PER_BURST) {
            frames.clear();
            turns = 0;
        }
        scheduled.set(false);
        if (!tasks.isEmpty()) {
            schedule();
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            // Whatever it was, the tasks of all other connections have to go on.
            Failures.log(LOG, "a task of an I/O thread failed", e);
        }
    }
}
