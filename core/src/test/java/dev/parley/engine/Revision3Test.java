package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.parley.Behaviour;
import dev.parley.protocol.PacketBundle;
import dev.parley.protocol.Utf8;
import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryWebSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that speak revision 3 of the protocol, on a server that speaks both revisions. */
class Revision3Test extends EngineFixture {

    private static final String POLLING_3 = "/engine.io/?EIO=3&transport=polling";
    private static final String TEXT_POLLING_3 = POLLING_3 + "&b64=1";
    private static final String WEBSOCKET_3 = "/engine.io/?EIO=3&transport=websocket";
    private static final Duration PATIENCE = PING_INTERVAL.plus(PING_TIMEOUT);
    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final byte[] THREE_BYTES = {1, 2, 3};

    @BeforeEach
    void serveOldClients() {
        serve(options -> options.allowEio3(true));
    }

    @Test
    @Behaviour("EIO-V3-001")
    void a_polling_handshake_has_its_length_in_front() {
        MemoryExchange handshake = transport.get(POLLING_3);

        String open = handshake.text().substring(handshake.text().indexOf(':') + 1);
        assertThat(handshake.text()).isEqualTo(open.length() + ":" + open);
        assertThat(open)
                .isEqualTo(
                        "0{\"sid\":\"%s\",\"upgrades\":[\"websocket\"],\"pingInterval\":25000,"
                                + "\"pingTimeout\":20000,\"maxPayload\":1000000}",
                        session().id());
        assertThat(handshake.response().headers().get("content-type")).isEqualTo("text/plain; charset=UTF-8");
        assertThat(session().protocol()).isEqualTo(3);
    }

    @Test
    void a_web_socket_is_opened_with_the_same_packet_as_in_revision_4() {
        MemoryWebSocket webSocket = openWebSocket(WEBSOCKET_3);

        webSocket.send("4hello");

        assertThat(recorder().messages()).containsExactly("hello");
        assertThat(session().protocol()).isEqualTo(3);
    }

    @Test
    void messages_are_polled_and_pushed_with_their_lengths() {
        echo();
        PollingClient client = openPolling(POLLING_3);

        assertThat(client.push("6:4hello2:4€").text()).isEqualTo("ok");

        assertThat(client.poll().text()).isEqualTo("6:4hello2:4€");
        assertThat(recorder().messages()).containsExactly("hello", "€");
    }

    @Test
    @Behaviour({"EIO-V3-014", "EIO-V3-004"})
    void a_poll_with_text_and_bytes_is_binary() {
        PollingClient client = openPolling(POLLING_3);

        session().send(PacketBundle.message(Utf8.of("4€"), List.of(THREE_BYTES)));
        MemoryExchange poll = client.poll();

        assertThat(poll.response().headers().get("content-type")).isEqualTo("application/octet-stream");
        assertThat(poll.response().body()).asHexString().isEqualTo("0004FF34E282AC" + "0104FF04010203");
    }

    @Test
    void a_request_may_have_a_binary_body() {
        PollingClient client = openPolling(POLLING_3);

        byte[] body = {0, 2, -1, '4', 'a', 1, 4, -1, 4, 1, 2, 3};
        MemoryExchange push = transport.request("POST", client.uri(), body, "Content-Type", "application/octet-stream");

        assertThat(push.text()).isEqualTo("ok");
        assertThat(recorder().messages()).containsExactly("a", THREE_BYTES);
    }

    @Test
    @Behaviour("EIO-V3-007")
    void a_client_that_asks_for_text_gets_bytes_as_base64() {
        PollingClient client = openPolling(TEXT_POLLING_3);
        session().send(THREE_BYTES);
        assertThat(client.poll().text()).isEqualTo("6:b4AQID");
        client.push("6:b4AQID");
        assertThat(recorder().messages()).containsExactly(THREE_BYTES);

        MemoryWebSocket webSocket = openWebSocket(WEBSOCKET_3 + "&b64=1");
        session().send(THREE_BYTES);
        assertThat(webSocket.poll()).isEqualTo("b4AQID");
    }

    @Test
    @Behaviour("EIO-V3-015")
    void bytes_on_a_web_socket_have_their_type_in_front() {
        MemoryWebSocket webSocket = openWebSocket(WEBSOCKET_3);

        session().send(THREE_BYTES);
        webSocket.send(new byte[] {4, 9});

        assertThat(webSocket.poll()).isEqualTo(new byte[] {4, 1, 2, 3});
        assertThat(recorder().messages()).containsExactly(new byte[] {9});
    }

