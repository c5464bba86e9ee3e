package dev.parley;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Fixture.Client;
import dev.parley.adapter.Adapter;
import dev.parley.adapter.InMemoryAdapter;
import dev.parley.adapter.SessionAwareAdapter;
import dev.parley.adapter.SessionRecovery;
import dev.parley.testing.MemoryExchange;
import dev.parley.testing.TestClient;
import dev.parley.testing.TestServer;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that have lost their connection come back to what they had, and to what they have missed. */
class ConnectionStateRecoveryTest {

    private static final Pattern IDS = Pattern.compile("0\\{\"sid\":\"([\\w-]{20})\",\"pid\":\"([\\w-]{20})\"}");
    private static final String OFFSET = "[0-9A-Za-z_-]+(\\.[0-9A-Za-z_-]+)?";

    private Fixture server = recovering(recovery -> {});
    private final List<Socket> sockets = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    /** What waits for an executor, in tests that have one of their own. */
    private final Queue<Runnable> tasks = new ArrayDeque<>();

    ConnectionStateRecoveryTest() {
        watch();
    }

    private static Fixture recovering(Consumer<ConnectionStateRecovery.Builder> recovery) {
        return server(options -> {}, recovery);
    }

    private static Fixture server(
            Consumer<SocketIoOptions.Builder> options, Consumer<ConnectionStateRecovery.Builder> recovery) {
        ConnectionStateRecovery.Builder builder = ConnectionStateRecovery.builder();
        recovery.accept(builder);
        return new Fixture(all -> {
            all.connectionStateRecovery(builder.build());
            options.accept(all);
        });
    }

    private void restart(Fixture other) {
        server.io.close().join();
        server = other;
        watch();
    }

    private void watch() {
        server.io.onConnection(socket -> {
            sockets.add(socket);
            log.add("connected, recovered " + socket.recovered());
            socket.onDisconnect(reason -> log.add("disconnect " + reason));
        });
    }

    @AfterEach
    void nothing_is_left_over() {
        CompletableFuture<Void> closed = server.io.close();
        runTasks();
        assertThat(closed).isCompleted();
        assertThat(server.time.pendingTimers()).isZero();
        assertThat(server.errors).isEmpty();
    }

    /** A client as the official one behaves: it remembers its secret, and the offset of what it received last. */
    private class Lost {

        Client client;
        String sid;
        String pid;
        String offset;

        /** Connects, and receives one event. */
        Lost() {
            client = server.open();
            client.send("0");
            readIds(client.next());
            server.io.to(sid).emit("first");
            offset = offsetOf(client.next());
        }

        void readIds(String packet) {
            Matcher ids = IDS.matcher(packet);
            assertThat(ids.matches()).as(packet).isTrue();
            sid = ids.group(1);
            pid = ids.group(2);
        }

        String connect() {
            return "0{\"pid\":\"" + pid + "\",\"offset\":\"" + offset + "\"}";
        }

        Client cut() {
            client.close();
            return client;
        }

        /** Comes back over a new connection; returns what it gets, without offsets. */
        List<String> comeBack() {
            client = server.open();
            client.send(connect());
            return client.all().stream()
                    .map(packet -> packet.startsWith("2") ? packet.replaceAll(",\"" + OFFSET + "\"]$", "]") : packet)
                    .toList();
        }

        /** What it gets if it goes on with its session. */
        String[] recovered(String... missed) {
            List<String> all = new ArrayList<>(List.of(missed));
            all.add("0{\"sid\":\"" + sid + "\",\"pid\":\"" + pid + "\"}");
            return all.toArray(String[]::new);
        }

        /** Makes sure that it started anew. */
        void startedAnew(List<String> packets) {
            String old = sid + pid;
            assertThat(packets).hasSize(1);
            readIds(packets.get(0));
            assertThat(old).doesNotContain(sid).doesNotContain(pid);
            assertThat(sockets.get(sockets.size() - 1).recovered()).isFalse();
        }
    }

    private static String offsetOf(String packet) {
        Matcher matcher = Pattern.compile(".*\"(" + OFFSET + ")\"]").matcher(packet);
        assertThat(matcher.matches()).as(packet).isTrue();
        return matcher.group(1);
    }

