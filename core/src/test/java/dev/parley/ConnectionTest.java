package dev.parley;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Fixture.Client;
import dev.parley.adapter.Adapter;
import dev.parley.adapter.AdapterNode;
import dev.parley.adapter.InMemoryAdapter;
import dev.parley.adapter.Membership;
import dev.parley.testing.MemoryExchange;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client may send on its connection, and how it ends. */
class ConnectionTest {

    private final Fixture server = new Fixture(options -> options.connectTimeout(ofSeconds(10)));
    private final List<String> log = new ArrayList<>();

    ConnectionTest() {
        server.io.onConnection(socket -> {
            log.add("connected");
            socket.on("hello", () -> log.add("hello"));
            socket.onDisconnecting(reason -> log.add("disconnecting " + reason));
            socket.onDisconnect((reason, cause) ->
                    log.add("disconnect " + reason + (cause == null ? "" : ": " + cause.getMessage())));
        });
        server.io.of("/other").onConnection(socket -> socket.onDisconnect(reason -> log.add("other " + reason)));
    }

    @Test
    @Behaviour({"SIO-NS-030", "SIO-NS-004"})
    void the_answer_to_connect_has_sid_as_its_only_key() {
        Client client = server.open();

        client.send("0");

        assertThat(client.next()).matches("0\\{\"sid\":\"[A-Za-z0-9_-]{20}\"}");
    }

    @Test
    @Behaviour("ABUSE-075")
    void the_id_of_a_socket_is_not_that_of_its_session() {
        Client client = server.connect();

        assertThat(server.io.engine().session(client.id)).isEmpty();
        assertThat(server.io.engine().sessionCount()).isOne();
    }

    @Test
    @Behaviour({"SIO-NS-014", "SIO-NS-015", "ABUSE-033"})
    void an_unknown_namespace_is_refused_and_the_connection_stays() {
        Client client = server.open();

        client.send("0/random");

        assertThat(client.next()).isEqualTo("4/random,{\"message\":\"Invalid namespace\"}");
        client.join("/");
        assertThat(log).containsExactly("connected");
    }

    @Test
    @Behaviour("SIO-NS-036")
    void a_query_string_is_part_of_the_name() {
        Client client = server.open();

        client.send("0/other?x=1,");

        assertThat(client.next()).isEqualTo("4/other?x=1,{\"message\":\"Invalid namespace\"}");
    }

    @Test
    @Behaviour("SIO-NS-007")
    void one_connection_joins_several_namespaces() {
        Client client = server.connect();
        String first = client.id;
        client.join("/other");

        assertThat(client.id).isNotEqualTo(first);
        assertThat(server.io.sockets()).hasSize(1);
        assertThat(server.io.of("/other").sockets()).hasSize(1);
    }

    @Test
    @Behaviour({"SIO-NS-034", "SIO-SOCK-043"})
    void leaving_the_last_namespace_keeps_the_connection() {
        Client client = server.connect();

        client.send("1");

        assertThat(log)
                .containsExactly(
                        "connected",
                        "disconnecting client namespace disconnect",
                        "disconnect client namespace disconnect");
        assertThat(client.isClosed()).isFalse();
        server.advance(ofSeconds(20));
        client.join("/");
    }

    @Test
    @Behaviour("SIO-NS-035")
    void leaving_one_namespace_keeps_the_others() {
        Client client = server.connect().join("/other");

        client.send("1/other,");
        client.send("2[\"hello\"]");

        assertThat(log).containsExactly("connected", "other client namespace disconnect", "hello");
    }

    @Test
    @Behaviour({"SIO-CLOSE-006", "SIO-CLOSE-013", "ABUSE-030"})
    void a_second_connect_to_a_joined_namespace_closes_the_connection() {
        Client client = server.connect();

        client.send("0");

        assertThat(client.isClosed()).isTrue();
        assertThat(log)
                .containsExactly("connected", "disconnecting forced close", "disconnect forced close: invalid state");
    }

