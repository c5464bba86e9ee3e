package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Fixture.Client;
import dev.parley.testing.MemoryExchange;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Events that may be lost, to clients that do and do not keep up. */
class VolatileTest {

    private final Fixture server = new Fixture();
    private final Client client = server.connect();
    private final Socket socket = server.io.sockets().get(0);

    @Test
    @Behaviour({"SIO-VOL-004", "SIO-NS-021"})
    void an_idle_client_gets_them() {
        socket.asVolatile().emit("a");
        server.io.asVolatile().emit("b");

        assertThat(client.all()).containsExactly("2[\"a\"]", "2[\"b\"]");
    }

    @Test
    @Behaviour({"SIO-VOL-002", "SIO-VOL-006", "SIO-VOL-010", "SIO-NS-020"})
    void a_client_that_does_not_read_loses_them_and_nothing_else() {
        client.webSocket.stopReading();
        socket.emit("kept");
        assertThat(socket.isWritable()).isFalse();

        socket.asVolatile().emit("lost");
        server.io.asVolatile().emit("lost");
        socket.emit("kept");
        client.webSocket.resumeReading();

        assertThat(client.all()).containsExactly("2[\"kept\"]", "2[\"kept\"]");
        assertThat(socket.isWritable()).isTrue();
        assertThat(socket.queuedBytes()).isZero();
    }

    @Test
    @Behaviour({"SIO-VOL-007", "SIO-VOL-008"})
    void an_event_with_attachments_is_sent_whole_or_not_at_all() {
        socket.asVolatile().emit("first", new byte[] {1});
        client.webSocket.stopReading();
        socket.asVolatile().emit("second", new byte[] {2});
        server.io.asVolatile().emit("third", new byte[] {3});
        client.webSocket.resumeReading();

        assertThat(client.next()).startsWith("51-[\"first\"");
        assertThat(client.nextMessage()).isEqualTo(new byte[] {1});
        assertThat(client.nextMessage()).isNull();
    }

    @Test
    @Behaviour({"SIO-VOL-001", "SIO-VOL-003", "SIO-VOL-005", "SIO-VOL-009"})
    void a_polling_client_gets_them_only_while_a_poll_waits() {
        String open =
                server.transport.get("/socket.io/?EIO=4&transport=polling").text();
        String sid = open.substring(open.indexOf("\"sid\":\"") + 7, open.indexOf("\",\"upgrades"));
        String uri = "/socket.io/?EIO=4&transport=polling&sid=" + sid;
        server.transport.post(uri, "40");
        server.transport.get(uri);
        Socket polling = server.io.sockets().get(1);
        polling.asVolatile().emit("lost");
        polling.emit("kept");
        polling.asVolatile().emit("lost");
        assertThat(server.transport.get(uri).text()).isEqualTo("42[\"kept\"]");

        MemoryExchange poll = server.transport.get(uri);
        polling.asVolatile().emit("idle");
        polling.asVolatile().emit("lost");

        assertThat(poll.text()).isEqualTo("42[\"idle\"]");
        assertThat(List.of(polling.transport(), socket.transport())).containsExactly("polling", "websocket");
    }
}
