package dev.parley.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.examples.chat.Chat.Message;
import dev.parley.examples.chat.Chat.Refusal;
import dev.parley.examples.chat.Chat.Welcome;
import dev.parley.testing.TestClient;
import dev.parley.testing.TestServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChatTest {

    private final TestServer server = TestServer.create();

    @BeforeEach
    void start_the_chat() {
        Chat.on(server.io());
    }

    @AfterEach
    void close_the_server() {
        server.close();
    }

    @Test
    void tells_everyone_what_somebody_says() {
        TestClient ann = server.connect();
        TestClient bob = server.connect();
        ann.emit("join", "ann");
        bob.emit("join", "bob");
        ann.expect("joined", "bob", List.of("ann", "bob"));

        ann.emit("chat message", "Hello!");

        ann.expect("chat message", new Message("ann", "Hello!"));
        bob.expect("chat message", new Message("ann", "Hello!"));
    }

    @Test
    void tells_somebody_who_joins_who_is_online() {
        join("bob");

        TestClient ann = server.connect();
        Welcome answer = ann.emitWithAck("join", " ann ").get(Welcome.class);

        assertThat(answer).isEqualTo(new Welcome("ann", List.of("ann", "bob")));
        ann.expectNothing();
    }

    @Test
    void refuses_nicknames_that_are_empty_or_too_long() {
        TestClient ann = server.connect();

        Refusal refusal = new Refusal("A nickname has 1 to 24 characters.");
        assertThat(ann.emitWithAck("join", " ").get(Refusal.class)).isEqualTo(refusal);
        assertThat(ann.emitWithAck("join", "a".repeat(25)).get(Refusal.class)).isEqualTo(refusal);
        assertThat(ann.emitWithAck("join", "a".repeat(24)).get(Welcome.class)).isNotNull();
    }

    @Test
    void lets_nobody_join_twice() {
        TestClient ann = join("ann");

        Refusal answer = ann.emitWithAck("join", "anna").get(Refusal.class);

        assertThat(answer).isEqualTo(new Refusal("You have joined already."));
    }

    @Test
    void passes_nothing_on_from_or_to_somebody_who_has_not_joined() {
        TestClient ann = join("ann");
        TestClient stranger = server.connect();

        stranger.emit("chat message", "Hello!");
        stranger.emit("typing", true);
        ann.emit("chat message", "Is anybody here?");

        ann.expect("chat message", new Message("ann", "Is anybody here?"));
        ann.expectNothing();
        stranger.expectNothing();
    }

    @Test
    void passes_no_empty_or_endless_texts_on() {
        TestClient ann = join("ann");

        ann.emit("chat message", "  ");
        ann.emit("chat message", "a".repeat(1001));

        ann.expectNothing();
    }

    @Test
    void tells_the_others_who_is_typing() {
        TestClient ann = join("ann");
        TestClient bob = join("bob");
        ann.expect("joined");

        ann.emit("typing", true);
        ann.emit("typing", false);

        bob.expect("typing", "ann", true);
        bob.expect("typing", "ann", false);
        ann.expectNothing();
    }

    @Test
    void tells_the_others_who_leaves() {
        TestClient ann = join("ann");
        TestClient bob = join("bob");

        ann.cut();

        bob.expect("left", "ann", List.of("bob"));
    }

    @Test
    void counts_somebody_with_two_tabs_once() {
        TestClient bob = join("bob");
        TestClient firstTab = join("ann");
        bob.expect("joined", "ann", List.of("ann", "bob"));
        TestClient secondTab = join("ann");

        firstTab.disconnect();
        bob.expectNothing();
        secondTab.disconnect();
        bob.expect("left", "ann", List.of("bob"));
    }

    @Test
    void survives_events_that_make_no_sense() {
        TestClient ann = join("ann");

        ann.emit("join", 42);
        ann.emit("chat message", (Object) null);
        ann.emit("chat message", Map.of());
        ann.emit("typing");
        ann.emit("chat message", "Still here");

        ann.expect("chat message", new Message("ann", "Still here"));
        ann.expectNothing();
    }

    private TestClient join(String nickname) {
        TestClient client = server.connect();
        client.emit("join", nickname);
        return client;
    }
}