    @ParameterizedTest
    @Behaviour("EIO-V3-005")
    @ValueSource(strings = {"", "abc", "5:4a", "2:4ax", "4a"})
    void a_malformed_payload_closes_the_session(String body) {
        PollingClient client = openPolling(POLLING_3);

        assertThat(client.push(body).status()).isEqualTo(400);

        assertThat(recorder().reason()).isEqualTo(CloseReason.PARSE_ERROR);
        assertRefused(client.poll(), 1, "Session ID unknown");
    }

    @Test
    void a_malformed_binary_payload_or_frame_closes_the_session() {
        PollingClient client = openPolling(POLLING_3);
        transport.request("POST", client.uri(), new byte[] {9}, "Content-Type", "application/octet-stream");
        assertThat(recorder().reason()).isEqualTo(CloseReason.PARSE_ERROR);

        MemoryWebSocket webSocket = openWebSocket(WEBSOCKET_3);
        webSocket.send(new byte[] {7});
        assertThat(webSocket.isClosed()).isTrue();
        assertThat(recorder().reason()).isEqualTo(CloseReason.PARSE_ERROR);
    }

    @Test
    @Behaviour("EIO-V3-018")
    void a_ping_of_a_polling_client_is_answered() {
        PollingClient client = openPolling(POLLING_3);

        assertThat(client.push("1:2").text()).isEqualTo("ok");

        assertThat(client.poll().text()).isEqualTo("1:3");
    }

    @Test
    @Behaviour({"EIO-HB-017", "EIO-HB-006", "EIO-HB-007"})
    void a_client_on_a_web_socket_stays_as_long_as_it_pings_and_the_server_never_does() {
        MemoryWebSocket webSocket = openWebSocket(WEBSOCKET_3);

        for (int round = 0; round < 3; round++) {
            time.advance(PATIENCE.minus(MOMENT));
            assertThat(webSocket.poll()).isNull();
            webSocket.send("2");
            assertThat(webSocket.poll()).isEqualTo("3");
        }
        webSocket.send("4not silent, but without a ping");
        time.advance(PATIENCE.minus(MOMENT));
        assertThat(session().isOpen()).isTrue();
        time.advance(MOMENT);

        assertThat(webSocket.isClosed()).isTrue();
        assertThat(recorder().reason()).isEqualTo(CloseReason.PING_TIMEOUT);
    }

    @Test
    @Behaviour("EIO-HB-017")
    void a_silent_client_on_a_web_socket_is_gone_after_interval_and_timeout() {
        MemoryWebSocket webSocket = openWebSocket(WEBSOCKET_3);

        time.advance(PATIENCE.minus(MOMENT));
        assertThat(webSocket.isClosed()).isFalse();
        time.advance(MOMENT);

        assertThat(webSocket.isClosed()).isTrue();
        assertThat(recorder().reason()).isEqualTo(CloseReason.PING_TIMEOUT);
    }

    @Test
    void a_silent_polling_client_is_gone_after_interval_and_timeout() {
        PollingClient client = openPolling(POLLING_3);
        MemoryExchange poll = client.poll();

        time.advance(PATIENCE);

        assertThat(poll.text()).isEqualTo("1:1");
        assertThat(recorder().reason()).isEqualTo(CloseReason.PING_TIMEOUT);
        assertRefused(client.push("1:2"), 1, "Session ID unknown");
    }

    @Test
    @Behaviour("EIO-HB-018")
    void a_client_that_has_upgraded_is_still_expected_to_ping() {
        PollingClient client = openPolling(POLLING_3);
        time.advance(PING_INTERVAL);
        MemoryWebSocket webSocket = client.upgrade();

        webSocket.send("2");
        assertThat(webSocket.poll()).isEqualTo("3");
        time.advance(PATIENCE.minus(MOMENT));
        assertThat(webSocket.isClosed()).isFalse();
        time.advance(MOMENT);

        // The reference keeps such a client for ever.
        assertThat(webSocket.isClosed()).isTrue();
        assertThat(recorder().reason()).isEqualTo(CloseReason.PING_TIMEOUT);
    }

    @Test
    @Behaviour("EIO-HB-013")
    void a_pong_of_the_client_closes_the_session() {
        MemoryWebSocket webSocket = openWebSocket(WEBSOCKET_3);

        webSocket.send("3");

        assertThat(webSocket.isClosed()).isTrue();
        assertThat(recorder().reason()).isEqualTo(CloseReason.TRANSPORT_ERROR);
        assertThat(recorder().cause()).hasMessage("invalid heartbeat direction");
    }

