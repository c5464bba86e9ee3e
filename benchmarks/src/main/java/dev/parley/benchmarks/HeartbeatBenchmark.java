package dev.parley.benchmarks;

import dev.parley.SocketIoServer;
import dev.parley.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;

/**
 * What an idle connection costs in each ping interval: the timers that fire and are set again, the ping, the pong. One
 * operation is one connection's round. Time is virtual and its timers are part of the cost.
 */
@SuppressWarnings("NullAway.Init") // JMH calls the setup
public class HeartbeatBenchmark extends MicroBenchmark {

    private static final int CLIENTS = 1_000;
    private static final Duration INTERVAL = Duration.ofSeconds(25);
    private static final byte[] PONG = {'3'};

    private final VirtualTime time = new VirtualTime();
    private final MemoryNetwork network = new MemoryNetwork();
    private final List<MemoryNetwork.Client> clients = new ArrayList<>();
    private SocketIoServer io;

    @Setup
    public void connect() throws InterruptedException {
        io = SocketIoServer.create(options -> options.pingInterval(INTERVAL)
                .pingTimeout(Duration.ofSeconds(20))
                .executor(Runnable::run)
                .scheduler(time));
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(network.connect(io));
        }
        for (int i = 0; i < 3; i++) {
            long before = network.frames();
            round();
            check(network.frames() - before == CLIENTS, "a ping for every client");
            clients.forEach(client -> check(client.takeLast().equals("2"), "a ping"));
        }
        check(io.engine().sessionCount() == CLIENTS, "every session open after three rounds");
    }

    @Benchmark
    @OperationsPerInvocation(CLIENTS)
    public long round() {
        time.advance(INTERVAL);
        network.run();
        for (int i = 0; i < CLIENTS; i++) {
            clients.get(i).send(PONG);
        }
        return network.bytes();
    }
}
