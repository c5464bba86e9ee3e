package dev.parley.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.parley.Namespace;
import dev.parley.Socket;
import dev.parley.SocketIoServer;
import dev.parley.engine.CorsOptions;
import dev.parley.engine.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Profile {@code sio-java}: what the suite of the Java client for Socket.IO needs. */
final class JavaClientSuite {

    private static final byte[] BYTES = "huehue".getBytes(UTF_8);

    private JavaClientSuite() {}

    static Endpoint create() {
        SocketIoServer io = SocketIoServer.create(
                options -> options.pingInterval(Duration.ofSeconds(2)).cors(CorsOptions.allow("*")));
        io.engine().onHeaders((headers, request) -> {
            String value = request.header("X-SocketIO");
            return value == null ? headers : headers.and("X-SocketIO", value);
        });
        for (String name : List.of("/", "/foo")) {
            Namespace namespace = io.of(name);
            namespace.onConnection(socket -> register(namespace, socket));
        }
        List.of("/timeout_socket", "/valid", "/asd").forEach(io::of);
        io.of("/abc").onConnection(socket -> socket.emit("handshake", HandshakeReport.of(socket.handshake())));
        io.of("/no").use((socket, next) -> next.reject("auth failed", Map.of("a", "b", "c", 3)));
        return io;
    }

    private static void register(Namespace namespace, Socket socket) {
        socket.on("message", event -> socket.send(event.args()));
        socket.on("echo", event -> socket.emit("echoBack", event.args()));
        socket.on("broadcast", event -> socket.broadcast().emit("broadcastBack", event.args()));
        socket.on("room", event -> namespace.to(socket.id()).emit("roomBack", event.args()));
        socket.on("requestDisconnect", () -> socket.disconnect());
        acknowledgements(socket);
        socket.send("hello client");
    }

    private static void acknowledgements(Socket socket) {
        socket.on("ack", event -> event.ack().send(event.args()));
        socket.on("getAckDate", event -> event.ack().send(Instant.now()));
        socket.on("getAckBinary", event -> event.ack().send((Object) BYTES));
        socket.on("getHandshake", event -> event.ack().send(HandshakeReport.of(socket.handshake())));
        for (String question : List.of("callAck", "callAckBinary")) {
            socket.on(
                    question,
                    () -> socket.emitWithAck("ack").thenAccept(answer -> socket.emit("ackBack", answer.args())));
        }
    }
}