    private Socket last() {
        return sockets.get(sockets.size() - 1);
    }

    @Test
    @Behaviour({"REC-001", "REC-014"})
    void the_answer_holds_a_secret_and_each_event_an_offset() {
        Lost lost = new Lost();

        server.io.emit("news", 1);
        server.io.to(lost.sid).emit("news", "text", null);
        last().emit("direct");

        assertThat(lost.pid).isNotEqualTo(lost.sid);
        assertThat(lost.client.next()).matches("2\\[\"news\",1,\"" + OFFSET + "\"]");
        assertThat(lost.client.next()).matches("2\\[\"news\",\"text\",null,\"" + OFFSET + "\"]");
        assertThat(lost.client.next()).matches("2\\[\"direct\",\"" + OFFSET + "\"]");
    }

    @Test
    @Behaviour({"REC-002", "REC-022", "REC-023"})
    void what_was_missed_comes_in_order_before_the_answer_with_the_same_ids() {
        Lost lost = new Lost();
        Socket socket = last();
        socket.join("room1");
        lost.cut();

        server.io.emit("hello1");
        server.io.to("room1").emit("hello2", new byte[] {1});
        socket.emit("hello3", 3);
        server.io.to("room2").emit("not mine");
        server.io.except("room1").emit("not mine");
        server.io.of("/other").emit("not mine");

        lost.client = server.open();
        lost.client.send(lost.connect());
        assertThat(lost.client.next()).startsWith("2[\"hello1\",");
        assertThat(lost.client.next())
                .matches("51-\\[\"hello2\",\\{\"_placeholder\":true,\"num\":0},\"" + OFFSET + "\"]");
        assertThat(lost.client.nextMessage()).isEqualTo(new byte[] {1});
        assertThat(lost.client.all())
                .hasSize(2)
                .satisfies(rest -> assertThat(rest.get(0)).startsWith("2[\"hello3\",3,"))
                .endsWith(lost.recovered());
    }

    @Test
    @Behaviour("REC-002")
    void a_polling_client_gets_it_all_in_one_payload() {
        Lost lost = new Lost();
        lost.cut();
        server.io.emit("hello1");
        server.io.emit("hello2");

        String opened =
                server.transport.get("/socket.io/?EIO=4&transport=polling").text();
        Matcher sid = Pattern.compile("\"sid\":\"([^\"]+)\"").matcher(opened);
        assertThat(sid.find()).isTrue();
        String session = "/socket.io/?EIO=4&transport=polling&sid=" + sid.group(1);
        server.transport.post(session, "4" + lost.connect());
        MemoryExchange poll = server.transport.get(session);

        assertThat(poll.text().split("\u001e"))
                .hasSize(3)
                .satisfies(packets -> assertThat(packets[0]).startsWith("42[\"hello1\""))
                .satisfies(packets -> assertThat(packets[1]).startsWith("42[\"hello2\""))
                .endsWith("4" + lost.recovered()[0]);
    }

    @Test
    @Behaviour("REC-003")
    void the_recovered_socket_has_id_rooms_and_data_of_the_lost_one() {
        Lost lost = new Lost();
        Socket before = last();
        before.join("room1", "room2");
        Object user = new Object();
        before.data().put("user", user);
        assertThat(before.recovered()).isFalse();
        lost.cut();
        assertThat(before.rooms()).isEmpty();

        lost.comeBack();

        Socket after = last();
        assertThat(after).isNotSameAs(before);
        assertThat(after.id()).isEqualTo(before.id());
        assertThat(after.recovered()).isTrue();
        assertThat(after.rooms()).containsExactlyInAnyOrder(lost.sid, "room1", "room2");
        assertThat(after.data().get("user")).isSameAs(user);
        assertThat(server.io.mainNamespace().socket(lost.sid)).contains(after);
        assertThat(log)
                .containsExactly(
                        "connected, recovered false", "disconnect transport close", "connected, recovered true");
    }

    @Test
    @Behaviour("REC-004")
    void middlewares_are_skipped_by_default() {
        server.io.use((socket, next) -> {
            log.add("asked");
            next.accept();
        });
        Lost lost = new Lost();
        lost.cut();
        log.clear();

        assertThat(lost.comeBack()).containsExactly(lost.recovered());
        assertThat(log).containsExactly("connected, recovered true");
    }

