package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.protocol.PacketBundle;
import dev.parley.protocol.Utf8;
import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryWebSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Clients that read too slowly. */
class BackPressureTest extends EngineFixture {

    @Test
    void what_a_slow_web_socket_does_not_take_waits_until_it_is_writable() {
        MemoryWebSocket webSocket = openWebSocket();
        webSocket.stopReading();

        session().send("a");
        session().send("b");
        assertThat(webSocket.poll()).isNull();
        assertThat(session().queuedMessages()).isEqualTo(2);
        assertThat(session().queuedBytes()).isEqualTo(4);
        webSocket.resumeReading();

        assertThat(webSocket.poll()).isEqualTo("4a");
        assertThat(webSocket.poll()).isEqualTo("4b");
        assertThat(session().queuedMessages()).isZero();
        assertThat(session().queuedBytes()).isZero();
        session().send("c");
        assertThat(webSocket.poll()).isEqualTo("4c");
    }

    @Test
    @Behaviour("EIO-WS-017")
    void a_session_is_writable_if_a_message_would_leave_at_once() {
        MemoryWebSocket webSocket = openWebSocket();
        assertThat(session().isWritable()).isTrue();

        webSocket.stopReading();
        assertThat(session().isWritable()).isFalse();
        webSocket.resumeReading();
        assertThat(session().isWritable()).isTrue();

        session().close();
        assertThat(session().isWritable()).isFalse();
    }

    @Test
    void a_polling_session_is_writable_while_a_poll_waits() {
        PollingClient client = openPolling();
        assertThat(session().isWritable()).isFalse();

        client.poll();
        assertThat(session().isWritable()).isTrue();

        session().send("a");
        assertThat(session().isWritable()).isFalse();
    }

    @Test
    void a_session_is_closed_if_too_many_messages_wait() {
        serve(options -> options.maxQueuedMessages(2));
        openPolling();
        Recorder patient = recorder();
        openPolling();

        assertThat(session().send("a")).isTrue();
        assertThat(session().send("b")).isTrue();
        assertThat(session().send("c")).isFalse();

        assertThat(recorder().reason()).isEqualTo(CloseReason.TRANSPORT_ERROR);
        assertThat(recorder().cause()).hasMessageContaining("outgoing queue full");
        assertThat(patient.session().isOpen()).isTrue();
        assertThat(engine.sessionCount()).isEqualTo(1);
    }

    @Test
    void a_session_is_closed_if_too_many_bytes_wait() {
        serve(options -> options.maxQueuedBytes(10));
        MemoryWebSocket webSocket = openWebSocket();
        webSocket.stopReading();

        assertThat(session().send("12345")).isTrue();
        assertThat(session().send("123")).isTrue();
        assertThat(session().send("1")).isFalse();

        assertThat(webSocket.isClosed()).isTrue();
        assertThat(recorder().reason()).isEqualTo(CloseReason.TRANSPORT_ERROR);
    }

    @Test
    void attachments_count_as_bytes_that_wait() {
        serve(options -> options.maxQueuedBytes(10));
        openPolling();

        session().send("1");
        boolean sent = session().send(PacketBundle.message(Utf8.of("4"), List.of(new byte[4], new byte[4])));

        assertThat(sent).isFalse();
        assertThat(session().isOpen()).isFalse();
    }

    @Test
    void a_single_message_may_be_longer_than_what_may_wait() {
        serve(options -> options.maxQueuedBytes(10));
        PollingClient client = openPolling();

        assertThat(session().send("a".repeat(100))).isTrue();

        assertThat(client.poll().text()).hasSize(101);
    }

    @Test
    void a_client_that_keeps_up_may_be_sent_any_amount() {
        serve(options -> options.maxQueuedMessages(2).maxQueuedBytes(10));
        MemoryWebSocket webSocket = openWebSocket();

        for (int i = 0; i < 100; i++) {
            assertThat(session().send("12345")).isTrue();
            assertThat(webSocket.poll()).isEqualTo("412345");
        }
    }

    @Test
    void pings_do_not_pile_up_for_a_client_that_does_not_read() {
        MemoryWebSocket webSocket = openWebSocket();
        webSocket.stopReading();

        time.advance(PING_INTERVAL.plus(PING_TIMEOUT).minusMillis(1));

        assertThat(session().queuedMessages()).isEqualTo(1);
    }

    @Test
    void what_waits_at_an_upgrade_to_a_slow_web_socket_goes_on_waiting() {
        PollingClient client = openPolling();
        MemoryWebSocket webSocket = client.probe();
        session().send("a");
        webSocket.stopReading();

        webSocket.send("5");
        session().send("b");
        assertThat(webSocket.poll()).isNull();
        webSocket.resumeReading();

        assertThat(webSocket.poll()).isEqualTo("4a");
        assertThat(webSocket.poll()).isEqualTo("4b");
    }

