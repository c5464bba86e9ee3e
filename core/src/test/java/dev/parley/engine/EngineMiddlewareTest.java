package dev.parley.engine;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.failedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.parley.Behaviour;
import dev.parley.engine.EngineMiddleware.Outcome;
import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryWebSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What sees every request before the engine does. */
class EngineMiddlewareTest extends EngineFixture {

    private static final HttpResponse BUSY =
            new HttpResponse(503, Headers.of("Retry-After", "1"), "busy".getBytes(StandardCharsets.UTF_8));

    private final List<String> log = new ArrayList<>();
    private final List<CompletableFuture<Outcome>> waiting = new ArrayList<>();

    private static EngineMiddleware adding(String... headers) {
        return request -> completedFuture(Outcome.proceed(Headers.of(headers)));
    }

    private void hold() {
        engine.use(request -> {
            CompletableFuture<Outcome> outcome = new CompletableFuture<>();
            waiting.add(outcome);
            return outcome;
        });
    }

    private static void assertHeader(MemoryExchange exchange, String name, String... values) {
        assertThat(exchange.response().headers().getAll(name)).containsExactly(values);
    }

    @Test
    @Behaviour({"EIO-MW-001", "EIO-MW-006", "EIO-MW-008"})
    void a_middleware_adds_headers_to_polling_responses() {
        engine.use(adding("X-Download-Options", "noopen", "X-Content-Type-Options", "nosniff"));
        engine.use(adding("Set-Cookie", "session=1; Path=/"));

        MemoryExchange handshake = transport.get(POLLING);
        PollingClient client = new PollingClient(POLLING, sidOf(handshake.text()));
        MemoryExchange push = client.push("4a");
        MemoryExchange poll = client.poll();
        session().send("b");

        assertThat(List.of(handshake, push, poll)).allSatisfy(exchange -> {
            assertThat(exchange.status()).isEqualTo(200);
            assertHeader(exchange, "x-download-options", "noopen");
            assertHeader(exchange, "x-content-type-options", "nosniff");
            assertHeader(exchange, "set-cookie", "session=1; Path=/");
        });
    }

    @Test
    @Behaviour({"EIO-MW-002", "EIO-MW-007", "EIO-MW-009"})
    void a_middleware_adds_headers_to_the_handshake_of_a_web_socket() {
        engine.use(adding("X-Content-Type-Options", "nosniff"));
        engine.use(adding("Set-Cookie", "session=1"));

        MemoryWebSocket direct = transport.upgrade(WEBSOCKET).webSocket();
        MemoryWebSocket upgraded = openPolling().requestUpgrade().webSocket();

        assertThat(List.of(direct, upgraded)).allSatisfy(webSocket -> {
            assertThat(webSocket.responseHeaders().get("x-content-type-options"))
                    .isEqualTo("nosniff");
            assertThat(webSocket.responseHeaders().getAll("set-cookie")).containsExactly("session=1");
        });
    }

    @Test
    @Behaviour("EIO-MW-003")
    void middlewares_run_in_order_each_after_the_one_before_has_let_the_request_pass() {
        engine.use(request -> {
            log.add("first");
            return completedFuture(Outcome.proceed());
        });
        hold();
        engine.use(request -> {
            log.add("third");
            return completedFuture(Outcome.proceed());
        });

        MemoryExchange handshake = transport.get(POLLING);
        assertThat(log).containsExactly("first");
        assertThat(handshake.isAnswered()).isFalse();
        waiting.get(0).complete(Outcome.proceed());

        assertThat(log).containsExactly("first", "third");
        assertThat(handshake.status()).isEqualTo(200);
    }

    @Test
    @Behaviour("EIO-MW-004")
    void a_middleware_may_answer_in_place_of_the_engine() {
        engine.use(adding("X-First", "1"));
        engine.use(request -> completedFuture(Outcome.respond(BUSY)));
        engine.use(request -> {
            throw new AssertionError("never asked");
        });

        MemoryExchange exchange = transport.get(POLLING);

        assertThat(exchange.status()).isEqualTo(503);
        assertThat(exchange.text()).isEqualTo("busy");
        assertHeader(exchange, "retry-after", "1");
        assertHeader(exchange, "x-first", "1");
        assertThat(opened).isEmpty();
        assertThat(errors).isEmpty();
    }

