package dev.parley;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Fixture.Client;
import dev.parley.adapter.Adapter;
import dev.parley.adapter.AdapterNode;
import dev.parley.adapter.InMemoryAdapter;
import dev.parley.adapter.Membership;
import dev.parley.adapter.RoomListener;
import dev.parley.engine.CorsOptions;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Options of the server, and its end. */
class SocketIoServerTest {

    private final List<String> log = new ArrayList<>();

    @Test
    @Behaviour({"SIO-CLOSE-001", "SIO-CLOSE-002", "SIO-CLOSE-005", "SIO-CLOSE-018"})
    void closing_says_goodbye_then_closes_adapters_then_connections() {
        Fixture server = new Fixture(options -> options.adapter(this::watched));
        server.io.of("/other");
        Client client = server.connect().join("/other");
        server.io.sockets().get(0).onDisconnecting(reason -> log.add("disconnecting " + reason));
        server.io.sockets().get(0).onDisconnect(reason -> log.add("disconnect " + client.isClosed()));
        server.io.of("/other").sockets().get(0).onDisconnect(reason -> log.add("other " + reason));

        CompletableFuture<Void> closed = server.io.close();

        assertThat(closed).isCompleted();
        assertThat(client.isClosed()).isTrue();
        assertThat(client.next()).isNull();
        assertThat(log)
                .containsExactlyInAnyOrder(
                        "disconnecting server shutting down",
                        "disconnect false",
                        "other server shutting down",
                        "close adapter of /",
                        "close adapter of /other")
                .containsSubsequence("disconnect false", "close adapter of /")
                .containsSubsequence("other server shutting down", "close adapter of /other");
        assertThat(server.io.sockets()).isEmpty();
        assertThat(server.io.engine().sessionCount()).isZero();
        assertThat(server.time.pendingTimers()).isZero();
    }

    @Test
    void draining_lets_clients_go_one_after_another() {
        Fixture server = new Fixture();
        Client first = server.connect();
        Client second = server.connect();
        server.io.sockets().forEach(socket -> socket.onDisconnect(reason -> log.add(reason.toString())));

        CompletableFuture<Void> drained = server.io.drain(1, ofSeconds(10));
        assertThat(List.of(first.isClosed(), second.isClosed())).containsExactlyInAnyOrder(true, false);

        server.time.advance(ofSeconds(1));
        assertThat(drained).isCompleted();
        assertThat(log).containsExactly("server shutting down", "server shutting down");

        server.io.close();
        server.io.onConnection(socket -> socket.onDisconnect(reason -> log.add(reason.toString())));
        server.connect().send("no packet");
        assertThat(log).as("a server that was closed is as good as new").endsWith("forced close");
    }

