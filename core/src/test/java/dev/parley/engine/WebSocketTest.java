package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.protocol.PacketBundle;
import dev.parley.protocol.Utf8;
import dev.parley.testing.MemoryWebSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A session on a WebSocket from the start. */
class WebSocketTest extends EngineFixture {

    @Test
    @Behaviour("EIO-WS-001")
    void a_text_frame_is_a_packet() {
        echo();
        MemoryWebSocket webSocket = openWebSocket();

        webSocket.send("4hello");

        assertThat(recorder().messages()).containsExactly("hello");
        assertThat(webSocket.poll()).isEqualTo("4hello");
    }

    @Test
    @Behaviour({"EIO-WS-002", "EIO-WS-008"})
    void a_binary_frame_is_a_message_as_it_is() {
        echo();
        MemoryWebSocket webSocket = openWebSocket();

        webSocket.send(new byte[] {4, 0, -1});

        assertThat(recorder().messages()).containsExactly(new byte[] {4, 0, -1});
        assertThat(webSocket.poll()).isEqualTo(new byte[] {4, 0, -1});
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "", "invalid", "7", "x4", "bAAA", "b&&&&"})
    @Behaviour({"EIO-WS-003", "EIO-CLOSE-025", "ABUSE-021"})
    void a_malformed_text_frame_closes_the_session(String frame) {
        MemoryWebSocket webSocket = openWebSocket();

        webSocket.send(frame);

        assertThat(webSocket.isClosed()).isTrue();
        assertThat(recorder().reason()).isEqualTo(CloseReason.PARSE_ERROR);
    }

    @Test
    @Behaviour({"EIO-WS-004", "EIO-CLOSE-045"})
    void a_message_over_the_limit_is_refused_and_closes_the_session() {
        serve(options -> options.maxPayload(5));
        MemoryWebSocket webSocket = openWebSocket();

        webSocket.send("4hello");

        assertThat(recorder().messages()).isEmpty();
        assertThat(webSocket.closeCode()).isEqualTo(1009);
        assertThat(recorder().reason()).isEqualTo(CloseReason.TRANSPORT_ERROR);
        assertThat(recorder().cause()).hasMessage("Max payload size exceeded");
    }

    @Test
    @Behaviour("EIO-WS-010")
    void a_bundle_that_goes_to_many_is_not_encoded_again() {
        byte[] frame = "4123".getBytes(StandardCharsets.US_ASCII);
        MemoryWebSocket first = openWebSocket();
        MemoryWebSocket second = openWebSocket();
        PacketBundle bundle = PacketBundle.message(Utf8.of(frame), List.of());

        engine.sessions().forEach(session -> session.send(bundle));

        assertThat(bundle.text().array()).isSameAs(frame);
        assertThat(first.poll()).isEqualTo("4123");
        assertThat(second.poll()).isEqualTo("4123");
    }

    @Test
    @Behaviour({"EIO-WS-015", "EIO-WS-016"})
    void a_client_may_ask_for_base64() {
        MemoryWebSocket webSocket = transport.upgrade(WEBSOCKET + "&b64=1").webSocket();
        webSocket.poll();

        session().send(PacketBundle.message(Utf8.of("451-[\"e\"]"), List.of(new byte[] {7})));
        webSocket.send("bAQID");

        assertThat(webSocket.poll()).isEqualTo("451-[\"e\"]");
        assertThat(webSocket.poll()).isEqualTo("bBw==");
        assertThat(recorder().messages()).containsExactly(new byte[] {1, 2, 3});
    }

    @Test
    @Behaviour("EIO-WS-016")
    void base64_is_understood_though_nobody_asked_for_it() {
        openWebSocket().send("bAQID");

        assertThat(recorder().messages()).containsExactly(new byte[] {1, 2, 3});
    }

    @Test
    @Behaviour("ABUSE-023")
    void packets_that_mean_nothing_are_ignored() {
        MemoryWebSocket webSocket = openWebSocket();

        List.of("0{}", "5", "6", "3", "3x").forEach(webSocket::send);

        assertThat(recorder().messages()).isEmpty();
        assertThat(session().isOpen()).isTrue();
        assertThat(time.pendingTimers()).isEqualTo(1);
    }

    @Test
    void what_the_application_sends_to_a_new_session_follows_the_handshake() {
        onOpened = session -> session.send("welcome");

        MemoryWebSocket webSocket = openWebSocket();

        assertThat(webSocket.poll()).isEqualTo("4welcome");
    }
}