    @Test
    void pings_of_a_client_that_does_not_read_fill_the_queue_no_further_than_messages_do() {
        serve(options -> options.allowEio3(true).maxQueuedMessages(10));
        PollingClient client = openPolling(POLLING_3);

        client.push("1:2".repeat(10));
        assertThat(session().queuedMessages()).isEqualTo(10);
        client.push("1:2");

        assertThat(recorder().reason()).isEqualTo(CloseReason.TRANSPORT_ERROR);
    }

    @Test
    void pings_make_no_timers() {
        MemoryWebSocket webSocket = openWebSocket(WEBSOCKET_3);

        for (int i = 0; i < 10; i++) {
            time.advance(Duration.ofSeconds(1));
            webSocket.send("2");
        }

        assertThat(time.pendingTimers()).isEqualTo(1);
    }

    @Test
    void a_pause_of_the_whole_machine_is_not_held_against_the_clients() {
        LateTimers late = new LateTimers(time);
        serve(options -> options.allowEio3(true).scheduler(late));
        MemoryWebSocket webSocket = openWebSocket(WEBSOCKET_3);

        late.pause(Duration.ofHours(1));
        time.advance(PATIENCE);
        assertThat(session().isOpen()).isTrue();
        time.advance(PING_TIMEOUT);

        assertThat(webSocket.isClosed()).isTrue();
        assertThat(recorder().reason()).isEqualTo(CloseReason.PING_TIMEOUT);
    }

    @Test
    void an_upgrade_is_probed_and_ends_the_poll() {
        PollingClient client = openPolling(POLLING_3);
        MemoryExchange poll = client.poll();

        MemoryWebSocket webSocket = client.probe();
        assertThat(poll.text()).isEqualTo("1:6");
        webSocket.send("5");
        session().send(THREE_BYTES);

        assertThat(webSocket.poll()).isEqualTo(new byte[] {4, 1, 2, 3});
        assertThat(client.poll().status()).isEqualTo(400);
    }

    @Test
    void closing_is_told_with_a_length_in_front() {
        PollingClient client = openPolling(POLLING_3);
        MemoryExchange poll = client.poll();
        session().close();
        assertThat(poll.text()).isEqualTo("1:1");

        PollingClient second = openPolling(POLLING_3);
        session().close();
        assertThat(second.poll().text()).isEqualTo("1:61:1");
    }

    @Test
    void a_poll_that_crosses_the_clients_goodbye_is_answered_in_the_same_revision() {
        PollingClient client = openPolling(POLLING_3);
        client.push("1:1");

        assertThat(client.poll().text()).isEqualTo("1:6");
        assertRefused(client.poll(), 1, "Session ID unknown");
    }

    @Test
    @Behaviour("EIO-VER-032")
    void a_session_keeps_its_revision() {
        PollingClient old = openPolling(POLLING_3);
        assertRefused(transport.get(POLLING + "&sid=" + old.sid), 3, "Bad request");
        assertThat(error().context())
                .containsOnly(entry("name", "PROTOCOL_MISMATCH"), entry("protocol", "4"), entry("previousProtocol", 3));

        PollingClient current = openPolling();
        assertRefused(transport.get(POLLING_3 + "&sid=" + current.sid), 3, "Bad request");
    }

    @Test
    void clients_of_revision_4_are_served_as_ever() {
        echo();
        PollingClient client = openPolling();
        MemoryWebSocket webSocket = openWebSocket();

        client.push("4hello");
        webSocket.send("4hello");

        assertThat(client.poll().text()).isEqualTo("4hello");
        assertThat(webSocket.poll()).isEqualTo("4hello");
        time.advance(PING_INTERVAL);
        assertThat(webSocket.poll()).isEqualTo("2");
        MemoryExchange binary = client.push("x", "Content-Type", "application/octet-stream");
        assertThat(binary.status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&EIO=", "&EIO=abc", "&EIO=2", "&EIO=5", "&EIO=03", "&EIO=3.0"})
    @Behaviour("ABUSE-044")
    void only_the_numbers_of_the_revisions_count(String revision) {
        // The reference takes whatever is not 4 for 3.
        assertRefused(transport.get("/engine.io/?transport=polling" + revision), 5, "Unsupported protocol version");
    }
}
