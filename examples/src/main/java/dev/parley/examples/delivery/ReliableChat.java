package dev.parley.examples.delivery;

import dev.parley.ConnectionStateRecovery;
import dev.parley.IdempotencyKeys;
import dev.parley.Socket;
import dev.parley.SocketIoOptions;
import dev.parley.SocketIoServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The chat of docs/delivery.md. Its messages are numbered and kept, as in a database. */
final class ReliableChat {

    private final SocketIoServer io;
    private final List<String> messages = new ArrayList<>();

    private ReliableChat(SocketIoServer io) {
        this.io = io;
    }

    static void options(SocketIoOptions.Builder options) {
        options.connectionStateRecovery(ConnectionStateRecovery.builder()
                .maxDisconnectionDuration(Duration.ofMinutes(5))
                .build());
    }

    static void on(SocketIoServer io) {
        ReliableChat chat = new ReliableChat(io);
        io.onConnection(chat::connected);
    }

    private final IdempotencyKeys keys = IdempotencyKeys.remembering(100_000);

    private void connected(Socket socket) {
        socket.on("say", String.class, String.class, (key, text, ack) -> keys.once(key, ack, () -> publish(text)));
        if (!socket.recovered()) {
            catchUp(socket);
        }
    }

    private synchronized int publish(String text) {
        messages.add(text);
        io.emit("message", messages.size(), text);
        return messages.size();
    }

    private synchronized void catchUp(Socket socket) {
        Integer seen = socket.handshake().auth("seen", Integer.class);
        for (int i = seen == null ? 0 : seen; i < messages.size(); i++) {
            socket.emit("message", i + 1, messages.get(i));
        }
    }
}
