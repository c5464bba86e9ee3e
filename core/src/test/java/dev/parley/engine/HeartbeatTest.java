package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryWebSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Pings, pongs, and sessions whose client has gone silent. */
class HeartbeatTest extends EngineFixture {

    private static final Duration MOMENT = Duration.ofMillis(1);

    @Test
    @Behaviour({"EIO-HB-007", "EIO-HB-011", "EIO-HB-006"})
    void a_client_on_a_web_socket_that_answers_each_ping_stays() {
        MemoryWebSocket webSocket = openWebSocket();

        for (int round = 0; round < 3; round++) {
            time.advance(PING_INTERVAL.minus(MOMENT));
            assertThat(webSocket.poll()).isNull();
            time.advance(MOMENT);
            assertThat(webSocket.poll()).isEqualTo("2");
            webSocket.send("3");
        }

        assertThat(session().isOpen()).isTrue();
    }

    @Test
    @Behaviour("EIO-HB-009")
    void a_polling_client_that_answers_each_ping_stays() {
        PollingClient client = openPolling();

        for (int round = 0; round < 3; round++) {
            MemoryExchange poll = client.poll();
            time.advance(PING_INTERVAL);
            assertThat(poll.text()).isEqualTo("2");
            assertThat(client.push("3").text()).isEqualTo("ok");
        }

        assertThat(session().isOpen()).isTrue();
    }

    @Test
    @Behaviour({"EIO-HB-010", "EIO-CLOSE-006", "EIO-CLOSE-024"})
    void a_silent_polling_client_is_gone_after_interval_and_timeout() {
        PollingClient client = openPolling();
        MemoryExchange poll = client.poll();

        time.advance(PING_INTERVAL);
        assertThat(poll.text()).isEqualTo("2");
        MemoryExchange next = client.poll();
        time.advance(PING_TIMEOUT.minus(MOMENT));
        assertThat(recorder().reason()).isNull();
        time.advance(MOMENT);

        assertThat(recorder().reason()).isEqualTo(CloseReason.PING_TIMEOUT);
        assertThat(next.text()).isEqualTo("1");
        assertRefused(client.poll(), 1, "Session ID unknown");
    }

    @Test
    @Behaviour({"EIO-HB-012", "EIO-CLOSE-003", "EIO-CLOSE-023"})
    void a_silent_client_on_a_web_socket_is_gone_after_interval_and_timeout() {
        MemoryWebSocket webSocket = openWebSocket();

        time.advance(PING_INTERVAL.plus(PING_TIMEOUT).minus(MOMENT));
        assertThat(webSocket.isClosed()).isFalse();
        time.advance(MOMENT);

        assertThat(webSocket.isClosed()).isTrue();
        assertThat(recorder().reason()).isEqualTo(CloseReason.PING_TIMEOUT);
        assertThat(recorder().cause()).isNull();
    }

    @Test
    @Behaviour({"EIO-HB-013", "ABUSE-022"})
    void a_ping_of_the_client_closes_the_session() {
        MemoryWebSocket webSocket = openWebSocket();

        webSocket.send("2");

        assertThat(webSocket.isClosed()).isTrue();
        assertThat(recorder().reason()).isEqualTo(CloseReason.TRANSPORT_ERROR);
        assertThat(recorder().cause()).hasMessage("invalid heartbeat direction");
    }

    @Test
    @Behaviour("EIO-HB-014")
    void the_next_ping_comes_an_interval_after_the_pong() {
        MemoryWebSocket webSocket = openWebSocket();
        time.advance(PING_INTERVAL);
        assertThat(webSocket.poll()).isEqualTo("2");

        time.advance(Duration.ofSeconds(7));
        webSocket.send("3");
        time.advance(PING_INTERVAL.minus(MOMENT));
        assertThat(webSocket.poll()).isNull();
        time.advance(MOMENT);

        assertThat(webSocket.poll()).isEqualTo("2");
    }

