package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryWebSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Clients that send faster than the application can follow: it reads no more from them for a while. */
class PausedReadingTest extends EngineFixture {

    private final List<String> log = new ArrayList<>();

    private void pauseAtEachMessage() {
        onMessage = (session, message) -> session.pauseReading();
    }

    @Test
    void nothing_is_read_from_a_web_socket_until_the_application_goes_on() {
        pauseAtEachMessage();
        MemoryWebSocket webSocket = openWebSocket();

        webSocket.send("4a");
        webSocket.send("4b");
        webSocket.send("4c");
        assertThat(recorder().messages()).containsExactly("a");

        session().resumeReading();
        assertThat(recorder().messages()).containsExactly("a", "b");

        onMessage = (session, message) -> {};
        session().resumeReading();
        assertThat(recorder().messages()).containsExactly("a", "b", "c");
    }

    @Test
    void a_polling_client_waits_for_the_answer_to_its_post() {
        pauseAtEachMessage();
        PollingClient client = openPolling();

        MemoryExchange push = client.push("4a" + SEP + "4b");
        assertThat(recorder().messages()).containsExactly("a");

        session().resumeReading();
        assertThat(recorder().messages()).containsExactly("a", "b");
        assertThat(push.isAnswered()).isFalse();

        session().resumeReading();
        assertThat(push.text()).isEqualTo("ok");
        assertThat(client.push("4c").isAnswered()).isFalse();
        assertThat(recorder().messages()).containsExactly("a", "b", "c");
    }

    @Test
    void who_pauses_and_goes_on_while_it_takes_a_message_gets_the_next_one_behind_it() {
        onMessage = (session, message) -> {
            session.pauseReading();
            session.resumeReading();
            log.add("taken " + message);
        };
        PollingClient client = openPolling();

        assertThat(client.push("4a" + SEP + "4b").text()).isEqualTo("ok");

        assertThat(log).containsExactly("taken a", "taken b");
    }

    @Test
    void what_is_wrong_with_the_rest_of_a_post_is_seen_when_it_is_read() {
        pauseAtEachMessage();
        PollingClient client = openPolling();
        MemoryExchange push = client.push("4a" + SEP + "x");
        assertThat(session().isOpen()).isTrue();

        session().resumeReading();

        assertThat(push.status()).isEqualTo(400);
        assertThat(recorder().reason()).isEqualTo(CloseReason.PARSE_ERROR);
    }

    @Test
    void a_post_is_taken_to_its_end_though_its_client_has_gone() {
        pauseAtEachMessage();
        PollingClient client = openPolling();
        MemoryExchange poll = client.poll();
        client.push("4a" + SEP + "4b");

        poll.cut();
        assertThat(session().isOpen()).isTrue();
        session().resumeReading();
        assertThat(recorder().messages()).containsExactly("a", "b");

        session().resumeReading();
        assertThat(recorder().reason()).isEqualTo(CloseReason.TRANSPORT_ERROR);
    }

    @Test
    void the_rest_of_a_post_is_not_read_where_the_session_ends_meanwhile() {
        pauseAtEachMessage();
        PollingClient client = openPolling();
        MemoryExchange push = client.push("4a" + SEP + "4b");

        session().abort();
        session().resumeReading();

        assertThat(push.text()).isEqualTo("ok");
        assertThat(recorder().messages()).containsExactly("a");
    }

    @Test
    void what_is_sent_still_leaves() {
        pauseAtEachMessage();
        MemoryWebSocket webSocket = openWebSocket();
        webSocket.send("4a");

        session().send("answer");

        assertThat(webSocket.poll()).isEqualTo("4answer");
    }