    @Test
    @Behaviour("REC-004")
    void who_starts_anew_passes_the_middlewares() {
        server.io.use((socket, next) -> {
            log.add("asked");
            next.accept();
        });
        Lost lost = new Lost();
        lost.cut();
        log.clear();
        lost.offset = "unknown";

        lost.startedAnew(lost.comeBack());
        assertThat(log).containsExactly("asked", "connected, recovered false");
    }

    @Test
    @Behaviour({"REC-005", "REC-018"})
    void middlewares_that_are_not_skipped_lose_nothing_that_is_sent_meanwhile() {
        restart(recovering(recovery -> recovery.skipMiddlewares(false)));
        List<Middleware.Next> waiting = new ArrayList<>();
        server.io.use((socket, next) -> {
            log.add("asked, recovered " + socket.recovered() + ", in " + socket.rooms());
            socket.emit("from middleware");
            if (socket.recovered()) {
                waiting.add(next);
            } else {
                next.accept();
            }
        });
        Lost lost = new Lost();
        // what the middleware sent the first time came behind the answer
        assertThat(lost.offset).isNotNull();
        lost.client.all();
        lost.offset = newestOffset(lost);
        last().join("room");
        lost.cut();
        log.clear();
        server.io.emit("before");

        lost.client = server.open();
        lost.client.send(lost.connect());
        assertThat(log).containsExactly("asked, recovered true, in [room]");
        assertThat(lost.client.next()).isNull();
        server.io.to("room").emit("meanwhile");
        waiting.get(0).accept();
        server.io.emit("after");

        assertThat(lost.client.all().stream().map(ConnectionStateRecoveryTest::nameOf))
                .containsExactly("before", "from middleware", "meanwhile", "0", "after");
        assertThat(last().recovered()).isTrue();
    }

    private String newestOffset(Lost lost) {
        server.io.to(lost.sid).emit("newest");
        return offsetOf(lost.client.next());
    }

    private static String nameOf(String packet) {
        return packet.startsWith("0") ? "0" : packet.replaceAll("2\\[\"([^\"]*)\".*", "$1");
    }

    @Test
    void a_client_that_a_middleware_refuses_can_try_again() {
        restart(recovering(recovery -> recovery.skipMiddlewares(false)));
        boolean[] open = {true};
        server.io.use((socket, next) -> {
            if (open[0]) {
                next.accept();
            } else {
                next.reject("closed");
            }
        });
        Lost lost = new Lost();
        lost.cut();
        server.io.emit("missed");
        open[0] = false;
        assertThat(lost.comeBack()).containsExactly("4{\"message\":\"closed\"}");
        open[0] = true;

        assertThat(lost.comeBack()).containsExactly(lost.recovered("2[\"missed\"]"));
    }

    @Test
    void a_client_that_is_lost_again_in_a_middleware_can_try_again() {
        restart(recovering(recovery -> recovery.skipMiddlewares(false)));
        List<Middleware.Next> waiting = new ArrayList<>();
        server.io.use((socket, next) -> {
            if (socket.recovered() && waiting.isEmpty()) {
                waiting.add(next);
            } else {
                next.accept();
            }
        });
        Lost lost = new Lost();
        lost.cut();
        server.io.emit("missed");
        assertThat(lost.comeBack()).isEmpty();
        lost.cut();

        assertThat(lost.comeBack()).containsExactly(lost.recovered("2[\"missed\"]"));
        waiting.get(0).accept();
        assertThat(server.io.sockets()).containsExactly(last());
    }

    @Test
    @Behaviour({"REC-006", "ABUSE-035"})
    void an_unknown_session_is_a_new_one() {
        Lost lost = new Lost();
        lost.cut();
        lost.pid = "foo";

        lost.startedAnew(lost.comeBack());
    }

    @Test
    @Behaviour("REC-013")
    void a_secret_without_offset_is_a_new_session() {
        Lost lost = new Lost();
        lost.cut();

        lost.client = server.open();
        lost.client.send("0{\"pid\":\"" + lost.pid + "\"}");

        lost.startedAnew(lost.client.all());
    }

