package dev.parley;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Fixture.Client;
import dev.parley.engine.Session;
import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryWebSocket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients up to 2.x: revision 4 of the Socket.IO protocol on revision 3 of Engine.IO. */
class OldClientsTest {

    private static final String WEBSOCKET = "/socket.io/?EIO=3&transport=websocket";
    private static final String POLLING = "/socket.io/?EIO=3&transport=polling";

    private final Fixture server = new Fixture(options -> options.allowEio3(true));
    private final SocketIoServer io = server.io;
    private final List<Socket> connected = new ArrayList<>();

    OldClientsTest() {
        io.onConnection(connected::add);
    }

    @AfterEach
    void nothing_is_left_over() {
        io.close();
        assertThat(io.engine().sessionCount()).isZero();
        assertThat(server.time.pendingTimers()).isZero();
    }

    private Client open() {
        return server.open(WEBSOCKET);
    }

    /** A client in the main namespace. */
    private Client connect() {
        Client client = open();
        assertThat(client.next()).isEqualTo("0");
        return client;
    }

    private Socket socket() {
        return connected.get(connected.size() - 1);
    }

    private Session session() {
        return io.engine().sessions().iterator().next();
    }

    @Test
    @Behaviour({"EIO-V3-023", "EIO-V3-020", "EIO-V3-024"})
    void a_client_is_connected_to_the_main_namespace_at_once() {
        Client client = open();

        assertThat(client.all()).containsExactly("0");
        assertThat(socket().id()).isEqualTo(session().id());
        assertThat(socket().connected()).isTrue();
        assertThat(socket().rooms()).containsExactly(session().id());
        assertThat(socket().handshake().auth()).isEmpty();
        assertThat(socket().handshake().query()).containsEntry("EIO", "3");
    }

    @Test
    @Behaviour("EIO-V3-023")
    void a_polling_client_is_told_so_in_its_first_poll() {
        MemoryExchange handshake = server.transport.get(POLLING);
        assertThat(handshake.text()).contains(":0{").doesNotContain("2:40");

        assertThat(server.transport.get(POLLING + "&sid=" + session().id()).text())
                .isEqualTo("2:40");
    }

    @Test
    void what_a_connection_handler_sends_follows() {
        io.onConnection(socket -> socket.emit("welcome"));

        assertThat(open().all()).containsExactly("0", "2[\"welcome\"]");
    }

    @Test
    @Behaviour("EIO-V3-014")
    void a_poll_with_an_attachment_is_binary() {
        server.transport.get(POLLING);
        String poll = POLLING + "&sid=" + session().id();
        assertThat(server.transport.get(poll).text()).isEqualTo("2:40");

        socket().emit("e", "€", new byte[] {1, 2, 3});
        MemoryExchange answer = server.transport.get(poll);

        assertThat(answer.response().headers().get("content-type")).isEqualTo("application/octet-stream");
        byte[] body = answer.response().body();
        assertThat(body)
                .startsWith(0, 4, 5, 0xff)
                .endsWith(1, 4, 0xff, 4, 1, 2, 3)
                .hasSize(4 + 45 + 7);
        assertThat(answer.text()).contains("451-[\"e\",\"€\",{\"_placeholder\":true,\"num\":0}]");
    }

    @Test
    @Behaviour({"EIO-V3-016", "EIO-V3-021", "EIO-V3-024"})
    void a_namespace_is_joined_with_a_query() {
        io.of("/a").onConnection(connected::add);
        Client client = connect();

        client.send("0/a?x=1&y=2%20%26,");

        assertThat(client.all()).containsExactly("0/a,");
        assertThat(socket().namespace().name()).isEqualTo("/a");
        assertThat(socket().handshake().auth()).isEqualTo(Map.of("x", "1", "y", "2 &"));
        assertThat(socket().handshake().auth("x", String.class)).isEqualTo("1");
        assertThat(socket().id()).isEqualTo("/a#" + session().id());
        socket().emit("hello");
        assertThat(client.next()).isEqualTo("2/a,[\"hello\"]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0/a", "0/a,", "0/a?", "0/a?,"})
    void a_namespace_may_be_joined_without_a_query(String packet) {
        io.of("/a").onConnection(connected::add);
        Client client = connect();

        client.send(packet);

        assertThat(client.all()).containsExactly("0/a,");
        assertThat(socket().handshake().auth()).isEmpty();
    }

