package dev.parley;

import static java.time.Duration.ofSeconds;
import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.failedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Fixture.Client;
import dev.parley.adapter.Adapter;
import dev.parley.adapter.AdapterNode;
import dev.parley.adapter.InMemoryAdapter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Namespaces that come into being when clients ask for them. */
class DynamicNamespaceTest {

    private static final Pattern DYNAMIC = Pattern.compile("/dynamic-\\d+");
    private static final String INVALID = "{\"message\":\"Invalid namespace\"}";

    private Fixture server = new Fixture();
    private final List<Object> log = new ArrayList<>();

    private void restart(Consumer<SocketIoOptions.Builder> options) {
        server = new Fixture(options);
    }

    @AfterEach
    void nothing_is_left_over() {
        server.io.close();
        assertThat(server.io.engine().sessionCount()).isZero();
        assertThat(server.io.pendingTimeouts()).isZero();
    }

    private Client ask(String namespace) {
        Client client = server.open();
        client.send("0" + namespace + ",");
        return client;
    }

    private List<String> names() {
        return server.io.namespaces().stream().map(Namespace::name).sorted().toList();
    }

    @Test
    @Behaviour({"SIO-DYN-001", "SIO-DYN-014"})
    void a_pattern_lets_clients_create_namespaces_that_share_handlers() {
        Namespace parent = server.io.of(DYNAMIC);
        parent.use((socket, next) -> {
            log.add("middleware " + socket.namespace().name());
            next.accept();
        });
        parent.onConnection(socket -> log.add("connected " + socket.namespace().name()));

        Client one = server.open().join("/dynamic-1");
        Client two = server.open().join("/dynamic-2");
        parent.emit("hello", 1, "2", Map.of("3", List.of(4)));

        assertThat(log)
                .containsExactly(
                        "middleware /dynamic-1",
                        "connected /dynamic-1",
                        "middleware /dynamic-2",
                        "connected /dynamic-2");
        assertThat(one.all()).containsExactly("2/dynamic-1,[\"hello\",1,\"2\",{\"3\":[4]}]");
        assertThat(two.all()).containsExactly("2/dynamic-2,[\"hello\",1,\"2\",{\"3\":[4]}]");
        assertThat(names()).containsExactly("/", "/dynamic-1", "/dynamic-2");
    }

    @Test
    @Behaviour({"SIO-DYN-002", "SIO-DYN-019"})
    void a_room_of_the_parent_is_that_of_all_children() {
        Namespace parent = server.io.of(DYNAMIC);
        parent.onConnection(socket -> {
            if (socket.handshake().auth().containsKey("room")) {
                socket.join("room");
            }
        });
        Client in = server.open();
        in.send("0/dynamic-1,{\"room\":1}");
        Client out = server.open().join("/dynamic-1");
        Client elsewhere = server.open();
        elsewhere.send("0/dynamic-2,{\"room\":1}");
        in.all();
        elsewhere.all();

        parent.to("room").emit("hello", "x");

        assertThat(in.all()).containsExactly("2/dynamic-1,[\"hello\",\"x\"]");
        assertThat(elsewhere.all()).containsExactly("2/dynamic-2,[\"hello\",\"x\"]");
        assertThat(out.all()).isEmpty();
        assertThat(parent.room("room").size()).isEqualTo(2);
        assertThat(parent.rooms()).extracting(Room::name).containsExactly("room");
        assertThat(parent.sockets())
                .hasSize(3)
                .allMatch(socket -> parent.socket(socket.id())
                        .filter(found -> found == socket)
                        .isPresent());
        assertThat(parent.sockets().stream().filter(parent.room("room")::contains))
                .hasSize(2);
    }

