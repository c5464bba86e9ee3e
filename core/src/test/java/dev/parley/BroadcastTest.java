package dev.parley;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Fixture.Client;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Who receives what is sent to many. Four clients: a and b in "red", b and c in "blue", d in no room. */
class BroadcastTest {

    private final Fixture server = new Fixture();
    private final Client a = server.connect();
    private final Client b = server.connect();
    private final Client c = server.connect();
    private final Client d = server.connect();

    BroadcastTest() {
        server.io.of("/other");
        a.join("/other");
        socket(a).join("red");
        socket(b).join(List.of("red", "blue"));
        socket(c).join("blue");
    }

    private Socket socket(Client client) {
        return server.io.sockets().get(List.of(a, b, c, d).indexOf(client));
    }

    private String received() {
        StringBuilder names = new StringBuilder();
        List<Client> clients = List.of(a, b, c, d);
        for (int i = 0; i < clients.size(); i++) {
            for (String packet : clients.get(i).all()) {
                assertThat(packet).isEqualTo("2[\"news\",1]");
                names.append((char) ('a' + i));
            }
        }
        return names.toString();
    }

    static Stream<Arguments> emissions() {
        return Stream.of(
                of("io.emit", "abcd", (io, s) -> io.emit("news", 1)),
                of("namespace.emit", "abcd", (io, s) -> io.of("/").emit("news", 1)),
                of("io.to", "ab", (io, s) -> io.to("red").emit("news", 1)),
                of("io.in", "ab", (io, s) -> io.in("red").emit("news", 1)),
                of("io.to two rooms", "abc", (io, s) -> io.to("red", "blue").emit("news", 1)),
                of("io.to list", "abc", (io, s) -> io.to(List.of("red", "blue")).emit("news", 1)),
                of("io.in list", "abc", (io, s) -> io.in(List.of("red", "blue")).emit("news", 1)),
                of("io.to.to", "abc", (io, s) -> io.to("red").to("blue").emit("news", 1)),
                of("io.except", "cd", (io, s) -> io.except("red").emit("news", 1)),
                of(
                        "io.except list",
                        "d",
                        (io, s) -> io.except(List.of("red", "blue")).emit("news", 1)),
                of("io.to.except", "a", (io, s) -> io.to("red").except("blue").emit("news", 1)),
                of(
                        "io.to.to.except",
                        "ac",
                        (io, s) -> io.to("red").to("blue").except(id(io, 1)).emit("news", 1)),
                of("io.to id", "c", (io, s) -> io.to(id(io, 2)).emit("news", 1)),
                of("io.local", "abcd", (io, s) -> io.local().emit("news", 1)),
                of("io.volatile", "abcd", (io, s) -> io.asVolatile().emit("news", 1)),
                of("io.compress", "abcd", (io, s) -> io.compress(false).emit("news", 1)),
                of(
                        "io.timeout",
                        "ab",
                        (io, s) -> io.timeout(ofSeconds(1)).to("red").emit("news", 1)),
                of("room.emit", "bc", (io, s) -> io.room("blue").emit("news", 1)),
                of("room.except", "c", (io, s) -> io.room("blue").except("red").emit("news", 1)),
                of("namespace room", "bc", (io, s) -> io.of("/").room("blue").emit("news", 1)),
                of("socket.emit", "b", (io, s) -> s.emit("news", 1)),
                of("socket.broadcast", "acd", (io, s) -> s.broadcast().emit("news", 1)),
                of("socket.to", "a", (io, s) -> s.to("red").emit("news", 1)),
                of(
                        "socket.in list",
                        "ac",
                        (io, s) -> s.in(List.of("red", "blue")).emit("news", 1)),
                of("socket.in", "c", (io, s) -> s.in("blue").emit("news", 1)),
                of(
                        "socket.to list",
                        "ac",
                        (io, s) -> s.to(List.of("red", "blue")).emit("news", 1)),
                of("socket.except", "cd", (io, s) -> s.except("red").emit("news", 1)),
                of(
                        "socket.except list",
                        "d",
                        (io, s) -> s.except(List.of("red", "blue")).emit("news", 1)),
                of("socket.to itself", "", (io, s) -> s.to(s.id()).emit("news", 1)),
                of("socket.local", "acd", (io, s) -> s.local().emit("news", 1)),
                of("socket.compress", "b", (io, s) -> s.compress(true).emit("news", 1)),
                of("socket.volatile", "b", (io, s) -> s.asVolatile().emit("news", 1)),
                of(
                        "socket.volatile.to",
                        "a",
                        (io, s) -> s.asVolatile().to("red").emit("news", 1)),
                of(
                        "socket.compress.except",
                        "cd",
                        (io, s) -> s.compress(false).except("red").emit("news", 1)),
                of(
                        "socket.timeout.local",
                        "acd",
                        (io, s) -> s.timeout(ofSeconds(1)).local().emit("news", 1)),
                of(
                        "socket.timeout.to list",
                        "a",
                        (io, s) -> s.timeout(ofSeconds(1)).to(List.of("red")).emit("news", 1)),
                of(
                        "socket.timeout.except list",
                        "cd",
                        (io, s) ->
                                s.timeout(ofSeconds(1)).except(List.of("red")).emit("news", 1)));
    }

