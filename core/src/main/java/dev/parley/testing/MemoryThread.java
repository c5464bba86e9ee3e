package dev.parley.testing;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The I/O thread of the in-memory transport, without a thread of its own: tasks run one after another on whatever
 * thread hands one over while none is running. So everything has happened when a call returns. A task that fails does
 * not keep the others from running; its exception reaches whoever ran it.
 */
final class MemoryThread implements Executor {

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    /** The thread that runs tasks, while there are any. */
    private @Nullable Thread runner;

    @Override
    public void execute(Runnable task) {
        synchronized (this) {
            tasks.add(task);
            if (runner != null) {
                return;
            }
            runner = Thread.currentThread();
        }
        Throwable failure = null;
        for (Runnable next = next(); next != null; next = next()) {
            try {
                next.run();
            } catch (RuntimeException | Error e) {
                failure = e;
            }
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
    }

    private synchronized @Nullable Runnable next() {
        Runnable task = tasks.poll();
        if (task == null) {
            runner = null;
        }
        return task;
    }

    /** Runs a task now if called by another one, else as {@link #execute} does. */
    void runOrExecute(Runnable task) {
        if (isRunning()) {
            task.run();
        } else {
            execute(task);
        }
    }

    /** Whether the caller is one of the tasks. */
    private synchronized boolean isRunning() {
        return runner == Thread.currentThread();
    }
}
