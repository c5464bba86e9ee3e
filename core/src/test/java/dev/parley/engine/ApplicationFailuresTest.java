package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.engine.RequestFilter.Verdict;
import dev.parley.protocol.Utf8;
import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryTransport;
import dev.parley.testing.MemoryWebSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callbacks of the application that fail, answer late, or answer nonsense. */
class ApplicationFailuresTest extends EngineFixture {

    private final RuntimeException failure = new IllegalStateException("on purpose");

    @Test
    void a_listener_that_fails_closes_its_session_only() {
        openPolling();
        Recorder bystander = recorder();
        onMessage = (session, message) -> {
            throw failure;
        };
        PollingClient client = openPolling();

        assertThat(client.push("4a" + SEP + "4b").text()).isEqualTo("ok");

        assertThat(recorder().messages()).containsExactly("a");
        assertThat(recorder().reason()).isEqualTo(CloseReason.FORCED_CLOSE);
        assertThat(recorder().cause()).isSameAs(failure);
        assertThat(bystander.session().isOpen()).isTrue();
    }

    @Test
    void a_listener_that_fails_on_a_web_socket_closes_its_session() {
        onMessage = (session, message) -> {
            throw new StackOverflowError();
        };
        MemoryWebSocket webSocket = openWebSocket();

        webSocket.send("4a");
        webSocket.send("4b");

        assertThat(webSocket.isClosed()).isTrue();
        assertThat(recorder().messages()).containsExactly("a");
    }

    @Test
    void a_listener_that_fails_at_the_end_does_not_keep_others_from_being_told() {
        AtomicInteger told = new AtomicInteger();
        engine = EngineServer.create(EngineOptions.builder().scheduler(time).build(), session -> new SessionListener() {
            @Override
            public void text(Utf8 message) {}

            @Override
            public void binary(byte[] message) {}

            @Override
            public void closed(CloseReason reason, @Nullable Throwable cause) {
                told.incrementAndGet();
                throw failure;
            }
        });
        transport = new MemoryTransport(engine);
        PollingClient client = openPolling();
        openPolling();
        openWebSocket();

        assertThat(client.push("1").text()).isEqualTo("ok");
        assertThat(engine.close()).isCompleted();

        assertThat(told).hasValue(3);
        assertThat(time.pendingTimers()).isZero();
    }

    @Test
    void a_session_that_the_application_fails_to_take_is_closed() {
        engine = EngineServer.create(EngineOptions.builder().scheduler(time).build(), session -> {
            throw failure;
        });
        transport = new MemoryTransport(engine);

        assertThat(transport.get(POLLING).text()).startsWith("0{").endsWith(SEP + "1");
        assertThat(transport.upgrade(WEBSOCKET).webSocket().isClosed()).isTrue();
        assertThat(engine.sessionCount()).isZero();
        assertThat(time.pendingTimers()).isZero();
    }

    @Test
    void a_session_without_listener_is_closed() {
        engine = EngineServer.create(EngineOptions.builder().scheduler(time).build(), session -> null);
        transport = new MemoryTransport(engine);

        assertThat(transport.get(POLLING).text()).endsWith(SEP + "1");
        assertThat(engine.sessionCount()).isZero();
    }

    @Test
    void a_session_may_be_aborted_as_soon_as_it_is_opened() {
        onOpened = Session::abort;

        MemoryExchange polling = transport.get(POLLING);
        assertThat(polling.text()).startsWith("0{").endsWith(SEP + "1");
        assertThat(recorder().reason()).isEqualTo(CloseReason.FORCED_CLOSE);
        MemoryWebSocket webSocket = transport.upgrade(WEBSOCKET).webSocket();
        assertThat(webSocket.isClosed()).isTrue();
        assertThat(recorder().reason()).isEqualTo(CloseReason.FORCED_CLOSE);
    }

    @Test
    void a_session_may_be_closed_as_soon_as_it_is_opened() {
        onOpened = session -> {
            session.send("goodbye");
            session.close();
        };

        PollingClient client = openPolling();
        assertThat(client.poll().text()).isEqualTo("4goodbye");
        assertThat(client.poll().text()).isEqualTo("6" + SEP + "1");
        MemoryWebSocket webSocket = openWebSocket();
        assertThat(webSocket.poll()).isEqualTo("4goodbye");
        assertThat(webSocket.isClosed()).isTrue();
    }