    private static Arguments of(String name, String receivers, BiConsumer<SocketIoServer, Socket> emission) {
        return Arguments.of(name, receivers, emission);
    }

    private static String id(SocketIoServer io, int index) {
        return io.sockets().get(index).id();
    }

    @ParameterizedTest(name = "{0} reaches \"{1}\"")
    @MethodSource("emissions")
    @Behaviour({
        "SIO-MANY-001", "SIO-MANY-003", "SIO-MANY-004", "SIO-MANY-005", "SIO-MANY-006", "SIO-MANY-012", "SIO-MANY-013",
        "SIO-MANY-022", "SIO-MANY-024", "SIO-MANY-025", "SIO-MANY-026", "SIO-MANY-029", "SIO-NS-002", "SIO-NS-025",
        "SIO-NS-027"
    })
    void each_emission_reaches_whom_it_is_meant_for_once(
            String name, String receivers, BiConsumer<SocketIoServer, Socket> emission) {
        emission.accept(server.io, socket(b));

        assertThat(received()).isEqualTo(receivers);
    }

    @Test
    @Behaviour({"SIO-NS-026", "SIO-MANY-001", "SIO-MANY-022"})
    void namespaces_do_not_hear_each_other() {
        server.io.of("/other").emit("news", 1);

        assertThat(a.all()).containsExactly("2/other,[\"news\",1]");
        assertThat(received()).isEmpty();
    }

    @Test
    @Behaviour({"SIO-MANY-002", "SIO-MANY-007", "SIO-MANY-023"})
    void bytes_reach_every_client_whole() {
        byte[] bytes = {1, 2, 3};
        server.io.emit("image", bytes, "text");

        for (Client client : List.of(a, b, c, d)) {
            assertThat(client.next()).isEqualTo("51-[\"image\",{\"_placeholder\":true,\"num\":0},\"text\"]");
            assertThat(client.nextMessage()).isEqualTo(bytes);
        }
    }

    @Test
    @Behaviour({"SIO-NS-003", "SIO-MANY-014", "SIO-MANY-032"})
    void operators_are_immutable() {
        BroadcastOperator red = server.io.to("red");
        BroadcastOperator both = red.to("blue");
        red.except("blue");
        red.asVolatile();
        SocketOperator plain = socket(b).compress(true);
        plain.timeout(ofSeconds(1));

        red.emit("news", 1);
        assertThat(received()).isEqualTo("ab");
        both.emit("news", 1);
        assertThat(received()).isEqualTo("abc");
        both.emit("news", 1);
        assertThat(received()).isEqualTo("abc");
    }

