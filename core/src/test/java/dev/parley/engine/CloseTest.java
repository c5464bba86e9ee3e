package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryWebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How sessions end. */
class CloseTest extends EngineFixture {

    @Test
    @Behaviour({"EIO-CLOSE-007", "EIO-CLOSE-040"})
    void closing_a_polling_session_answers_the_poll_that_waits() {
        PollingClient client = openPolling();
        MemoryExchange poll = client.poll();

        session().close();

        assertThat(poll.status()).isEqualTo(200);
        assertThat(poll.text()).isEqualTo("1");
        assertThat(recorder().reason()).isEqualTo(CloseReason.FORCED_CLOSE);
        assertThat(recorder().cause()).isNull();
    }

    @Test
    @Behaviour("EIO-CLOSE-008")
    void closing_a_session_on_a_web_socket_closes_the_web_socket() {
        MemoryWebSocket webSocket = openWebSocket();

        session().close();

        assertThat(webSocket.closeCode()).isZero();
        assertThat(webSocket.poll()).isNull();
        assertThat(recorder().reason()).isEqualTo(CloseReason.FORCED_CLOSE);
    }

    @Test
    @Behaviour({"EIO-CLOSE-041", "EIO-CLOSE-033"})
    void what_was_sent_before_is_delivered_before_a_polling_client_is_told_of_the_end() {
        PollingClient client = openPolling();

        session().send("m1");
        session().close();

        assertThat(client.poll().text()).isEqualTo("4m1");
        assertThat(recorder().reason()).isNull();
        assertThat(client.poll().text()).isEqualTo("6" + SEP + "1");
        assertThat(recorder().reason()).isEqualTo(CloseReason.FORCED_CLOSE);
        assertRefused(client.poll(), 1, "Session ID unknown");
    }

    @Test
    @Behaviour("EIO-CLOSE-033")
    void what_was_sent_before_is_delivered_before_the_web_socket_is_closed() {
        MemoryWebSocket webSocket = openWebSocket();

        session().send("hello");
        session().close();

        assertThat(webSocket.poll()).isEqualTo("4hello");
        assertThat(webSocket.isClosed()).isTrue();
    }

    @Test
    @Behaviour("EIO-CLOSE-044")
    void what_is_sent_after_the_end_is_dropped() {
        PollingClient client = openPolling();

        session().close();
        session().close();
        assertThat(session().send("late")).isFalse();
        assertThat(session().isOpen()).isFalse();

        assertThat(client.poll().text()).isEqualTo("6" + SEP + "1");
        assertThat(session().send("too late")).isFalse();
    }

    @Test
    void what_arrives_after_the_application_has_closed_the_session_is_not_handled() {
        PollingClient client = openPolling();
        session().close();

        assertThat(client.push("4late").text()).isEqualTo("ok");

        assertThat(recorder().messages()).isEmpty();
    }

    @Test
    @Behaviour("EIO-CLOSE-043")
    void a_polling_client_that_does_not_poll_again_is_waited_for_30_seconds() {
        openPolling();

        session().close();
        time.advance(Duration.ofMillis(29_999));
        assertThat(engine.sessionCount()).isEqualTo(1);
        time.advance(Duration.ofMillis(1));

        assertThat(recorder().reason()).isEqualTo(CloseReason.FORCED_CLOSE);
        assertThat(time.pendingTimers()).as("%s", time).isZero();
    }

    @Test
    @Behaviour("EIO-CLOSE-004")
    void a_polling_client_that_is_gone_when_the_session_is_closed_times_out_as_usual() {
        serve(options -> options.pingInterval(Duration.ofMillis(5)).pingTimeout(Duration.ofMillis(5)));
        openPolling();

        session().close();
        time.advance(Duration.ofMillis(10));

        assertThat(recorder().reason()).isEqualTo(CloseReason.PING_TIMEOUT);
        assertThat(time.pendingTimers()).as("%s", time).isZero();
    }

    @Test
    void a_web_socket_that_takes_nothing_is_waited_for_30_seconds() {
        MemoryWebSocket webSocket = openWebSocket();
        webSocket.stopReading();
        session().send("a");

        session().close();
        time.advance(Duration.ofMillis(29_999));
        assertThat(recorder().reason()).isNull();
        time.advance(Duration.ofMillis(1));

        assertThat(recorder().reason()).isEqualTo(CloseReason.FORCED_CLOSE);
        assertThat(webSocket.isClosed()).isTrue();
    }

    @Test
    @Behaviour({"EIO-CLOSE-010", "EIO-CLOSE-037"})
    void a_polling_client_may_end_the_session() {
        PollingClient client = openPolling();
        MemoryExchange poll = client.poll();

        assertThat(client.push("1").text()).isEqualTo("ok");

        assertThat(poll.text()).isEqualTo("6");
        assertThat(recorder().reason()).isEqualTo(CloseReason.TRANSPORT_CLOSE);
        assertRefused(client.poll(), 1, "Session ID unknown");
    }

