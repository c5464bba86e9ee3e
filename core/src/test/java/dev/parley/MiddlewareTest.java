package dev.parley;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Fixture.Client;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who is admitted to a namespace, and what happens meanwhile. */
class MiddlewareTest {

    private final Fixture server = new Fixture(options -> options.middlewareTimeout(ofSeconds(5)));
    private final List<String> log = new ArrayList<>();
    private final List<Middleware.Next> waiting = new ArrayList<>();
    private final List<Socket> seen = new ArrayList<>();

    MiddlewareTest() {
        server.io.onConnection(socket -> {
            log.add("connected");
            socket.on("hello", () -> log.add("hello"));
            socket.onDisconnect(reason -> log.add("disconnect " + reason));
        });
    }

    private void hold() {
        server.io.use((socket, next) -> {
            seen.add(socket);
            waiting.add(next);
        });
    }

    @Test
    @Behaviour({"SIO-MW-001", "SIO-MW-007", "SIO-MW-008"})
    void middlewares_run_in_order_each_after_the_one_before_has_accepted() {
        server.io.use((socket, next) -> {
            log.add("first");
            waiting.add(next);
        });
        server.io.use((socket, next) -> {
            log.add("second");
            next.accept();
        });
        server.io.of("/other").use((socket, next) -> log.add("other"));
        Client client = server.open();
        client.send("0");

        assertThat(log).containsExactly("first");
        assertThat(client.next()).isNull();
        waiting.get(0).accept();

        assertThat(log).containsExactly("first", "second", "connected");
        assertThat(client.next()).startsWith("0{\"sid\"");
    }

    @Test
    @Behaviour({"SIO-MW-002", "SIO-MW-011"})
    void a_refusal_stops_the_chain_and_tells_the_client() {
        server.io.use((socket, next) -> next.reject("Authentication error"));
        server.io.use((socket, next) -> log.add("never"));
        Client client = server.open();

        client.send("0");

        assertThat(client.next()).isEqualTo("4{\"message\":\"Authentication error\"}");
        assertThat(client.isClosed()).isFalse();
        assertThat(log).isEmpty();
        assertThat(server.io.sockets()).isEmpty();
        assertThat(server.errors).isEmpty();
    }

    @Test
    @Behaviour({"SIO-MW-003", "SIO-MW-011"})
    void a_refusal_may_hold_details() {
        server.io.use((socket, next) -> next.reject("bad", Map.of("k", 1)));
        Client client = server.open();

        client.send("0");

        assertThat(client.next()).isEqualTo("4{\"message\":\"bad\",\"data\":{\"k\":1}}");
    }

    @Test
    void a_rejection_that_is_thrown_is_told_to_the_client() {
        server.io.use((socket, next) -> {
            throw new ConnectionRejectedException("full", List.of(1));
        });
        Client client = server.open();

        client.send("0");

        assertThat(client.next()).isEqualTo("4{\"message\":\"full\",\"data\":[1]}");
        assertThat(server.errors).isEmpty();
    }

    @Test
    @Behaviour("ABUSE-036")
    void any_other_exception_is_kept_from_the_client_and_told_to_the_error_hook() {
        server.io.use((socket, next) -> {
            throw new IllegalStateException("password of the database");
        });
        Client client = server.open();

        client.send("0");

        assertThat(client.next()).isEqualTo("4{\"message\":\"Internal server error\"}");
        assertThat(server.errors).singleElement().satisfies(error -> {
            assertThat(error.event()).isEqualTo("connect");
            assertThat(error.exception()).hasMessage("password of the database");
        });
    }

    @Test
    void a_failed_future_refuses_like_an_exception() {
        hold();
        Client client = server.open();
        client.send("0");

        waiting.get(0).reject(new ConnectionRejectedException("later"));

        assertThat(client.next()).isEqualTo("4{\"message\":\"later\"}");
    }

    @Test
    @Behaviour("SIO-MW-009")
    void middlewares_of_one_namespace_do_not_concern_another() {
        server.io.of("/other").use((socket, next) -> next.reject("no"));

        server.connect();

        assertThat(log).containsExactly("connected");
    }

    @Test
    @Behaviour({"SIO-MW-004", "SIO-MW-010"})
    void a_socket_is_prepared_while_nobody_sees_it_yet() {
        server.io.use((socket, next) -> {
            seen.add(socket);
            socket.data().put("user", "ada");
            assertThat(socket.connected()).isFalse();
            assertThat(server.io.sockets()).isEmpty();
            next.accept();
        });
        server.io.onConnection(socket -> {
            assertThat(socket.connected()).isTrue();
            assertThat(server.io.sockets()).containsExactly(socket);
            log.add(socket.data().get("user", String.class));
        });

        server.connect();

        assertThat(log).containsExactly("connected", "ada");
        assertThat(server.errors).isEmpty();
    }

    @Test
    @Behaviour("SIO-MW-006")
    void a_client_that_leaves_meanwhile_is_forgotten_without_a_word() {
        hold();
        Client client = server.open();
        client.send("0");
        seen.get(0).join("room");

        client.close();
        waiting.get(0).accept();

        assertThat(log).isEmpty();
        assertThat(server.io.sockets()).isEmpty();
        assertThat(server.io.room("room").size()).isZero();
        assertThat(server.io.pendingTimeouts()).isZero();
    }