    @Test
    @Behaviour("SIO-DYN-016")
    void sockets_are_found_and_asked_through_the_parent() {
        Namespace parent = server.io.of(DYNAMIC);
        assertThat(parent.fetchSockets().join()).isEmpty();
        assertThat(parent.emitWithAck("nobody").join()).isEmpty();
        Client one = server.open().join("/dynamic-1");
        Client two = server.open().join("/dynamic-2");

        CompletableFuture<List<String>> answers = parent.emitWithAck(String.class, "who?");
        one.send("3/dynamic-1,0[\"one\"]");
        assertThat(answers).isNotDone();
        two.send("3/dynamic-2,0[\"two\"]");

        assertThat(answers).isCompletedWithValue(List.of("one", "two"));
        assertThat(parent.fetchSockets().join()).extracting(RemoteSocket::id).containsExactlyInAnyOrder(one.id, two.id);
    }

    @Test
    @Behaviour("SIO-DYN-003")
    void a_filter_decides_by_name_and_auth_whenever_it_likes() {
        CompletableFuture<Boolean> decision = new CompletableFuture<>();
        server.io.of((name, handshake) -> {
            log.add(name + " " + handshake.auth("token", String.class));
            return decision;
        });
        Client client = server.open();
        client.send("0/any,{\"token\":\"abc\"}");

        assertThat(log).containsExactly("/any abc");
        assertThat(client.next()).isNull();
        decision.complete(true);

        assertThat(client.next()).startsWith("0/any,{\"sid\"");
    }

    @Test
    @Behaviour("SIO-DYN-004")
    void what_no_parent_takes_is_refused_and_the_connection_stays() {
        server.io.of(DYNAMIC);
        server.io.of((name, handshake) -> completedFuture(false));

        Client client = ask("/static");

        assertThat(client.all()).containsExactly("4/static," + INVALID);
        client.join("/dynamic-1").join("/");
        assertThat(names()).containsExactly("/", "/dynamic-1");
    }

    @Test
    void a_pattern_has_to_match_the_whole_name() {
        server.io.of(DYNAMIC);

        for (String name : List.of("/a/dynamic-1", "/dynamic-1/a", "/dynamic-1\\n", "/dynamic-")) {
            assertThat(ask(name).all()).singleElement().asString().endsWith(INVALID);
        }
    }

    @Test
    @Behaviour({"SIO-DYN-005", "SIO-NS-038"})
    void a_child_is_told_as_a_new_namespace_but_a_parent_is_not() {
        server.io.onNewNamespace(namespace -> log.add(namespace.name()));
        server.io.of(DYNAMIC);
        server.io.of((name, handshake) -> completedFuture(true));

        server.open().join("/dynamic-1");
        server.open().join("/dynamic-1");
        server.open().join("/other");

        assertThat(log).containsExactly("/dynamic-1", "/other");
    }

    @Test
    @Behaviour("SIO-DYN-006")
    void clients_that_race_through_a_filter_share_one_child() {
        List<CompletableFuture<Boolean>> decisions = new ArrayList<>();
        server.io
                .of((name, handshake) -> {
                    decisions.add(new CompletableFuture<>());
                    return decisions.get(decisions.size() - 1);
                })
                .onConnection(socket -> log.add(socket.namespace()));
        server.io.onNewNamespace(namespace -> log.add(namespace.name()));
        Client one = ask("/shared");
        Client two = ask("/shared");

        decisions.get(1).complete(true);
        decisions.get(0).complete(true);

        assertThat(one.next()).startsWith("0/shared,");
        assertThat(two.next()).startsWith("0/shared,");
        assertThat(log).hasSize(3).startsWith("/shared");
        assertThat(log.get(1)).isSameAs(log.get(2)).isSameAs(server.io.of("/shared"));
    }

