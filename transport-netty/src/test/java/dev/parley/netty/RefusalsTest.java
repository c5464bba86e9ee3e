package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.engine.CloseReason;
import dev.parley.engine.EngineIncident;
import dev.parley.engine.EngineOptions;
import dev.parley.engine.EngineServer;
import dev.parley.engine.SessionListener;
import dev.parley.protocol.Utf8;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused on the way to an engine is counted by the engine. */
class RefusalsTest {

    private static final String WEBSOCKET = "/engine.io/?EIO=4&transport=websocket";
    private static final String HOST = " HTTP/1.1\r\nHost: x\r\n";

    private final EngineServer engine =
            EngineServer.create(EngineOptions.builder().maxPayload(10).build(), session -> new Nobody());
    private final EmbeddedChannel channel = new EmbeddedChannel();

    RefusalsTest() {
        ParleyHttpHandler.addTo(channel.pipeline(), engine);
    }

    /** Takes what comes and does nothing. */
    private static final class Nobody implements SessionListener {
        @Override
        public void text(Utf8 message) {}

        @Override
        public void binary(byte[] message) {}

        @Override
        public void closed(CloseReason reason, @Nullable Throwable cause) {}
    }

    @AfterEach
    void leaveNothingBehind() {
        engine.close();
        channel.finishAndReleaseAll();
        assertThat(engine.sessionCount()).isZero();
    }

    private void receive(String bytes) {
        receive(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void receive(byte[] bytes) {
        channel.writeInbound(Unpooled.wrappedBuffer(bytes));
        for (Object out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            ReferenceCountUtil.release(out);
        }
    }

    private void isCounted(EngineIncident incident) {
        Map<EngineIncident, Long> counts = engine.incidents().counts().entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        assertThat(counts).isEqualTo(Map.of(incident, 1L));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "GET /engine.io/ HTTP/2.0\r\nHost: x\r\n\r\n",
                "POST /engine.io/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"
            })
    void malformedRequests(String request) {
        receive(request);

        isCounted(EngineIncident.MALFORMED_REQUEST);
    }

    @Test
    void chunksThatAreNotValid() {
        receive("GET /engine.io/?EIO=4&transport=polling" + HOST + "\r\n");
        String sid = engine.sessions().iterator().next().id();

        receive("POST /engine.io/?EIO=4&transport=polling&sid=" + sid + HOST
                + "Transfer-Encoding: chunked\r\n\r\nnonsense\r\n");

        isCounted(EngineIncident.MALFORMED_REQUEST);
    }

    @Test
    void longLines() {
        receive("GET /engine.io/?" + "x".repeat(5000) + HOST + "\r\n");

        isCounted(EngineIncident.REQUEST_LINE_TOO_LONG);
    }

    @Test
    void largeHeaders() {
        receive("GET /engine.io/" + HOST + "A: " + "x".repeat(9000) + "\r\n\r\n");

        isCounted(EngineIncident.HEADERS_TOO_LARGE);
    }

    @Test
    void otherPaths() {
        receive("GET /admin" + HOST + "\r\n");

        isCounted(EngineIncident.UNKNOWN_PATH);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: Upgrade\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
                "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n",
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            })
    void handshakesThatAreNotValid(String headers) {
        receive("GET " + WEBSOCKET + HOST + "Upgrade: websocket\r\n" + headers + "\r\n");

        isCounted(EngineIncident.INVALID_WEBSOCKET_HANDSHAKE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"81 01 78", "c1 81 00000000 78", "81 81 00000000 ff", "88 82 00000000 03ed"})
    void framesThatAreNotValid(String hex) {
        receive(RawClient.upgradeRequest(WEBSOCKET));

        receive(ClientFrame.hex(hex));

        isCounted(EngineIncident.INVALID_FRAME);
    }

    @Test
    void messagesThatAreTooLong() {
        receive(RawClient.upgradeRequest(WEBSOCKET));

        receive(ClientFrame.header(0x81, 11));

        isCounted(EngineIncident.PAYLOAD_TOO_LARGE);
    }

    @Test
    void fragmentsBeyondTheOption() throws Exception {
        NettyOptions options = NettyOptions.builder().maxFragments(3).build();
        try (NettyServer server = NettyServer.bind(engine, options);
                RawClient client = new RawClient(server.port())) {
            client.send(RawClient.upgradeRequest(WEBSOCKET));
            assertThat(client.response().status()).isEqualTo(101);
            assertThat(client.frame()).startsWith("text 0{");

            byte[] three = ClientFrame.join(ClientFrame.frame(0x02), ClientFrame.frame(0x00), ClientFrame.frame(0x80));
            client.send(three).send(ClientFrame.frame(0x02));
            client.send(ClientFrame.join(ClientFrame.frame(0x00), ClientFrame.frame(0x00), ClientFrame.frame(0x00)));

            assertThat(client.frame()).isEqualTo("close 1008");
        }
        isCounted(EngineIncident.PAYLOAD_TOO_LARGE);
    }

    @Test
    void messagesOfTooManyFragments() {
        receive(RawClient.upgradeRequest(WEBSOCKET));

        receive(ClientFrame.frame(0x01));
        for (int i = 0; i < NettyOptions.DEFAULT_MAX_FRAGMENTS; i++) {
            receive(ClientFrame.frame(0x00));
        }

        isCounted(EngineIncident.PAYLOAD_TOO_LARGE);
    }
}
