package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Fixture.Client;
import dev.parley.adapter.RoomListener;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Namespaces, their handlers, and how clients present themselves to them. */
class NamespaceTest {

    private final Fixture server = new Fixture();
    private final List<Object> log = new ArrayList<>();

    @Test
    @Behaviour({"SIO-NS-001", "SIO-NS-008", "SIO-NS-009", "SIO-NS-040"})
    void the_same_name_is_the_same_namespace() {
        assertThat(server.io.of("/")).isSameAs(server.io.mainNamespace());
        assertThat(server.io.of("")).isSameAs(server.io.mainNamespace());
        assertThat(server.io.of("abc")).isSameAs(server.io.of("/abc"));
        assertThat(server.io.of("abc").name()).isEqualTo("/abc");
    }

    @Test
    void a_name_with_a_comma_is_refused() {
        assertThatThrownBy(() -> server.io.of("/a,b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("namespace: /a,b (expected: no comma)");
    }

    @Test
    @Behaviour("SIO-NS-028")
    void a_new_namespace_is_told_but_not_the_main_one() {
        server.io.onNewNamespace(namespace -> log.add(namespace.name()));

        server.io.of("/a");
        server.io.of("/a");
        server.io.of("/");

        assertThat(log).containsExactly("/a");
    }

    @Test
    @Behaviour({"SIO-NS-005", "SIO-NS-006", "SIO-NS-010"})
    void all_handlers_of_connections_run() {
        server.io.onConnection(socket -> log.add(1));
        server.io.onConnection(socket -> {
            throw new Exception("no harm");
        });
        server.io.onConnection(socket -> log.add(socket)).cancel();
        server.io.onConnection(log::add);

        Client client = server.connect();

        assertThat(log).hasSize(2).startsWith(1);
        assertThat(((Socket) log.get(1)).id()).isEqualTo(client.id);
        assertThat(server.errors)
                .singleElement()
                .satisfies(error -> assertThat(error.event()).isEqualTo("connection"));
    }

    @Test
    @Behaviour("SIO-NS-011")
    void a_handler_may_be_given_with_the_name_each_time() {
        server.io.of("/a", socket -> log.add(1));
        assertThat(server.io.of("/a", socket -> log.add(2))).isSameAs(server.io.of("/a"));

        server.open().join("/a");

        assertThat(log).containsExactly(1, 2);
    }

    @Test
    void namespaces_are_found_without_being_created() {
        Namespace a = server.io.of("/a");

        assertThat(server.io.namespace("/a")).containsSame(a);
        assertThat(server.io.namespace("/b")).isEmpty();
        assertThat(server.io.namespaces()).containsExactlyInAnyOrder(server.io.mainNamespace(), a);
    }

    @Test
    @Behaviour("SIO-NS-037")
    void what_a_connection_handler_emits_follows_the_connect_answer() {
        server.io.onConnection(socket -> {
            socket.emit("hello");
            server.io.emit("all");
        });
        Client client = server.open();

        client.send("0");

        assertThat(client.next()).startsWith("0{");
        assertThat(client.all()).containsExactly("2[\"hello\"]", "2[\"all\"]");
    }

    @Test
    @Behaviour({"SIO-NS-031", "SIO-NS-032", "SIO-NS-033", "SIO-SOCK-019"})
    void the_auth_object_belongs_to_the_namespace() {
        server.io.onConnection(socket -> log.add(socket.handshake().auth()));
        server.io
                .of("/custom")
                .onConnection(socket -> log.add(socket.handshake().auth()));

        server.open().send("0{\"token\":\"123\"}");
        server.open().send("0/custom,");
        server.open().send("0/custom,{\"a\":[\"&=bb\"]}");

        assertThat(log).containsExactly(Map.of("token", "123"), Map.of(), Map.of("a", List.of("&=bb")));
    }

    record Login(String user, int level) {}

    @Test
    void the_auth_object_is_read_as_a_type() {
        server.io.onConnection(socket -> {
            Handshake handshake = socket.handshake();
            log.add(handshake.auth("user", String.class));
            log.add(handshake.auth("level", Integer.class));
            log.add(String.valueOf(handshake.auth("missing", String.class)));
            log.add(handshake.auth(Login.class));
        });

        server.open().send("0{\"user\":\"ada\",\"level\":3}");
        server.open().send("0");

        assertThat(log.subList(0, 4)).containsExactly("ada", 3, "null", new Login("ada", 3));
        assertThat(log.subList(4, 7)).containsExactly(null, null, "null");
    }

    @Test
    @Behaviour({"SIO-SOCK-017", "SIO-SOCK-018", "SIO-SOCK-019", "SIO-SOCK-044"})
    void the_handshake_tells_of_the_first_request() {
        server.io.onConnection(socket -> {
            Handshake handshake = socket.handshake();
            assertThat(handshake.headers().get("X-Test")).isEqualTo("yes");
            assertThat(handshake.headers().get("Sec-WebSocket-Key")).isNull();
            assertThat(handshake.query()).containsEntry("EIO", "4").containsEntry("a", "b&c");
            assertThat(handshake.url()).isEqualTo("/socket.io/?EIO=4&transport=websocket&a=b%26c");
            assertThat(handshake.isCrossDomain()).isFalse();
            assertThat(handshake.isSecure()).isFalse();
            assertThat(handshake.address()).isNotEmpty();
            assertThat(handshake.time()).isEqualTo(Instant.ofEpochMilli(server.time.currentTimeMillis()));
            Map<String, Object> tree = handshake.toTree();
            assertThat(tree.get("issued")).isEqualTo(server.time.currentTimeMillis());
            assertThat((String) tree.get("time"))
                    .matches(
                            "\\w{3} \\w{3} \\d\\d \\d{4} \\d\\d:\\d\\d:\\d\\d GMT\\+0000 \\(Coordinated Universal Time\\)");
            assertThat(tree.get("headers"))
                    .isInstanceOfSatisfying(
                            Map.class,
                            headers -> assertThat(headers.get("x-test")).isEqualTo("yes"));
            log.add("seen");
        });
        new Client(server.transport
                        .upgrade(
                                "/socket.io/?EIO=4&transport=websocket&a=b%26c",
                                "X-Test", "yes", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
                        .webSocket())
                .join("/");

        assertThat(server.errors).isEmpty();
        assertThat(log).containsExactly("seen");
    }

    @Test
    void data_is_kept_by_name_and_by_key() {
        SocketData.Key<Integer> score = SocketData.key("score", Integer.class);
        server.connect();
        SocketData data = server.io.sockets().get(0).data();

        data.put("name", "Ada");
        data.put(score, 3);

        assertThat(data.get("name")).isEqualTo("Ada");
        assertThat(data.get("name", String.class)).isEqualTo("Ada");
        assertThat(data.get(score)).isEqualTo(3);
        assertThat(data.require(score)).isEqualTo(3);
        assertThat(data.asMap()).isEqualTo(Map.of("name", "Ada", "score", 3));
        assertThatThrownBy(() -> data.get("name", Integer.class)).isInstanceOf(ClassCastException.class);
        assertThat(data.remove("name")).isEqualTo("Ada");
        data.remove(score);
        assertThat(data.get(score)).isNull();
        assertThatThrownBy(() -> data.require(score)).hasMessage("socket data: no score");
    }

    @Test
    void ids_are_twenty_characters_and_never_repeat() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            ids.add(SocketIds.next());
        }

        assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id.matches("[A-Za-z0-9_-]{20}"));
    }