    @Test
    @Behaviour({"EIO-V3-017", "EIO-V3-025"})
    void a_refusal_is_the_data_or_else_the_message() {
        io.of("/err").use((socket, next) -> next.reject("no", Map.of("k", 1)));
        io.of("/err2").use((socket, next) -> next.reject("plain"));
        Client client = connect();

        client.send("0/err,");
        client.send("0/err2?a=b,");
        client.send("0/zz,");

        assertThat(client.all())
                .containsExactly("4/err,{\"k\":1}", "4/err2,\"plain\"", "4/zz,{\"message\":\"Invalid namespace\"}");
        assertThat(client.isClosed()).isFalse();
    }

    @Test
    @Behaviour("EIO-V3-025")
    void a_middleware_may_keep_a_client_out_of_the_main_namespace_but_not_of_others() {
        io.use((socket, next) -> next.reject("not here"));
        io.of("/a");
        Client client = open();

        assertThat(client.all()).containsExactly("4\"not here\"");
        client.send("0/a,");

        assertThat(client.all()).containsExactly("0/a,");
        assertThat(connected).isEmpty();
    }

    @Test
    void a_client_that_gets_in_nowhere_is_closed_after_a_while() {
        io.use((socket, next) -> next.reject("not here"));
        Client client = open();

        for (int i = 0; i < 4; i++) {
            server.advance(Duration.ofSeconds(10));
            client.webSocket.send("2");
        }
        assertThat(client.isClosed()).isFalse();
        server.advance(Duration.ofSeconds(5));

        assertThat(client.isClosed()).isTrue();
    }

    @Test
    void events_and_acknowledgements_go_both_ways() {
        io.onConnection(socket -> socket.on("echo", event -> event.ack().send(event.args())));
        Client client = connect();

        client.send("27[\"echo\",1,\"é\"]");
        assertThat(client.next()).isEqualTo("37[1,\"é\"]");

        var answer = socket().emitWithAck(Integer.class, "question");
        assertThat(client.next()).isEqualTo("20[\"question\"]");
        client.send("30[42]");
        assertThat(answer).isCompletedWithValue(42);
    }

    @Test
    @Behaviour("EIO-V3-015")
    void attachments_have_their_type_in_front_both_ways() {
        io.onConnection(socket -> socket.on("back", event -> socket.emit("back", event.args())));
        Client client = connect();

        client.send("51-[\"back\",{\"_placeholder\":true,\"num\":0}]");
        client.send(new byte[] {4, 9, 8});

        assertThat(client.nextMessage()).isEqualTo("51-[\"back\",{\"_placeholder\":true,\"num\":0}]");
        assertThat(client.nextMessage()).isEqualTo(new byte[] {4, 9, 8});
    }

    /** Defects 1 and 2 of the peers: one of them changed the packet for the other. */
    @Test
    void a_broadcast_reaches_clients_of_both_revisions_in_their_own_form() {
        Client first = connect();
        Client current = server.connect();
        Client second = connect();
        String polling = POLLING + "&b64=1";
        server.transport.get(polling);
        String poll = polling + "&sid=" + socket().id();
        server.transport.get(poll);

        io.emit("news", new byte[] {1, 2, 3});

        String text = "51-[\"news\",{\"_placeholder\":true,\"num\":0}]";
        for (Client old : List.of(first, second)) {
            assertThat(old.nextMessage()).isEqualTo(text);
            assertThat(old.nextMessage()).isEqualTo(new byte[] {4, 1, 2, 3});
        }
        assertThat(current.nextMessage()).isEqualTo(text);
        assertThat(current.nextMessage()).isEqualTo(new byte[] {1, 2, 3});
        assertThat(server.transport.get(poll).text()).isEqualTo((1 + text.length()) + ":4" + text + "6:b4AQID");
    }

    @Test
    void a_namespace_can_be_left_and_joined_again_under_the_same_id() {
        Namespace a = io.of("/a");
        a.onConnection(socket -> {
            connected.add(socket);
            socket.join("room");
        });
        Client client = connect();
        client.send("0/a,");
        Socket before = socket();

        client.send("1/a,");
        client.send("0/a,");

        assertThat(client.all()).containsExactly("0/a,", "0/a,");
        assertThat(before.connected()).isFalse();
        assertThat(socket()).isNotSameAs(before);
        assertThat(socket().id()).isEqualTo(before.id());
        a.to("room").emit("once");
        a.to(socket().id()).emit("once more");
        assertThat(client.all()).containsExactly("2/a,[\"once\"]", "2/a,[\"once more\"]");
        assertThat(a.socket(before.id())).contains(socket());
    }

