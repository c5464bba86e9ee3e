package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryWebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is sent arrives, once and in order. */
class MessagesTest extends EngineFixture {

    @Test
    @Behaviour("EIO-MSG-001")
    void what_is_sent_at_once_to_a_polling_client_comes_with_its_first_poll() {
        onOpened = session -> session.send("a");

        assertThat(openPolling().poll().text()).isEqualTo("4a");
    }

    @Test
    @Behaviour("EIO-MSG-003")
    void what_is_sent_at_once_to_a_client_on_a_web_socket_follows_the_handshake() {
        onOpened = session -> session.send("a");

        assertThat(openWebSocket().poll()).isEqualTo("4a");
    }

    @Test
    @Behaviour("EIO-MSG-002")
    void what_is_sent_over_time_and_just_before_the_end_arrives_in_order_by_polling() {
        PollingClient client = openPolling();

        MemoryExchange poll = client.poll();
        session().send("a");
        assertThat(poll.text()).isEqualTo("4a");
        session().send("b");
        session().send("c");
        session().close();

        assertThat(client.poll().text()).isEqualTo("4b" + SEP + "4c");
        assertThat(client.poll().text()).isEqualTo("6" + SEP + "1");
    }

    @Test
    @Behaviour({"EIO-MSG-004", "EIO-MSG-005"})
    void what_is_sent_just_before_the_end_arrives_in_order_on_a_web_socket() {
        onMessage = (session, message) -> {
            List.of("a", "b", "c").forEach(session::send);
            session.close();
        };
        MemoryWebSocket webSocket = openWebSocket();

        webSocket.send("4now");

        assertThat(received(webSocket)).containsExactly("4a", "4b", "4c");
        assertThat(webSocket.isClosed()).isTrue();
    }

    @Test
    @Behaviour("EIO-SEND-003")
    void questions_and_answers_keep_their_order_by_polling() {
        echo();
        PollingClient client = openPolling();

        for (int i = 0; i < 10; i++) {
            MemoryExchange poll = client.poll();
            assertThat(client.push("4" + i).text()).isEqualTo("ok");
            assertThat(poll.text()).isEqualTo("4" + i);
        }
    }

    @Test
    @Behaviour("EIO-SEND-004")
    void questions_and_answers_keep_their_order_on_a_web_socket() {
        echo();
        MemoryWebSocket webSocket = openWebSocket();

        for (int i = 0; i < 10; i++) {
            webSocket.send("4" + i);
            assertThat(webSocket.poll()).isEqualTo("4" + i);
        }
    }

    @Test
    @Behaviour("EIO-SEND-009")
    void each_message_arrives_once() {
        PollingClient client = openPolling();
        List.of("a", "b", "c").forEach(session()::send);
        assertThat(client.poll().text()).isEqualTo("4a" + SEP + "4b" + SEP + "4c");
        assertThat(client.poll().isAnswered()).isFalse();

        MemoryWebSocket webSocket = openWebSocket();
        List.of("a", "b", "c").forEach(session()::send);
        assertThat(received(webSocket)).containsExactly("4a", "4b", "4c");
    }

    @Test
    @Behaviour("EIO-UPG-001")
    void nothing_is_lost_doubled_or_reordered_by_an_upgrade() {
        PollingClient client = openPolling();
        List<Object> down = new ArrayList<>();
        MemoryWebSocket webSocket = null;
        MemoryExchange poll = client.poll();

        for (int i = 0; i < 50; i++) {
            session().send("d" + i);
            if (i == 20) {
                webSocket = client.probe();
            }
            if (i == 30) {
                webSocket.send("5");
            }
            if (i < 30) {
                client.push("4u" + i);
                down.addAll(List.of(poll.text().split(SEP)));
                poll = client.poll();
            } else {
                webSocket.send("4u" + i);
            }
        }
        down.addAll(List.of(poll.text().split(SEP)));
        down.removeIf("6"::equals);
        down.addAll(received(webSocket));

        assertThat(recorder().messages())
                .isEqualTo(IntStream.range(0, 50).mapToObj(i -> "u" + i).toList());
        assertThat(down)
                .isEqualTo(IntStream.range(0, 50).mapToObj(i -> "4d" + i).toList());
    }

    private static List<Object> received(MemoryWebSocket webSocket) {
        List<Object> received = new ArrayList<>();
        for (Object message = webSocket.poll(); message != null; message = webSocket.poll()) {
            received.add(message);
        }
        return received;
    }
}