    @Test
    void a_client_whose_pongs_are_not_read_is_pinged_all_the_same() {
        pauseAtEachMessage();
        MemoryWebSocket webSocket = openWebSocket();
        webSocket.send("4a");

        for (int i = 0; i < 10; i++) {
            time.advance(PING_INTERVAL.plus(PING_TIMEOUT));
            assertThat(webSocket.poll())
                    .as("a ping, before the client gives up")
                    .isEqualTo("2");
            webSocket.send("3");
            while (webSocket.poll() != null) {
                webSocket.send("3");
            }
        }
        assertThat(session().isOpen()).isTrue();

        session().resumeReading();
        time.advance(PING_INTERVAL);
        assertThat(webSocket.poll()).as("the pongs were read").isEqualTo("2");
        assertThat(session().isOpen()).isTrue();
    }

    @Test
    void a_client_that_is_read_now_and_then_is_pinged_all_the_same() {
        pauseAtEachMessage();
        MemoryWebSocket webSocket = openWebSocket();
        webSocket.send("4a");

        int pings = 0;
        for (int i = 0; i < 10; i++) {
            for (int part = 0; part < 10; part++) {
                time.advance(PING_INTERVAL.dividedBy(10));
                webSocket.send("4more");
                session().resumeReading();
            }
            while (webSocket.poll() != null) {
                pings++;
            }
        }

        assertThat(pings).as("one an interval").isEqualTo(10);
        assertThat(session().isOpen()).isTrue();
    }

    @Test
    void a_client_that_has_gone_times_out_after_all() {
        pauseAtEachMessage();
        MemoryWebSocket webSocket = openWebSocket();
        webSocket.send("4a");
        time.advance(PING_INTERVAL.plus(PING_TIMEOUT));
        assertThat(session().isOpen()).isTrue();

        session().resumeReading();
        assertThat(session().isOpen()).as("it has its time to answer").isTrue();

        time.advance(PING_INTERVAL.plus(PING_TIMEOUT));
        assertThat(recorder().reason()).isEqualTo(CloseReason.PING_TIMEOUT);
    }

    @Test
    void a_client_of_revision_3_whose_ping_is_not_read_does_not_time_out() {
        serve(options -> options.allowEio3(true));
        pauseAtEachMessage();
        MemoryWebSocket webSocket =
                transport.upgrade(WEBSOCKET.replace("EIO=4", "EIO=3")).webSocket();
        webSocket.send("4a");

        time.advance(PING_INTERVAL.plus(PING_TIMEOUT).multipliedBy(3));
        assertThat(session().isOpen()).isTrue();

        session().resumeReading();
        time.advance(PING_TIMEOUT.multipliedBy(2));
        assertThat(recorder().reason()).isEqualTo(CloseReason.PING_TIMEOUT);
    }

    @Test
    void a_pause_outlasts_the_upgrade() {
        PollingClient client = openPolling();
        MemoryWebSocket webSocket = client.probe();
        session().pauseReading();

        webSocket.send("5");
        webSocket.send("4a");
        assertThat(session().transport()).isEqualTo("websocket");
        assertThat(recorder().messages()).isEmpty();

        session().resumeReading();
        assertThat(recorder().messages()).containsExactly("a");
    }

    @Test
    void an_upgrade_waits_for_a_post_that_is_not_answered() {
        pauseAtEachMessage();
        PollingClient client = openPolling();
        MemoryExchange push = client.push("4a");
        MemoryWebSocket webSocket = client.probe();

        time.advance(EngineOptions.defaults().upgradeTimeout().multipliedBy(3));
        assertThat(webSocket.isClosed()).isFalse();

        session().resumeReading();
        assertThat(push.text()).isEqualTo("ok");
        webSocket.send("5");
        assertThat(session().transport()).isEqualTo("websocket");
    }

    @Test
    void a_session_can_be_closed_meanwhile() {
        pauseAtEachMessage();
        PollingClient client = openPolling();
        MemoryExchange push = client.push("4a");

        session().abort();

        assertThat(push.text()).isEqualTo("ok");
        MemoryWebSocket webSocket = openWebSocket();
        webSocket.send("4a");
        session().close();
        assertThat(webSocket.isClosed()).isTrue();
        webSocket.send("4b");
        session().resumeReading();
        assertThat(recorder().messages()).as("nothing more is taken").containsExactly("a");
    }
}