    @Test
    @Behaviour({"SIO-DYN-007", "SIO-DYN-008", "ABUSE-032"})
    void a_child_ends_with_its_last_socket_and_comes_again() {
        List<Namespace> created = new ArrayList<>();
        server.io.onNewNamespace(created::add);
        Namespace parent = server.io.of(DYNAMIC);
        Client first = server.open().join("/dynamic-1");
        Client second = server.open().join("/dynamic-1");
        created.get(0).sockets().get(0).onDisconnect(reason -> log.add(names()));

        first.send("1/dynamic-1,");
        assertThat(names()).contains("/dynamic-1");
        second.close();
        assertThat(names()).containsExactly("/");
        assertThat(log).containsExactly(List.of("/", "/dynamic-1"));

        first.join("/dynamic-1");
        assertThat(created).hasSize(2).doesNotHaveDuplicates();
        parent.emit("hello");
        created.get(0).emit("to nobody");
        assertThat(first.all()).containsExactly("2/dynamic-1,[\"hello\"]");
    }

    @Test
    @Behaviour({"SIO-DYN-009", "SIO-DYN-010"})
    void children_stay_if_they_are_not_to_be_cleaned_up() {
        restart(options -> options.cleanupEmptyChildNamespaces(false));
        server.io.of(DYNAMIC).use(DynamicNamespaceTest::onlyFirst);

        server.open().join("/dynamic-1").close();
        ask("/dynamic-2").close();

        assertThat(names()).containsExactly("/", "/dynamic-1", "/dynamic-2");
        assertThat(server.io.namespace("/dynamic-1").orElseThrow().sockets()).isEmpty();
    }

    private static void onlyFirst(Socket socket, Middleware.Next next) {
        if (socket.namespace().name().endsWith("1")
                && socket.namespace().sockets().isEmpty()) {
            next.accept();
        } else {
            next.reject("no");
        }
    }

    @Test
    @Behaviour({"SIO-DYN-011", "SIO-DYN-012"})
    void a_refused_client_leaves_no_child_behind_and_takes_none_away() {
        server.io.of(DYNAMIC).use(DynamicNamespaceTest::onlyFirst);
        server.open().join("/dynamic-1");

        assertThat(ask("/dynamic-1").next()).isEqualTo("4/dynamic-1,{\"message\":\"no\"}");
        assertThat(ask("/dynamic-2").next()).isEqualTo("4/dynamic-2,{\"message\":\"no\"}");

        assertThat(names()).containsExactly("/", "/dynamic-1");
    }

    @Test
    void a_client_that_vanishes_in_a_middleware_leaves_no_child_behind() {
        server.io.of(DYNAMIC).use((socket, next) -> log.add(next));
        Client client = ask("/dynamic-1");
        assertThat(names()).containsExactly("/", "/dynamic-1");

        client.close();

        assertThat(names()).containsExactly("/");
    }

    @Test
    @Behaviour("SIO-DYN-013")
    void what_the_application_asks_for_is_a_child_where_a_pattern_matches() {
        Namespace parent = server.io.of(DYNAMIC);
        parent.onConnection(socket -> log.add("by parent"));
        server.io.of((name, handshake) -> completedFuture(true));

        Namespace child = server.io.of("/dynamic-101");
        Namespace other = server.io.of("/other");
        child.onConnection(socket -> log.add("by child"));
        Client client = server.open().join("/dynamic-101").join("/other");
        parent.emit("hello");

        assertThat(log).containsExactly("by parent", "by child");
        assertThat(client.all()).containsExactly("2/dynamic-101,[\"hello\"]");
        assertThat(other.sockets()).hasSize(1);
    }

    @Test
    @Behaviour("SIO-NS-029")
    void what_the_application_has_asked_for_is_never_removed() {
        server.io.of(DYNAMIC);
        server.io.of("/static");
        server.io.of("/dynamic-1");
        server.open().join("/static").close();
        server.open().join("/dynamic-1").close();
        Client client = server.open().join("/dynamic-2");
        server.io.of("/dynamic-2");
        client.close();

        assertThat(names()).containsExactly("/", "/dynamic-1", "/dynamic-2", "/static");
    }