    @Test
    @Behaviour("ABUSE-035")
    void what_is_no_string_is_a_new_session() {
        Lost lost = new Lost();
        lost.cut();
        for (String auth : List.of("{\"pid\":1,\"offset\":{}}", "{\"pid\":[],\"offset\":\"x\"}", "{\"offset\":null}")) {
            Client client = server.open();
            client.send("0" + auth);
            assertThat(client.next()).matches(IDS);
        }
        assertThat(lost.comeBack()).containsExactly(lost.recovered());
    }

    @Test
    @Behaviour({"REC-007", "REC-008"})
    void without_the_option_there_is_no_secret_and_the_adapter_is_not_asked() {
        Fixture plain = new Fixture(options -> options.adapter(node -> {
            Adapter real = new InMemoryAdapter(node);
            return proxy(Adapter.class, (name, call) -> {
                assertThat(name).isNotEqualTo("recovery");
                return call.on(real);
            });
        }));
        Client client = plain.open();

        client.send("0{\"pid\":\"foo\",\"offset\":\"bar\"}");
        plain.io.emit("news");

        assertThat(client.next()).matches("0\\{\"sid\":\"[\\w-]{20}\"}");
        assertThat(client.next()).isEqualTo("2[\"news\"]");
        client.close();
        assertThat(plain.io.options().connectionStateRecovery()).isNull();
        assertThat(plain.io.close()).isCompleted();
    }

    private interface Call {
        Object on(Object target) throws ReflectiveOperationException;
    }

    private interface Interception {
        Object called(String method, Call call) throws ReflectiveOperationException;
    }