    @Test
    @Behaviour("SIO-CLOSE-006")
    void over_polling_the_next_poll_ends_the_connection() {
        String sid = handshake();
        post(sid, "40");
        assertThat(server.transport.get(uri(sid)).text()).startsWith("40{");

        post(sid, "40");

        assertThat(server.transport.get(uri(sid)).text()).isEqualTo("6\u001e1");
    }

    @Test
    @Behaviour({"SIO-CLOSE-007", "SIO-CLOSE-008"})
    void over_polling_a_violation_ends_the_connection_with_the_next_poll() {
        for (String violation : List.of("42[\"hello\"]", "4abc")) {
            String sid = handshake();
            post(sid, violation);

            assertThat(server.transport.get(uri(sid)).text()).isEqualTo("6\u001e1");
        }
    }

    @Test
    @Behaviour("SIO-CLOSE-013")
    void the_reason_tells_whether_a_poll_was_waiting() {
        String waiting = handshake();
        post(waiting, "40");
        server.transport.get(uri(waiting));
        MemoryExchange poll = server.transport.get(uri(waiting));
        post(waiting, "40");
        assertThat(poll.isAnswered()).isTrue();

        String idle = handshake();
        post(idle, "40");
        server.transport.get(uri(idle));
        post(idle, "40");

        assertThat(log)
                .containsSubsequence("connected", "disconnect forced close: invalid state")
                .containsSubsequence("connected", "disconnect forced server close: invalid state");
    }

    private String handshake() {
        String open =
                server.transport.get("/socket.io/?EIO=4&transport=polling").text();
        return open.substring(open.indexOf("\"sid\":\"") + 7, open.indexOf("\",\"upgrades"));
    }

    private static String uri(String sid) {
        return "/socket.io/?EIO=4&transport=polling&sid=" + sid;
    }

    private void post(String sid, String body) {
        assertThat(server.transport.post(uri(sid), body).text()).isEqualTo("ok");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2[\"hello\"]",
                "3[1]",
                "31[]",
                "1",
                "4{\"message\":\"x\"}",
                "abc",
                "",
                "5woooot",
                "5",
                "2/other,[\"x\"]",
                "7",
                "2[\"disconnect\"]",
                "0[]"
            })
    @Behaviour({"SIO-CLOSE-007", "SIO-CLOSE-009"})
    void what_may_not_come_first_closes_the_connection(String packet) {
        Client client = server.open();

        client.send(packet);

        assertThat(client.isClosed()).isTrue();
        assertThat(log).isEmpty();
        assertThat(server.io.engine().sessionCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "5woooot", "5", "44", "4[\"x\"]", "2[\"connect\"]", "2/never,[\"x\"]", "2{}", "2[]"})
    @Behaviour({"SIO-SOCK-006", "SIO-SOCK-026", "SIO-SOCK-027", "SIO-SOCK-043", "SIO-CLOSE-009"})
    void a_violation_disconnects_every_socket_of_the_connection_once(String packet) {
        Client client = server.connect().join("/other");

        client.send(packet);

        assertThat(client.isClosed()).isTrue();
        assertThat(log)
                .hasSize(4)
                .startsWith("connected", "disconnecting forced close")
                .endsWith("other forced close");
        assertThat(server.errors).isEmpty();
    }

    @Test
    @Behaviour({"SIO-SOCK-028", "SIO-SOCK-029"})
    void the_disconnect_tells_what_was_wrong_with_a_packet() {
        server.connect().send("5woooot");
        server.connect().send("5");

        assertThat(log)
                .filteredOn(line -> line.startsWith("disconnect forced"))
                .allMatch(line -> line.equals("disconnect forced close: Illegal attachments"));
    }

    @Test
    @Behaviour({"SIO-SOCK-043", "ABUSE-009"})
    void an_unexpected_attachment_is_a_violation() {
        Client client = server.connect();

        client.send(new byte[] {1});

        assertThat(client.isClosed()).isTrue();
        assertThat(log).contains("disconnecting forced close");
    }

    @Test
    void a_violation_does_not_reach_other_connections() {
        Client good = server.connect();
        server.connect().send("2x");

        good.send("2[\"hello\"]");

        assertThat(log).endsWith("hello");
        assertThat(good.isClosed()).isFalse();
    }