    @Test
    @Behaviour("EIO-MW-005")
    void a_middleware_may_answer_a_handshake_of_a_web_socket() {
        engine.use(request -> completedFuture(Outcome.respond(BUSY)));

        assertThat(transport.upgrade(WEBSOCKET).status()).isEqualTo(503);
        assertThat(opened).isEmpty();
    }

    @Test
    @Behaviour({"EIO-MW-010", "EIO-MW-012"})
    void a_request_whose_middleware_fails_is_refused() {
        engine.use(adding("X-First", "1"));
        engine.use(request -> failedFuture(new IllegalStateException("no database")));

        MemoryExchange exchange = transport.get(POLLING);

        assertRefused(exchange, 3, "Bad request");
        assertHeader(exchange, "x-first", "1");
        assertThat(error().context()).containsEntry("name", "MIDDLEWARE_FAILURE");
        assertThat(opened).isEmpty();
    }

    @Test
    @Behaviour({"EIO-MW-011", "EIO-MW-012"})
    void a_handshake_of_a_web_socket_whose_middleware_fails_is_refused() {
        engine.use(request -> {
            throw new IllegalStateException("on purpose");
        });

        MemoryExchange exchange = transport.upgrade(WEBSOCKET);

        assertThat(exchange.status()).isEqualTo(400);
        assertThat(exchange.text()).isEqualTo("Bad request");
        assertThat(error().code()).isEqualTo(3);
        assertThat(opened).isEmpty();
    }

    @Test
    @Behaviour("EIO-VER-035")
    void a_request_whose_middleware_fails_is_refused_before_it_is_checked() {
        engine.use(request -> failedFuture(new IllegalStateException("no database")));

        assertRefused(transport.get("/engine.io/?EIO=4&transport=tobi"), 3, "Bad request");
        assertThat(error().context()).containsEntry("name", "MIDDLEWARE_FAILURE");
    }

    @Test
    void a_middleware_that_answers_nothing_counts_as_failed() {
        engine.use(request -> completedFuture(null));

        assertRefused(transport.get(POLLING), 3, "Bad request");
    }

    @Test
    void a_middleware_that_does_not_answer_in_time_counts_as_failed() {
        hold();
        MemoryExchange exchange = transport.get(POLLING);

        time.advance(engine.options().upgradeTimeout());
        waiting.get(0).complete(Outcome.proceed());

        assertRefused(exchange, 3, "Bad request");
        assertThat(opened).isEmpty();
    }

    @Test
    void no_session_is_opened_for_a_client_that_has_gone_meanwhile() {
        hold();
        MemoryExchange polling = transport.get(POLLING);
        MemoryExchange webSocket = transport.upgrade(WEBSOCKET);

        polling.cut();
        webSocket.cut();
        waiting.forEach(outcome -> outcome.complete(Outcome.proceed()));

        assertThat(opened).isEmpty();
        assertThat(errors).isEmpty();
        assertThat(time.pendingTimers()).isZero();
    }

    @Test
    void a_client_that_gives_up_its_poll_or_its_push_meanwhile_has_gone_as_soon_as_the_request_may_pass() {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        engine.use(request -> request.query().containsKey("sid") ? outcome : completedFuture(Outcome.proceed()));
        MemoryExchange poll = openPolling().poll();
        MemoryExchange push = openPolling().push("4a");
        poll.cut();
        push.cut();
        assertThat(engine.sessionCount()).isEqualTo(2);

        outcome.complete(Outcome.proceed());

        assertThat(opened).allSatisfy(recorder -> {
            assertThat(recorder.reason()).isEqualTo(CloseReason.TRANSPORT_ERROR);
            assertThat(recorder.messages()).isEmpty();
        });
        assertThat(engine.sessionCount()).isZero();
    }

