package dev.parley;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;

/**
 * The mailbox of one socket: tasks run one after another, in the order in which they were put in, on whichever thread
 * the executor provides. No lock is held while a task runs.
 *
 * <p>Tasks form a stack that putters push on and the one draining thread takes as a whole and turns round; so a task
 * costs one compare-and-set, and the executor is asked once per burst.
 */
final class Lane implements Runnable {

    private static final System.Logger LOG = System.getLogger(Lane.class.getName());

    /** So many tasks run before others get the thread. */
    private static final int TURN = 64;

    /** Stands on the stack while a thread drains the lane and nothing new has come. */
    private static final Task BUSY = new Task() {
        @Override
        void run() {}
    };

    private static final VarHandle STACK;

    static {
        try {
            STACK = MethodHandles.lookup().findVarHandle(Lane.class, "stack", Task.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Something to run in a lane, once. */
    abstract static class Task {

        private @Nullable Task next;

        abstract void run();
    }

    /** Whom a lane belongs to. */
    interface Owner {

        /** The executor has refused the lane, which goes on in the common pool, so that the end is still handled. */
        void executorRefused();
    }

    /** Makes a task of a runnable. */
    static Task task(Runnable runnable) {
        return new Task() {
            @Override
            void run() {
                runnable.run();
            }
        };
    }

    private final Owner owner;
    private volatile Executor executor;

    /** Null while the lane is idle; else a thread drains it or is about to. */
    @SuppressWarnings("UnusedVariable") // by name
    private volatile @Nullable Task stack;

    /** What the draining thread has taken and not run yet, in order. Handed from thread to thread by the executor. */
    private @Nullable Task taken;

    /**
     * @param executor runs the lane
     * @param owner told when the executor refuses to
     */
    Lane(Executor executor, Owner owner) {
        this.executor = executor;
        this.owner = owner;
    }

    /** Puts a task in. From any thread. */
    void execute(Task task) {
        execute(task, executor);
    }

    /** Puts a task in, to be run by the given executor if the lane is idle. From any thread. */
    void execute(Task task, Executor starter) {
        Task top;
        do {
            top = stack;
            task.next = top == BUSY ? null : top;
        } while (!STACK.compareAndSet(this, top, task));
        if (top == null) {
            start(this, starter);
        }
    }

    private void start(Runnable drain, Executor starter) {
        try {
            starter.execute(drain);
        } catch (RuntimeException | Error e) {
            executor = ForkJoinPool.commonPool();
            executor.execute(drain);
            owner.executorRefused();
        }
    }

    /** Drains the lane. Called by the executor, never by two threads at once. */
    @Override
    public void run() {
        while (!drainOneTurn()) {
            Handover handover = new Handover();
            start(handover, executor);
            if (!handover.ranInline()) {
                return;
            }
        }
    }

    /** Runs some tasks; true if none is left. */
    private boolean drainOneTurn() {
        int left = TURN;
        while (true) {
            Task task = taken;
            if (task == null) {
                task = take();
                if (task == null) {
                    return true;
                }
            }
            if (left-- == 0) {
                taken = task;
                return false;
            }
            taken = task.next;
            task.next = null;
            runSafely(task);
        }
    }

    /** Takes what was put in since the last time, oldest first; null if nothing was and the lane is idle now. */
    private @Nullable Task take() {
        if (stack == BUSY && STACK.compareAndSet(this, BUSY, null)) {
            return null;
        }
        Task newest = (Task) STACK.getAndSet(this, BUSY);
        Task oldest = null;
        for (Task task = newest; task != null; ) {
            Task next = task.next;
            task.next = oldest;
            oldest = task;
            task = next;
        }
        return oldest;
    }

    private static void runSafely(Task task) {
        try {
            task.run();
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.ERROR, "a task of a socket failed", e);
        }
    }

    /** Goes on with the lane on another thread, or finds out that the executor runs all on the calling one. */
    private final class Handover implements Runnable {

        private final Thread from = Thread.currentThread();
        private boolean submitting = true;
        private boolean inline;

        boolean ranInline() {
            submitting = false;
            return inline;
        }

        @Override
        public void run() {
            if (Thread.currentThread() == from && submitting) {
                inline = true;
            } else {
                Lane.this.run();
            }
        }
    }
}
