package dev.parley.conformance;

import dev.parley.SocketIoServer;
import dev.parley.engine.CorsOptions;
import dev.parley.engine.Endpoint;
import java.time.Duration;

/** Profile {@code sio-protocol}: what the checks of the Socket.IO packet format need. */
final class SocketProtocol {

    private SocketProtocol() {}

    static Endpoint create() {
        SocketIoServer io = SocketIoServer.create(options -> options.connectTimeout(Duration.ofSeconds(1))
                .pingInterval(Duration.ofMillis(300))
                .pingTimeout(Duration.ofMillis(200))
                .maxPayload(1_000_000)
                .cors(CorsOptions.allow("*")));
        io.onConnection(socket -> {
            socket.emit("auth", socket.handshake().auth());
            socket.on("message", event -> socket.emit("message-back", event.args()));
            socket.on("message-with-ack", event -> event.ack().send(event.args()));
        });
        io.of("/custom")
                .onConnection(socket -> socket.emit("auth", socket.handshake().auth()));
        return io;
    }
}
