package dev.parley;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Fixture.Client;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who decides about the events of a client, and what happens meanwhile. */
class EventMiddlewareTest {

    private final Fixture server = new Fixture(options -> options.middlewareTimeout(ofSeconds(5))
            .maxUnhandledBytes(1000)
            .errorAck(error -> Map.of("error", String.valueOf(error.exception().getMessage()))));
    private final Client client = server.connect();
    private final Socket socket = server.io.sockets().get(0);
    private final List<Object> log = new ArrayList<>();
    private final List<EventMiddleware.Next> waiting = new ArrayList<>();

    EventMiddlewareTest() {
        socket.on("n", Integer.class, n -> log.add("n " + n));
        socket.onDisconnect(reason -> log.add("disconnect"));
    }

    @AfterEach
    void no_timeout_is_left_over() {
        client.close();
        assertThat(server.io.pendingTimeouts()).isZero();
    }

    private void hold() {
        socket.use((event, next) -> waiting.add(next));
    }

    @Test
    @Behaviour("SIO-SMW-001")
    void middlewares_run_in_order_and_may_pass_on_another_event() {
        socket.on("wrap", String.class, Integer.class, Integer.class, (a, b, c) -> log.add(List.of(a, b, c)));
        socket.use((event, next) -> {
            log.add("first " + event.name());
            List<Object> args = new ArrayList<>(List.of(event.name()));
            args.addAll(Arrays.asList(event.args()));
            args.add(7);
            next.accept("wrap", args.toArray());
        });
        socket.use((event, next) -> {
            log.add("second " + event.name() + " " + event.count());
            next.accept();
        });

        client.send("2[\"join\",1]");

        assertThat(server.errors).isEmpty();
        assertThat(log).containsExactly("first join", "second wrap 3", List.of("join", 1, 7));
    }

    @Test
    @Behaviour("SIO-SMW-002")
    void a_rejection_stops_the_chain_and_goes_to_the_error_hook() {
        Exception reason = new Exception("too many");
        socket.use((event, next) -> next.reject(reason));
        socket.use((event, next) -> log.add("never"));

        client.send("2[\"n\",1]");

        assertThat(log).isEmpty();
        assertThat(client.all()).isEmpty();
        assertThat(server.errors).singleElement().satisfies(error -> {
            assertThat(error.event()).isEqualTo("n");
            assertThat(error.args()).hasToString("[1]");
            assertThat(error.socket()).isSameAs(socket);
            assertThat(error.exception()).isSameAs(reason);
        });
        assertThat(client.isClosed()).isFalse();
    }

    @Test
    void an_exception_rejects_the_event() {
        socket.use((event, next) -> {
            throw new Exception("broken");
        });

        client.send("2[\"n\",1]");

        assertThat(log).isEmpty();
        assertThat(server.errors)
                .extracting(error -> error.exception().getMessage())
                .containsExactly("broken");
    }

    @Test
    void a_rejected_event_is_acknowledged_with_an_error_where_that_is_configured() {
        socket.use((event, next) -> next.reject(new Exception("too many")));

        client.send("27[\"n\",1]");

        assertThat(client.all()).containsExactly("37[{\"error\":\"too many\"}]");
    }

    @Test
    void only_the_first_answer_counts() {
        socket.use((event, next) -> {
            next.accept();
            next.accept("other");
            next.reject(new Exception("late"));
            throw new Exception("told all the same");
        });

        client.send("23[\"n\",1]");

        assertThat(log).containsExactly("n 1");
        assertThat(server.errors)
                .extracting(error -> error.exception().getMessage())
                .containsExactly("told all the same");
        assertThat(client.all()).isEmpty();
    }

    @Test
    @Behaviour("SIO-ANY-009")
    void catch_all_handlers_see_events_before_they_are_rejected() {
        socket.onAny(event -> log.add("any " + event.name()));
        socket.use((event, next) -> next.reject(new Exception()));

        client.send("2[\"n\",1]");

        assertThat(log).containsExactly("any n");
    }

