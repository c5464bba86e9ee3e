package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Fixture.Client;
import dev.parley.engine.OutgoingQueueFullException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What becomes of clients for which there is no room left to wait. */
class OverflowPolicyTest {

    private static final int ROOM = 8;

    private final List<Object> log = new ArrayList<>();
    private Fixture server;
    private Client slow;
    private Socket socket;

    private void serve(OverflowPolicy policy) {
        serve(new Fixture(options -> options.overflowPolicy(policy).engine(engine -> engine.maxQueuedMessages(ROOM))));
    }

    /** Connects a client that does not read. */
    private void serve(Fixture fixture) {
        server = fixture;
        slow = server.connect();
        socket = server.io.sockets().get(0);
        socket.onDisconnect((reason, cause) -> log.add(cause));
        slow.webSocket.stopReading();
    }

    private void assertThatTheSlowClientWasClosed() {
        assertThat(slow.isClosed()).isTrue();
        assertThat(log).singleElement().isInstanceOf(OutgoingQueueFullException.class);
    }

    @Test
    @Behaviour("ABUSE-079")
    void a_client_beyond_the_limit_is_closed_unless_the_application_wants_something_else() {
        serve(OverflowPolicy.close());
        for (int i = 0; i < ROOM; i++) {
            server.io.emit("x");
        }
        server.io.asVolatile().emit("lost");
        assertThat(slow.isClosed()).isFalse();
        assertThat(socket.conn().droppedMessages()).isOne();

        server.io.emit("x");

        assertThatTheSlowClientWasClosed();
        assertThat(server.io.engine().droppedMessages()).isOne();
    }

    @Test
    @Behaviour("ABUSE-079")
    void volatile_events_may_wait_and_the_oldest_give_way() {
        serve(OverflowPolicy.dropVolatile());
        Client other = server.connect();
        socket.emit("kept");
        for (int i = 0; i < 100; i++) {
            server.io.asVolatile().emit("state", i);
        }
        socket.asVolatile().emit("own", new byte[] {1});
        server.io.emit("kept");
        slow.webSocket.resumeReading();

        assertThat(other.all()).as("a client that keeps up").hasSize(101);
        List<Object> packets = new ArrayList<>();
        for (Object next = slow.nextMessage(); next != null; next = slow.nextMessage()) {
            packets.add(next instanceof String ? next : "attachment");
        }
        assertThat(packets).startsWith("2[\"kept\"]").endsWith("attachment", "2[\"kept\"]");
        assertThat(packets).contains("2[\"state\",99]").doesNotContain("2[\"state\",0]", "2[\"state\",90]");
        int received = packets.size() - 1;
        assertThat(received).isLessThanOrEqualTo(ROOM);
        assertThat(socket.conn().droppedMessages()).isEqualTo(103 - received);
        assertThat(server.io.engine().droppedMessages()).isEqualTo(103 - received);
    }

    @Test
    void a_client_for_which_too_much_else_waits_is_closed_though_volatile_events_give_way() {
        serve(OverflowPolicy.dropVolatile());
        for (int i = 0; i < ROOM; i++) {
            server.io.emit("x");
            server.io.asVolatile().emit("lost");
        }
        assertThat(slow.isClosed()).isFalse();

        server.io.emit("x");

        assertThatTheSlowClientWasClosed();
    }

    @Test
    @Behaviour("ABUSE-079")
    void the_application_may_let_a_client_stay_and_miss_events() {
        List<Socket> asked = new ArrayList<>();
        serve(OverflowPolicy.dropIf(who -> asked.add(who)));
        Client other = server.connect();

        for (int i = 0; i < 20; i++) {
            server.io.emit("x", i);
        }
        slow.webSocket.resumeReading();
        server.io.emit("again");

        assertThat(slow.all())
                .containsExactly(
                        "2[\"x\",0]",
                        "2[\"x\",1]",
                        "2[\"x\",2]",
                        "2[\"x\",3]",
                        "2[\"x\",4]",
                        "2[\"x\",5]",
                        "2[\"again\"]");
        assertThat(other.all()).hasSize(21);
        assertThat(asked).hasSize(14).containsOnly(socket);
        assertThat(socket.conn().droppedMessages()).isEqualTo(14);
    }