    @Test
    @Behaviour("EIO-HB-015")
    void other_packets_do_not_put_off_the_next_ping() {
        MemoryWebSocket webSocket = openWebSocket();

        time.advance(PING_INTERVAL.minus(MOMENT));
        webSocket.send("4a");
        webSocket.send("3");
        time.advance(MOMENT);

        assertThat(webSocket.poll()).isEqualTo("2");
    }

    @Test
    @Behaviour({"EIO-HB-016", "ABUSE-083"})
    void the_first_message_after_a_ping_grants_more_time_once() {
        MemoryWebSocket webSocket = openWebSocket();
        time.advance(PING_INTERVAL);

        time.advance(Duration.ofSeconds(15));
        webSocket.send("4busy");
        time.advance(Duration.ofSeconds(15));
        webSocket.send("4still busy");
        time.advance(Duration.ofSeconds(5).minus(MOMENT));
        assertThat(recorder().reason()).isNull();
        time.advance(MOMENT);

        assertThat(recorder().reason()).isEqualTo(CloseReason.PING_TIMEOUT);
    }

    @Test
    @Behaviour("EIO-HB-016")
    void more_time_is_granted_for_each_ping_anew() {
        MemoryWebSocket webSocket = openWebSocket();

        for (int round = 0; round < 3; round++) {
            time.advance(PING_INTERVAL);
            time.advance(PING_TIMEOUT.minus(MOMENT));
            webSocket.send("4busy");
            time.advance(PING_TIMEOUT.minus(MOMENT));
            webSocket.send("3");
        }

        assertThat(session().isOpen()).isTrue();
    }

    @Test
    @Behaviour("EIO-HB-008")
    void a_client_that_sends_a_lot_at_once_is_not_taken_for_silent() {
        MemoryWebSocket webSocket = openWebSocket();
        byte[] chunk = new byte[64 * 1024];

        for (int i = 0; i < 100; i++) {
            time.advance(Duration.ofMillis(400));
            webSocket.send(chunk);
        }
        webSocket.send("3");

        assertThat(recorder().messages()).hasSize(100);
        time.advance(PING_INTERVAL.minus(MOMENT));
        assertThat(session().isOpen()).isTrue();
    }

    @Test
    @Behaviour({"EIO-HB-019", "EIO-CLOSE-029"})
    void a_ping_that_is_unanswered_at_the_upgrade_is_not_forgotten() {
        PollingClient client = openPolling();
        MemoryExchange poll = client.poll();
        time.advance(PING_INTERVAL);
        assertThat(poll.text()).isEqualTo("2");

        MemoryWebSocket webSocket = client.upgrade();
        time.advance(PING_TIMEOUT);

        // The reference forgets the ping and never sends another.
        assertThat(webSocket.isClosed()).isTrue();
        assertThat(recorder().reason()).isEqualTo(CloseReason.PING_TIMEOUT);
    }

    @Test
    @Behaviour("EIO-HB-019")
    void a_ping_over_polling_may_be_answered_on_the_web_socket() {
        PollingClient client = openPolling();
        client.poll();
        time.advance(PING_INTERVAL);

        MemoryWebSocket webSocket = client.upgrade();
        webSocket.send("3");
        time.advance(PING_INTERVAL.minus(MOMENT));
        assertThat(webSocket.poll()).isNull();
        time.advance(MOMENT);

        assertThat(webSocket.poll()).isEqualTo("2");
    }

    @Test
    @Behaviour("EIO-CLOSE-029")
    void the_heartbeat_goes_on_after_an_upgrade() {
        serve(options -> options.pingInterval(Duration.ofMillis(200)).pingTimeout(Duration.ofMillis(20)));
        MemoryWebSocket webSocket = openPolling().upgrade();

        for (int round = 0; round < 3; round++) {
            time.advance(Duration.ofMillis(200));
            assertThat(webSocket.poll()).isEqualTo("2");
            webSocket.send("3");
        }

        assertThat(session().isOpen()).isTrue();
    }