    @Test
    @Behaviour("EIO-CLOSE-037")
    void a_poll_that_crosses_the_clients_goodbye_is_answered_once() {
        PollingClient client = openPolling();
        client.push("1");

        assertThat(client.poll().text()).isEqualTo("6");
        assertRefused(client.poll(), 1, "Session ID unknown");
    }

    @Test
    void a_poll_that_comes_long_after_the_clients_goodbye_is_refused() {
        PollingClient client = openPolling();
        client.push("1");

        time.advance(Duration.ofMillis(500));

        assertRefused(client.poll(), 1, "Session ID unknown");
        assertThat(time.pendingTimers()).isZero();
    }

    @Test
    @Behaviour({"EIO-CLOSE-011", "EIO-CLOSE-046"})
    void a_client_on_a_web_socket_may_end_the_session() {
        openWebSocket().close();

        assertThat(recorder().reason()).isEqualTo(CloseReason.TRANSPORT_CLOSE);
        assertThat(recorder().cause()).isNull();
    }

    @Test
    @Behaviour({"EIO-CLOSE-038", "EIO-CLOSE-039"})
    void a_close_packet_on_a_web_socket_ends_the_session() {
        MemoryWebSocket webSocket = openWebSocket();

        webSocket.send("1");

        // The reference ignores it.
        assertThat(webSocket.isClosed()).isTrue();
        assertThat(recorder().reason()).isEqualTo(CloseReason.TRANSPORT_CLOSE);
    }

    @Test
    @Behaviour("EIO-CLOSE-012")
    void what_comes_behind_the_message_at_which_the_application_closes_the_session_is_not_handled() {
        onMessage = (session, message) -> session.abort();
        PollingClient client = openPolling();

        assertThat(client.push("4a" + SEP + "4b").text()).isEqualTo("ok");

        assertThat(recorder().messages()).containsExactly("a");
        assertThat(recorder().reason()).isEqualTo(CloseReason.FORCED_CLOSE);
    }

    @Test
    @Behaviour("EIO-CLOSE-014")
    void a_poll_that_breaks_off_ends_the_session() {
        PollingClient client = openPolling();

        client.poll().cut();

        assertThat(recorder().reason()).isEqualTo(CloseReason.TRANSPORT_ERROR);
        assertThat(recorder().cause()).hasMessage("poll connection closed prematurely");
        assertRefused(client.poll(), 1, "Session ID unknown");
    }

    @Test
    @Behaviour("EIO-CLOSE-015")
    void a_connection_that_ends_after_the_answer_is_no_poll_that_breaks_off() {
        PollingClient client = openPolling();

        for (int i = 0; i < 3; i++) {
            MemoryExchange poll = client.poll("Connection", "close");
            session().send("a");
            assertThat(poll.text()).isEqualTo("4a");
            poll.cut();
            client.push("4b", "Connection", "close").cut();
        }

        assertThat(session().isOpen()).isTrue();
        assertThat(recorder().messages()).hasSize(3);
    }

    @Test
    @Behaviour("EIO-CLOSE-016")
    void closing_the_session_ends_a_post_that_is_being_read() {
        PollingClient client = openPolling();
        MemoryExchange push = client.beginPush();
        client.poll();

        session().close();

        assertThat(push.status()).isEqualTo(400);
        assertThat(push.response().headers().get("connection")).isEqualTo("close");
        push.sendBody("4late".getBytes(StandardCharsets.UTF_8));
        push.cut();
        assertThat(recorder().messages()).isEmpty();
    }

    @Test
    @Behaviour({"EIO-CLOSE-017", "EIO-CLOSE-018", "ABUSE-047"})
    void a_post_of_bytes_ends_the_session() {
        PollingClient client = openPolling();

        MemoryExchange push = client.push("4a", "Content-Type", "application/octet-stream");

        assertThat(push.status()).isEqualTo(400);
        assertThat(recorder().messages()).isEmpty();
        assertThat(recorder().reason()).isEqualTo(CloseReason.TRANSPORT_ERROR);
        assertThat(recorder().cause()).hasMessage("invalid content");
        assertRefused(client.poll(), 1, "Session ID unknown");
    }