    @Test
    void a_socket_that_comes_again_while_its_handlers_are_busy_is_in_its_room_alone() {
        Queue<Runnable> tasks = new ArrayDeque<>();
        Fixture slow = new Fixture(options -> options.allowEio3(true).executor(tasks::add));
        slow.io.of("/a");
        Client client = slow.open(WEBSOCKET);
        run(tasks);
        client.send("0/a,");
        run(tasks);
        client.all();

        client.send("1/a,");
        client.send("0/a,");
        run(tasks);
        slow.io
                .of("/a")
                .to("/a#" + slow.io.engine().sessions().iterator().next().id())
                .emit("x");

        assertThat(client.all()).containsExactly("0/a,", "2/a,[\"x\"]");
        client.close();
        run(tasks);
        slow.io.close();
    }

    private static void run(Queue<Runnable> tasks) {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    @Test
    void disconnecting_is_told_both_ways() {
        List<String> ends = new ArrayList<>();
        io.of("/a").onConnection(connected::add);
        Client client = connect();
        client.send("0/a,");
        socket().onDisconnect(reason -> ends.add(reason.toString()));
        client.send("1/a,");
        client.send("0/a,");
        client.all();
        socket().onDisconnect(reason -> ends.add(reason.toString()));

        socket().disconnect();

        assertThat(client.all()).containsExactly("1/a,");
        assertThat(ends).containsExactly("client namespace disconnect", "server namespace disconnect");
    }

    @Test
    void the_server_answers_pings_while_handlers_are_connected() {
        Client client = connect();

        for (int i = 0; i < 5; i++) {
            server.advance(Duration.ofSeconds(40));
            client.webSocket.send("2");
            assertThat(client.webSocket.poll()).isEqualTo("3");
        }

        assertThat(socket().connected()).isTrue();
        assertThat(client.isClosed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0/?x=1,", "2/a,[\"x\"]", "2[]", "4\"x\"", "9"})
    void a_client_that_breaks_the_protocol_is_sent_away(String packet) {
        Client client = connect();

        client.send(packet);

        assertThat(client.isClosed()).isTrue();
        assertThat(socket().connected()).isFalse();
    }

    @Test
    void a_connection_handler_may_send_the_client_away() {
        io.onConnection(socket -> socket.disconnect(true));

        MemoryWebSocket webSocket = server.transport.upgrade(WEBSOCKET).webSocket();

        assertThat((String) requireNonNull(webSocket.poll())).startsWith("0{");
        assertThat(webSocket.poll()).isEqualTo("40");
        assertThat(webSocket.poll()).isEqualTo("41");
        assertThat(webSocket.isClosed()).isTrue();
    }

    @Test
    void a_query_does_not_bring_a_lost_session_back() {
        Fixture recovering = new Fixture(
                options -> options.allowEio3(true).connectionStateRecovery(ConnectionStateRecovery.defaults()));
        recovering.io.of("/a").onConnection(connected::add);
        Client current = recovering.open();
        current.send("0/a,");
        String welcome = requireNonNull(current.next());
        String pid = welcome.substring(welcome.indexOf("\"pid\":\"") + 7, welcome.length() - 2);
        recovering.io.of("/a").emit("x");
        String event = requireNonNull(current.next());
        String offset = event.substring(event.lastIndexOf(",\"") + 2, event.length() - 2);
        current.close();

        Client old = recovering.open(WEBSOCKET);
        old.send("0/a?pid=" + pid + "&offset=" + offset + ",");

        assertThat(old.all()).containsExactly("0", "0/a,");
        assertThat(socket().recovered()).isFalse();
        assertThat(socket().id()).startsWith("/a#");
        recovering.io.close();
    }

    @Test
    void a_namespace_may_be_created_for_an_old_client() {
        io.of(Pattern.compile("/room-\\d+")).onConnection(connected::add);
        Client client = connect();

        client.send("0/room-7?token=x,");

        assertThat(client.all()).containsExactly("0/room-7,");
        assertThat(socket().namespace().name()).isEqualTo("/room-7");
        assertThat(socket().handshake().auth()).isEqualTo(Map.of("token", "x"));
    }

    @Test
    @Behaviour("EIO-V3-022")
    void old_clients_are_refused_unless_they_are_allowed() {
        Fixture strict = new Fixture();

        MemoryExchange polling = strict.transport.get(POLLING);
        assertThat(polling.status()).isEqualTo(400);
        assertThat(polling.text()).isEqualTo("{\"code\":5,\"message\":\"Unsupported protocol version\"}");
        assertThat(strict.transport.upgrade(WEBSOCKET).status()).isEqualTo(400);
        assertThat(strict.io.engine().sessionCount()).isZero();
    }
}