    private Adapter watched(AdapterNode node) {
        Adapter real = new InMemoryAdapter(node);
        return (Adapter) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Adapter.class}, (proxy, method, args) -> {
                    if (method.getName().equals("close")) {
                        log.add("close adapter of " + node.namespace());
                    }
                    return method.invoke(real, args);
                });
    }

    @Test
    @Behaviour({"SIO-CLOSE-003", "SIO-CLOSE-004", "SIO-SRV-027"})
    void closing_a_server_that_was_never_bound_is_no_error() {
        assertThat(new Fixture().io.close()).isCompleted();
        assertThat(SocketIoServer.create().close()).succeedsWithin(ofSeconds(5));
    }

    @Test
    @Behaviour("SIO-SOCK-023")
    void a_closed_server_can_be_used_again() {
        Fixture server = new Fixture();
        server.io.onConnection(socket -> socket.join("room"));
        server.connect();
        server.io.close().join();

        Client client = server.connect();
        server.io.to("room").emit("again");

        assertThat(client.all()).containsExactly("2[\"again\"]");
        client.close();
        assertThat(server.io.close()).isCompleted();
    }

    @Test
    void a_client_in_a_middleware_is_forgotten_when_the_server_closes() {
        Fixture server = new Fixture();
        server.io.use((socket, next) -> log.add("asked"));
        Client client = server.open();
        client.send("0");

        server.io.close().join();

        assertThat(client.isClosed()).isTrue();
        assertThat(log).containsExactly("asked");
        assertThat(server.time.pendingTimers()).isZero();
    }

    @Test
    void handlers_that_do_not_end_hold_up_the_close_for_four_seconds_at_most() {
        Queue<Runnable> executor = new ArrayDeque<>();
        Fixture server = new Fixture(options -> options.executor(executor::add));
        server.io.onConnection(socket -> socket.onDisconnect(reason -> log.add("late")));
        Client client = server.open();
        client.send("0");
        executor.remove().run();

        CompletableFuture<Void> closed = server.io.close();
        server.advance(ofSeconds(3));
        assertThat(closed).isNotDone();
        assertThat(client.isClosed()).isFalse();
        server.advance(ofSeconds(1));

        assertThat(closed).isCompleted();
        assertThat(client.isClosed()).isTrue();
        executor.remove().run();
        assertThat(log).containsExactly("late");
    }

    @Test
    void a_shorter_limit_counts_also_for_a_close_that_is_under_way() {
        Queue<Runnable> executor = new ArrayDeque<>();
        Fixture server = new Fixture(options -> options.executor(executor::add));
        Client client = server.open();
        client.send("0");
        executor.remove().run();

        CompletableFuture<Void> closed = server.io.close();
        CompletableFuture<Void> second = server.io.close();
        server.advance(ofSeconds(1));
        assertThat(second).as("to close twice is no reason to hurry").isNotDone();
        CompletableFuture<Void> hurried = server.io.close(ofSeconds(1));
        server.advance(ofSeconds(1));

        assertThat(List.of(closed, second, hurried)).allMatch(CompletableFuture::isDone);
        assertThat(client.isClosed()).isTrue();
        assertThat(server.time.pendingTimers()).as("%s", server.time).isZero();
    }

    @Test
    void an_adapter_that_does_not_close_holds_up_the_close_no_longer_than_the_limit() {
        Fixture server = new Fixture(options -> options.adapter(node -> closingWith(new CompletableFuture<>(), node)));
        Client client = server.connect();

        CompletableFuture<Void> closed = server.io.close(ofSeconds(2));
        server.advance(ofSeconds(1));
        assertThat(closed).isNotDone();
        server.advance(ofSeconds(1));

        assertThat(closed).isCompleted();
        assertThat(client.isClosed()).isTrue();
    }

    @Test
    void a_limit_is_neither_negative_nor_endless() {
        SocketIoServer io = new Fixture().io;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> io.close(ofSeconds(-1)))
                .withMessage("limit: PT-1S (expected: 0 to 100 years)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> io.close(ofSeconds(Long.MAX_VALUE)))
                .withMessageEndingWith("(expected: 0 to 100 years)");
        assertThat(io.close(ofSeconds(0))).isCompleted();
    }

    @Test
    void a_drain_without_end_does_not_begin() {
        Fixture server = new Fixture();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> server.io.drain(1, ofSeconds(Long.MAX_VALUE)))
                .withMessageEndingWith("(expected: 1 ms to 100 years)");

        assertThat(server.connect().isClosed()).isFalse();
        server.io.sockets().forEach(socket -> socket.onDisconnect(reason -> log.add(reason.toString())));
        server.io.engine().close();
        assertThat(log).as("nothing shuts down").containsExactly("forced close");
    }

    @Test
    void a_client_that_connects_while_the_server_closes_is_told_the_reason() {
        Queue<Runnable> executor = new ArrayDeque<>();
        Fixture server = new Fixture(options -> options.executor(executor::add));
        server.io.onConnection(socket -> socket.onDisconnect(reason -> log.add(reason.toString())));
        Client first = server.open();
        first.send("0");
        executor.remove().run();
        server.io.close();
        server.open().send("0");
        while (!executor.isEmpty()) {
            executor.remove().run();
        }

        assertThat(log).containsOnly("server shutting down");
        assertThat(server.io.engine().sessionCount()).isZero();
    }

    @Test
    void options_have_the_references_defaults() {
        SocketIoOptions options = SocketIoOptions.defaults();

        assertThat(options.engine().path()).isEqualTo("/socket.io");
        assertThat(options.connectTimeout()).isEqualTo(ofSeconds(45));
        assertThat(options.middlewareTimeout()).isEqualTo(ofSeconds(45));
        assertThat(options.engine().pingInterval()).isEqualTo(ofSeconds(25));
        assertThat(options.engine().pingTimeout()).isEqualTo(ofSeconds(20));
        assertThat(options.engine().upgradeTimeout()).isEqualTo(ofSeconds(10));
        assertThat(options.engine().maxPayload()).isEqualTo(1_000_000);
    }

    @Test
    void options_are_copied_and_changed() {
        SocketIoOptions options = SocketIoOptions.builder()
                .path("/chat")
                .connectTimeout(ofSeconds(1))
                .middlewareTimeout(ofSeconds(2))
                .ackTimeout(ofSeconds(3))
                .maxPendingAcks(4)
                .maxNamespacesPerConnection(5)
                .maxRoomsPerSocket(6)
                .pingInterval(ofSeconds(7))
                .cors(CorsOptions.allow("*"))
                .engine(engine -> engine.maxQueuedMessages(8))
                .build()
                .toBuilder()
                .ackTimeout(ofSeconds(9))
                .build();

        assertThat(options.engine().path()).isEqualTo("/chat");
        assertThat(options.connectTimeout()).isEqualTo(ofSeconds(1));
        assertThat(options.middlewareTimeout()).isEqualTo(ofSeconds(2));
        assertThat(options.ackTimeout()).isEqualTo(ofSeconds(9));
        assertThat(options.maxPendingAcks()).isEqualTo(4);
        assertThat(options.maxNamespacesPerConnection()).isEqualTo(5);
        assertThat(options.maxRoomsPerSocket()).isEqualTo(6);
        assertThat(options.engine().pingInterval()).isEqualTo(ofSeconds(7));
        assertThat(options.engine().maxQueuedMessages()).isEqualTo(8);
        assertThat(SocketIoServer.create(options).options()).isSameAs(options);
    }

    @Test
    void an_option_that_is_not_valid_is_refused_with_its_value() {
        SocketIoOptions.Builder builder = SocketIoOptions.builder();

        assertThatThrownBy(() -> builder.connectTimeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("connectTimeout: PT0S (expected: 1 ms to 100 years)");
        assertThatThrownBy(() -> builder.maxPendingAcks(-1)).hasMessage("maxPendingAcks: -1 (expected: > 0)");
        assertThatThrownBy(() -> builder.pingInterval(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void only_requests_below_the_path_are_handled() {
        SocketIoServer io = SocketIoServer.create(options -> options.path("/chat"));

        assertThat(io.handles("/chat/")).isTrue();
        assertThat(io.handles("/socket.io/")).isFalse();
        assertThat(io.handles("/chat/socket.io.js")).isFalse();
    }

    @Test
    @Behaviour("SEC-015")
    void closing_waits_for_all_adapters_even_if_one_fails() {
        Map<String, CompletableFuture<Void>> closings = new HashMap<>();
        Fixture server = new Fixture(options -> options.adapter(node -> {
            CompletableFuture<Void> closing = new CompletableFuture<>();
            closings.put(node.namespace(), closing);
            return closingWith(closing, node);
        }));
        server.io.of("/other");
        Client client = server.connect();

        CompletableFuture<Void> closed = server.io.close();
        closings.get("/").completeExceptionally(new IllegalStateException("on purpose"));
        assertThat(closed).isNotDone();
        assertThat(client.isClosed()).isFalse();
        closings.get("/other").complete(null);

        assertThat(closed).isCompleted();
        assertThat(client.isClosed()).isTrue();
    }

    private Adapter closingWith(CompletableFuture<Void> closing, AdapterNode node) {
        Adapter real = new InMemoryAdapter(node);
        return (Adapter) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Adapter.class},
                (proxy, method, args) -> method.getName().equals("close") ? closing : method.invoke(real, args));
    }

    @Test
    @Behaviour("SEC-016")
    void closing_what_is_closed_already_is_no_error() {
        Fixture server = new Fixture();
        server.connect();

        server.io.engine().close().join();

        assertThat(server.io.close()).isCompleted();
        assertThat(server.io.close()).isCompleted();
        assertThat(server.time.pendingTimers()).isZero();
    }

    @Test
    void an_adapter_that_throws_when_it_is_closed_holds_up_nobody() {
        Fixture server = new Fixture(options -> options.adapter(node -> failingAt("close", node)));
        server.io.of("/other");
        server.io.of("/third");
        Client client = server.connect();

        CompletableFuture<Void> closed = server.io.close();

        assertThat(log).containsExactlyInAnyOrder("close /", "close /other", "close /third");
        assertThat(closed).isCompleted();
        assertThat(client.isClosed()).isTrue();
        assertThat(server.time.pendingTimers()).isZero();
    }

    private Adapter failingAt(String failing, AdapterNode node) {
        Adapter real = new InMemoryAdapter(node);
        return (Adapter) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Adapter.class}, (proxy, method, args) -> {
                    if (method.getName().equals(failing)) {
                        log.add(failing + " " + node.namespace());
                        throw new IllegalStateException("on purpose");
                    }
                    return method.invoke(real, args);
                });
    }

    @Test
    void a_client_that_an_adapter_does_not_take_is_refused_and_keeps_no_namespace_alive() {
        Fixture server = new Fixture(options -> options.adapter(
                node -> node.namespace().equals("/") ? new InMemoryAdapter(node) : failingAt("register", node)));
        server.io.of((name, handshake) -> CompletableFuture.completedFuture(true));
        server.io.of("/fixed");
        Client client = server.connect();

        client.send("0/dynamic,");
        client.send("0/fixed,");
        client.send("0/dynamic,");

        assertThat(client.all())
                .containsExactly(
                        "4/dynamic,{\"message\":\"Internal server error\"}",
                        "4/fixed,{\"message\":\"Internal server error\"}",
                        "4/dynamic,{\"message\":\"Internal server error\"}");
        assertThat(client.isClosed()).isFalse();
        assertThat(server.io.namespace("/dynamic")).isEmpty();
        client.close();
        server.io.close();
        assertThat(server.time.pendingTimers()).isZero();
    }

    @Test
    void closing_waits_for_the_handlers_of_sockets_that_have_left_just_before() {
        Queue<Runnable> executor = new ArrayDeque<>();
        Fixture server = new Fixture(options -> options.executor(executor::add).adapter(this::watched));
        server.io.onConnection(socket -> socket.onDisconnect(reason -> log.add("disconnect " + reason)));
        Client client = server.open();
        client.send("0");
        executor.remove().run();
        client.close();
        assertThat(server.io.sockets()).isEmpty();

        CompletableFuture<Void> closed = server.io.close();
        assertThat(closed).isNotDone();
        assertThat(log).isEmpty();
        executor.remove().run();

        assertThat(closed).isCompleted();
        assertThat(log).containsExactly("disconnect transport close", "close adapter of /");
        assertThat(server.time.pendingTimers()).isZero();
    }

    @Test
    void a_socket_whose_end_fails_is_not_waited_for_for_ever() {
        Fixture server = new Fixture(options -> options.adapter(node -> {
            Adapter real = new InMemoryAdapter(node);
            return (Adapter) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {Adapter.class},
                    (proxy, method, args) -> method.getName().equals("register")
                            ? unclosable((Membership) method.invoke(real, args))
                            : method.invoke(real, args));
        }));
        server.connect().close();

        assertThat(log).containsExactly("close membership");
        assertThat(server.io.close()).isCompleted();
    }

    private Membership unclosable(Membership real) {
        return (Membership) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Membership.class}, (proxy, method, args) -> {
                    if (method.getName().equals("close")) {
                        log.add("close membership");
                        throw new IllegalStateException("on purpose");
                    }
                    return method.invoke(real, args);
                });
    }

    @Test
    void listeners_of_rooms_that_fall_far_behind_miss_changes_instead_of_filling_the_memory() {
        Queue<Runnable> executor = new ArrayDeque<>();
        Fixture server = new Fixture(options -> options.executor(executor::add));
        AtomicInteger told = new AtomicInteger();
        server.io.onRooms(new RoomListener() {
            @Override
            public void created(String room) {
                told.incrementAndGet();
            }

            @Override
            public void deleted(String room) {
                told.incrementAndGet();
            }
        });
        Client client = server.open();
        client.send("0");
        executor.remove().run();
        Socket socket = server.io.sockets().get(0);
        executor.remove().run();
        told.set(0);

        for (int i = 0; i < 30_000; i++) {
            socket.join("room");
            socket.leave("room");
        }
        executor.remove().run();

        assertThat(told).as("half of the changes are of another kind").hasValue(50_000);
        socket.join("again");
        executor.remove().run();
        assertThat(told).hasValue(50_001);
    }
}
