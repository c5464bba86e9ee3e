package dev.parley;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Fixture.Client;
import dev.parley.mapping.MappingException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sockets as they are found: what can be asked of them and done with them. */
class RemoteSocketTest {

    private final Fixture server = new Fixture(options -> options.ackTimeout(ofSeconds(30)));
    private final Client other = server.connect();
    private final Client client = server.connect();
    private final RemoteSocket remote =
            server.io.in(client.id).fetchSockets().join().get(0);

    @AfterEach
    void nobody_else_has_heard_anything_and_nothing_is_left() {
        assertThat(other.all()).isEmpty();
        assertThat(server.io.pendingTimeouts()).isZero();
        assertThat(server.io.sockets()).allMatch(socket -> socket.acks().size() == 0);
    }

    @Test
    @Behaviour("SIO-UTIL-003")
    void events_reach_that_client_alone() {
        remote.emit("hello", 1, List.of("two"));
        remote.send("hi");
        remote.compress(false).asVolatile().timeout(ofSeconds(1)).emit("flags");

        assertThat(client.all()).containsExactly("2[\"hello\",1,[\"two\"]]", "2[\"message\",\"hi\"]", "2[\"flags\"]");
    }

    @Test
    void its_client_acknowledges_with_one_answer() {
        CompletableFuture<String> typed = remote.emitWithAck(String.class, "who?");
        CompletableFuture<Arguments> whole = remote.emitWithAck("what?");
        client.send("30[\"me\"]");
        client.send("31[1,\"two\"]");

        assertThat(typed).isCompletedWithValue("me");
        assertThat(whole.join().get(1, String.class)).isEqualTo("two");
        client.all();
    }

    @Test
    void an_answer_that_does_not_come_in_time_fails() {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        remote.timeout(ofMillis(50)).emitWithAck(String.class, "who?").whenComplete((answer, why) -> failure.set(why));

        server.advance(ofMillis(49));
        assertThat(failure).hasNullValue();
        server.advance(ofMillis(1));

        assertThat(failure.get())
                .isInstanceOfSatisfying(
                        AckTimeoutException.class,
                        e -> assertThat(e.responses()).isEmpty());
    }

    @Test
    void an_answer_of_another_type_fails() {
        CompletableFuture<Integer> answer = remote.emitWithAck(Integer.class, "how many?");
        client.send("30[\"none\"]");

        assertThatThrownBy(answer::join).hasCauseInstanceOf(MappingException.class);
    }

    @Test
    void who_has_left_answers_no_more() {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        CompletableFuture<String> before = remote.emitWithAck(String.class, "who?");
        client.close();
        CompletableFuture<String> after = remote.emitWithAck(String.class, "who?");
        after.whenComplete((answer, why) -> failure.set(why));
        remote.emit("nobody");

        assertThatThrownBy(before::join).hasCauseInstanceOf(SocketDisconnectedException.class);
        assertThat(failure.get()).isInstanceOf(SocketDisconnectedException.class);
    }

    @Test
    void a_cancelled_answer_is_forgotten() {
        remote.emitWithAck(String.class, "who?").cancel(false);

        client.send("30[\"me\"]");
        assertThat(server.io.pendingTimeouts()).isZero();
        assertThat(client.isClosed()).isFalse();
    }

    @Test
    void rooms_are_joined_and_left_and_the_socket_disconnected() {
        Socket socket = server.io.mainNamespace().socket(client.id).orElseThrow();
        remote.join("a", "b");
        remote.join(List.of("c"));
        remote.leave("b", "unknown");
        assertThat(socket.rooms()).containsExactlyInAnyOrder(client.id, "a", "c");

        remote.disconnect();
        assertThat(client.all()).containsExactly("1");
        assertThat(client.isClosed()).isFalse();
    }

    @Test
    void reserved_names_and_negative_times_are_refused() {
        assertThatThrownBy(() -> remote.emit("disconnect")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> remote.emitWithAck("connect")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> remote.timeout(ofMillis(-1))).isInstanceOf(IllegalArgumentException.class);
    }
}