    @Test
    @Behaviour("ABUSE-023")
    void a_flood_of_pongs_neither_stops_the_pings_nor_makes_timers() {
        MemoryWebSocket webSocket = openWebSocket();

        for (int second = 0; second < 25; second++) {
            webSocket.send("3");
            webSocket.send("3");
            time.advance(Duration.ofSeconds(1));
        }

        assertThat(webSocket.poll()).isEqualTo("2");
        assertThat(time.pendingTimers()).isEqualTo(1);
    }

    @Test
    void a_timeout_that_is_longer_than_the_interval_is_kept_to_the_moment() {
        serve(options -> options.pingInterval(Duration.ofSeconds(5)).pingTimeout(PING_TIMEOUT));
        MemoryWebSocket webSocket = openWebSocket();

        time.advance(Duration.ofSeconds(25).minus(MOMENT));
        assertThat(webSocket.isClosed()).isFalse();
        time.advance(MOMENT);

        assertThat(webSocket.isClosed()).isTrue();
    }

    @Test
    void a_pong_in_time_lets_the_next_ping_come_though_the_timeout_is_longer() {
        serve(options -> options.pingInterval(Duration.ofSeconds(5)).pingTimeout(PING_TIMEOUT));
        MemoryWebSocket webSocket = openWebSocket();
        time.advance(Duration.ofSeconds(5));
        webSocket.poll();
        webSocket.send("3");

        time.advance(Duration.ofSeconds(5));

        assertThat(webSocket.poll()).isEqualTo("2");
    }

    @Test
    void requests_of_a_polling_client_make_no_timers() {
        PollingClient client = openPolling();
        client.poll();
        time.advance(PING_INTERVAL);

        for (int i = 0; i < 10; i++) {
            client.push("4a");
        }

        assertThat(time.pendingTimers()).isEqualTo(1);
    }

    @Test
    void a_request_that_comes_after_the_end_is_refused_though_the_timer_is_late() {
        LateTimers late = new LateTimers(time);
        serve(options -> options.scheduler(late));
        PollingClient client = openPolling();
        client.poll();
        time.advance(PING_INTERVAL);
        late.holdBack(Duration.ofMillis(900));

        time.advance(PING_TIMEOUT);

        assertThat(session().isOpen()).isTrue();
        assertThat(client.poll().status()).isEqualTo(400);
        assertThat(recorder().reason()).isEqualTo(CloseReason.PING_TIMEOUT);
    }

    @Test
    void a_pause_of_the_whole_machine_is_not_held_against_the_clients() {
        LateTimers late = new LateTimers(time);
        serve(options -> options.scheduler(late));
        MemoryWebSocket webSocket = openWebSocket();
        time.advance(PING_INTERVAL);
        assertThat(webSocket.poll()).isEqualTo("2");

        late.pause(Duration.ofHours(1));
        time.advance(PING_TIMEOUT);
        assertThat(session().isOpen()).isTrue();
        webSocket.send("3");
        time.advance(PING_INTERVAL);

        assertThat(webSocket.poll()).isEqualTo("2");
        assertThat(session().isOpen()).isTrue();
    }

    @Test
    void clients_that_stay_silent_after_a_pause_of_the_whole_machine_are_gone_after_the_timeout() {
        LateTimers late = new LateTimers(time);
        serve(options -> options.scheduler(late));
        MemoryWebSocket webSocket = openWebSocket();
        time.advance(PING_INTERVAL);

        late.pause(Duration.ofHours(1));
        time.advance(PING_TIMEOUT.multipliedBy(2));

        assertThat(webSocket.isClosed()).isTrue();
        assertThat(recorder().reason()).isEqualTo(CloseReason.PING_TIMEOUT);
    }

    @Test
    void a_ping_that_was_late_leaves_enough_time_for_its_pong() {
        LateTimers late = new LateTimers(time);
        serve(options -> options.scheduler(late));
        MemoryWebSocket webSocket = openWebSocket();

        late.pause(Duration.ofHours(1));
        time.advance(PING_INTERVAL);
        assertThat(webSocket.poll()).isEqualTo("2");
        time.advance(PING_TIMEOUT.dividedBy(2).minus(MOMENT));

        assertThat(session().isOpen()).isTrue();
    }
}