    @Test
    void a_session_whose_queue_overflows_as_soon_as_it_is_opened_tells_the_true_reason() {
        serve(options -> options.maxQueuedMessages(1));
        onOpened = session -> {
            session.send("a");
            session.send("b");
        };

        transport.get(POLLING);

        assertThat(recorder().reason()).isEqualTo(CloseReason.TRANSPORT_ERROR);
    }

    @Test
    void the_end_is_told_after_the_message_at_which_the_application_closes_the_session() {
        onMessage = (session, message) -> {
            session.abort();
            assertThat(recorder().reason()).isNull();
        };
        MemoryWebSocket webSocket = openWebSocket();

        webSocket.send("4a");

        assertThat(recorder().reason()).isEqualTo(CloseReason.FORCED_CLOSE);
    }

    @Test
    void a_listener_of_refused_requests_that_fails_does_not_matter() {
        engine.onConnectionError(error -> {
            throw failure;
        });
        engine.onConnectionError(errors::add);

        assertRefused(transport.get("/engine.io/"), 0, "Transport unknown");
        assertThat(errors).hasSize(2);
    }

    @Test
    void a_filter_that_fails_refuses() {
        assertForbidden(request -> {
            throw failure;
        });
        assertForbidden(request -> CompletableFuture.failedFuture(failure));
        assertForbidden(request -> CompletableFuture.completedFuture(null));
        assertForbidden(request -> null);
        assertForbidden(request -> CompletableFuture.supplyAsync(
                () -> {
                    throw failure;
                },
                Runnable::run));
    }

    private void assertForbidden(RequestFilter filter) {
        serve(options -> options.allowRequest(filter));
        assertRefused(transport.get(POLLING), 4, "Forbidden");
        assertThat(transport.upgrade(WEBSOCKET).status()).isEqualTo(403);
        assertThat(engine.sessionCount()).isZero();
    }

    @Test
    void a_generator_of_ids_that_fails_refuses() {
        assertNoId(request -> {
            throw failure;
        });
        assertNoId(request -> CompletableFuture.failedFuture(failure));
        assertNoId(request -> CompletableFuture.completedFuture(null));
        assertNoId(request -> null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\"b", "a\\b", "a;b", "a,b", "a\r\nb", "ä", "\u0000"})
    void an_id_that_cannot_stand_everywhere_is_refused(String id) {
        assertNoId(request -> CompletableFuture.completedFuture(id));
    }

    @Test
    void an_id_that_is_in_use_is_refused() {
        serve(options -> options.idGenerator(request -> CompletableFuture.completedFuture("same")));
        PollingClient client = openPolling();

        assertRefused(transport.get(POLLING), 3, "Bad request");
        assertThat(transport.upgrade(WEBSOCKET).status()).isEqualTo(400);

        assertThat(errors)
                .hasSize(2)
                .allSatisfy(error -> assertThat(error.context()).containsEntry("name", "ID_GENERATION_ERROR"));
        client.push("4still here");
        assertThat(recorder().messages()).containsExactly("still here");
    }

    private void assertNoId(SessionIdGenerator generator) {
        serve(options ->
                options.idGenerator(generator).cookie(CookieOptions.builder().build()));
        assertRefused(transport.get(POLLING), 3, "Bad request");
        assertThat(transport.upgrade(WEBSOCKET).status()).isEqualTo(400);
        assertThat(engine.sessionCount()).isZero();
    }

    @Test
    void a_handshake_waits_for_the_filter() {
        CompletableFuture<Verdict> verdict = new CompletableFuture<>();
        serve(options -> options.allowRequest(request -> verdict));

        MemoryExchange polling = transport.get(POLLING);
        MemoryExchange webSocket = transport.upgrade(WEBSOCKET);
        assertThat(polling.isAnswered()).isFalse();
        assertThat(webSocket.isAnswered()).isFalse();
        assertThat(engine.sessionCount()).isZero();
        verdict.complete(Verdict.admit());

        assertThat(polling.text()).startsWith("0{");
        assertThat(webSocket.webSocket().poll()).asString().startsWith("0{");
    }

    @Test
    void a_filter_may_refuse_late() {
        CompletableFuture<Verdict> verdict = new CompletableFuture<>();
        serve(options -> options.allowRequest(request -> verdict));

        MemoryExchange polling = transport.get(POLLING);
        MemoryExchange webSocket = transport.upgrade(WEBSOCKET);
        verdict.complete(Verdict.refuse("too late"));

        assertRefused(polling, 4, "too late");
        assertThat(webSocket.status()).isEqualTo(403);
    }