    @Test
    @Behaviour({"ADP-009", "ADP-011", "ADP-013", "ADP-016"})
    void listeners_of_rooms_are_told_how_they_come_and_go() {
        List<String> changes = new ArrayList<>();
        Subscription subscription = server.io.onRooms(changesOfRooms(changes));
        server.io.onRooms(new RoomListener() {
            @Override
            public void joined(String room, String socketId) {
                throw new IllegalStateException("fails");
            }
        });
        server.io.of("/other").onConnection(socket -> socket.join("elsewhere"));
        Client client = server.connect().join("/other");
        String id = server.io.sockets().get(0).id();
        server.io.socketsJoin("r");
        server.io.socketsLeave("r");
        client.close();

        assertThat(changes)
                .containsExactly(
                        "create " + id,
                        "join " + id + " " + id,
                        "create r",
                        "join r " + id,
                        "leave r " + id,
                        "delete r",
                        "leave " + id + " " + id,
                        "delete " + id);
        changes.clear();
        subscription.cancel();
        server.connect();
        assertThat(changes).isEmpty();
    }

    @Test
    @Behaviour("SEC-018")
    void a_listener_of_rooms_may_change_them() {
        List<Client> clients = List.of(server.connect(), server.connect(), server.connect());
        server.io.socketsJoin("a", "b", "c");
        server.io.onRooms(new RoomListener() {
            @Override
            public void left(String room, String socketId) {
                server.io.socketsLeave("c", "b");
                server.io.to("a").disconnectSockets();
            }
        });

        clients.get(1).close();

        assertThat(server.io.rooms()).isEmpty();
        assertThat(server.io.sockets()).isEmpty();
        assertThat(clients.get(0).all()).containsExactly("1");
    }

    @Test
    void they_are_told_on_the_executor_and_also_after_the_server_was_closed() {
        Queue<Runnable> tasks = new ArrayDeque<>();
        Fixture queued = new Fixture(options -> options.executor(tasks::add));
        List<String> changes = new ArrayList<>();
        queued.io.onRooms(changesOfRooms(changes));
        CompletableFuture<Void> closed = queued.io.close();
        assertThat(closed).isCompleted();
        Client client = queued.open();
        client.send("0");
        tasks.remove().run();

        assertThat(changes).isEmpty();
        tasks.remove().run();
        assertThat(changes).hasSize(2);
        client.close();
    }

    @Test
    void children_take_listeners_of_rooms_from_their_parent() {
        List<String> changes = new ArrayList<>();
        server.io.of(Pattern.compile("/child-\\d")).onRooms(changesOfRooms(changes));
        server.open().join("/child-1");

        assertThat(changes).hasSize(2);
    }

    private static RoomListener changesOfRooms(List<String> changes) {
        return new RoomListener() {
            @Override
            public void created(String room) {
                changes.add("create " + room);
            }

            @Override
            public void joined(String room, String socketId) {
                changes.add("join " + room + " " + socketId);
            }

            @Override
            public void left(String room, String socketId) {
                changes.add("leave " + room + " " + socketId);
            }

            @Override
            public void deleted(String room) {
                changes.add("delete " + room);
            }
        };
    }
}