    @Test
    void a_request_given_up_meanwhile_that_may_not_pass_touches_no_session() {
        PollingClient client = openPolling();
        hold();
        client.poll().cut();
        client.poll().cut();

        waiting.get(0).complete(Outcome.respond(BUSY));
        waiting.get(1).completeExceptionally(new IllegalStateException("on purpose"));

        assertThat(session().isOpen()).isTrue();
    }

    @Test
    void failures_that_clients_can_repeat_do_not_flood_the_log() {
        engine.use(request -> failedFuture(new IllegalStateException("on purpose")));
        List<LogRecord> records = new ArrayList<>();
        Logger logger = Logger.getLogger(MiddlewareChain.class.getName());
        Handler handler = new Recording(records);
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        try {
            for (int i = 0; i < 100; i++) {
                transport.get(POLLING);
            }
        } finally {
            logger.setUseParentHandlers(true);
            logger.removeHandler(handler);
        }

        assertThat(errors).hasSize(100);
        assertThat(records).hasSize(10).allMatch(logged -> Level.WARNING.equals(logged.getLevel()));
    }

    private static final class Recording extends Handler {

        private final List<LogRecord> records;

        Recording(List<LogRecord> records) {
            this.records = records;
        }

        @Override
        public void publish(LogRecord logged) {
            records.add(logged);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @Test
    @Behaviour("EIO-MW-014")
    void every_request_of_a_session_passes_through() {
        engine.use(request -> {
            log.add(request.method() + (request.query().containsKey("sid") ? " sid" : " handshake"));
            return completedFuture(Outcome.proceed());
        });
        PollingClient client = openPolling();

        client.push("4a");
        client.poll();
        client.upgrade();

        assertThat(log).containsExactly("GET handshake", "POST sid", "GET sid", "GET sid");
        assertThat(session().transport()).isEqualTo("websocket");
    }

    @Test
    void a_slow_middleware_keeps_nothing_of_a_session_from_working() {
        echo();
        hold();
        MemoryExchange handshake = transport.get(POLLING);
        waiting.get(0).complete(Outcome.proceed());
        PollingClient client = new PollingClient(POLLING, sidOf(handshake.text()));
        MemoryExchange poll = client.poll();
        MemoryExchange push = client.push("4a");

        waiting.get(2).complete(Outcome.proceed());
        assertThat(push.text()).isEqualTo("ok");
        assertThat(poll.isAnswered()).isFalse();
        waiting.get(1).complete(Outcome.proceed());

        assertThat(poll.text()).isEqualTo("4a");
    }

    @Test
    @Behaviour("EIO-POLL-010")
    void the_longest_body_is_the_same_with_a_middleware() {
        serve(options -> options.maxPayload(10));
        engine.use(adding("X-First", "1"));

        MemoryExchange push = openPolling().push("4" + "a".repeat(10));

        assertThat(push.status()).isEqualTo(413);
        assertThat(recorder().messages()).isEmpty();
    }

    @Test
    void a_refusal_has_the_headers_of_the_middlewares_too() {
        engine.use(adding("X-First", "1"));

        MemoryExchange exchange = transport.get("/engine.io/?EIO=4&transport=tobi");

        assertRefused(exchange, 0, "Transport unknown");
        assertHeader(exchange, "x-first", "1");
    }

    @Test
    void a_preflight_request_is_answered_before() {
        serve(options -> options.cors(CorsOptions.allow("http://page.example")));
        engine.use(request -> {
            throw new AssertionError("never asked");
        });

        assertThat(transport.request("OPTIONS", POLLING, new byte[0]).status()).isEqualTo(204);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length", "connection", "Transfer-Encoding", "Upgrade", "Sec-WebSocket-Accept"})
    void headers_of_the_transport_cannot_be_added(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Outcome.proceed(Headers.of(name, "1")))
                .withMessage("headers: " + name + " (expected: none that the transport sets)");
    }
}