    @Test
    @Behaviour({"SIO-MW-005", "SIO-MW-013", "ABUSE-036"})
    void a_middleware_that_never_answers_is_timed_out() {
        hold();
        Client client = server.open();
        client.send("0");

        server.advance(ofSeconds(5).minusMillis(1));
        assertThat(client.next()).isNull();
        server.advance(ofMillis(1));

        assertThat(client.next()).isEqualTo("4{\"message\":\"Timed out\"}");
        waiting.get(0).accept();
        assertThat(log).isEmpty();
        client.send("0");
        waiting.get(1).accept();
        assertThat(client.next()).startsWith("0{");
        assertThat(log).containsExactly("connected");
    }

    @Test
    @Behaviour("ABUSE-036")
    void only_the_first_answer_counts() {
        hold();
        Client client = server.open();
        client.send("0");

        waiting.get(0).accept();
        waiting.get(0).accept();
        waiting.get(0).reject("no");

        assertThat(log).containsExactly("connected");
        assertThat(client.all()).hasSize(1);
    }

    @Test
    @Behaviour({"SIO-CLOSE-015", "ABUSE-030"})
    void an_event_sent_before_the_answer_closes_the_connection() {
        hold();
        Client client = server.open();
        client.send("0");

        client.send("2[\"hello\"]");

        assertThat(client.isClosed()).isTrue();
        assertThat(log).isEmpty();
    }

    @Test
    @Behaviour({"SIO-CLOSE-016", "ABUSE-031"})
    void twenty_connects_during_a_middleware_never_make_two_sockets() {
        hold();
        Client client = server.open();
        for (int i = 0; i < 20; i++) {
            client.send("0");
        }
        List.copyOf(waiting).forEach(Middleware.Next::accept);

        assertThat(waiting).hasSize(1);
        assertThat(client.isClosed()).isTrue();
        assertThat(log).isEmpty();
        assertThat(server.io.sockets()).isEmpty();
    }

    @Test
    @Behaviour("SIO-MW-012")
    void what_is_emitted_in_a_middleware_arrives_after_the_connect_answer() {
        server.io.use((socket, next) -> {
            socket.emit("early", 1);
            socket.asVolatile().emit("dropped");
            socket.disconnect();
            next.accept();
        });
        server.io.onConnection(socket -> socket.emit("late"));
        Client client = server.open();

        client.send("0");

        assertThat(client.next()).startsWith("0{");
        assertThat(client.all()).containsExactly("2[\"early\",1]", "2[\"late\"]");
    }

    @Test
    void what_is_emitted_to_a_client_that_is_refused_is_dropped() {
        server.io.use((socket, next) -> {
            socket.emit("early");
            next.reject("no");
        });
        Client client = server.open();

        client.send("0");

        assertThat(client.all()).containsExactly("4{\"message\":\"no\"}");
    }

    @Test
    @Behaviour({"SIO-MW-014", "SIO-MANY-031"})
    void rooms_joined_in_a_middleware_count_from_the_connection_on() {
        server.io.use((socket, next) -> {
            socket.join("room");
            server.io.to("room").emit("too early");
            next.accept();
        });
        Client client = server.connect();

        server.io.to("room").emit("news");

        assertThat(client.all()).containsExactly("2[\"news\"]");
    }

    @Test
    @Behaviour("SIO-SOCK-033")
    void rooms_joined_by_a_client_that_is_refused_are_gone() {
        server.io.use((socket, next) -> {
            socket.join("room");
            seen.add(socket);
            next.accept();
        });
        server.io.use((socket, next) -> next.reject("no"));

        server.open().send("0");
        seen.get(0).join("another");

        assertThat(seen.get(0).rooms()).isEmpty();
        assertThat(server.io.room("room").size()).isZero();
    }

    @Test
    void a_refused_client_joins_no_handlers_and_its_events_close_the_connection() {
        server.io.use((socket, next) -> next.reject("no"));
        Client client = server.open();
        client.send("0");

        client.send("2[\"hello\"]");

        assertThat(client.isClosed()).isTrue();
        assertThat(log).isEmpty();
    }

    @Test
    void a_middleware_without_auth_payload_still_runs() {
        server.io.use((socket, next) -> {
            if (socket.handshake().auth().isEmpty()) {
                next.reject("who are you?");
            } else {
                next.accept();
            }
        });
        Client client = server.open();

        client.send("0");
        client.send("0{\"token\":\"abc\"}");

        assertThat(client.next()).isEqualTo("4{\"message\":\"who are you?\"}");
        assertThat(client.next()).startsWith("0{\"sid\"");
    }

    @Test
    void a_middleware_may_wait_for_a_stage() {
        CompletableFuture<String> user = new CompletableFuture<>();
        server.io.use((socket, next) -> next.acceptWhen(user));
        Client client = server.open();
        client.send("0");
        assertThat(client.next()).isNull();

        user.complete("anything");

        assertThat(client.next()).startsWith("0{\"sid\"");
        assertThat(log).containsExactly("connected");
    }

    @Test
    void a_stage_that_fails_refuses_the_client() {
        CompletableFuture<String> user = new CompletableFuture<>();
        server.io.use((socket, next) -> next.acceptWhen(user.thenApply(name -> name)));
        Client client = server.open();
        client.send("0");

        user.completeExceptionally(new ConnectionRejectedException("no such user"));

        assertThat(client.next()).isEqualTo("4{\"message\":\"no such user\"}");
        assertThat(server.errors).isEmpty();
    }
}
