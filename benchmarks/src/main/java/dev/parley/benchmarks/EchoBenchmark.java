package dev.parley.benchmarks;

import dev.parley.SocketIoServer;
import dev.parley.testing.VirtualTime;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * An event that the handler acknowledges with its argument: from the text of a client's frame, through decoder, lane
 * and handler, to the frame that answers it. One operation is one echo, its own array for the text included; one event
 * of each of many clients is under way at a time.
 */
@SuppressWarnings("NullAway.Init") // JMH calls the setup
public class EchoBenchmark extends MicroBenchmark {

    private static final int CLIENTS = 64;
    private static final String TEXT = "x".repeat(100);
    private static final byte[] ECHO = event("echo");
    private static final byte[] TYPED = event("typed");
    private static final String ANSWER = "4317[\"" + TEXT + "\"]";

    /** Where handlers run: on the I/O thread, or as they do by default. */
    @Param({"direct", "default"})
    String executor;

    private final MemoryNetwork network = new MemoryNetwork();
    private final List<MemoryNetwork.Client> clients = new ArrayList<>();
    private SocketIoServer io;

    private static byte[] event(String name) {
        return ("4217[\"" + name + "\",\"" + TEXT + "\"]").getBytes(StandardCharsets.UTF_8);
    }

    @Setup
    public void connect() throws InterruptedException {
        io = SocketIoServer.create(options -> {
            options.scheduler(new VirtualTime());
            if (executor.equals("direct")) {
                options.executor(Runnable::run);
            }
        });
        io.onConnection(socket -> {
            socket.on("echo", event -> event.ack().send(event.args()));
            socket.on("typed", String.class, (text, ack) -> ack.send(text));
        });
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(network.connect(io));
        }
        raw();
        checkAnswers();
        typed();
        checkAnswers();
    }

    private void checkAnswers() {
        clients.forEach(client -> check(client.takeLast().equals(ANSWER), ANSWER));
    }

    @TearDown
    public void close() {
        io.close();
    }

    /** The argument is passed on as it came. */
    @Benchmark
    @OperationsPerInvocation(CLIENTS)
    public long raw() throws InterruptedException {
        return echo(ECHO);
    }

    /** The handler asks for a string, and a string is encoded. */
    @Benchmark
    @OperationsPerInvocation(CLIENTS)
    public long typed() throws InterruptedException {
        return echo(TYPED);
    }

    private long echo(byte[] event) throws InterruptedException {
        long answered = network.frames() + CLIENTS;
        for (int i = 0; i < CLIENTS; i++) {
            clients.get(i).send(event);
        }
        network.runUntil(answered);
        return network.bytes();
    }
}