    @Test
    void a_thread_s_broadcasts_and_direct_events_keep_their_order() {
        for (int i = 0; i < 10; i++) {
            server.io.emit("n", i, "all");
            socket(a).emit("n", i, "one");
            server.io.to("red").emit("n", i, "red");
        }

        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            expected.addAll(
                    List.of("2[\"n\"," + i + ",\"all\"]", "2[\"n\"," + i + ",\"one\"]", "2[\"n\"," + i + ",\"red\"]"));
        }
        assertThat(a.all()).isEqualTo(expected);
    }

    @Test
    @Behaviour("SIO-MANY-027")
    void who_has_left_a_room_hears_it_no_more() {
        socket(a).leave("red");
        socket(b).disconnect();
        b.all();

        server.io.to("red").emit("news", 1);

        assertThat(received()).isEmpty();
    }

    @Test
    @Behaviour({"SIO-MANY-008", "SIO-MANY-011"})
    void rooms_are_told_at_once() {
        Socket socket = socket(d);
        socket.join("x");
        socket.join(List.of("y", "z"));
        socket.leave("y");

        assertThat(socket.rooms()).containsExactlyInAnyOrder(socket.id(), "x", "z");
    }

    @Test
    void a_room_is_a_live_view() {
        Room room = server.io.room("red");
        assertThat(room.name()).isEqualTo("red");
        assertThat(room.namespace()).isSameAs(server.io.mainNamespace());
        assertThat(room.size()).isEqualTo(2);
        assertThat(room.contains(socket(a))).isTrue();
        assertThat(room.contains(socket(c))).isFalse();
        assertThat(room.sockets()).containsExactly(socket(a), socket(b));

        socket(a).leave("red");

        assertThat(room.sockets()).containsExactly(socket(b));
        assertThat(room.size()).isEqualTo(1);
        assertThat(room.contains(socket(a))).isFalse();
    }

    @Test
    void a_room_can_be_named_by_itself() {
        Room red = server.io.room("red");
        Room blue = server.io.room("blue");

        server.io.to(red).except(blue).emit("news", 1);
        assertThat(received()).isEqualTo("a");
        server.io.in(blue).emit("news", 1);
        assertThat(received()).isEqualTo("bc");
        socket(b).to(red).in(blue).emit("news", 1);
        assertThat(received()).isEqualTo("ac");
        socket(b).in(red).emit("news", 1);
        assertThat(received()).isEqualTo("a");
        socket(a).except(blue).emit("news", 1);
        assertThat(received()).isEqualTo("d");
    }

    @Test
    void a_room_of_another_namespace_is_refused() {
        Room other = server.io.of("/other").room("red");

        assertThatThrownBy(() -> server.io.to(other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("room: red of /other (expected: a room of /)");
        assertThatThrownBy(() -> server.io.except(other)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> socket(a).to(other)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void the_rooms_of_a_namespace_are_those_that_somebody_has_joined() {
        assertThat(server.io.rooms()).extracting(Room::name).containsExactlyInAnyOrder("red", "blue");
        assertThat(server.io.of("/other").rooms()).isEmpty();

        // The room of a socket's own stays its own, whoever else joins it.
        socket(d).join(socket(a).id());
        socket(c).disconnect();
        socket(b).disconnect();

        assertThat(server.io.mainNamespace().rooms()).extracting(Room::name).containsExactly("red");
    }

    @Test
    void a_socket_tells_whether_it_is_in_a_room() {
        Socket socket = socket(b);
        List<Boolean> last = new ArrayList<>();
        socket.onDisconnecting(reason -> last.add(socket.isIn("red")));
        socket.onDisconnect(reason -> last.add(socket.isIn("red")));

        assertThat(socket.isIn("red")).isTrue();
        assertThat(socket.isIn(b.id)).isTrue();
        assertThat(socket.isIn("green")).isFalse();

        socket.disconnect();
        assertThat(last).containsExactly(true, false);
        assertThat(server.io.room("red").contains(socket)).isFalse();
    }

    @Test
    @Behaviour({"SIO-UTIL-001", "SIO-UTIL-002", "SIO-UTIL-003", "SIO-NS-017", "SIO-NS-018", "SIO-NS-019"})
    void sockets_are_found_as_descriptions() {
        socket(b).data().put("name", "Bob");
        List<RemoteSocket> all = server.io.fetchSockets().join();
        List<RemoteSocket> red =
                server.io.in("red").except(socket(a).id()).fetchSockets().join();

        assertThat(all)
                .extracting(RemoteSocket::id)
                .containsExactly(a.id.isEmpty() ? "" : id(server.io, 0), b.id, c.id, d.id);
        assertThat(red).singleElement().satisfies(bob -> {
            assertThat(bob.id()).isEqualTo(b.id);
            assertThat(bob.rooms()).containsExactlyInAnyOrder(b.id, "red", "blue");
            assertThat(bob.data()).containsEntry("name", "Bob");
            assertThat(bob.handshake())
                    .containsOnlyKeys(
                            "headers", "time", "address", "xdomain", "secure", "issued", "url", "query", "auth");
            bob.emit("news", 1);
            bob.join("green");
            bob.leave("red");
        });
        assertThat(received()).isEqualTo("b");
        assertThat(socket(b).rooms()).containsExactlyInAnyOrder(b.id, "blue", "green");
        red.get(0).disconnect(true);
        assertThat(b.isClosed()).isTrue();
        assertThat(server.io.of("/other").fetchSockets().join()).hasSize(1);
    }

    @Test
    @Behaviour({"SIO-UTIL-004", "SIO-UTIL-005", "SIO-UTIL-006", "SIO-UTIL-007"})
    void sockets_are_moved_together() {
        server.io.socketsJoin("all");
        server.io.in("red").socketsJoin("warm", "bright");
        server.io.socketsJoin(List.of("extra"));
        server.io.socketsLeave(List.of("extra", "blue"));
        server.io.in("warm").socketsLeave("red");

        assertThat(server.io.room("all").size()).isEqualTo(4);
        assertThat(server.io.room("bright").size()).isEqualTo(2);
        assertThat(server.io.room("blue").size()).isZero();
        assertThat(server.io.room("extra").size()).isZero();
        assertThat(server.io.room("red").size()).isZero();
    }

    @Test
    @Behaviour({"SIO-UTIL-008", "SIO-UTIL-009"})
    void sockets_are_disconnected_together() {
        server.io.in("blue").disconnectSockets(true);
        assertThat(List.of(a.isClosed(), b.isClosed(), c.isClosed(), d.isClosed()))
                .containsExactly(false, true, true, false);

        server.io.disconnectSockets();
        assertThat(a.all()).containsExactly("1");
        assertThat(a.isClosed()).isFalse();
        assertThat(server.io.sockets()).isEmpty();
        assertThat(server.io.of("/other").sockets()).hasSize(1);
    }

    @Test
    void sockets_are_found_by_id() {
        assertThat(server.io.mainNamespace().socket(b.id)).containsSame(socket(b));
        assertThat(server.io.mainNamespace().socket("red")).isEmpty();
        assertThat(server.io.of("/other").socket(b.id)).isEmpty();
    }
}
