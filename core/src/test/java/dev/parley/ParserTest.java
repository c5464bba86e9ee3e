package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.parley.protocol.DecoderLimits;
import dev.parley.protocol.JsonPacketCodec;
import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketBundle;
import dev.parley.protocol.PacketCodec;
import dev.parley.protocol.PacketCodecFactory;
import dev.parley.protocol.PacketDecoder;
import dev.parley.protocol.ProtocolException;
import dev.parley.protocol.Utf8;
import dev.parley.testing.MemoryWebSocket;
import dev.parley.testing.TestClient;
import dev.parley.testing.TestServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The encoding of packets is the application's choice. */
class ParserTest {

    record Point(int x, int y) {}

    /** JSON, but each message with a mark in front. */
    private static final class Marked implements PacketCodec {

        private static final String MARK = "!";

        private final PacketCodec json;

        Marked(PacketCodec json) {
            this.json = json;
        }

        @Override
        public PacketBundle encode(Packet packet) {
            PacketBundle bundle = json.encode(packet);
            String text = bundle.text().toString();
            return PacketBundle.message(Utf8.of("4" + MARK + text.substring(1)), bundle.binaries());
        }

        @Override
        public PacketDecoder newDecoder() {
            PacketDecoder decoder = json.newDecoder();
            return new PacketDecoder() {
                @Override
                public Packet text(Utf8 message) throws ProtocolException {
                    if (!message.toString().startsWith(MARK)) {
                        throw new ProtocolException("not marked");
                    }
                    return decoder.text(message.slice(1, message.length()));
                }

                @Override
                public Packet binary(byte[] message) throws ProtocolException {
                    return decoder.binary(message);
                }
            };
        }
    }

    private static final PacketCodecFactory MARKED =
            (limits, converter) -> new Marked(new JsonPacketCodec(limits, converter));

    @Test
    void server_and_test_clients_speak_it() {
        try (TestServer server = TestServer.create(options -> options.parser(MARKED))) {
            server.io().onConnection(socket -> {
                socket.on("point", Point.class, (point, ack) -> ack.send(new Point(point.y(), point.x())));
                socket.on("bytes", event -> socket.emit("bytes", event.args()));
            });
            TestClient client = server.connect();
            MemoryWebSocket raw = server.transport()
                    .upgrade("/socket.io/?EIO=4&transport=websocket")
                    .webSocket();
            raw.poll();

            raw.send("4!0");
            client.emit("bytes", new byte[] {1, 2});

            assertThat((String) raw.poll()).startsWith("4!0{\"sid\":");
            client.expect("bytes", new byte[] {1, 2});
            assertThat(client.emitWithAck("point", new Point(1, 2)).get(Point.class))
                    .isEqualTo(new Point(2, 1));
        }
    }

    @Test
    void a_client_that_speaks_another_is_closed() {
        try (TestServer server = TestServer.create(options -> options.parser(MARKED))) {
            MemoryWebSocket client = server.transport()
                    .upgrade("/socket.io/?EIO=4&transport=websocket")
                    .webSocket();

            client.send("40");

            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void it_is_made_once_with_the_limits_of_the_server() {
        List<DecoderLimits> made = new ArrayList<>();
        DecoderLimits limits = new DecoderLimits(1, 2, 3, 4, 5);
        SocketIoOptions options = SocketIoOptions.builder()
                .decoderLimits(limits)
                .parser((given, converter) -> {
                    made.add(given);
                    return new JsonPacketCodec(given, converter);
                })
                .build()
                .toBuilder()
                .build();

        SocketIoServer.create(options).close();

        assertThat(made).containsExactly(limits);
        assertThat(SocketIoOptions.defaults().parser().create(limits, value -> value))
                .isInstanceOf(JsonPacketCodec.class);
    }

    @Test
    void old_clients_cannot_be_served_with_it() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        SocketIoOptions.builder().parser(MARKED).allowEio3(true).build())
                .withMessage("allowEio3: true (expected: false with a parser of one's own)");
        assertThatNullPointerException()
                .isThrownBy(() -> SocketIoOptions.builder().parser(null))
                .withMessage("parser");
    }
}
