package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.parley.Behaviour;
import dev.parley.engine.RequestFilter.Verdict;
import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How many sessions there may be. Clients come through a proxy here, which tells their addresses. */
class SessionLimitsTest extends EngineFixture {

    private static final TrustedProxies PROXY = TrustedProxies.of("127.0.0.1");

    private MemoryExchange open(String address) {
        return transport.get(POLLING, "X-Forwarded-For", address);
    }

    private MemoryExchange upgrade(String address) {
        return transport.upgrade(WEBSOCKET, "X-Forwarded-For", address);
    }

    private ConnectionError lastError() {
        return errors.get(errors.size() - 1);
    }

    @Test
    void there_are_no_more_sessions_than_allowed() {
        serve(options -> options.maxSessions(2));
        open("1.1.1.1");
        upgrade("1.1.1.1");

        MemoryExchange polling = open("1.1.1.1");
        MemoryExchange webSocket = upgrade("1.1.1.1");

        assertThat(polling.status()).isEqualTo(503);
        assertThat(polling.text()).isEqualTo("{\"code\":4,\"message\":\"Server overloaded\"}");
        assertThat(webSocket.status()).isEqualTo(503);
        assertThat(errors).hasSize(2);
        assertThat(lastError().context()).containsEntry("name", "TOO_MANY_SESSIONS");
        assertThat(engine.sessionCount()).isEqualTo(2);
    }

    @Test
    void a_session_that_ends_makes_room() {
        serve(options -> options.maxSessions(1).maxSessionsPerAddress(1).trustedProxies(PROXY));
        open("1.1.1.1");
        opened.get(0).session().abort();

        assertThat(open("1.1.1.1").status()).isEqualTo(200);
        assertThat(open("1.1.1.1").status()).isEqualTo(503);
    }

    @Test
    void those_who_are_asked_about_at_once_do_not_all_get_in() {
        List<CompletableFuture<Verdict>> asked = new ArrayList<>();
        serve(options -> options.maxSessions(1).allowRequest(request -> {
            CompletableFuture<Verdict> verdict = new CompletableFuture<>();
            asked.add(verdict);
            return verdict;
        }));
        MemoryExchange first = open("1.1.1.1");
        MemoryExchange second = open("1.1.1.1");

        asked.forEach(verdict -> verdict.complete(Verdict.admit()));

        assertThat(first.status()).isEqualTo(200);
        assertThat(second.status()).isEqualTo(503);
        assertThat(engine.sessionCount()).isEqualTo(1);
    }

    @Test
    @Behaviour("ABUSE-086")
    void an_address_has_no_more_sessions_than_allowed() {
        serve(options -> options.maxSessionsPerAddress(2).trustedProxies(PROXY));
        open("1.1.1.1");
        upgrade("1.1.1.1");

        MemoryExchange third = open("1.1.1.1");

        assertThat(third.status()).isEqualTo(429);
        assertThat(third.text()).isEqualTo("{\"code\":4,\"message\":\"Too many requests\"}");
        assertThat(lastError().context())
                .containsEntry("name", "TOO_MANY_SESSIONS_OF_ADDRESS")
                .containsEntry("address", "1.1.1.1");
        assertThat(open("1.1.1.2").status()).isEqualTo(200);
    }

    @Test
    void a_network_of_64_bits_counts_as_one_address() {
        serve(options -> options.maxSessionsPerAddress(1).trustedProxies(PROXY));
        open("2001:db8:1:2:3::4");

        assertThat(open("2001:db8:1:2:ffff::").status()).isEqualTo(429);
        assertThat(open("2001:db8:1:3::").status()).isEqualTo(200);
    }

    @Test
    @Behaviour("ABUSE-086")
    void an_address_opens_no_more_sessions_in_a_second_than_allowed() {
        serve(options -> options.maxHandshakesPerSecond(4).trustedProxies(PROXY));

        for (int i = 0; i < 4; i++) {
            assertThat(open("1.1.1.1").status()).isEqualTo(200);
        }
        MemoryExchange fifth = open("1.1.1.1");
        assertThat(fifth.status()).isEqualTo(429);
        assertThat(lastError().context()).containsEntry("name", "HANDSHAKE_RATE_EXCEEDED");
        assertThat(open("2.2.2.2").status()).as("others").isEqualTo(200);

        time.advance(Duration.ofMillis(249));
        assertThat(open("1.1.1.1").status()).isEqualTo(429);
        time.advance(Duration.ofMillis(1));
        assertThat(open("1.1.1.1").status()).isEqualTo(200);
        assertThat(open("1.1.1.1").status()).isEqualTo(429);
    }

    @Test
    void requests_of_a_session_do_not_count() {
        serve(options -> options.maxHandshakesPerSecond(1).maxSessions(1));
        String sid = sidOf(open("1.1.1.1").text());

        for (int i = 0; i < 10; i++) {
            assertThat(transport.post(POLLING + "&sid=" + sid, "4hello").status())
                    .isEqualTo(200);
        }
    }

    @Test
    void values_without_meaning_are_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EngineOptions.builder().maxSessions(0))
                .withMessage("maxSessions: 0 (expected: > 0)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EngineOptions.builder().maxSessionsPerAddress(-1))
                .withMessage("maxSessionsPerAddress: -1 (expected: > 0)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EngineOptions.builder().maxHandshakesPerSecond(0))
                .withMessage("maxHandshakesPerSecond: 0 (expected: > 0)");
    }

    @Test
    @Behaviour("ABUSE-086")
    void not_one_more_gets_in_however_many_come_at_once() throws Exception {
        int threads = 4;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        for (int round = 0; round < 50; round++) {
            EngineServer server = EngineServer.create(
                    EngineOptions.builder().scheduler(time).maxSessions(10).build(),
                    session -> new Recorder(session, (from, message) -> {}));
            CyclicBarrier start = new CyclicBarrier(threads);
            AtomicInteger admitted = new AtomicInteger();
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                clients.add(pool.submit(() -> {
                    MemoryTransport own = new MemoryTransport(server);
                    start.await();
                    for (int n = 0; n < 5; n++) {
                        admitted.addAndGet(own.get(POLLING).status() == 200 ? 1 : 0);
                    }
                    return null;
                }));
            }
            for (Future<?> client : clients) {
                client.get(20, TimeUnit.SECONDS);
            }

            assertThat(admitted).hasValue(10);
            assertThat(server.sessionCount()).isEqualTo(10);
            server.close();
        }
        pool.shutdown();
    }

    @Test
    void who_is_refused_for_his_address_takes_no_place() {
        serve(options -> options.maxSessions(2).maxSessionsPerAddress(1).trustedProxies(PROXY));
        open("1.1.1.1");
        for (int i = 0; i < 5; i++) {
            assertThat(upgrade("1.1.1.1").status()).isEqualTo(429);
        }

        assertThat(open("1.1.1.2").status()).isEqualTo(200);
        assertThat(open("1.1.1.3").status()).isEqualTo(503);
    }
}