    @Test
    @Behaviour({"EIO-CLOSE-042", "EIO-CLOSE-031", "SEC-011"})
    void closing_the_engine_drops_what_was_not_sent_and_tells_everybody() {
        PollingClient client = openPolling();
        MemoryExchange poll = client.poll();
        openPolling();
        session().send("hello");
        MemoryWebSocket webSocket = openWebSocket();
        webSocket.stopReading();
        session().send("hello");

        CompletableFuture<Void> closed = engine.close();

        assertThat(closed).isCompleted();
        assertThat(poll.text()).isEqualTo("1");
        assertThat(webSocket.isClosed()).isTrue();
        assertThat(webSocket.poll()).isNull();
        assertThat(opened).allSatisfy(recorder -> assertThat(recorder.reason()).isEqualTo(CloseReason.FORCED_CLOSE));
        assertRefused(client.poll(), 1, "Session ID unknown");
    }

    @Test
    @Behaviour("EIO-CLOSE-032")
    void closing_the_engine_drops_what_a_closing_session_has_still_to_send() {
        PollingClient client = openPolling();
        session().send("hello");
        session().close();

        engine.close();

        assertThat(recorder().reason()).isEqualTo(CloseReason.FORCED_CLOSE);
        assertRefused(client.poll(), 1, "Session ID unknown");
    }

    @Test
    @Behaviour("EIO-CLOSE-009")
    void the_engine_can_be_used_again_after_it_was_closed() {
        openWebSocket();
        engine.close();
        echo();

        MemoryWebSocket webSocket = openPolling().upgrade();
        webSocket.send("4again");

        assertThat(webSocket.poll()).isEqualTo("4again");
        time.advance(PING_INTERVAL);
        assertThat(webSocket.poll()).isEqualTo("2");
    }

    @Test
    @Behaviour({"EIO-CLOSE-034", "EIO-CLOSE-035", "EIO-CLOSE-036"})
    void closing_the_engine_leaves_no_timer_behind_in_any_state_of_a_session() {
        openPolling();
        openPolling().poll();
        openPolling().upgrade();
        openPolling().requestUpgrade();
        PollingClient upgrading = openPolling();
        upgrading.probe();
        upgrading.poll();
        openPolling();
        session().close();
        openPolling().push("1");
        openWebSocket();

        engine.close();

        assertThat(time.pendingTimers()).as("%s", time).isZero();
    }

    @Test
    void closing_the_engine_ends_any_number_of_sessions() {
        List<MemoryExchange> polls = new ArrayList<>();
        List<MemoryWebSocket> webSockets = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            polls.add(openPolling().poll());
            webSockets.add(openWebSocket());
        }

        assertThat(engine.close()).isCompleted();

        assertThat(polls).allSatisfy(poll -> assertThat(poll.text()).isEqualTo("1"));
        assertThat(webSockets).allMatch(MemoryWebSocket::isClosed);
    }

    @Test
    void a_listener_may_close_other_sessions_and_the_engine_itself() {
        onMessage = (session, message) -> engine.close();
        openPolling();
        openWebSocket();
        PollingClient client = openPolling();

        assertThat(client.push("4all" + SEP + "4late").text()).isEqualTo("ok");

        assertThat(engine.sessionCount()).isZero();
        assertThat(recorder().messages()).containsExactly("all");
    }

    @Test
    void the_order_of_closings_does_not_matter_to_a_session_that_is_closed() {
        PollingClient client = openPolling();
        MemoryExchange push = client.beginPush();
        MemoryExchange poll = client.poll();

        session().abort();
        poll.cut();
        push.cut();
        session().close();
        session().abort();
        time.advance(PING_INTERVAL.plus(PING_TIMEOUT));

        assertThat(recorder().reason()).isEqualTo(CloseReason.FORCED_CLOSE);
    }

    @Test
    void a_client_that_says_goodbye_while_its_session_closes_is_not_waited_for() {
        MemoryWebSocket webSocket = openWebSocket();
        webSocket.stopReading();
        session().send("a");
        session().close();

        webSocket.send("4late");
        webSocket.send("2");
        assertThat(recorder().reason()).isNull();
        webSocket.send("1");

        assertThat(recorder().reason()).isEqualTo(CloseReason.FORCED_CLOSE);
        assertThat(recorder().messages()).isEmpty();
        assertThat(time.pendingTimers()).as("%s", time).isZero();
    }

    @Test
    void a_client_that_answers_pings_while_its_session_closes_is_still_waited_for() {
        serve(options -> options.pingInterval(Duration.ofSeconds(5)).pingTimeout(Duration.ofSeconds(5)));
        MemoryWebSocket webSocket = openWebSocket();
        webSocket.stopReading();
        session().send("a");
        time.advance(Duration.ofSeconds(5));
        session().close();

        webSocket.send("3");
        time.advance(Duration.ofSeconds(5));
        assertThat(recorder().reason()).isNull();
        webSocket.resumeReading();

        assertThat(webSocket.poll()).isEqualTo("4a");
        assertThat(recorder().reason()).isEqualTo(CloseReason.FORCED_CLOSE);
    }
}
