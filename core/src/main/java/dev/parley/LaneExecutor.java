package dev.parley;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs the application's handlers: on the executor that the application gave, or else on one that is made at the first
 * use and shut down with the server. On Java 21 and later that one starts a virtual thread for each burst of a socket's
 * events. Before, it is a pool of at least {@value #LEAST_THREADS} daemon threads, which grows while handlers wait for
 * futures, so that waiting for an acknowledgement cannot starve the acknowledgements.
 */
final class LaneExecutor implements Executor {

    private static final System.Logger LOG = System.getLogger(SocketIoServer.class.getName());

    private static final int LEAST_THREADS = 16;
    private static final int THREADS_PER_PROCESSOR = 4;
    private static final int MOST_THREADS = 1024;
    private static final int IDLE_SECONDS = 60;

    private static final @Nullable MethodHandle VIRTUAL_THREADS = virtualThreads();

    private final @Nullable Executor given;
    private final ThreadLocal<Burst> bursts = ThreadLocal.withInitial(Burst::new);
    private volatile @Nullable ExecutorService own;
    private volatile boolean warned;

    LaneExecutor(@Nullable Executor given) {
        this.given = given;
    }

    @Override
    public void execute(Runnable task) {
        if (given != null) {
            given.execute(task);
        } else {
            own().execute(task);
        }
    }

    /**
     * Runs a lane that an I/O thread has found something for. Lanes that get ready while that thread reads are handed
     * to a pool together, when it has read all there is: waking a thread for each costs more than most handlers do.
     *
     * @param ioThread runs tasks on the calling thread, after what it is doing now
     */
    void executeInBurst(Runnable lane, Executor ioThread) {
        if (given != null) {
            given.execute(lane);
        } else {
            bursts.get().add(lane, ioThread);
        }
    }

    /** The lanes that have got ready on one I/O thread since it last handed some over. */
    private final class Burst implements Runnable {

        private List<Runnable> ready = new ArrayList<>();

        void add(Runnable lane, Executor ioThread) {
            ready.add(lane);
            if (ready.size() == 1) {
                ioThread.execute(this);
            }
        }

        @Override
        public void run() {
            List<Runnable> lanes = ready;
            ready = new ArrayList<>();
            Runnable task = lanes.size() == 1 ? lanes.get(0) : () -> spread(lanes);
            try {
                own().execute(task);
            } catch (RejectedExecutionException e) {
                ForkJoinPool.commonPool().execute(task);
            }
        }
    }

    /** Runs one lane and offers the others to the other threads of the pool, who take them if this one is kept. */
    private void spread(List<Runnable> lanes) {
        for (Runnable lane : lanes.subList(1, lanes.size())) {
            try {
                own().execute(lane);
            } catch (RejectedExecutionException e) {
                ForkJoinPool.commonPool().execute(lane);
            }
        }
        lanes.get(0).run();
    }

    /** Runs a task here, or where it cannot be, in the common pool. */
    void executeAnyway(Runnable task) {
        Runnable safe = () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "an acknowledgement could not be handled", e);
            }
        };
        try {
            execute(safe);
        } catch (RuntimeException | Error e) {
            ForkJoinPool.commonPool().execute(safe);
        }
    }

    /** Warns once, as a full executor refuses often. */
    void warnOfRefusal() {
        System.Logger.Level level = warned ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING;
        warned = true;
        LOG.log(level, "the executor of the handlers refuses tasks; connections concerned are closed");
    }

    private ExecutorService own() {
        ExecutorService current = own;
        if (current == null) {
            synchronized (this) {
                current = own;
                if (current == null) {
                    current = create();
                    own = current;
                }
            }
        }
        return current;
    }

    /** Lets what runs come to an end. The next use starts anew. */
    synchronized void shutDown() {
        ExecutorService current = own;
        own = null;
        if (current != null) {
            current.shutdown();
        }
    }

    private static ExecutorService create() {
        if (VIRTUAL_THREADS != null) {
            try {
                return (ExecutorService) VIRTUAL_THREADS.invokeExact();
            } catch (Throwable e) {
                throw new IllegalStateException("virtual threads", e);
            }
        }
        return pool();
    }

    static ExecutorService pool() {
        int threads = Math.max(
                LEAST_THREADS, THREADS_PER_PROCESSOR * Runtime.getRuntime().availableProcessors());
        return new ForkJoinPool(
                threads,
                pool -> {
                    ForkJoinWorkerThread thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
                    thread.setName("parley-" + thread.getPoolIndex());
                    return thread;
                },
                null,
                true,
                0,
                MOST_THREADS,
                1,
                null,
                IDLE_SECONDS,
                TimeUnit.SECONDS);
    }

    /** The method of Java 21 that the Java 17 compiler does not know. */
    private static @Nullable MethodHandle virtualThreads() {
        try {
            return MethodHandles.publicLookup()
                    .findStatic(
                            Executors.class,
                            "newVirtualThreadPerTaskExecutor",
                            MethodType.methodType(ExecutorService.class));
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }
}
