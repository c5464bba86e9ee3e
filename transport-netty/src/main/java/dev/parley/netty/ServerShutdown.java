package dev.parley.netty;

import dev.parley.engine.Endpoint;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Knows the connections of one server, and closes it step by step, each step in bounded time. */
final class ServerShutdown {

    private static final System.Logger LOG = System.getLogger(ServerShutdown.class.getName());

    /** What the steps that should take no time get on top of the timeout. */
    private static final long MARGIN_MILLIS = 2000;

    /** What is left of the timeout when the endpoint has to be closed, for connections to end. */
    private static final long LAST_STEP_MILLIS = 1000;

    private final Endpoint endpoint;
    private final EventLoopGroup loops;
    private final boolean ownsLoops;
    private final long timeoutMillis;
    private final Shutdown shutdown = new Shutdown();
    private final ChannelGroup connections;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicInteger drains = new AtomicInteger();
    private final CompletableFuture<Void> endpointClosed = new CompletableFuture<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private @Nullable Channel listening;

    ServerShutdown(Endpoint endpoint, EventLoopGroup loops, boolean ownsLoops, Duration timeout) {
        this.endpoint = endpoint;
        this.loops = loops;
        this.ownsLoops = ownsLoops;
        this.timeoutMillis = timeout.toMillis();
        this.connections = new DefaultChannelGroup(loops.next(), true);
    }

    Shutdown shutdown() {
        return shutdown;
    }

    void listensOn(Channel channel) {
        listening = channel;
    }

    void add(Channel connection) {
        connections.add(connection);
    }

    /** Shuts down the event loops of a server that could not be started. */
    void release() {
        if (ownsLoops) {
            loops.shutdownGracefully(0, MARGIN_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly();
        }
    }

    void close() {
        CompletableFuture<Void> closed = closeLater();
        if (!isOwnThread()) {
            closed.join();
        }
    }

    private CompletableFuture<Void> closeLater() {
        if (begun.compareAndSet(false, true)) {
            begin();
        }
        return done;
    }

    /** Accepts no more connections, has the sessions closed at a steady pace, then closes. The last pace counts. */
    synchronized CompletableFuture<Void> drain(int sessionsPerSecond, Duration limit) {
        if (begun.get()) {
            return done;
        }
        int mine = drains.incrementAndGet();
        CompletableFuture<Void> drained;
        try {
            drained = endpoint.drain(sessionsPerSecond, limit);
        } catch (RuntimeException e) {
            drains.decrementAndGet(); // the one before goes on, and closes
            throw e;
        }
        if (begun.get()) {
            endpoint.close(); // once more: the drain may have begun behind it, and would refuse clients for ever
        }
        stopListening();
        return drained.handle((x, failure) -> null).thenCompose(x -> drains.get() == mine ? closeLater() : done);
    }

    private boolean isOwnThread() {
        for (EventExecutor loop : loops) {
            if (loop.inEventLoop()) {
                return true;
            }
        }
        return false;
    }

    private void begin() {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        shutdown.begin();
        bounded(stopListening(), MARGIN_MILLIS)
                .thenCompose(x -> bounded(whatIsBeingPassedOn(), MARGIN_MILLIS))
                .thenCompose(x -> bounded(closeEndpoint(deadline), millisUntil(deadline) - lastStepMillis() / 2))
                .thenCompose(x -> bounded(finishConnections(), millisUntil(deadline)))
                .thenCompose(x -> bounded(toFuture(connections.close()), MARGIN_MILLIS))
                .thenCompose(x -> bounded(endpointClosed, MARGIN_MILLIS)) // it may be bound again from then on
                .thenCompose(x -> bounded(stopLoops(), MARGIN_MILLIS))
                .whenComplete((x, failure) -> done.complete(null));
    }

    private CompletableFuture<Void> stopListening() {
        Channel channel = listening;
        return channel == null ? CompletableFuture.completedFuture(null) : toFuture(channel.close());
    }

    /** Completes when no event loop is passing on a request any more. */
    private CompletableFuture<Void> whatIsBeingPassedOn() {
        List<CompletableFuture<Void>> passed = new ArrayList<>();
        for (EventExecutor loop : loops) {
            passed.add(toFuture(loop.submit(() -> {})));
        }
        return CompletableFuture.allOf(passed.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> closeEndpoint(long deadline) {
        long limit = Math.max(0, millisUntil(deadline) - lastStepMillis());
        try {
            endpoint.close(Duration.ofMillis(limit)).whenComplete((x, failure) -> endpointClosed.complete(null));
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the endpoint could not be closed", e);
            endpointClosed.complete(null);
        }
        return endpointClosed;
    }

    private CompletableFuture<Void> finishConnections() {
        connections.forEach(connection -> connection.pipeline().fireUserEventTriggered(Shutdown.FINISH));
        return toFuture(connections.newCloseFuture());
    }

    private CompletableFuture<Void> stopLoops() {
        return ownsLoops
                ? toFuture(loops.shutdownGracefully(0, MARGIN_MILLIS, TimeUnit.MILLISECONDS))
                : CompletableFuture.completedFuture(null);
    }

    /** A handler that is slow to end must not keep what has been written from leaving. Half of it is for delays. */
    private long lastStepMillis() {
        return Math.min(LAST_STEP_MILLIS, timeoutMillis / 5);
    }

    private static long millisUntil(long deadline) {
        return Math.max(0, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
    }

    /** Returns a future that completes with the given one, however that ends, and not later than after some time. */
    private static CompletableFuture<Void> bounded(CompletableFuture<Void> future, long millis) {
        return future.handle((x, failure) -> (Void) null).completeOnTimeout(null, millis, TimeUnit.MILLISECONDS);
    }

    private static CompletableFuture<Void> toFuture(Future<?> future) {
        CompletableFuture<Void> converted = new CompletableFuture<>();
        future.addListener(x -> converted.complete(null));
        return converted;
    }
}
