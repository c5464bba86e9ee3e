package dev.parley.conformance.fuzz;

import static dev.parley.conformance.fuzz.Inputs.expect;

import dev.parley.Socket;
import dev.parley.mapping.ObjectMapping;
import dev.parley.testing.MemoryWebSocket;
import dev.parley.testing.TestClient;
import dev.parley.testing.TestServer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a client sends to a Socket.IO server with namespaces, middlewares, rooms and acknowledgements, beside one that
 * keeps to the rules. The parts of an input are messages on a WebSocket: binary ones have a {@code b} in front, and
 * {@code t} lets a minute go by.
 */
public final class ServerMessages {

    private static final String WEBSOCKET = "/socket.io/?EIO=4&transport=websocket";
    private static final Pattern CHILDREN = Pattern.compile("/child-\\w+");
    private static final ObjectMapping MAPPING = ObjectMapping.detect();

    private ServerMessages() {}

    public static void fuzzerTestOneInput(byte[] data) {
        TestServer server = TestServer.create(options -> options.mapping(MAPPING));
        serve(server);
        TestClient bystander = server.connect();
        MemoryWebSocket client = server.transport().upgrade(WEBSOCKET).webSocket();
        for (byte[] message : Inputs.parts(data)) {
            if (message.length == 1 && message[0] == 't') {
                server.advance(Duration.ofMinutes(1));
            } else if (message.length > 0 && message[0] == 'b') {
                client.send(Arrays.copyOfRange(message, 1, message.length));
            } else {
                String text = Inputs.utf8(message);
                client.send(text == null ? "41" : text);
            }
        }
        bystander.emit("hello", "there");
        expect(
                bystander.received().stream().anyMatch(event -> event.name().equals("hello")),
                "another client is not served any more");

        client.close();
        expect(server.io().engine().sessionCount() == 1, "the session of a client that has left");
        expect(server.io().sockets().size() == 1, "the socket of a client that has left");
        expect(server.io().rooms().isEmpty(), "the rooms of a client that has left");
        server.close();
        expect(server.io().engine().sessionCount() == 0, "sessions are left over");
        expect(server.time().pendingTimers() == 0, "timers are left over: " + server.time());
    }

    private static void serve(TestServer server) {
        server.io().onError(error -> {});
        server.io().of("/strict").use((socket, next) -> next.reject("no"));
        server.io().of("/late").use((socket, next) -> {});
        server.io().of(CHILDREN).onConnection(ServerMessages::connected);
        server.io().onConnection(ServerMessages::connected);
    }

    private static void connected(Socket socket) {
        socket.emitWithAck(String.class, "who").exceptionally(failure -> "");
        socket.on("hello", String.class, text -> socket.emit("hello", text));
        socket.on("ask", List.class, (list, ack) -> ack.send(list));
        socket.on("map", Map.class, map -> socket.emit("map", map));
        socket.on("number", Integer.class, number -> socket.join("room " + number));
        socket.on("bytes", byte[].class, bytes -> socket.emit("bytes", (Object) bytes));
        socket.on("leave", () -> socket.disconnect(false));
        socket.onAny(event -> socket.emit("any", event.args()));
    }
}