    @Test
    @Behaviour("SIO-DYN-015")
    void what_a_parent_is_given_later_concerns_later_children() {
        Namespace parent = server.io.of(DYNAMIC);
        parent.onConnection(socket -> log.add("first " + socket.namespace().name()));
        Client client = server.open().join("/dynamic-1");
        parent.use((socket, next) -> {
            log.add("late middleware " + socket.namespace().name());
            next.accept();
        });
        parent.onConnection(socket -> log.add("late " + socket.namespace().name()));
        log.clear();

        server.open().join("/dynamic-1");
        client.join("/dynamic-2");

        assertThat(log)
                .containsExactly(
                        "first /dynamic-1", "late middleware /dynamic-2", "first /dynamic-2", "late /dynamic-2");
    }

    @Test
    void a_parent_s_middlewares_run_before_those_of_the_child() {
        Namespace parent = server.io.of(DYNAMIC);
        parent.use((socket, next) -> {
            log.add(1);
            next.accept();
        });
        parent.use((socket, next) -> {
            log.add(2);
            next.accept();
        });
        server.io.onNewNamespace(child -> child.use((socket, next) -> {
            log.add(3);
            next.reject("not here");
        }));

        assertThat(ask("/dynamic-1").next()).isEqualTo("4/dynamic-1,{\"message\":\"not here\"}");
        assertThat(log).containsExactly(1, 2, 3);
    }

    @Test
    void a_parent_s_error_hook_serves_its_children() {
        Namespace parent = server.io.of(DYNAMIC);
        parent.onError(error -> log.add(error.exception().getMessage()));
        parent.onConnection(socket -> {
            throw new Exception("oops");
        });

        server.open().join("/dynamic-1");

        assertThat(log).containsExactly("oops");
        assertThat(server.errors).isEmpty();
    }

    @Test
    @Behaviour("SIO-DYN-017")
    void a_client_in_a_middleware_keeps_the_child_in_being() {
        List<Middleware.Next> waiting = new ArrayList<>();
        Namespace parent = server.io.of(DYNAMIC);
        parent.use((socket, next) -> {
            if (socket.namespace().sockets().isEmpty()) {
                next.accept();
            } else {
                waiting.add(next);
            }
        });
        Client first = server.open().join("/dynamic-1");
        Client second = ask("/dynamic-1");

        first.close();
        assertThat(names()).containsExactly("/", "/dynamic-1");
        waiting.get(0).accept();
        assertThat(second.next()).startsWith("0/dynamic-1,");
        parent.emit("hello");
        assertThat(second.next()).isEqualTo("2/dynamic-1,[\"hello\"]");

        second.close();
        assertThat(names()).containsExactly("/");
    }

    @Test
    @Behaviour("SIO-DYN-020")
    void a_namespace_that_exists_comes_first() {
        server.io.of("/dynamic-1").onConnection(socket -> log.add("static"));
        server.io.of(DYNAMIC).onConnection(socket -> log.add("dynamic"));

        server.open().join("/dynamic-1");

        assertThat(log).containsExactly("static");
    }

    @Test
    @Behaviour("SIO-DYN-021")
    void parents_are_asked_in_order_until_one_accepts() {
        server.io.of((name, handshake) -> {
            log.add("throws");
            throw new Exception("expected by this test");
        });
        server.io.of((name, handshake) -> {
            log.add("fails");
            return failedFuture(new IllegalStateException("expected by this test"));
        });
        server.io.of((name, handshake) -> {
            log.add("refuses");
            return completedFuture(false);
        });
        server.io
                .of((name, handshake) -> {
                    log.add("accepts");
                    return completedFuture(name.equals("/a"));
                })
                .onConnection(socket -> log.add("connected"));
        server.io.of((name, handshake) -> {
            log.add("last");
            return completedFuture(false);
        });

        server.open().join("/a");
        assertThat(log).containsExactly("throws", "fails", "refuses", "accepts", "connected");
        log.clear();
        assertThat(ask("/b").next()).isEqualTo("4/b," + INVALID);
        assertThat(log).containsExactly("throws", "fails", "refuses", "accepts", "last");
    }

