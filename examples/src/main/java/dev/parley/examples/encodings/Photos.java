package dev.parley.examples.encodings;

import dev.parley.SocketIoOptions;
import dev.parley.SocketIoServer;
import dev.parley.msgpack.MsgpackPacketCodec;
import java.time.Instant;

/** The server of docs/encodings.md. */
final class Photos {

    private Photos() {}

    static void options(SocketIoOptions.Builder options) {
        options.parser(MsgpackPacketCodec::new);
    }

    static void on(SocketIoServer io) {
        io.onConnection(socket -> socket.on("photo", String.class, byte[].class, (title, thumbnail, ack) -> {
            socket.broadcast().emit("photo", title, thumbnail, Instant.now());
            ack.send(thumbnail.length);
        }));
    }
}