    @Test
    void events_keep_their_order_while_a_middleware_takes_its_time() {
        hold();
        client.send("2[\"n\",1]");
        client.send("2[\"n\",2]");
        client.send("2[\"n\",3]");
        assertThat(waiting).hasSize(1);
        assertThat(log).isEmpty();

        waiting.get(0).accept();
        assertThat(waiting).hasSize(2);
        waiting.get(1).reject(new Exception());
        waiting.get(2).accept();

        assertThat(log).containsExactly("n 1", "n 3");
    }

    @Test
    void a_middleware_may_wait_for_a_stage() {
        CompletableFuture<String> good = new CompletableFuture<>();
        CompletableFuture<String> bad = new CompletableFuture<>();
        socket.use((event, next) -> next.acceptWhen(event.get(0, Integer.class) == 1 ? good : bad.thenApply(x -> x)));
        client.send("2[\"n\",1]");
        client.send("2[\"n\",2]");

        bad.completeExceptionally(new Exception("no such user"));
        good.complete("user");

        assertThat(log).containsExactly("n 1");
        assertThat(server.errors)
                .extracting(error -> error.exception().getMessage())
                .containsExactly("no such user");
    }

    @Test
    void an_event_is_rejected_if_a_middleware_does_not_answer() {
        hold();
        client.send("2[\"n\",1]");
        client.send("2[\"n\",2]");

        server.advance(ofSeconds(5));
        waiting.get(0).accept();
        waiting.get(1).accept();

        assertThat(log).containsExactly("n 2");
        assertThat(server.errors)
                .extracting(HandlerError::exception)
                .singleElement()
                .isInstanceOf(TimeoutException.class);
    }

    @Test
    void events_that_wait_are_dropped_when_the_client_leaves() {
        hold();
        client.send("2[\"n\",1]");
        client.send("2[\"n\",2]");

        client.close();
        assertThat(log).containsExactly("disconnect");
        assertThat(server.io.pendingTimeouts()).isZero();
        waiting.get(0).accept();

        assertThat(waiting).hasSize(1);
        assertThat(log).containsExactly("disconnect");
        assertThat(server.errors).isEmpty();
    }

    @Test
    void an_event_is_not_handled_if_its_middleware_disconnects_the_client() {
        socket.use((event, next) -> {
            socket.disconnect();
            next.accept();
        });

        client.send("2[\"n\",1]");

        assertThat(log).containsExactly("disconnect");
    }

    @Test
    void what_waits_for_a_middleware_counts_as_not_handled() {
        hold();
        for (int i = 0; i < 9; i++) {
            client.send("2[\"n\"," + i + "]");
        }
        client.send("no packet");
        assertThat(client.isClosed()).as("so much waits that nothing is read").isFalse();

        while (!waiting.isEmpty()) {
            waiting.remove(0).accept();
        }

        assertThat(log).as("half is enough to go on").containsExactly("n 0", "n 1", "n 2", "n 3", "n 4", "disconnect");
    }

    @Test
    void what_was_dropped_with_one_namespace_does_not_count_against_the_others() {
        List<Object> other = new ArrayList<>();
        server.io.of("/other").onConnection(s -> s.on("n", Integer.class, other::add));
        client.join("/other");
        hold();
        for (int i = 0; i < 9; i++) {
            client.send("2[\"n\"," + i + "]");
        }
        socket.disconnect();

        client.send("2/other,[\"n\",1]");
        client.send("2/other,[\"n\",2]");

        assertThat(other).containsExactly(1, 2);
        assertThat(client.isClosed()).isFalse();
    }

    @Test
    void each_socket_has_its_own() {
        Client other = server.connect();
        server.io.sockets().get(1).on("n", Integer.class, n -> log.add("other " + n));
        socket.use((event, next) -> next.reject(new Exception()));

        other.send("2[\"n\",1]");

        assertThat(log).containsExactly("other 1");
    }
}
