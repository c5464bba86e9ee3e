package dev.parley.conformance;

import dev.parley.ConnectionStateRecovery;
import dev.parley.IdempotencyKeys;
import dev.parley.Socket;
import dev.parley.SocketIoOptions;
import dev.parley.SocketIoServer;
import dev.parley.engine.CorsOptions;
import dev.parley.engine.Endpoint;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Profiles {@code sio-delivery} and {@code sio-delivery-msgpack}: connection state recovery, and events that clients
 * send again.
 */
final class DeliveryFixture {

    private static final int KINDS = 4;

    private final SocketIoServer io;
    private final IdempotencyKeys keys = IdempotencyKeys.remembering(1000);
    private final Map<String, Integer> attempts = new ConcurrentHashMap<>();
    private final Map<String, Integer> effects = new ConcurrentHashMap<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "flow");
        thread.setDaemon(true);
        return thread;
    });

    private DeliveryFixture(SocketIoServer io) {
        this.io = io;
    }

    /** Serves clients of the kind that the last options are for. */
    static Endpoint create(Consumer<SocketIoOptions.Builder> kind) {
        SocketIoServer io = SocketIoServer.create(options -> kind.accept(options.pingInterval(Duration.ofSeconds(1))
                .pingTimeout(Duration.ofSeconds(20))
                .connectionStateRecovery(ConnectionStateRecovery.defaults())
                .cors(CorsOptions.allow("*"))));
        io.onConnection(new DeliveryFixture(io)::register);
        return io;
    }

    private void register(Socket socket) {
        socket.on("join", String.class, (room, ack) -> {
            socket.join(room);
            socket.data().put("joined", room);
            ack.send();
        });
        socket.on(
                "state",
                event -> event.ack()
                        .send(Map.of(
                                "recovered", socket.recovered(),
                                "rooms", socket.rooms().stream().sorted().toList(),
                                "data", socket.data().asMap())));
        socket.on("flow", String.class, Integer.class, Integer.class, (room, count, millis) -> {
            socket.emit("flowing");
            later(0, () -> flow(socket, room, 0, count, millis));
        });
        socket.on("kick", () -> socket.disconnect());
        socket.on("order", String.class, Integer.class, (key, millis, ack) -> {
            attempts.merge(key, 1, Integer::sum);
            keys.onceAsync(key, ack, () -> effect(key, millis));
        });
        socket.on("careless", String.class, Integer.class, (key, millis, ack) -> {
            attempts.merge(key, 1, Integer::sum);
            effect(key, millis).thenAccept(ack::send);
        });
        socket.on(
                "done",
                String.class,
                (key, ack) -> ack.send(attempts.getOrDefault(key, 0), effects.getOrDefault(key, 0)));
        if (!socket.recovered()) {
            socket.emit("welcome", socket.id());
        }
    }

    private CompletableFuture<Integer> effect(String key, int millis) {
        Executor after = CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS);
        return CompletableFuture.supplyAsync(() -> effects.merge(key, 1, Integer::sum), after);
    }

    /** Sends {@code n(i)} in each way in turn, for a socket that may be lost meanwhile. */
    private void flow(Socket socket, String room, int i, int count, int millis) {
        switch (i % KINDS) {
            case 0 -> io.emit("n", i);
            case 1 -> io.to(room).emit("n", i, List.of("to the room"));
            case 2 -> socket.emit("n", i, "to the socket");
            default -> io.to(room).emit("n", i, new byte[] {1, 2, 3});
        }
        if (i + 1 < count) {
            later(millis, () -> flow(socket, room, i + 1, count, millis));
        }
    }

    private void later(int millis, Runnable task) {
        clock.schedule(task, millis, TimeUnit.MILLISECONDS);
    }
}
