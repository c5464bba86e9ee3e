package dev.parley;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Fixture.Client;
import dev.parley.mapping.MappingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Acknowledgements in both directions, of one client and of many. */
class AckTest {

    private final Fixture server =
            new Fixture(options -> options.ackTimeout(ofSeconds(30)).maxPendingAcks(3));
    private final Client client = server.connect();
    private final Socket socket = server.io.sockets().get(0);

    private void nothingIsLeft() {
        assertThat(server.io.pendingTimeouts()).isZero();
        server.io.close().join();
        assertThat(server.time.pendingTimers()).isZero();
        assertThat(socket.acks().size()).isZero();
    }

    // The client asks.

    @Test
    @Behaviour({"SIO-ACK-001", "SIO-ACK-003", "SIO-ACK-010"})
    void a_handler_acknowledges_with_any_arguments() {
        socket.on("message-with-ack", event -> event.ack().send(event.args()));

        client.send("2456[\"message-with-ack\",1,\"2\",{\"3\":[false]}]");

        assertThat(client.all()).containsExactly("3456[1,\"2\",{\"3\":[false]}]");
    }

    @Test
    @Behaviour({"SIO-ACK-005", "SIO-ACK-008", "SIO-ACK-011"})
    void attachments_come_back_as_they_were_sent() {
        socket.on("bytes", event -> event.ack().send(event.args()));

        client.send("52-789[\"bytes\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]");
        client.send(new byte[] {1, 2});
        client.send(new byte[] {3});

        assertThat(client.next())
                .isEqualTo("62-789[{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]");
        assertThat(client.nextMessage()).isEqualTo(new byte[] {1, 2});
        assertThat(client.nextMessage()).isEqualTo(new byte[] {3});
    }

    @Test
    @Behaviour("SIO-ACK-012")
    void an_event_is_acknowledged_only_once_and_not_after_the_client_left() {
        List<Ack> acks = new ArrayList<>();
        socket.on("ask", String.class, (text, ack) -> acks.add(ack));
        client.send("21[\"ask\",\"a\"]");
        client.send("22[\"ask\",\"b\"]");

        acks.get(0).send(1);
        acks.get(0).send(2);
        socket.disconnect();
        acks.get(1).send(3);

        assertThat(client.all()).containsExactly("31[1]", "1");
    }

    @Test
    void two_handlers_of_one_event_share_its_acknowledgement() {
        socket.on("ask", Object.class, (arg, ack) -> ack.send("first"));
        socket.on("ask", event -> event.ack().send("second"));

        client.send("25[\"ask\",null]");

        assertThat(client.all()).containsExactly("35[\"first\"]");
    }

    @Test
    void acknowledging_an_event_that_does_not_ask_for_it_does_nothing() {
        List<Boolean> requested = new ArrayList<>();
        socket.on("tell", Integer.class, (number, ack) -> {
            requested.add(ack.isRequested());
            ack.send(number);
        });

        client.send("2[\"tell\",1]");
        client.send("20[\"tell\",2]");

        assertThat(requested).containsExactly(false, true);
        assertThat(client.all()).containsExactly("30[2]");
    }

    @Test
    void an_answer_that_cannot_be_encoded_can_be_given_again() {
        socket.on("ask", Object.class, (arg, ack) -> {
            assertThatThrownBy(() -> ack.send(Fixture.unencodable())).isInstanceOf(IllegalArgumentException.class);
            ack.send("sorry");
        });

        client.send("21[\"ask\",1]");

        assertThat(client.all()).containsExactly("31[\"sorry\"]");
    }

    // The server asks.

    @Test
    @Behaviour({"SIO-ACK-004", "SIO-ACK-009", "SIO-ACK-014"})
    void a_future_holds_the_first_argument_of_the_answer() {
        CompletableFuture<Integer> first = socket.emitWithAck(Integer.class, "hi", 1, 2);
        CompletableFuture<Integer> second = socket.emitWithAck(Integer.class, "hi");

        assertThat(client.all()).containsExactly("20[\"hi\",1,2]", "21[\"hi\"]");
        client.send("31[7]");
        client.send("30[3,4]");

        assertThat(first).isCompletedWithValue(3);
        assertThat(second).isCompletedWithValue(7);
        nothingIsLeft();
    }

    @Test
    @Behaviour("SIO-ACK-014")
    void ids_are_counted_for_each_namespace() {
        server.io.of("/other");
        client.join("/other");
        server.io.of("/other").sockets().get(0).emitWithAck("a");
        socket.emitWithAck("b");

        assertThat(client.all()).containsExactly("2/other,0[\"a\"]", "20[\"b\"]");
    }

