package dev.parley.benchmarks;

import dev.parley.SocketIoServer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Tells how many bytes of the heap a connection takes that does nothing, and which objects they are. The connections
 * are WebSockets without a network: what Netty and the operating system need comes on top.
 */
public final class IdleHeap {

    private static final int CONNECTIONS = 10_000;
    private static final double LEAST_SHOWN = 4;

    private final int connections;

    private IdleHeap(int connections) {
        this.connections = connections;
    }

    /**
     * Prints the figures.
     *
     * @param args how many connections, 10,000 if it is not said
     * @throws InterruptedException if the thread is interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        IdleHeap heap = new IdleHeap(args.length == 0 ? CONNECTIONS : Integer.parseInt(args[0]));
        heap.measure("warm-up", io -> {});
        heap.measure("connected to the main namespace", io -> {});
        heap.measure(
                "also two handlers and a room",
                io -> io.onConnection(socket -> {
                    socket.on("message", String.class, text -> socket.send(text));
                    socket.onDisconnect(reason -> io.emit("left", socket.id()));
                    socket.join("lobby");
                }));
    }

    private void measure(String title, Consumer<SocketIoServer> application) throws InterruptedException {
        SocketIoServer io = SocketIoServer.create();
        application.accept(io);
        MemoryNetwork network = new MemoryNetwork();
        List<MemoryNetwork.Client> clients = new ArrayList<>(connections);
        network.connect(io);
        Map<String, Long> before = Histogram.take().bytes();
        for (int i = 0; i < connections; i++) {
            clients.add(network.connect(io));
        }
        Map<String, Long> after = Histogram.take().bytes();
        before.forEach((type, bytes) -> after.merge(type, -bytes, Long::sum));
        MicroBenchmark.check(clients.size() == connections && io.sockets().size() == connections + 1, "all connected");
        print(title, after);
        io.close();
        network.run();
    }

    private void print(String title, Map<String, Long> bytesByType) {
        long all = bytesByType.values().stream().mapToLong(Long::longValue).sum();
        System.out.printf("%s: %.0f bytes a connection%n", title, (double) all / connections);
        bytesByType.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .filter(entry -> entry.getValue() >= LEAST_SHOWN * connections)
                .forEach(entry ->
                        System.out.printf("%8.1f  %s%n", (double) entry.getValue() / connections, entry.getKey()));
    }
}
