package dev.parley.benchmarks;

import dev.parley.Socket;
import dev.parley.SocketIoServer;
import dev.parley.testing.VirtualTime;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * A broadcast, from {@code emit} to the frame that is written to each client. An operation is one delivery: a broadcast
 * takes as many times as much as there are members.
 */
@SuppressWarnings("NullAway.Init") // JMH calls the setup
public class BroadcastBenchmark extends MicroBenchmark {

    private static final int DELIVERIES = 10_000;
    private static final String TEXT = "x".repeat(100);

    @Param({"100", "1000", "10000"})
    int members;

    private final MemoryNetwork network = new MemoryNetwork();
    private SocketIoServer io;
    private Socket sender;

    @Setup
    public void connect() throws InterruptedException {
        io = SocketIoServer.create(options -> options.executor(Runnable::run).scheduler(new VirtualTime()));
        io.onConnection(socket -> {
            socket.join("room");
            sender = socket;
        });
        for (int i = 0; i < members; i++) {
            network.connect(io);
        }
        int broadcasts = DELIVERIES / members;
        checkFrames(DELIVERIES, BroadcastBenchmark::everybody);
        checkFrames(DELIVERIES, BroadcastBenchmark::room);
        checkFrames(DELIVERIES - broadcasts, BroadcastBenchmark::othersInRoom);
        checkFrames(DELIVERIES, BroadcastBenchmark::burst);
    }

    private void checkFrames(int expected, Consumer<BroadcastBenchmark> benchmark) {
        long before = network.frames();
        benchmark.accept(this);
        check(network.frames() - before == expected, expected + " frames");
    }

    @Benchmark
    @OperationsPerInvocation(DELIVERIES)
    public long everybody() {
        for (int i = 0; i < DELIVERIES; i += members) {
            io.emit("news", TEXT);
            network.run();
        }
        return network.bytes();
    }

    @Benchmark
    @OperationsPerInvocation(DELIVERIES)
    public long room() {
        for (int i = 0; i < DELIVERIES; i += members) {
            io.to("room").emit("news", TEXT);
            network.run();
        }
        return network.bytes();
    }

    /** The sender gets nothing, but counts as if it did: all operations but one in {@link #members} are deliveries. */
    @Benchmark
    @OperationsPerInvocation(DELIVERIES)
    public long othersInRoom() {
        for (int i = 0; i < DELIVERIES; i += members) {
            sender.to("room").emit("news", TEXT);
            network.run();
        }
        return network.bytes();
    }

    /** Broadcasts that come faster than they are written, so that clients get several at once. */
    @Benchmark
    @OperationsPerInvocation(DELIVERIES)
    public long burst() {
        for (int i = 0; i < DELIVERIES; i += members) {
            io.emit("news", TEXT);
        }
        network.run();
        return network.bytes();
    }
}
