package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The shortest way through all layers. */
class ChatPathTest {

    private final Fixture server = new Fixture();

    @Test
    void a_client_connects_talks_in_a_room_and_leaves() {
        List<String> left = new ArrayList<>();
        server.io.onConnection(socket -> {
            socket.join("lobby");
            socket.on(
                    "chat message", String.class, text -> server.io.to("lobby").emit("chat message", text));
            socket.on("sum", Integer.class, Integer.class, (a, b, ack) -> ack.send(a + b));
            socket.onDisconnect(reason -> left.add(socket.id() + " " + reason));
        });
        Fixture.Client ada = server.connect();
        Fixture.Client bob = server.connect();

        ada.send("2[\"chat message\",\"hi\"]");
        bob.send("27[\"sum\",1,2]");

        assertThat(ada.all()).containsExactly("2[\"chat message\",\"hi\"]");
        assertThat(bob.all()).containsExactly("2[\"chat message\",\"hi\"]", "37[3]");
        assertThat(server.io.room("lobby").size()).isEqualTo(2);

        bob.close();
        ada.send("1");

        assertThat(left).containsExactly(bob.id + " transport close", ada.id + " client namespace disconnect");
        assertThat(server.io.room("lobby").size()).isZero();
        assertThat(server.errors).isEmpty();
    }
}