    private static <T> T proxy(Class<T> type, Interception interception) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, args) -> interception.called(method.getName(), target -> method.invoke(target, args))));
    }

    @Test
    @Behaviour("REC-021")
    void a_failing_search_is_a_new_session() {
        restart(server(
                options -> options.adapter(node -> {
                    SessionAwareAdapter real = new SessionAwareAdapter(node);
                    SessionRecovery failing = proxy(SessionRecovery.class, (name, call) -> {
                        if (name.equals("claim")) {
                            throw new IllegalStateException("no store");
                        }
                        return call.on(real);
                    });
                    return proxy(Adapter.class, (name, call) -> name.equals("recovery") ? failing : call.on(real));
                }),
                recovery -> {}));
        Lost lost = new Lost();
        lost.cut();

        lost.startedAnew(lost.comeBack());
    }

    @Test
    void an_adapter_that_keeps_no_sessions_is_refused() {
        assertThatThrownBy(() -> SocketIoServer.create(options -> options.adapter(InMemoryAdapter::new)
                        .connectionStateRecovery(ConnectionStateRecovery.defaults())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("connectionStateRecovery");
    }

    @Test
    @Behaviour("REC-015")
    void volatile_events_and_those_with_acknowledgement_have_no_offset_and_are_not_missed() {
        Lost lost = new Lost();
        Socket socket = last();

        socket.asVolatile().emit("volatile");
        server.io.asVolatile().emit("volatile");
        socket.emitWithAck("ack");
        server.io.emitWithAck("ack");
        server.io.emit("binary", "plain", new byte[] {7});
        assertThat(lost.client.next()).isEqualTo("2[\"volatile\"]");
        assertThat(lost.client.next()).isEqualTo("2[\"volatile\"]");
        assertThat(lost.client.next()).isEqualTo("20[\"ack\"]");
        assertThat(lost.client.next()).isEqualTo("21[\"ack\"]");
        assertThat(lost.client.next())
                .matches("51-\\[\"binary\",\"plain\",\\{\"_placeholder\":true,\"num\":0},\"" + OFFSET + "\"]");
        assertThat(lost.client.nextMessage()).isEqualTo(new byte[] {7});
        lost.offset = newestOffset(lost);

        lost.cut();
        server.io.asVolatile().emit("volatile");
        server.io.emitWithAck("ack");
        server.io.emit("kept");
        assertThat(lost.comeBack()).containsExactly(lost.recovered("2[\"kept\"]"));
    }

    @Test
    @Behaviour("REC-015")
    void a_volatile_event_behind_another_one_is_still_dropped() {
        Lost lost = new Lost();
        lost.client.webSocket.stopReading();

        server.io.emit("kept");
        server.io.asVolatile().emit("dropped");
        lost.client.webSocket.resumeReading();

        assertThat(lost.client.all()).hasSize(1);
    }

    @Test
    @Behaviour("REC-016")
    void a_socket_that_has_left_the_room_of_its_id_still_gets_what_is_sent_to_it() {
        Lost lost = new Lost();
        last().leave(lost.sid);

        last().emit("direct");
        assertThat(lost.client.next()).startsWith("2[\"direct\"");
    }

    @Test
    @Behaviour("REC-017")
    void of_two_clients_with_the_same_secret_one_goes_on_with_the_session() {
        Lost lost = new Lost();
        lost.cut();
        Client first = server.open();
        Client second = server.open();

        first.send(lost.connect());
        second.send(lost.connect());

        assertThat(first.next()).isEqualTo(lost.recovered()[0]);
        assertThat(second.next()).matches(IDS).doesNotContain(lost.sid).doesNotContain(lost.pid);
        assertThat(server.io.sockets()).hasSize(2);
    }

    @Test
    @Behaviour("ABUSE-035")
    void a_session_that_is_in_use_cannot_be_taken_over() {
        Lost lost = new Lost();
        Client thief = server.open();

        thief.send(lost.connect());

        assertThat(thief.next()).matches(IDS).doesNotContain(lost.sid);
        assertThat(last().recovered()).isFalse();
        assertThat(lost.client.isClosed()).isFalse();
    }

    @Test
    void a_session_can_be_lost_and_recovered_many_times() {
        Lost lost = new Lost();
        for (int i = 0; i < 5; i++) {
            lost.cut();
            server.io.emit("missed", i);
            assertThat(lost.comeBack()).containsExactly(lost.recovered("2[\"missed\"," + i + "]"));
            lost.offset = newestOffset(lost);
        }
        assertThat(server.io.sockets()).hasSize(1);
    }

    @Test
    void an_event_that_was_on_its_way_is_sent_again() {
        Lost lost = new Lost();
        lost.client.webSocket.stopReading();
        server.io.emit("lost on the way");
        last().emit("so is this");
        lost.cut();

        assertThat(lost.comeBack()).containsExactly(lost.recovered("2[\"lost on the way\"]", "2[\"so is this\"]"));
    }

    @Test
    void what_is_sent_to_the_lost_socket_reaches_the_recovered_one() {
        Lost lost = new Lost();
        Socket before = last();
        lost.cut();
        lost.comeBack();

        before.emit("late");
        assertThat(lost.client.next()).startsWith("2[\"late\"");

        lost.client.send("1");
        before.emit("too late");
        last().emit("too late");
        assertThat(lost.client.all()).isEmpty();
    }

    @Test
    @Behaviour("REC-019")
    void a_client_that_was_not_heard_of_for_long_can_come_back() {
        restart(server(options -> options.pingInterval(ofSeconds(10)).pingTimeout(ofSeconds(5)), recovery -> {}));
        Lost lost = new Lost();
        server.advance(ofSeconds(15));
        assertThat(log).endsWith("disconnect ping timeout");

        assertThat(lost.comeBack()).containsExactly(lost.recovered());
    }

    @Test
    @Behaviour("REC-019")
    void a_client_that_broke_the_protocol_of_this_layer_can_come_back() {
        Lost lost = new Lost();
        lost.client.send("9");
        assertThat(log).endsWith("disconnect forced close");

        assertThat(lost.comeBack()).containsExactly(lost.recovered());
    }

    @Test
    @Behaviour("REC-019")
    void a_client_whose_connection_failed_can_come_back() {
        Lost lost = new Lost();
        lost.client.webSocket.send("1");
        assertThat(log.get(log.size() - 1)).matches("disconnect transport (close|error)");

        assertThat(lost.comeBack()).containsExactly(lost.recovered());
    }

    @Test
    @Behaviour("REC-019")
    void a_client_that_left_or_was_sent_away_starts_anew() {
        List<Consumer<Lost>> ends = List.of(
                lost -> lost.client.send("1"),
                lost -> last().disconnect(),
                lost -> last().disconnect(true),
                lost -> server.io.disconnectSockets(),
                lost -> lost.client.webSocket.send("garbage"));
        for (Consumer<Lost> end : ends) {
            Lost lost = new Lost();
            end.accept(lost);
            assertThat(server.io.sockets()).isEmpty();

            lost.startedAnew(lost.comeBack());
            lost.cut();
        }
        assertThat(log).contains("disconnect parse error");
    }

    @Test
    @Behaviour({"REC-019", "REC-020"})
    void sessions_in_memory_end_with_the_server() {
        Lost lost = new Lost();
        Lost other = new Lost();
        lost.cut();

        server.io.close().join();
        assertThat(log).endsWith("disconnect server shutting down");
        assertThat(server.time.pendingTimers()).isZero();

        lost.startedAnew(lost.comeBack());
        other.startedAnew(other.comeBack());
    }

    @Test
    @Behaviour("REC-020")
    void a_session_expires() {
        Lost lost = new Lost();
        lost.cut();
        server.advance(ofMinutes(2).plusMillis(1));

        lost.startedAnew(lost.comeBack());
    }

    @Test
    void who_comes_back_while_the_handlers_of_the_lost_socket_run_is_connected_after_them() {
        restart(server(options -> options.executor(tasks::add), recovery -> {}));
        server.io.onConnection(
                socket -> socket.onDisconnect(reason -> socket.data().put("seen", "all")));
        Lost lost = new Lost() {
            @Override
            void readIds(String packet) {
                runTasks();
                super.readIds(packet == null ? client.next() : packet);
            }
        };
        lost.cut();
        server.io.emit("missed");

        assertThat(lost.comeBack()).isEmpty();
        runTasks();

        assertThat(log.subList(log.size() - 2, log.size()))
                .containsExactly("disconnect transport close", "connected, recovered true");
        assertThat(last().data().get("seen")).isEqualTo("all");
        assertThat(lost.client.all()).hasSize(2).endsWith(lost.recovered());
    }

    @Test
    void who_waits_too_long_for_the_handlers_of_the_lost_socket_starts_anew() {
        restart(server(options -> options.executor(tasks::add).middlewareTimeout(ofSeconds(5)), recovery -> {}));
        Lost lost = new Lost() {
            @Override
            void readIds(String packet) {
                runTasks();
                super.readIds(packet == null ? client.next() : packet);
            }
        };
        lost.cut();
        Runnable slow = tasks.remove();
        lost.comeBack();
        runTasks();
        server.advance(ofSeconds(5));
        runTasks();
        assertThat(lost.client.next()).matches(IDS).doesNotContain(lost.sid);

        slow.run();
        runTasks();
        assertThat(lost.comeBack()).isEmpty();
        runTasks();
        assertThat(lost.client.all()).containsExactly(lost.recovered());
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @Test
    void listeners_of_outgoing_events_see_no_offset_and_nothing_that_is_replayed() {
        Lost lost = new Lost();
        List<String> seen = new ArrayList<>();
        server.io.onConnection(socket -> socket.onAnyOutgoing((name, args) -> seen.add(name + args)));
        last().onAnyOutgoing((name, args) -> seen.add(name + args));
        server.io.emit("all", 1);
        last().emit("direct", 2);
        assertThat(seen).containsExactly("all[1]", "direct[2]");
        seen.clear();
        lost.client.all();
        lost.offset = newestOffset(lost);
        seen.clear();

        lost.cut();
        server.io.emit("missed");
        lost.comeBack();

        assertThat(seen).isEmpty();
    }

    @Test
    void an_event_that_cannot_be_encoded_is_neither_sent_nor_kept() {
        Lost lost = new Lost();

        assertThatThrownBy(() -> server.io.emit("bad", Fixture.unencodable()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> last().emit("bad", Fixture.unencodable()))
                .isInstanceOf(IllegalArgumentException.class);
        lost.cut();

        assertThat(lost.comeBack()).containsExactly(lost.recovered());
    }

    @Test
    void namespaces_have_sessions_of_their_own() {
        server.io.of("/other");
        Lost lost = new Lost();
        lost.cut();
        Client client = server.open();

        client.send("0/other," + lost.connect().substring(1));

        assertThat(client.next()).doesNotContain(lost.sid).doesNotContain(lost.pid);
        assertThat(lost.comeBack()).containsExactly(lost.recovered());
    }

    /** A server whose clients create namespaces and get a first event there. */
    private static TestServer withChildren(Consumer<SocketIoOptions.Builder> options) {
        TestServer test = TestServer.create(all -> {
            all.connectionStateRecovery(ConnectionStateRecovery.defaults());
            options.accept(all);
        });
        Namespace children = test.io().of(Pattern.compile("/child-\\d"));
        children.use((socket, next) -> {
            if (socket.handshake().auth().containsKey("bad")) {
                next.reject("bad");
            } else {
                next.accept();
            }
        });
        children.onConnection(socket -> {
            if (!socket.recovered()) {
                socket.emit("welcome");
            }
        });
        return test;
    }

    @Test
    void a_child_namespace_waits_for_clients_that_may_come_back() {
        try (TestServer test = withChildren(options -> {})) {
            TestClient client = test.connect("/child-1");
            client.expect("welcome");
            client.cut();
            assertThat(test.io().namespace("/child-1")).isPresent();

            TestClient again = test.reconnect(client);
            assertThat(again.recovered()).isTrue();
            test.advance(ofMinutes(5));
            assertThat(again.isConnected()).isTrue();
            again.cut();
            test.advance(ofMinutes(2));

            assertThat(test.io().namespace("/child-1")).isEmpty();
            assertThat(test.reconnect(again).recovered()).isFalse();
        }
    }

    @Test
    void a_child_namespace_waits_for_nobody_who_has_left_or_was_refused() {
        try (TestServer test = withChildren(options -> {})) {
            test.connect("/child-1").disconnect();
            test.expectRefusal("/child-2", Map.of("bad", true));

            assertThat(test.io().namespaces()).hasSize(1);
        }
    }

    @Test
    void a_child_namespace_that_waits_makes_room_for_one_with_clients() {
        try (TestServer test = withChildren(options -> options.maxChildNamespaces(1))) {
            TestClient client = test.connect("/child-1");
            client.cut();

            test.connect("/child-2");

            assertThat(test.io().namespace("/child-1")).isEmpty();
            test.expectRefusal("/child-1", null);
        }
    }

    @Test
    void a_child_namespace_that_waits_ends_with_the_server_unless_the_application_wants_it() {
        TestServer test = withChildren(options -> {});
        for (int i = 0; i < 3; i++) {
            test.connect("/child-" + i).cut();
        }
        test.io().of("/child-1");
        test.advance(ofMinutes(1));

        test.close();

        assertThat(test.io().namespaces()).extracting(Namespace::name).containsExactlyInAnyOrder("/", "/child-1");
        assertThat(test.time().pendingTimers()).isZero();
    }

    @Test
    void the_test_client_comes_back_as_the_official_one() {
        try (TestServer test =
                TestServer.create(options -> options.connectionStateRecovery(ConnectionStateRecovery.defaults()))) {
            test.io().onConnection(socket -> {
                log.add("auth " + socket.handshake().auth("token", String.class));
                socket.join("room");
            });
            TestClient client = test.connect("/", Map.of("token", "t"));
            test.io().emit("first", 1);
            client.expect("first", 1);
            client.cut();
            test.io().to("room").emit("missed", "text");

            TestClient again = test.reconnect(client);

            again.expect("missed", "text");
            assertThat(again.recovered()).isTrue();
            assertThat(again.id()).isEqualTo(client.id());
            assertThat(log).containsExactly("auth t", "auth t");
        }
    }

    @Test
    void a_client_that_missed_more_than_its_queue_holds_starts_anew_and_is_not_closed() {
        restart(server(options -> options.engine(engine -> engine.maxQueuedMessages(10)), recovery -> {}));
        Lost lost = new Lost();
        lost.cut();
        for (int i = 0; i < 6; i++) {
            server.io.emit("missed");
        }

        lost.startedAnew(lost.comeBack());
        assertThat(lost.client.isClosed()).isFalse();
    }

    @Test
    void whatever_threads_send_each_client_gets_once_and_in_the_order_of_each_thread() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        Lost lost = new Lost();
        Queue<String> received = new ArrayDeque<>();
        try {
            List<Future<?>> senders = new ArrayList<>();
            for (int thread = 0; thread < 3; thread++) {
                String name = "t" + thread;
                senders.add(threads.submit(() -> {
                    for (int n = 0; n < 2_000; n++) {
                        (n % 2 == 0 ? server.io : server.io.to(lost.sid)).emit(name, n);
                    }
                }));
            }
            int cuts = 0;
            while (!senders.stream().allMatch(Future::isDone)) {
                receive(lost, received);
                if (cuts++ % 3 == 0) {
                    lost.client.webSocket.stopReading();
                }
                lost.cut();
                // What had arrived before the cut can still be read.
                receive(lost, received);
                lost.client = server.open();
                lost.client.send(lost.connect());
            }
            for (Future<?> sender : senders) {
                sender.get();
            }
        } finally {
            threads.shutdownNow();
        }
        receive(lost, received);

        for (int thread = 0; thread < 3; thread++) {
            String name = "t" + thread + " ";
            assertThat(received.stream().filter(event -> event.startsWith(name)))
                    .containsExactlyElementsOf(
                            IntStream.range(0, 2_000).mapToObj(n -> name + n).toList());
        }
    }

    private void receive(Lost lost, Queue<String> received) {
        for (String packet = lost.client.next(); packet != null; packet = lost.client.next()) {
            if (packet.startsWith("2")) {
                received.add(packet.replaceAll("2\\[\"(t\\d)\",(\\d+),.*", "$1 $2"));
                lost.offset = offsetOf(packet);
            } else {
                assertThat(packet).isEqualTo(lost.recovered()[0]);
            }
        }
    }

    @Test
    void a_client_that_was_cut_at_any_moment_gets_every_event_once_and_in_order() {
        Lost lost = new Lost();
        List<Integer> received = new ArrayList<>();
        for (int n = 0; n < 300; n++) {
            if (n % 7 == 3) {
                lost.client.webSocket.stopReading();
            }
            (n % 2 == 0 ? server.io : server.io.to(lost.sid)).emit("n", n);
            if (n % 7 == 5) {
                lost.cut();
                lost.client = server.open();
                lost.client.send(lost.connect());
            }
            for (String packet = lost.client.next(); packet != null; packet = lost.client.next()) {
                if (packet.startsWith("2")) {
                    received.add(Integer.valueOf(packet.replaceAll("2\\[\"n\",(\\d+),.*", "$1")));
                    lost.offset = offsetOf(packet);
                }
            }
        }
        assertThat(received)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(0, received.size() - 1).boxed().toList());
        assertThat(received).hasSizeGreaterThan(290);
    }

    @Test
    void options_are_checked() {
        ConnectionStateRecovery.Builder builder = ConnectionStateRecovery.builder();

        assertThatThrownBy(() -> builder.maxDisconnectionDuration(ofSeconds(0)))
                .hasMessage("maxDisconnectionDuration: PT0S (expected: 1 ms to 100 years)");
        assertThatThrownBy(() -> builder.maxSessions(0)).hasMessage("maxSessions: 0 (expected: > 0)");
        assertThatThrownBy(() -> builder.maxPackets(-1)).hasMessage("maxPackets: -1 (expected: > 0)");
        assertThatThrownBy(() -> builder.maxBytes(0)).hasMessage("maxBytes: 0 (expected: > 0)");
        ConnectionStateRecovery defaults = ConnectionStateRecovery.defaults();
        assertThat(defaults.maxDisconnectionDuration()).isEqualTo(ofMinutes(2));
        assertThat(defaults.skipMiddlewares()).isTrue();
        assertThat(defaults.maxSessions()).isEqualTo(10_000);
        assertThat(defaults.maxPackets()).isEqualTo(100_000);
        assertThat(defaults.maxBytes()).isEqualTo(32L * 1024 * 1024);
        assertThat(SocketIoOptions.builder().connectionStateRecovery(defaults).build().toBuilder()
                        .build()
                        .connectionStateRecovery())
                .isSameAs(defaults);
    }
}
