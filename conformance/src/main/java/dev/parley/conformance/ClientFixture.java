package dev.parley.conformance;

import dev.parley.AckTimeoutException;
import dev.parley.Event;
import dev.parley.Handshake;
import dev.parley.Middleware.Next;
import dev.parley.Namespace;
import dev.parley.Socket;
import dev.parley.SocketIoOptions;
import dev.parley.SocketIoServer;
import dev.parley.engine.CorsOptions;
import dev.parley.engine.Endpoint;
import dev.parley.protocol.RawValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Profiles {@code sio-client-4} and those for clients of other kinds: whatever the official client can do, in three
 * namespaces and those that it makes up.
 */
final class ClientFixture {

    private static final String WATCHERS = "watchers";

    private ClientFixture() {}

    /** Serves clients of the kind that the last options are for. */
    static Endpoint create(Consumer<SocketIoOptions.Builder> kind) {
        SocketIoServer io = SocketIoServer.create(options -> kind.accept(options.pingInterval(Duration.ofSeconds(1))
                .pingTimeout(Duration.ofSeconds(20))
                .maxPayload(1_000_000)
                .cors(CorsOptions.allow("*"))));
        io.of("/auth").use(ClientFixture::authenticate);
        for (String name : List.of("/", "/custom", "/auth")) {
            Namespace namespace = io.of(name);
            namespace.onConnection(socket -> register(namespace, socket));
        }
        dynamic(io.of(Pattern.compile("/dynamic-\\d+")));
        dynamic(io.of(ClientFixture::isForHolder));
        return io;
    }

    private static void dynamic(Namespace parent) {
        parent.onConnection(socket -> {
            register(socket.namespace(), socket);
            socket.on("family", event -> parent.emit("family", event.args()));
        });
    }

    private static CompletionStage<Boolean> isForHolder(String name, Handshake handshake) {
        boolean held = name.startsWith("/private-") && "sesame".equals(handshake.auth("token", String.class));
        return CompletableFuture.supplyAsync(() -> held);
    }

    private static void authenticate(Socket socket, Next next) {
        if (Boolean.TRUE.equals(socket.handshake().auth("later", Boolean.class))) {
            CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS).execute(() -> decide(socket, next));
        } else {
            decide(socket, next);
        }
    }

    private static void decide(Socket socket, Next next) {
        Object token = socket.handshake().auth().get("token");
        if (token == null) {
            next.reject("no token");
        } else if (token.equals("sesame")) {
            next.accept();
        } else {
            next.reject("wrong token", Map.of("code", 7, "given", token));
        }
    }

    private static void register(Namespace namespace, Socket socket) {
        echoes(socket);
        rooms(namespace, socket);
        acknowledgements(namespace, socket);
        departures(namespace, socket);
        socket.emit("welcome", socket.id(), socket.handshake().auth());
    }

    private static void echoes(Socket socket) {
        List<@Nullable Object> notes = new ArrayList<>();
        socket.on("echo", event -> event.ack().send(event.args()));
        socket.on("back", event -> socket.emit("back", event.args()));
        socket.on(
                "ticks",
                Integer.class,
                Integer.class,
                (from, count) -> IntStream.range(from, from + count).forEach(tick -> socket.emit("tick", tick)));
        socket.on("note", event -> notes.add(event.get(0, Object.class)));
        socket.on("notes", event -> event.ack().send(notes));
        socket.on("volatile", event -> socket.asVolatile().emit("volatile", event.args()));
        socket.on(
                "handshake",
                event -> event.ack()
                        .send(Map.of(
                                "query", socket.handshake().query(),
                                "auth", socket.handshake().auth())));
    }

    private static void rooms(Namespace namespace, Socket socket) {
        socket.on("join", String.class, (room, ack) -> {
            socket.join(room);
            ack.send();
        });
        socket.on("leave", String.class, (room, ack) -> {
            socket.leave(room);
            ack.send();
        });
        socket.on("rooms", event -> event.ack().send(roomsOf(socket)));
        socket.on("room", event -> namespace.to(room(event)).emit("room", event.args()));
        socket.on("room-others", event -> socket.to(room(event)).emit("room-others", event.args()));
        socket.on("others", event -> socket.broadcast().emit("others", event.args()));
        socket.on("all", event -> namespace.emit("all", event.args()));
        socket.on("all-except", event -> {
            Object[] args = event.args();
            namespace.except(room(event)).emit("all", Arrays.copyOfRange(args, 1, args.length));
        });
    }

    private static String room(Event event) {
        return Objects.requireNonNull(event.get(0, String.class));
    }

    private static List<String> roomsOf(Socket socket) {
        return socket.rooms().stream()
                .filter(room -> !room.equals(socket.id()))
                .sorted()
                .toList();
    }

    private static void acknowledgements(Namespace namespace, Socket socket) {
        socket.on(
                "ask",
                event -> socket.emitWithAck("question", event.args())
                        .thenAccept(answer -> socket.emit("answer", answer.args())));
        socket.on(
                "ask-within",
                Integer.class,
                (millis, ack) -> socket.timeout(Duration.ofMillis(millis))
                        .emitWithAck(RawValue.class, "question", millis)
                        .whenComplete((answer, failure) -> ack.send(answerOr(answer, failure))));
        socket.on(
                "survey",
                String.class,
                String.class,
                (room, question, ack) -> namespace
                        .to(room)
                        .timeout(Duration.ofSeconds(10))
                        .emitWithAck(RawValue.class, "question", question)
                        .whenComplete((answers, failure) -> ack.send(answerOr(answers, failure))));
    }

    private static @Nullable Object answerOr(@Nullable Object answer, @Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause == null) {
            return answer;
        }
        return cause instanceof AckTimeoutException ? "timeout" : String.valueOf(cause);
    }

    private static void departures(Namespace namespace, Socket socket) {
        socket.on("kick", Boolean.class, close -> socket.disconnect(close));
        socket.onDisconnecting(
                reason -> namespace.to(WATCHERS).emit("leaving", socket.id(), reason.toString(), roomsOf(socket)));
        socket.onDisconnect(reason -> namespace.to(WATCHERS).emit("gone", socket.id(), reason.toString()));
    }
}