    @Test
    @Behaviour("SIO-ACK-002")
    void an_answer_without_arguments_is_null() {
        CompletableFuture<String> answer = socket.emitWithAck(String.class, "hi");

        client.send("30[]");

        assertThat(answer).isCompletedWithValue(null);
    }

    @Test
    void the_whole_answer_can_be_asked_for() {
        CompletableFuture<Arguments> answer = socket.emitWithAck("hi");

        client.send("30[\"a\",2]");

        assertThat(answer.join().count()).isEqualTo(2);
        assertThat(answer.join().get(0, String.class)).isEqualTo("a");
        assertThat(answer.join().get(1, int.class)).isEqualTo(2);
    }

    @Test
    @Behaviour({"SIO-ACK-006", "SIO-ACK-007"})
    void binary_data_is_asked_and_answered() {
        CompletableFuture<byte[]> answer = socket.emitWithAck(byte[].class, "hi", new byte[] {1});

        assertThat(client.next()).isEqualTo("51-0[\"hi\",{\"_placeholder\":true,\"num\":0}]");
        assertThat(client.nextMessage()).isEqualTo(new byte[] {1});
        client.send("61-0[{\"_placeholder\":true,\"num\":0}]");
        client.send(new byte[] {9, 8});

        assertThat(answer).isCompletedWithValueMatching(bytes -> bytes.length == 2 && bytes[0] == 9);
    }

    @Test
    @Behaviour({"SIO-TMO-003", "SIO-TMO-005"})
    void an_answer_in_time_is_taken() {
        CompletableFuture<Integer> answer = socket.timeout(ofMillis(50)).emitWithAck(Integer.class, "hi");
        server.advance(ofMillis(49));

        client.send("30[1]");
        server.advance(ofMillis(50));

        assertThat(answer).isCompletedWithValue(1);
    }

    @Test
    @Behaviour({"SIO-TMO-001", "SIO-TMO-004", "SIO-TMO-006"})
    void an_answer_that_does_not_come_in_time_fails_the_future() {
        CompletableFuture<Integer> answer = socket.timeout(ofMillis(50)).emitWithAck(Integer.class, "hi");

        server.advance(ofMillis(50));

        assertThat(answer)
                .isCompletedExceptionally()
                .failsWithin(ofSeconds(1))
                .withThrowableThat()
                .withCauseInstanceOf(AckTimeoutException.class)
                .withMessageContaining("operation has timed out");
        client.send("30[1]");
        assertThat(client.isClosed()).isFalse();
        nothingIsLeft();
    }

    @Test
    @Behaviour("SIO-TMO-002")
    void no_time_at_all_fails_once_even_if_the_answer_comes() {
        CompletableFuture<Integer> answer = socket.timeout(ZERO).emitWithAck(Integer.class, "hi");

        server.advance(ZERO);
        client.send("30[1]");

        assertThat(answer).isCompletedExceptionally();
    }

    @Test
    @Behaviour("ABUSE-027")
    void without_a_time_the_configured_one_applies() {
        CompletableFuture<Arguments> answer = socket.emitWithAck("hi");

        for (int i = 0; i < 29; i++) {
            server.advance(ofSeconds(1));
            client.all();
        }
        assertThat(answer).isNotDone();
        server.advance(ofSeconds(1));

        assertThat(answer).isCompletedExceptionally();
    }

    @Test
    @Behaviour({"SIO-ACK-013", "ABUSE-025"})
    void unknown_and_repeated_answers_are_ignored() {
        CompletableFuture<Integer> answer = socket.emitWithAck(Integer.class, "hi");

        client.send("399[1]");
        client.send("30[1]");
        client.send("30[2]");

        assertThat(answer).isCompletedWithValue(1);
        assertThat(client.isClosed()).isFalse();
    }

    @Test
    @Behaviour({"SIO-ACK-015", "ABUSE-027"})
    void a_client_that_leaves_fails_what_it_owes_at_once() {
        CompletableFuture<Integer> answer = socket.emitWithAck(Integer.class, "hi");

        client.close();

        assertThat(answer)
                .isCompletedExceptionally()
                .failsWithin(ofSeconds(1))
                .withThrowableThat()
                .withCauseInstanceOf(SocketDisconnectedException.class);
        nothingIsLeft();
    }

    @Test
    void a_client_that_has_left_is_not_asked() {
        client.close();

        CompletableFuture<Integer> answer = socket.emitWithAck(Integer.class, "hi");

        assertThat(answer).isCompletedExceptionally();
        nothingIsLeft();
    }

