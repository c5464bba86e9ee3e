package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryTransport;
import dev.parley.testing.MemoryWebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A session that begins with polling and goes on on a WebSocket. */
class UpgradeTest extends EngineFixture {

    private static final Duration PAUSED_POLL = Duration.ofMillis(100);

    @Test
    @Behaviour({"EIO-UPG-004", "EIO-UPG-008"})
    void the_probe_is_answered_and_ends_the_poll_that_waits() {
        echo();
        PollingClient client = openPolling();
        MemoryExchange poll = client.poll();
        MemoryWebSocket webSocket = client.requestUpgrade().webSocket();
        assertThat(poll.isAnswered()).isFalse();

        webSocket.send("2probe");
        assertThat(webSocket.poll()).isEqualTo("3probe");
        // The reference takes up to 100 ms.
        assertThat(poll.text()).isEqualTo("6");

        webSocket.send("5");
        webSocket.send("4hello");
        assertThat(webSocket.poll()).isEqualTo("4hello");
        assertThat(session().transport()).isEqualTo("websocket");
    }

    @Test
    @Behaviour("EIO-UPG-004")
    void polls_during_the_upgrade_end_soon() {
        PollingClient client = openPolling();
        client.probe();

        MemoryExchange poll = client.poll();
        assertThat(poll.isAnswered()).isFalse();
        time.advance(PAUSED_POLL);
        assertThat(poll.text()).isEqualTo("6");

        MemoryExchange next = client.poll();
        time.advance(PAUSED_POLL);
        assertThat(next.text()).isEqualTo("6");
    }

    @Test
    void polls_during_the_upgrade_bring_what_there_is_to_send() {
        PollingClient client = openPolling();
        client.probe();
        MemoryExchange poll = client.poll();

        session().send("a");
        assertThat(poll.text()).isEqualTo("4a");
        session().send("b");
        assertThat(client.poll().text()).isEqualTo("4b");
    }

    @Test
    void many_polls_during_the_upgrade_share_one_timer() {
        PollingClient client = openPolling();
        client.probe();
        int timers = time.pendingTimers();

        for (int i = 0; i < 100; i++) {
            MemoryExchange poll = client.poll();
            session().send("a");
            assertThat(poll.text()).isEqualTo("4a");
        }

        assertThat(time.pendingTimers()).isLessThanOrEqualTo(timers + 1);
    }

    @Test
    @Behaviour({"EIO-UPG-005", "EIO-UPG-009"})
    void polling_is_refused_after_the_upgrade() {
        echo();
        PollingClient client = openPolling();
        MemoryWebSocket webSocket = client.upgrade();

        assertRefused(client.poll(), 3, "Bad request");
        assertThat(error().context())
                .containsEntry("name", "TRANSPORT_MISMATCH")
                .containsEntry("previousTransport", "websocket");
        assertThat(client.push("4late").status()).isEqualTo(400);

        webSocket.send("4hello");
        assertThat(webSocket.poll()).isEqualTo("4hello");
        assertThat(recorder().messages()).containsExactly("hello");
    }

    @Test
    @Behaviour("EIO-UPG-002")
    void the_first_request_stays_the_sessions_request() {
        PollingClient client = openPolling();
        HttpRequest first = session().request();

        client.upgrade();

        assertThat(session().request()).isSameAs(first);
        assertThat(session().request().query()).containsEntry("transport", "polling");
        assertThat(session().transport()).isEqualTo("websocket");
    }

    @Test
    @Behaviour("EIO-UPG-003")
    void another_engine_on_the_same_port_does_not_disturb_the_upgrade() {
        EngineServer other = EngineServer.create(
                EngineOptions.builder().path("/other").scheduler(time).build(),
                session -> new Recorder(session, (from, message) -> {}));
        transport = new MemoryTransport(both(engine, other));
        echo();

        assertThat(transport.get("/other/?EIO=4&transport=polling").status()).isEqualTo(200);
        MemoryWebSocket webSocket = openPolling().upgrade();
        webSocket.send("4hello");

        assertThat(webSocket.poll()).isEqualTo("4hello");
        other.close();
    }

    private static Endpoint both(Endpoint one, Endpoint other) {
        return new Endpoint() {
            @Override
            public boolean handles(String path) {
                return one.handles(path) || other.handles(path);
            }

            @Override
            public void handle(HttpExchange exchange) {
                (one.handles(exchange.request().path()) ? one : other).handle(exchange);
            }

            @Override
            public CompletableFuture<Void> drain(int sessionsPerSecond, Duration limit) {
                return CompletableFuture.allOf(
                        one.drain(sessionsPerSecond, limit), other.drain(sessionsPerSecond, limit));
            }

            @Override
            public CompletableFuture<Void> close() {
                return CompletableFuture.allOf(one.close(), other.close());
            }
        };
    }