    @Test
    void a_web_socket_that_becomes_writable_before_the_upgrade_is_left_alone() {
        PollingClient client = openPolling();
        MemoryWebSocket webSocket = client.probe();
        webSocket.stopReading();
        session().send("a");

        webSocket.resumeReading();

        assertThat(webSocket.poll()).isNull();
        assertThat(client.poll().text()).isEqualTo("4a");
    }

    @Test
    void a_session_closes_when_a_slow_client_has_taken_all() {
        MemoryWebSocket webSocket = openWebSocket();
        webSocket.stopReading();
        session().send("a");
        session().close();
        assertThat(webSocket.isClosed()).isFalse();

        webSocket.resumeReading();

        assertThat(webSocket.poll()).isEqualTo("4a");
        assertThat(webSocket.isClosed()).isTrue();
    }

    @Test
    void the_poll_that_comes_when_much_has_gathered_takes_it_all() {
        PollingClient client = openPolling();
        for (int i = 0; i < 1000; i++) {
            session().send("a");
        }

        MemoryExchange poll = client.poll();

        assertThat(poll.text().split(SEP)).hasSize(1000).containsOnly("4a");
        assertThat(session().queuedBytes()).isZero();
    }

    @Test
    @Behaviour("ABUSE-080")
    void what_is_of_no_use_later_is_dropped_and_counted_unless_it_leaves_at_once() {
        MemoryWebSocket webSocket = openWebSocket();
        assertThat(session().sendVolatile(PacketBundle.text("now"))).isTrue();
        webSocket.stopReading();

        assertThat(session().sendVolatile(PacketBundle.text("lost"))).isFalse();
        assertThat(session().sendVolatile(PacketBundle.text("lost"))).isFalse();
        webSocket.resumeReading();

        assertThat(webSocket.poll()).isEqualTo("4now");
        assertThat(webSocket.poll()).isNull();
        assertThat(session().droppedMessages()).isEqualTo(2);
        assertThat(engine.droppedMessages()).isEqualTo(2);
        session().abort();
        assertThat(session().sendVolatile(PacketBundle.text("late"))).isFalse();
        assertThat(engine.droppedMessages()).as("there was nobody to lose it").isEqualTo(2);
    }

    @Test
    void what_can_be_done_without_waits_until_room_is_needed() {
        serve(options -> options.maxQueuedMessages(8));
        MemoryWebSocket webSocket = openWebSocket();
        webSocket.stopReading();
        session().send("first");
        for (int i = 0; i < 7; i++) {
            assertThat(session().sendDroppable(PacketBundle.text("old" + i))).isTrue();
        }

        assertThat(session().send("needs room")).isTrue();
        assertThat(session().sendDroppable(PacketBundle.text("new"))).isTrue();
        assertThat(session().droppedMessages()).isEqualTo(3);
        webSocket.resumeReading();

        assertThat(webSocket.poll()).isEqualTo("4first");
        for (int i = 3; i < 7; i++) {
            assertThat(webSocket.poll()).isEqualTo("4old" + i);
        }
        assertThat(webSocket.poll()).isEqualTo("4needs room");
        assertThat(webSocket.poll()).isEqualTo("4new");
    }

    @Test
    void what_can_be_done_without_never_closes_a_session() {
        serve(options -> options.maxQueuedMessages(2));
        openWebSocket().stopReading();
        session().send("a");
        session().send("b");

        assertThat(session().sendDroppable(PacketBundle.text("c"))).isFalse();

        assertThat(session().isOpen()).isTrue();
        assertThat(session().droppedMessages()).isOne();
        assertThat(session().send("d")).isFalse();
        assertThat(recorder().cause()).isInstanceOf(OutgoingQueueFullException.class);
        assertThat(session().sendDroppable(PacketBundle.text("e"))).isFalse();
        assertThat(session().droppedMessages()).isOne();
    }

    @Test
    void an_offer_is_refused_where_room_gets_short() {
        serve(options -> options.maxQueuedMessages(8));
        MemoryWebSocket webSocket = openWebSocket();
        webSocket.stopReading();
        for (int i = 0; i < 6; i++) {
            assertThat(session().offer(PacketBundle.text("offered"))).isTrue();
        }

        assertThat(session().offer(PacketBundle.text("one more"))).isFalse();

        assertThat(session().isOpen()).isTrue();
        assertThat(session().queuedMessages()).isEqualTo(6);
        assertThat(session().droppedMessages())
                .as("who was refused may do as it likes")
                .isZero();
        assertThat(session().send("sent")).isTrue();
        webSocket.resumeReading();
        assertThat(session().offer(PacketBundle.text("in time"))).isTrue();
        session().abort();
        assertThat(session().offer(PacketBundle.text("late")))
                .as("no room is needed")
                .isTrue();
    }
}