    @Test
    @Behaviour("SIO-DYN-022")
    void removing_a_child_closes_its_adapter_and_closing_the_server_waits_for_that() {
        Map<String, CompletableFuture<Void>> ends = new HashMap<>();
        restart(options -> options.adapter(node -> watched(node, ends)));
        server.io.of(DYNAMIC);
        server.open().join("/dynamic-1").close();
        server.open().join("/dynamic-2");
        assertThat(log).containsExactly("/dynamic-1");

        CompletableFuture<Void> closed = server.io.close();
        assertThat(log).containsExactlyInAnyOrder("/dynamic-1", "/dynamic-2", "/");
        ends.get("/").complete(null);
        ends.get("/dynamic-2").complete(null);
        assertThat(closed).isNotDone();
        ends.get("/dynamic-1").complete(null);

        assertThat(closed).isCompleted();
    }

    private Adapter watched(AdapterNode node, Map<String, CompletableFuture<Void>> ends) {
        Adapter real = new InMemoryAdapter(node);
        return (Adapter) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Adapter.class}, (proxy, method, args) -> {
                    if (method.getName().equals("close")) {
                        log.add(node.namespace());
                        return ends.computeIfAbsent(node.namespace(), name -> new CompletableFuture<>());
                    }
                    try {
                        return method.invoke(real, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void children_work_after_the_server_was_closed_and_used_again() {
        Namespace parent = server.io.of(DYNAMIC);
        server.open().join("/dynamic-1");
        server.io.close();

        assertThat(names()).containsExactly("/");
        Client client = server.open().join("/dynamic-1");
        parent.emit("hello");
        assertThat(client.next()).isEqualTo("2/dynamic-1,[\"hello\"]");
    }

    // What clients must not be able to do.

    @Test
    @Behaviour("ABUSE-032")
    void names_that_clients_make_up_are_limited() {
        restart(options -> options.maxChildNamespaces(2).cleanupEmptyChildNamespaces(false));
        server.io.of(DYNAMIC);
        server.io.of("/dynamic-101");
        Client client = server.open().join("/dynamic-1").join("/dynamic-2");

        client.send("0/dynamic-3,");

        assertThat(client.next()).isEqualTo("4/dynamic-3,{\"message\":\"Too many namespaces\"}");
        server.open().join("/dynamic-1").join("/dynamic-101");
        assertThat(names()).hasSize(4);
    }

    @Test
    void a_child_that_has_gone_makes_room_for_another() {
        restart(options -> options.maxChildNamespaces(1));
        server.io.of(DYNAMIC);
        for (int i = 0; i < 3; i++) {
            server.open().join("/dynamic-" + i).close();
        }
        server.open().join("/dynamic-3");
        server.io.of("/dynamic-3");

        server.open().join("/dynamic-4");
        assertThat(ask("/dynamic-5").next()).contains("Too many namespaces");
    }

    @Test
    void the_limit_of_children_is_checked() {
        assertThatThrownBy(() -> SocketIoOptions.builder().maxChildNamespaces(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxChildNamespaces: 0 (expected: > 0)");
        SocketIoOptions options =
                SocketIoOptions.builder().maxChildNamespaces(7).cleanupEmptyChildNamespaces(false).build().toBuilder()
                        .build();
        assertThat(options.maxChildNamespaces()).isEqualTo(7);
        assertThat(options.cleanupEmptyChildNamespaces()).isFalse();
        assertThat(SocketIoOptions.defaults().cleanupEmptyChildNamespaces()).isTrue();
    }

    @Test
    void names_that_are_waited_for_count_as_namespaces_of_the_connection() {
        restart(options -> options.maxNamespacesPerConnection(3));
        server.io.of((name, handshake) -> new CompletableFuture<>());
        Client client = server.connect();
        client.send("0/a,");
        client.send("0/b,");
        assertThat(client.isClosed()).isFalse();

        client.send("0/c,");

        assertThat(client.isClosed()).isTrue();
    }

    @Test
    @Behaviour("ABUSE-031")
    void who_asks_twice_for_a_namespace_that_is_looked_for_is_sent_away() {
        List<CompletableFuture<Boolean>> decisions = new ArrayList<>();
        server.io.of((name, handshake) -> {
            decisions.add(new CompletableFuture<>());
            return decisions.get(0);
        });
        Client client = ask("/a");

        client.send("0/a,");

        assertThat(client.isClosed()).isTrue();
        decisions.get(0).complete(true);
        assertThat(decisions).hasSize(1);
        assertThat(names()).containsExactly("/");
    }

    @Test
    void who_sends_events_to_a_namespace_that_is_looked_for_is_sent_away() {
        server.io.of((name, handshake) -> new CompletableFuture<>());
        Client client = ask("/a");

        client.send("2/a,[\"early\"]");

        assertThat(client.isClosed()).isTrue();
    }

    @Test
    void a_client_that_vanishes_while_it_is_looked_for_creates_nothing() {
        CompletableFuture<Boolean> decision = new CompletableFuture<>();
        server.io.of((name, handshake) -> decision);
        server.io.of((name, handshake) -> {
            log.add("asked");
            return completedFuture(true);
        });
        ask("/a").close();
        ask("/b").close();
        assertThat(server.io.pendingTimeouts()).isZero();

        decision.complete(false);

        assertThat(names()).containsExactly("/");
        assertThat(log).isEmpty();
    }

    @Test
    void a_filter_that_does_not_answer_in_time_counts_as_a_refusal() {
        restart(options -> options.middlewareTimeout(ofSeconds(5)));
        CompletableFuture<Boolean> decision = new CompletableFuture<>();
        server.io.of((name, handshake) -> decision);
        Client client = ask("/a");

        server.advance(ofSeconds(5));

        assertThat(client.all()).containsExactly("4/a,{\"message\":\"Timed out\"}");
        decision.complete(true);
        assertThat(client.all()).isEmpty();
        assertThat(names()).containsExactly("/");
        client.send("0/a,");
        assertThat(client.next()).startsWith("0/a,{\"sid\"");
    }

    @Test
    @Behaviour("ABUSE-033")
    void a_pattern_that_takes_too_long_for_a_name_does_not_match_it() {
        server.io.of(Pattern.compile("/(a+)+"));

        assertThat(ask("/" + "a".repeat(60) + "b").next()).endsWith(INVALID);
        assertThat(ask("/aaa").next()).startsWith("0/aaa,");
    }

    @Test
    void a_namespace_whose_adapter_cannot_be_made_refuses_the_client() {
        restart(options -> options.adapter(node -> {
            if (!node.namespace().equals("/")) {
                throw new IllegalStateException("expected by this test");
            }
            return new InMemoryAdapter(node);
        }));
        server.io.of(DYNAMIC);

        Client client = ask("/dynamic-1");

        assertThat(client.all()).containsExactly("4/dynamic-1,{\"message\":\"Internal server error\"}");
        assertThat(names()).containsExactly("/");
        client.join("/");
    }

    @Test
    void no_client_gets_in_before_listeners_have_seen_the_namespace() {
        List<Client> others = new ArrayList<>();
        server.io.onNewNamespace(namespace -> {
            others.add(ask(namespace.name()));
            others.add(ask(namespace.name()));
            others.get(1).close();
            log.add(names());
            namespace.use((socket, next) -> next.reject("members only"));
        });
        server.io.of(DYNAMIC).onConnection(socket -> log.add("got in"));

        Client client = ask("/dynamic-1");

        assertThat(client.next()).isEqualTo("4/dynamic-1,{\"message\":\"members only\"}");
        assertThat(others.get(0).next()).isEqualTo("4/dynamic-1,{\"message\":\"members only\"}");
        assertThat(log).containsExactly(List.of("/", "/dynamic-1"));
        assertThat(names()).containsExactly("/");
    }
}