    @Test
    void the_application_may_have_a_client_closed() {
        serve(OverflowPolicy.dropIf(who -> who.conn().droppedMessages() < 3));

        for (int i = 0; i < ROOM - 2 + 3; i++) {
            server.io.emit("x");
        }
        assertThat(slow.isClosed()).isFalse();
        assertThat(socket.conn().droppedMessages()).isEqualTo(3);
        // What is not dropped may take the last quarter, too.
        server.io.emit("x");
        server.io.emit("x");
        assertThat(slow.isClosed()).isFalse();

        server.io.emit("x");

        assertThatTheSlowClientWasClosed();
    }

    @Test
    void a_decision_that_fails_is_told_to_the_error_hook_and_closes_the_client() {
        RuntimeException failure = new IllegalStateException("on purpose");
        Predicate<Socket> failing = who -> {
            throw failure;
        };
        serve(OverflowPolicy.dropIf(failing));

        for (int i = 0; i < ROOM + 1; i++) {
            server.io.emit("x", i);
        }

        assertThatTheSlowClientWasClosed();
        assertThat(server.errors).hasSize(3).allSatisfy(error -> {
            assertThat(error.event()).isEqualTo("x");
            assertThat(error.exception()).isSameAs(failure);
        });
    }

    @Test
    void acknowledgements_and_what_asks_for_one_are_never_dropped() {
        serve(OverflowPolicy.dropIf(who -> true));
        socket.on("question", event -> event.ack().send("answer"));
        for (int i = 0; i < 20; i++) {
            server.io.emit("x");
        }
        int dropped = socket.conn().droppedMessages();

        var answer = socket.emitWithAck(String.class, "question");
        slow.send("27[\"question\"]");
        slow.webSocket.resumeReading();

        assertThat(slow.all()).endsWith("20[\"question\"]", "37[\"answer\"]");
        slow.send("30[\"yes\"]");
        assertThat(answer).isCompletedWithValue("yes");
        assertThat(socket.conn().droppedMessages()).isEqualTo(dropped);
    }

    @Test
    void too_many_packets_that_are_not_to_be_dropped_close_the_client_in_any_case() {
        serve(OverflowPolicy.dropIf(who -> true));

        for (int i = 0; i < ROOM + 1; i++) {
            var answer = server.io.emitWithAck(String.class, "question");
            assertThat(answer.isDone()).isEqualTo(i == ROOM);
        }

        assertThatTheSlowClientWasClosed();
    }

    @Test
    void no_event_of_a_socket_that_may_recover_is_dropped_but_volatile_ones() {
        serve(new Fixture(options -> options.overflowPolicy(OverflowPolicy.dropIf(who -> {
                    throw new AssertionError("asked about a client that could not know what it has missed");
                }))
                .connectionStateRecovery(ConnectionStateRecovery.defaults())
                .engine(engine -> engine.maxQueuedMessages(ROOM))));
        for (int i = 0; i < ROOM; i++) {
            server.io.emit("x");
            socket.asVolatile().emit("lost");
        }
        assertThat(socket.conn().droppedMessages()).isEqualTo(ROOM);

        socket.emit("x");

        assertThatTheSlowClientWasClosed();
        assertThat(server.errors).isEmpty();
    }

    @Test
    void a_polling_client_is_treated_in_the_same_way() {
        serve(OverflowPolicy.dropVolatile());
        String open =
                server.transport.get("/socket.io/?EIO=4&transport=polling").text();
        String sid = open.substring(open.indexOf("\"sid\":\"") + 7, open.indexOf("\",\"upgrades"));
        String uri = "/socket.io/?EIO=4&transport=polling&sid=" + sid;
        server.transport.post(uri, "40");
        server.transport.get(uri);

        for (int i = 0; i < 100; i++) {
            server.io.asVolatile().emit("state", i);
        }

        assertThat(server.transport.get(uri).text().split("\u001e"))
                .hasSizeLessThanOrEqualTo(ROOM)
                .endsWith("42[\"state\",99]");
    }

    @Test
    void policies_have_names() {
        assertThat(SocketIoOptions.defaults().overflowPolicy()).hasToString("close");
        assertThat(OverflowPolicy.dropVolatile()).hasToString("dropVolatile");
        assertThat(OverflowPolicy.dropIf(who -> true)).hasToString("dropIf");
    }
}
