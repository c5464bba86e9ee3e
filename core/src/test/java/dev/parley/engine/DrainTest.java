package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryWebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Closing all sessions, but not at once. */
class DrainTest extends EngineFixture {

    private static final Duration LIMIT = Duration.ofSeconds(8);

    @Test
    void sessions_are_closed_at_a_steady_pace() {
        for (int i = 0; i < 50; i++) {
            openWebSocket();
        }
        CompletableFuture<Void> done = engine.drain(10, LIMIT);

        List<Integer> left = new ArrayList<>();
        for (int second = 0; second < 5; second++) {
            left.add(engine.sessionCount());
            assertThat(done).isNotDone();
            time.advance(Duration.ofSeconds(1));
        }

        assertThat(left).containsExactly(49, 39, 29, 19, 9);
        assertThat(engine.sessionCount()).isZero();
        assertThat(done).isCompleted();
    }

    @Test
    void no_new_session_is_taken_until_the_server_has_been_closed() {
        openWebSocket();
        openWebSocket();
        CompletableFuture<Void> done = engine.drain(1, LIMIT);

        MemoryExchange refused = transport.get(POLLING);
        assertThat(refused.status()).isEqualTo(503);
        assertThat(error().context()).containsEntry("name", "SHUTTING_DOWN");

        time.advance(LIMIT);
        assertThat(done).isCompleted();
        assertThat(transport.get(POLLING).status()).isEqualTo(503);
        engine.close();
        assertThat(transport.get(POLLING).status()).isEqualTo(200);
    }

    @Test
    void clients_get_what_was_sent_before() {
        PollingClient client = openPolling();
        session().send("last");

        CompletableFuture<Void> done = engine.drain(100, LIMIT);
        assertThat(done).isNotDone();

        assertThat(client.poll().text()).startsWith("4last");
        client.poll();
        time.advance(Duration.ofMillis(100));
        assertThat(done).isCompleted();
    }

    @Test
    void a_client_that_takes_nothing_is_waited_for_until_the_limit() {
        MemoryWebSocket webSocket = openWebSocket();
        webSocket.stopReading();
        session().send("never read");

        CompletableFuture<Void> done = engine.drain(100, LIMIT);
        time.advance(LIMIT.minusSeconds(1));
        assertThat(done).isNotDone();

        time.advance(Duration.ofSeconds(1));
        assertThat(done).isCompleted();
    }

    @Test
    void it_is_over_when_the_server_is_closed() {
        openWebSocket();
        MemoryWebSocket slow = openWebSocket();
        slow.stopReading();
        CompletableFuture<Void> done = engine.drain(1, LIMIT);

        engine.close();
        openWebSocket();
        openWebSocket();
        time.advance(LIMIT);

        assertThat(done).isCompleted();
        assertThat(engine.sessionCount()).as("those that came later").isEqualTo(2);
    }

    @Test
    void without_sessions_it_is_done_at_once() {
        assertThat(engine.drain(1, LIMIT)).isCompleted();
    }

    @Test
    void values_without_meaning_are_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.drain(0, LIMIT))
                .withMessage("sessionsPerSecond: 0 (expected: > 0)");
        assertThatIllegalArgumentException().isThrownBy(() -> engine.drain(1, Duration.ZERO));
        assertThat(transport.get(POLLING).status()).as("nothing has begun").isEqualTo(200);
    }
}
