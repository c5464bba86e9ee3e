package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Fixture.Client;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Events that a client sends again are handled once. */
class IdempotencyKeysTest {

    private final Fixture server = new Fixture();
    private final IdempotencyKeys keys = IdempotencyKeys.remembering(3);
    private final List<String> handled = new ArrayList<>();
    private final List<CompletableFuture<Object>> later = new ArrayList<>();

    IdempotencyKeysTest() {
        server.io.onConnection(socket -> {
            socket.on(
                    "order",
                    String.class,
                    String.class,
                    (key, what, ack) -> keys.once(key, ack, () -> {
                        handled.add(what);
                        return what + " " + handled.size();
                    }));
            socket.on(
                    "note",
                    String.class,
                    (key, ack) -> keys.once(key, ack, () -> {
                        handled.add("note");
                        return null;
                    }));
            socket.on(
                    "fail",
                    String.class,
                    (key, ack) -> keys.once(key, ack, () -> {
                        handled.add("fail");
                        if (handled.size() == 1) {
                            throw new IllegalStateException("no stock");
                        }
                        return handled.size() == 2 ? Fixture.unencodable() : "ok";
                    }));
            socket.on(
                    "slow",
                    String.class,
                    (key, ack) -> keys.onceAsync(key, ack, () -> {
                        CompletableFuture<Object> answer = new CompletableFuture<>();
                        later.add(answer);
                        return answer;
                    }));
        });
    }

    @Test
    void an_event_that_is_sent_again_gets_the_first_answer() {
        Client client = server.connect();

        client.send("20[\"order\",\"k1\",\"tea\"]");
        client.send("21[\"order\",\"k1\",\"tea\"]");
        client.send("22[\"order\",\"k2\",\"cake\"]");

        assertThat(client.all()).containsExactly("30[\"tea 1\"]", "31[\"tea 1\"]", "32[\"cake 2\"]");
        assertThat(handled).containsExactly("tea", "cake");
    }

    @Test
    void it_may_come_over_another_connection() {
        Client client = server.connect();
        client.send("20[\"order\",\"k1\",\"tea\"]");
        client.close();
        Client again = server.connect();

        again.send("20[\"order\",\"k1\",\"tea\"]");

        assertThat(again.all()).containsExactly("30[\"tea 1\"]");
        assertThat(handled).containsExactly("tea");
    }

    @Test
    void an_answer_of_null_has_no_arguments() {
        Client client = server.connect();

        client.send("20[\"note\",\"k1\"]");
        client.send("21[\"note\",\"k1\"]");

        assertThat(client.all()).containsExactly("30[]", "31[]");
        assertThat(handled).containsExactly("note");
    }

    @Test
    void one_that_does_not_ask_for_an_acknowledgement_is_handled_once_too() {
        Client client = server.connect();

        client.send("2[\"order\",\"k1\",\"tea\"]");
        client.send("2[\"order\",\"k1\",\"tea\"]");

        assertThat(client.all()).isEmpty();
        assertThat(handled).containsExactly("tea");
    }

    @Test
    void one_whose_handler_fails_can_be_sent_again() {
        Client client = server.connect();

        client.send("20[\"fail\",\"k1\"]");
        client.send("21[\"fail\",\"k1\"]");
        client.send("22[\"fail\",\"k1\"]");
        client.send("23[\"fail\",\"k1\"]");

        assertThat(client.all()).containsExactly("32[\"ok\"]", "33[\"ok\"]");
        assertThat(server.errors)
                .extracting(error -> error.exception().getClass().getSimpleName())
                .containsExactly("IllegalStateException", "IllegalArgumentException");
    }

    @Test
    void all_that_come_while_the_first_is_handled_are_answered_with_it() {
        Client client = server.connect();
        client.send("20[\"slow\",\"k1\"]");
        client.send("21[\"slow\",\"k1\"]");
        assertThat(client.all()).isEmpty();

        later.get(0).complete("done");
        client.send("22[\"slow\",\"k1\"]");

        assertThat(later).hasSize(1);
        assertThat(client.all()).containsExactlyInAnyOrder("30[\"done\"]", "31[\"done\"]", "32[\"done\"]");
    }

    @Test
    void one_whose_answer_fails_later_can_be_sent_again() {
        Client client = server.connect();
        client.send("20[\"slow\",\"k1\"]");
        later.get(0).completeExceptionally(new IllegalStateException("no stock"));

        client.send("21[\"slow\",\"k1\"]");
        later.get(1).complete("done");

        assertThat(client.all()).containsExactly("31[\"done\"]");
    }

    @Test
    void one_whose_handler_returns_no_stage_can_be_sent_again() {
        assertThatThrownBy(() -> keys.onceAsync("k", Ack.of(null), () -> null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("stage");

        keys.once("k", Ack.of(null), () -> handled.add("again"));

        assertThat(handled).containsExactly("again");
    }

    @Test
    void the_oldest_keys_are_forgotten() {
        Client client = server.connect();
        for (int i = 0; i < 4; i++) {
            client.send("2" + i + "[\"order\",\"k" + i + "\",\"tea\"]");
        }
        handled.clear();

        client.send("2[\"order\",\"k1\",\"tea\"]");
        assertThat(handled).isEmpty();
        client.send("2[\"order\",\"k0\",\"tea\"]");
        assertThat(handled).hasSize(1);
    }

    @Test
    void there_has_to_be_room_for_a_key() {
        assertThatThrownBy(() -> IdempotencyKeys.remembering(0)).hasMessage("maxKeys: 0 (expected: > 0)");
    }
}
