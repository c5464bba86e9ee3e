package dev.parley.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.parley.ConnectionStateRecovery;
import dev.parley.Socket;
import dev.parley.SocketIoServer;
import dev.parley.engine.CorsOptions;
import dev.parley.engine.Endpoint;
import dev.parley.engine.HttpRequest;
import dev.parley.engine.RequestFilter.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Profile {@code sio-client}: what the suite of the JavaScript client for Socket.IO needs. */
final class JavaScriptClientSuite {

    private static final List<String> TEXTS =
            List.of("てすと", "Я Б Г Д Ж Й", "Ä ä Ü ü ß", "utf8 — string", "utf8 — string");
    private static final byte[] BYTES = "asdfasdf".getBytes(UTF_8);

    private JavaScriptClientSuite() {}

    static Endpoint create() {
        SocketIoServer io = SocketIoServer.create(options -> options.pingInterval(Duration.ofSeconds(2))
                .connectionStateRecovery(ConnectionStateRecovery.defaults())
                .allowRequest(JavaScriptClientSuite::admitLate)
                .cors(CorsOptions.allow("*")));
        io.use((socket, next) -> {
            if (socket.handshake().query().containsKey("fail")) {
                next.reject("Auth failed (main namespace)");
            } else {
                next.accept();
            }
        });
        io.onConnection(JavaScriptClientSuite::register);
        List.of("/timeout_socket", "/valid", "/asd").forEach(io::of);
        io.of("/foo").onConnection(JavaScriptClientSuite::tellId);
        io.of("/abc").onConnection(socket -> socket.emit("handshake", HandshakeReport.of(socket.handshake())));
        io.of("/no").use((socket, next) -> next.reject("Auth failed (custom namespace)"));
        return io;
    }

    /** Leaves a client that waits for no time at all behind. */
    private static CompletionStage<Verdict> admitLate(HttpRequest request) {
        return CompletableFuture.supplyAsync(
                Verdict::admit, CompletableFuture.delayedExecutor(10, TimeUnit.MILLISECONDS));
    }

    private static void register(Socket socket) {
        tellId(socket);
        socket.on("hi", () -> socket.emit("hi"));
        socket.on("echo", event -> event.ack().send(event.args()));
        socket.on("false", () -> socket.emit("false", false));
        socket.on("getUtf8", () -> TEXTS.forEach(text -> socket.emit("takeUtf8", text)));
        socket.on("getHandshake", event -> event.ack().send(HandshakeReport.of(socket.handshake())));
        socket.on(
                "ack",
                () -> socket.emitWithAck("ack").thenAccept(answer -> {
                    boolean right = Objects.equals(answer.get(0, Integer.class), 5)
                            && Objects.equals(answer.get(1, Map.class), Map.of("test", true));
                    if (right) {
                        socket.emit("got it");
                    }
                }));
        dates(socket);
        bytes(socket);
    }

    private static void tellId(Socket socket) {
        socket.on("getId", event -> event.ack().send(socket.id()));
    }

    private static void dates(Socket socket) {
        socket.on("getAckDate", event -> event.ack().send(Instant.now()));
        socket.on("getDate", () -> socket.emit("takeDate", Instant.now()));
        socket.on("getDateObj", () -> socket.emit("takeDateObj", Map.of("date", Instant.now())));
    }

    private static void bytes(Socket socket) {
        socket.on("doge", () -> socket.emit("doge", BYTES));
        socket.on("getbin", () -> socket.emit("takebin", BYTES));
        socket.on("buffa", byte[].class, bytes -> socket.emit("buffack"));
        socket.on("jsonbuff", Map.class, object -> {
            boolean right = "lol".equals(object.get("hello"))
                    && object.get("message") instanceof byte[]
                    && "gotcha".equals(object.get("goodbye"));
            if (right) {
                socket.emit("jsonbuff-ack");
            }
        });
        socket.on("abuff1", byte[].class, bytes -> socket.once("abuff2", () -> socket.emit("abuff2-ack")));
    }
}