    @Test
    void an_answer_of_another_type_fails_the_future() {
        CompletableFuture<Integer> answer = socket.emitWithAck(Integer.class, "hi");

        client.send("30[\"no number\"]");

        assertThat(answer)
                .failsWithin(ofSeconds(1))
                .withThrowableThat()
                .withCauseInstanceOf(MappingException.class)
                .withMessageContaining("acknowledgement: found a string (expected: Integer)");
    }

    @Test
    @Behaviour("ABUSE-027")
    void a_client_may_owe_only_so_many_answers() {
        for (int i = 0; i < 3; i++) {
            assertThat(socket.emitWithAck("hi")).isNotDone();
        }

        assertThat(socket.emitWithAck("hi")).isCompletedExceptionally();

        client.send("30[]");
        assertThat(socket.emitWithAck("hi")).isNotDone();
    }

    @Test
    void cancelling_forgets_the_answer() {
        CompletableFuture<Arguments> answer = socket.emitWithAck("hi");

        answer.cancel(false);

        assertThat(socket.acks().size()).isZero();
        nothingIsLeft();
    }

    @Test
    void a_negative_time_is_refused() {
        assertThatThrownBy(() -> socket.timeout(ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-0.001S (expected: >= 0)");
    }

    // The server asks many.

    @Test
    @Behaviour({"SIO-MANY-015", "SIO-MANY-017"})
    void a_broadcast_collects_the_answers_of_all() {
        Client second = server.connect();
        CompletableFuture<List<Integer>> answers = server.io.emitWithAck(Integer.class, "hi", "x");

        assertThat(client.all()).containsExactly("20[\"hi\",\"x\"]");
        assertThat(second.all()).containsExactly("20[\"hi\",\"x\"]");
        second.send("30[2]");
        assertThat(answers).isNotDone();
        client.send("30[1]");

        assertThat(answers).isCompletedWithValue(List.of(2, 1));
        second.close();
        nothingIsLeft();
    }

    @Test
    @Behaviour({"SIO-MANY-016", "SIO-MANY-018", "SIO-MANY-028", "SEC-017"})
    void a_broadcast_that_is_not_answered_by_all_fails_with_the_answers_so_far() {
        Client second = server.connect();
        CompletableFuture<List<Integer>> answers =
                server.io.timeout(ofMillis(200)).emitWithAck(Integer.class, "hi");
        second.send("30[2]");

        server.advance(ofMillis(200));

        assertThat(answers).isCompletedExceptionally();
        assertThat(answers.handle((all, failure) -> ((AckTimeoutException) failure).responses())
                        .join())
                .isEqualTo(List.of(2));
        assertThat(server.io.sockets()).allMatch(each -> each.acks().size() == 0);
        client.send("30[1]");
        assertThat(client.isClosed()).isFalse();
    }

    @Test
    @Behaviour("SIO-MANY-019")
    void a_broadcast_to_nobody_is_complete_at_once() {
        assertThat(server.io.to("nowhere").emitWithAck(Integer.class, "hi")).isCompletedWithValue(List.of());
        assertThat(server.io.pendingTimeouts()).isZero();
    }

    @Test
    void a_broadcast_does_not_wait_for_a_client_that_left() {
        Client second = server.connect();
        CompletableFuture<List<String>> answers = server.io.emitWithAck(String.class, "hi");
        client.send("30[\"here\"]");

        second.close();

        assertThat(answers).isCompletedWithValue(List.of("here"));
    }

    @Test
    void the_whole_answers_to_a_broadcast_can_be_asked_for() {
        CompletableFuture<List<Arguments>> answers = server.io.emitWithAck("hi");

        client.send("30[{\"a\":1},2]");

        assertThat(answers.join()).singleElement().satisfies(answer -> {
            assertThat(answer.get(0, Object.class)).isEqualTo(Map.of("a", 1));
            assertThat(answer.count()).isEqualTo(2);
        });
    }

    @Test
    void cancelling_a_broadcast_forgets_the_answers_of_all() {
        CompletableFuture<List<Arguments>> answers = server.io.emitWithAck("hi");

        answers.cancel(false);

        nothingIsLeft();
    }

    @Test
    void a_sender_collects_answers_from_the_others() {
        Client second = server.connect();
        CompletableFuture<List<Integer>> answers =
                socket.timeout(ofSeconds(1)).broadcast().emitWithAck(Integer.class, "hi");

        second.send("30[5]");

        assertThat(answers).isCompletedWithValue(List.of(5));
        assertThat(client.all()).isEmpty();
    }
}
