package dev.parley.examples.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.testing.TestClient;
import dev.parley.testing.TestServer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReliableChatTest {

    private final TestServer server = TestServer.create(ReliableChat::options);

    @BeforeEach
    void start_the_chat() {
        ReliableChat.on(server.io());
    }

    @AfterEach
    void close_the_server() {
        server.close();
    }

    @Test
    void publishes_a_message_once_however_often_it_is_sent() {
        TestClient ann = server.connect();

        assertThat(ann.emitWithAck("say", "key-1", "hello").get(Integer.class)).isEqualTo(1);
        assertThat(ann.emitWithAck("say", "key-1", "hello").get(Integer.class)).isEqualTo(1);

        ann.expect("message", 1, "hello");
        ann.expectNothing();
    }

    @Test
    void sends_what_a_client_has_missed_for_a_moment() {
        TestClient ann = server.connect();
        TestClient bob = server.connect();
        ann.emit("say", "key-1", "one");
        bob.expect("message", 1, "one");
        bob.cut();
        ann.emit("say", "key-2", "two");

        TestClient again = server.reconnect(bob);

        assertThat(again.recovered()).isTrue();
        again.expect("message", 2, "two");
        again.expectNothing();
    }

    @Test
    void sends_what_a_client_has_missed_for_an_hour() {
        TestClient ann = server.connect();
        ann.emit("say", "key-1", "one");
        ann.emit("say", "key-2", "two");
        server.advance(Duration.ofHours(1));

        TestClient bob = server.connect("/", Map.of("seen", 1));

        bob.expect("message", 2, "two");
        bob.expectNothing();
    }
}