    @Test
    @Behaviour({"SIO-CLOSE-010", "SIO-CLOSE-011", "SIO-CLOSE-012", "ABUSE-029"})
    void a_connection_that_joins_nothing_is_closed_after_the_connect_timeout() {
        Client client = server.open();

        server.advance(ofSeconds(10).minusMillis(1));
        assertThat(client.isClosed()).isFalse();
        server.advance(ofMillis(1));

        assertThat(client.isClosed()).isTrue();
        assertThat(client.webSocket.closeCode()).isZero();
        assertThat(client.next()).isNull();
    }

    @Test
    @Behaviour("SIO-CLOSE-017")
    void the_connect_timeout_ends_with_the_first_join() {
        Client client = server.connect();
        client.send("1");

        server.advance(ofSeconds(15));

        assertThat(client.isClosed()).isFalse();
    }

    @Test
    void a_refused_client_is_closed_after_the_connect_timeout() {
        Client client = server.open();
        client.send("0/unknown,");

        server.advance(ofSeconds(10));

        assertThat(client.isClosed()).isTrue();
    }

    @Test
    void nothing_is_left_of_a_connection_that_went_away() {
        server.connect().close();
        server.open().close();

        assertThat(server.io.pendingTimeouts()).isZero();
        assertThat(server.io.sockets()).isEmpty();
        assertThat(server.io.engine().sessionCount()).isZero();
    }

    @Test
    @Behaviour("SIO-SOCK-043")
    void the_reason_is_that_of_the_transport() {
        server.connect().close();
        Client silent = server.connect();
        server.advance(ofSeconds(46));
        server.connect().webSocket.send("x");
        server.connect().webSocket.send("2");

        assertThat(silent.isClosed()).isTrue();
        assertThat(log)
                .filteredOn(line -> line.startsWith("disconnecting"))
                .containsExactly(
                        "disconnecting transport close",
                        "disconnecting ping timeout",
                        "disconnecting parse error",
                        "disconnecting transport error");
    }

    @Test
    @Behaviour({"SIO-CLOSE-014", "SIO-NS-035"})
    void packets_that_cross_a_disconnect_by_the_server_are_ignored() {
        Client client = server.connect().join("/other");
        server.io.of("/other").disconnectSockets();

        client.send("2/other,[\"x\"]");
        client.send("3/other,1[]");
        client.send("1/other,");
        client.send("2[\"hello\"]");

        assertThat(client.all()).containsExactly("1/other,");
        assertThat(log).containsExactly("connected", "other server namespace disconnect", "hello");
        client.join("/other");
    }

    @Test
    void a_client_that_left_by_itself_may_not_go_on_sending() {
        Client client = server.connect();
        client.send("1");

        client.send("2[\"hello\"]");

        assertThat(client.isClosed()).isTrue();
    }

    @Test
    @Behaviour("ABUSE-032")
    void a_client_may_join_only_so_many_namespaces() {
        Fixture limited = new Fixture(options -> options.maxNamespacesPerConnection(2));
        limited.io.of("/a");
        limited.io.of("/b");
        Client client = limited.connect().join("/a");

        client.send("0/b,");

        assertThat(client.isClosed()).isTrue();
        assertThat(limited.io.of("/b").sockets()).isEmpty();
    }

    @Test
    void a_client_that_sends_faster_than_its_events_are_handled_has_to_wait() {
        Queue<Runnable> executor = new ArrayDeque<>();
        Fixture slow = new Fixture(options -> options.executor(executor::add).maxUnhandledBytes(10_000));
        slow.io.onConnection(socket -> {
            socket.on("n", Integer.class, String.class, (n, text) -> log.add(String.valueOf(n)));
            socket.onDisconnect(reason -> log.add(reason.toString()));
        });
        Client client = slow.open();
        client.send("0");
        executor.remove().run();

        for (int i = 0; i < 100; i++) {
            client.send("2[\"n\"," + i + ",\"" + "x".repeat(800) + "\"]");
        }
        client.send("no packet");
        assertThat(client.isClosed())
                .as("nothing is read any more, so nobody has seen what is wrong")
                .isFalse();

        while (!executor.isEmpty()) {
            executor.remove().run();
        }
        assertThat(log).hasSize(101).startsWith("0", "1").endsWith("98", "99", "forced close");
        assertThat(client.isClosed()).isTrue();
    }

