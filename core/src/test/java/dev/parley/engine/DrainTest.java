package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryWebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
        CompletableFuture<Void> second = engine.drain(1, LIMIT);
        time.advance(Duration.ofMillis(100));

        assertThat(done).isCompleted();
        assertThat(second).isNotDone();
        assertThat(engine.sessionCount()).as("of those that came later").isEqualTo(1);

        engine.close();
        time.advance(Duration.ofMillis(100));
        assertThat(second).isCompleted();
    }

    @Test
    void who_had_asked_before_does_not_get_in_behind_it() {
        CompletableFuture<RequestFilter.Verdict> verdict = new CompletableFuture<>();
        serve(options -> options.allowRequest(request -> verdict));
        MemoryExchange polling = transport.get(POLLING);
        MemoryExchange webSocket = transport.upgrade(WEBSOCKET);

        engine.close();
        verdict.complete(RequestFilter.Verdict.admit());

        assertThat(polling.status()).isEqualTo(503);
        assertThat(webSocket.webSocket().isClosed()).isTrue();
        assertThat(engine.sessionCount()).isZero();
    }

    @Test
    void who_asks_just_before_it_does_not_get_in_behind_it() {
        boolean[] drains = new boolean[1];
        serve(options -> options.maxHandshakesPerSecond(1).scheduler(beforeEachLookAtTheClock(() -> {
            if (drains[0]) {
                drains[0] = false;
                engine.drain(1, LIMIT);
            }
        })));

        drains[0] = true;
        MemoryExchange asked = transport.get(POLLING);

        assertThat(drains[0]).as("the rate of handshakes is looked at").isFalse();
        assertThat(asked.status()).isEqualTo(503);
        assertThat(engine.sessionCount()).isZero();
    }

    @Test
    void one_that_a_close_has_overtaken_closes_nobody() {
        EngineServer.Era overtaken = new EngineServer.Era(true);
        engine.close();
        openWebSocket();

        assertThat(new Drain(engine, overtaken, 1, LIMIT).start()).isCompleted();

        assertThat(engine.sessionCount()).isEqualTo(1);
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

    @Test
    void a_session_that_cannot_be_closed_keeps_none_of_the_others() {
        Set<String> failing = new HashSet<>(Set.of("PT30S"));
        serve(options -> options.scheduler(new Scheduler() {
            @Override
            public long nanoTime() {
                return time.nanoTime();
            }

            @Override
            public long currentTimeMillis() {
                return time.currentTimeMillis();
            }

            @Override
            public Timeout schedule(Duration delay, Runnable task) {
                if (failing.remove(delay.toString())) {
                    throw new IllegalStateException("on purpose");
                }
                return time.schedule(delay, task);
            }
        }));
        for (int i = 0; i < 5; i++) {
            openWebSocket();
        }

        CompletableFuture<Void> done = engine.drain(1, LIMIT);
        time.advance(Duration.ofSeconds(5));

        assertThat(failing).as("what the end of a session is waited for").isEmpty();
        assertThat(done).isCompleted();
        assertThat(engine.sessionCount()).isZero();
    }

    @Test
    void a_drain_that_cannot_go_on_fails() {
        boolean[] failing = new boolean[1];
        serve(options -> options.scheduler(beforeEachLookAtTheClock(() -> {
            if (failing[0]) {
                throw new IllegalStateException("on purpose");
            }
        })));
        openWebSocket();
        openWebSocket();
        CompletableFuture<Void> done = engine.drain(1, LIMIT);

        failing[0] = true;
        time.advance(Duration.ofMillis(100));
        failing[0] = false;

        assertThat(done).isCompletedExceptionally();
    }

    @Test
    void thousands_of_sessions_go_at_the_pace_asked_for_and_leave_nothing() {
        List<MemoryWebSocket> clients = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            clients.add(openWebSocket());
        }

        CompletableFuture<Void> done = engine.drain(1_000, Duration.ofSeconds(30));
        time.advance(Duration.ofSeconds(2));
        assertThat(engine.sessionCount()).isEqualTo(2_999);
        time.advance(Duration.ofSeconds(3));

        assertThat(done).isCompleted();
        assertThat(clients).allMatch(MemoryWebSocket::isClosed);
        assertThat(time.pendingTimers()).isZero();
    }

    private Scheduler beforeEachLookAtTheClock(Runnable task) {
        return new Scheduler() {
            @Override
            public long nanoTime() {
                task.run();
                return time.nanoTime();
            }

            @Override
            public long currentTimeMillis() {
                return time.currentTimeMillis();
            }

            @Override
            public Timeout schedule(Duration delay, Runnable later) {
                return time.schedule(delay, later);
            }
        };
    }
}