    @Test
    void the_filter_and_the_generator_may_answer_on_any_thread() throws Exception {
        CompletableFuture<Verdict> verdict = new CompletableFuture<>();
        CompletableFuture<String> id = new CompletableFuture<>();
        serve(options -> options.allowRequest(request -> verdict).idGenerator(request -> id));
        MemoryExchange exchange = transport.get(POLLING);

        onAnotherThread(() -> verdict.complete(Verdict.admit()));
        assertThat(exchange.isAnswered()).isFalse();
        onAnotherThread(() -> id.complete("abc"));

        assertThat(sidOf(exchange.text())).isEqualTo("abc");
    }

    private static void onAnotherThread(Runnable task) throws InterruptedException {
        Thread thread = new Thread(task);
        thread.start();
        thread.join();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void no_session_is_opened_for_a_client_that_left_while_the_filter_thought(boolean webSocket) {
        assertNothingIsOpened(
                webSocket,
                verdict -> options -> options.allowRequest(request -> verdict.thenApply(done -> Verdict.admit())));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void no_session_is_opened_for_a_client_that_left_while_the_generator_thought(boolean webSocket) {
        assertNothingIsOpened(webSocket, id -> options -> options.idGenerator(request -> id.thenApply(done -> "abc")));
    }

    private void assertNothingIsOpened(
            boolean webSocket, Function<CompletableFuture<Void>, UnaryOperator<EngineOptions.Builder>> options) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        serve(options.apply(answer));
        MemoryExchange exchange = webSocket ? transport.upgrade(WEBSOCKET) : transport.get(POLLING);

        exchange.cut();
        answer.complete(null);

        assertThat(opened).isEmpty();
        assertThat(engine.sessionCount()).isZero();
        assertThat(time.pendingTimers()).isZero();
    }

    @Test
    void a_failing_acceptor_is_survived_after_a_late_answer_too() {
        CompletableFuture<Verdict> verdict = new CompletableFuture<>();
        engine = EngineServer.create(
                EngineOptions.builder()
                        .scheduler(time)
                        .allowRequest(request -> verdict)
                        .build(),
                session -> {
                    throw failure;
                });
        transport = new MemoryTransport(engine);
        MemoryExchange exchange = transport.get(POLLING);

        verdict.complete(Verdict.admit());

        assertThat(exchange.text()).endsWith(SEP + "1");
        assertThat(engine.sessionCount()).isZero();
    }

    @Test
    void any_kind_of_completion_stage_will_do() {
        CompletionStage<Verdict> minimal = CompletableFuture.completedStage(Verdict.admit());
        serve(options -> options.allowRequest(request -> minimal)
                .idGenerator(request -> CompletableFuture.completedStage("abc")));

        assertThat(openPolling().sid).isEqualTo("abc");
    }

    @Test
    void a_session_is_not_known_to_clients_before_the_application_has_taken_it() {
        serve(options -> options.idGenerator(request -> CompletableFuture.completedFuture("guessed")));
        MemoryTransport attacker = new MemoryTransport(engine);
        onOpened = session -> {
            MemoryExchange push = attacker.post(POLLING + "&sid=guessed", "4early");
            assertThat(push.status()).isEqualTo(400);
        };

        openPolling();

        assertThat(recorder().messages()).isEmpty();
    }

    @Test
    void a_filter_that_does_not_answer_in_time_counts_as_a_refusal() {
        CompletableFuture<Verdict> verdict = new CompletableFuture<>();
        serve(options -> options.allowRequest(request -> verdict));
        MemoryExchange exchange = transport.get(POLLING);

        time.advance(engine.options().upgradeTimeout().minusMillis(1));
        assertThat(exchange.isAnswered()).isFalse();
        time.advance(Duration.ofMillis(1));
        verdict.complete(Verdict.admit());

        assertRefused(exchange, 4, "Forbidden");
        assertThat(opened).isEmpty();
        assertThat(time.pendingTimers()).as("%s", time).isZero();
    }

    @Test
    void an_id_that_is_not_made_in_time_counts_as_a_failure() {
        CompletableFuture<String> id = new CompletableFuture<>();
        serve(options -> options.idGenerator(request -> id));
        MemoryExchange exchange = transport.upgrade(WEBSOCKET);

        time.advance(engine.options().upgradeTimeout());
        id.complete("late");

        assertThat(exchange.status()).isEqualTo(400);
        assertThat(exchange.text()).isEqualTo("Bad request");
        assertThat(opened).isEmpty();
    }
}