    @Test
    void a_client_that_comes_and_goes_faster_than_its_handlers_has_to_wait() {
        Deque<Runnable> executor = new ArrayDeque<>();
        Fixture slow = new Fixture(options -> options.executor(executor::add).maxUnhandledBytes(10_000));
        slow.io.onConnection(socket -> socket.onDisconnect(reason -> log.add("gone")));
        Client client = slow.open();
        client.send("0");
        executor.removeLast().run();

        int sockets = 1;
        for (boolean answered = true; answered && sockets < 100; sockets++) {
            client.send("1");
            int waiting = executor.size();
            client.send("0");
            answered = executor.size() > waiting;
            if (answered) {
                executor.removeLast().run();
            }
        }
        assertThat(sockets).isLessThan(10);

        while (!executor.isEmpty()) {
            executor.remove().run();
        }
        assertThat(log).as("those before the last").hasSize(sockets - 1);
        assertThat(slow.io.sockets()).hasSize(1);
    }

    @Test
    void auth_has_a_limit() {
        Fixture limited = new Fixture(options -> options.maxAuthBytes(100));
        Client client = limited.open();

        client.send("0{\"token\":\"" + "x".repeat(100) + "\"}");
        assertThat(client.next()).isEqualTo("4{\"message\":\"auth too large\"}");

        client.send("0{\"token\":\"" + "x".repeat(80) + "\"}");
        assertThat(client.next()).startsWith("0{\"sid\":");
    }

    @Test
    @Behaviour("SIO-NS-012")
    void disconnecting_with_close_ends_all_namespaces_and_the_connection() {
        Client client = server.connect().join("/other");

        server.io.of("/other").sockets().get(0).disconnect(true);

        assertThat(client.all()).containsExactlyInAnyOrder("1", "1/other,");
        assertThat(client.isClosed()).isTrue();
        assertThat(log)
                .containsExactlyInAnyOrder(
                        "connected",
                        "disconnecting server namespace disconnect",
                        "disconnect server namespace disconnect",
                        "other server namespace disconnect");
    }

    @Test
    void a_client_that_is_told_of_its_disconnect_may_come_back_before_the_server_is_done_with_it() {
        List<Client> returning = new ArrayList<>();
        Fixture hurried = new Fixture(options -> options.adapter(node -> sealing(
                node,
                () -> returning.forEach(client -> {
                    if ("1".equals(client.next())) {
                        client.send("0");
                    }
                }))));
        Client client = hurried.connect();
        Socket before = hurried.io.sockets().get(0);
        returning.add(client);

        before.disconnect();

        assertThat(client.isClosed()).isFalse();
        assertThat(client.next()).startsWith("0{\"sid\":");
        assertThat(hurried.io.sockets()).singleElement().isNotSameAs(before);
        client.send("2[\"x\"]");
        assertThat(client.isClosed()).isFalse();
        client.close();
        assertThat(hurried.io.sockets()).isEmpty();
        assertThat(hurried.io.mainNamespace().clients).isZero();
    }

    /** An adapter that lets something happen while sockets leave. */
    private static Adapter sealing(AdapterNode node, Runnable action) {
        Adapter adapter = new InMemoryAdapter(node);
        return proxy(Adapter.class, (method, args) -> {
            Object result = method.invoke(adapter, args);
            return result instanceof Membership membership
                    ? proxy(Membership.class, (each, its) -> {
                        if (each.getName().equals("seal")) {
                            action.run();
                        }
                        return each.invoke(membership, its);
                    })
                    : result;
        });
    }

    private interface Call {
        Object of(Method method, Object[] args) throws ReflectiveOperationException;
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> call.of(method, args)));
    }
}