    @Test
    @Behaviour("EIO-UPG-007")
    void what_is_sent_during_the_upgrade_arrives_once_on_the_web_socket() {
        PollingClient client = openPolling();
        MemoryWebSocket webSocket = client.probe();

        session().send("a");
        session().send("b");
        webSocket.send("5");

        assertThat(webSocket.poll()).isEqualTo("4a");
        assertThat(webSocket.poll()).isEqualTo("4b");
        assertThat(webSocket.poll()).isNull();
    }

    @Test
    void a_poll_that_waits_when_the_upgrade_is_completed_is_ended() {
        PollingClient client = openPolling();
        MemoryWebSocket webSocket = client.probe();
        MemoryExchange poll = client.poll();

        webSocket.send("5");

        assertThat(poll.text()).isEqualTo("6");
        assertThat(time.pendingTimers()).as("%s", time).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"4hello", "5", "2", "2prob", "3probe", "1", "abc", "", "6"})
    @Behaviour({"EIO-UPG-010", "ABUSE-072"})
    void a_web_socket_that_does_not_begin_with_a_probe_is_closed_and_polling_goes_on(String first) {
        PollingClient client = openPolling();
        MemoryWebSocket webSocket = client.requestUpgrade().webSocket();

        webSocket.send(first);

        assertThat(webSocket.isClosed()).isTrue();
        assertPollingGoesOn(client);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2probe", "4hello", "2", "abc", "1"})
    @Behaviour({"EIO-UPG-010", "ABUSE-072"})
    void a_web_socket_that_does_not_upgrade_after_the_probe_is_closed_and_polling_goes_on(String second) {
        PollingClient client = openPolling();
        MemoryWebSocket webSocket = client.probe();

        webSocket.send(second);

        assertThat(webSocket.isClosed()).isTrue();
        assertPollingGoesOn(client);
    }

    @Test
    @Behaviour({"EIO-UPG-010", "ABUSE-072"})
    void a_binary_frame_is_no_probe() {
        PollingClient client = openPolling();
        MemoryWebSocket webSocket = client.requestUpgrade().webSocket();

        webSocket.send("2probe".getBytes(StandardCharsets.UTF_8));

        assertThat(webSocket.isClosed()).isTrue();
        assertPollingGoesOn(client);
    }

    @Test
    void a_web_socket_that_is_closed_by_the_client_before_the_upgrade_does_no_harm() {
        PollingClient client = openPolling();

        client.probe().close();

        assertPollingGoesOn(client);
    }

    @Test
    void a_message_over_the_limit_before_the_upgrade_does_no_harm() {
        PollingClient client = openPolling();
        MemoryWebSocket webSocket = client.probe();

        webSocket.send(new byte[1_000_001]);

        assertThat(webSocket.closeCode()).isEqualTo(1009);
        assertPollingGoesOn(client);
    }

    @Test
    void what_comes_behind_the_frame_that_ended_the_upgrade_is_ignored() {
        PollingClient client = openPolling();
        MemoryWebSocket webSocket = client.requestUpgrade().webSocket();

        webSocket.send("4hello");
        webSocket.send("2probe");
        webSocket.send("5");
        webSocket.send("4hello");

        assertThat(webSocket.poll()).isNull();
        assertThat(recorder().messages()).isEmpty();
        assertPollingGoesOn(client);
    }

    @Test
    @Behaviour({"EIO-CLOSE-028", "ABUSE-072"})
    void an_upgrade_that_is_not_completed_in_time_is_given_up() {
        PollingClient client = openPolling();
        MemoryWebSocket webSocket = client.probe();

        time.advance(Duration.ofMillis(9_999));
        assertThat(webSocket.isClosed()).isFalse();
        time.advance(Duration.ofMillis(1));

        assertThat(webSocket.isClosed()).isTrue();
        assertPollingGoesOn(client);
    }

    @Test
    void an_upgrade_may_be_tried_again_after_one_that_failed() {
        PollingClient client = openPolling();
        client.probe().close();

        MemoryWebSocket webSocket = client.upgrade();

        session().send("a");
        assertThat(webSocket.poll()).isEqualTo("4a");
    }

    @Test
    @Behaviour("ABUSE-074")
    void upgrades_that_are_begun_and_left_leave_nothing_behind() {
        PollingClient client = openPolling();
        int timers = time.pendingTimers();

        for (int i = 0; i < 1000; i++) {
            client.probe().close();
        }

        assertThat(engine.sessionCount()).isEqualTo(1);
        assertThat(time.pendingTimers()).isEqualTo(timers);
    }

    @Test
    void polls_last_as_long_as_before_after_an_upgrade_that_failed() {
        PollingClient client = openPolling();
        MemoryWebSocket webSocket = client.probe();
        MemoryExchange poll = client.poll();

        webSocket.close();
        time.advance(Duration.ofSeconds(1));

        assertThat(poll.isAnswered()).isFalse();
        session().send("a");
        assertThat(poll.text()).isEqualTo("4a");
    }

    @Test
    @Behaviour({"EIO-UPG-012", "ABUSE-070"})
    void a_second_web_socket_during_the_upgrade_is_closed_and_the_first_is_not_disturbed() {
        PollingClient client = openPolling();
        MemoryWebSocket first = client.probe();

        assertThat(client.requestUpgrade().webSocket().isClosed()).isTrue();

        MemoryExchange poll = client.poll();
        time.advance(PAUSED_POLL);
        assertThat(poll.text()).isEqualTo("6");
        first.send("5");
        session().send("a");
        assertThat(first.poll()).isEqualTo("4a");
    }

    @Test
    @Behaviour("ABUSE-073")
    void the_upgrade_fails_while_a_post_is_open() {
        PollingClient client = openPolling();
        MemoryExchange push = client.beginPush();
        MemoryWebSocket webSocket = client.probe();

        webSocket.send("5");

        assertThat(webSocket.isClosed()).isTrue();
        push.sendBody("4up".getBytes(StandardCharsets.UTF_8));
        assertThat(push.text()).isEqualTo("ok");
        assertThat(recorder().messages()).containsExactly("up");
        assertPollingGoesOn(client);
    }

    @Test
    @Behaviour("EIO-UPG-011")
    void a_session_that_closes_during_the_upgrade_ends_when_all_has_been_sent_on_the_web_socket() {
        PollingClient client = openPolling();
        MemoryWebSocket webSocket = client.probe();

        session().send("last");
        session().close();
        assertThat(recorder().reason()).isNull();
        webSocket.send("5");

        assertThat(webSocket.poll()).isEqualTo("4last");
        assertThat(webSocket.isClosed()).isTrue();
        assertThat(recorder().reason()).isEqualTo(CloseReason.FORCED_CLOSE);
        assertThat(time.pendingTimers()).as("%s", time).isZero();
    }

    @Test
    void no_upgrade_begins_while_the_session_closes() {
        PollingClient client = openPolling();
        session().close();

        assertThat(client.requestUpgrade().webSocket().isClosed()).isTrue();
        assertThat(client.poll().text()).isEqualTo("6" + SEP + "1");
    }

    @Test
    @Behaviour("EIO-CLOSE-027")
    void closing_the_session_closes_the_web_socket_that_is_to_take_over() {
        PollingClient client = openPolling();
        MemoryWebSocket webSocket = client.probe();

        session().abort();

        assertThat(webSocket.isClosed()).isTrue();
        assertThat(time.pendingTimers()).as("%s", time).isZero();
    }

    @Test
    @Behaviour({"EIO-CLOSE-013", "ABUSE-073"})
    void a_client_that_leaves_during_the_upgrade_causes_no_error() {
        PollingClient client = openPolling();
        MemoryExchange poll = client.poll();
        MemoryWebSocket webSocket = client.requestUpgrade().webSocket();

        client.push("1");
        webSocket.send("2probe");
        webSocket.close();

        assertThat(poll.text()).isEqualTo("6");
        assertThat(recorder().reason()).isEqualTo(CloseReason.TRANSPORT_CLOSE);
    }

    @Test
    void a_client_that_asked_for_base64_gets_it_after_the_upgrade_too() {
        PollingClient client = openPolling();
        MemoryWebSocket webSocket =
                transport.upgrade(WEBSOCKET + "&b64=1&sid=" + client.sid).webSocket();
        webSocket.send("2probe");
        webSocket.send("5");
        webSocket.poll();

        session().send(new byte[] {7});

        assertThat(webSocket.poll()).isEqualTo("bBw==");
    }

    @Test
    void a_post_cannot_ask_for_an_upgrade() {
        PollingClient client = openPolling();

        MemoryExchange exchange = transport.request(
                "POST", WEBSOCKET + "&sid=" + client.sid, new byte[0], "Connection", "Upgrade", "Upgrade", "websocket");

        assertThat(exchange.status()).isEqualTo(400);
        assertThat(error().code()).isEqualTo(2);
        assertPollingGoesOn(client);
    }

    private void assertPollingGoesOn(PollingClient client) {
        assertThat(session().transport()).isEqualTo("polling");
        MemoryExchange poll = client.poll();
        time.advance(PAUSED_POLL.plusMillis(1));
        assertThat(poll.isAnswered()).isFalse();
        session().send("still here");
        assertThat(poll.text()).isEqualTo("4still here");
        assertThat(client.push("4still there").text()).isEqualTo("ok");
        assertThat(recorder().messages()).contains("still there");
    }
}
