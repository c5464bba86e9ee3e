package dev.parley;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.adapter.AckListener;
import dev.parley.adapter.Adapter;
import dev.parley.adapter.AdapterNode;
import dev.parley.adapter.InMemoryAdapter;
import dev.parley.adapter.PendingAcks;
import dev.parley.testing.VirtualTime;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What servers tell each other, through adapters that connect them in the simplest way. */
class ServerSideEmitTest {

    private final List<AdapterNode> nodes = new ArrayList<>();
    private final VirtualTime time = new VirtualTime();
    private final SocketIoServer one = server();
    private final SocketIoServer two = server();
    private final SocketIoServer three = server();
    private final List<Object> log = new ArrayList<>();

    private SocketIoServer server() {
        return SocketIoServer.create(
                options -> options.executor(Runnable::run).scheduler(time).adapter(this::connected));
    }

    private Adapter connected(AdapterNode node) {
        nodes.add(node);
        Adapter local = new InMemoryAdapter(node);
        return (Adapter) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Adapter.class}, (proxy, method, args) -> {
                    switch (method.getName()) {
                        case "serverSideEmit" -> tell(node, (String) args[0], (List<?>) args[1], null);
                        case "serverSideEmitForAcks" -> {
                            AckListener answers = (AckListener) args[3];
                            answers.sentTo(others(node).size());
                            tell(node, (String) args[0], (List<?>) args[1], answers::acknowledged);
                            return (PendingAcks) () -> log.add("forgotten");
                        }
                        default -> {
                            try {
                                return method.invoke(local, args);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        }
                    }
                    return null;
                });
    }

    private List<AdapterNode> others(AdapterNode node) {
        return nodes.stream()
                .filter(other -> other != node && other.namespace().equals(node.namespace()))
                .toList();
    }

    private void tell(AdapterNode from, String event, List<?> args, Consumer<List<? extends Object>> answer) {
        others(from).forEach(node -> node.serverSideEvent(event, args, answer));
    }

    @AfterEach
    void nothing_is_left_over() {
        assertThat(one.pendingTimeouts()).isZero();
    }

    @Test
    void an_event_reaches_the_other_servers_only() {
        for (SocketIoServer server : List.of(one, two, three)) {
            int number = List.of(one, two, three).indexOf(server);
            server.onServerSideEvent("hello", event -> {
                log.add(number + " " + event.name() + " " + event.get(0, String.class) + " " + event.count());
                event.ack().send("nobody asked");
            });
            server.onServerSideEvent("other", event -> log.add("other"));
            server.of("/x").onServerSideEvent("hello", event -> log.add("other namespace"));
        }

        one.serverSideEmit("hello", "world", 2);

        assertThat(log).containsExactly("1 hello world 2", "2 hello world 2");
    }

    @Test
    void the_other_servers_answer_once_each() {
        two.onServerSideEvent("ask", event -> {
            event.ack().send(2, "two");
            event.ack().send("late");
        });
        two.onServerSideEvent("ask", event -> event.ack().send("second handler"));
        three.onServerSideEvent("ask", event -> event.ack().send(3, "three"));

        CompletableFuture<List<Integer>> typed = one.serverSideEmitWithAck(Integer.class, "ask");
        CompletableFuture<List<Arguments>> whole = one.of("/").serverSideEmitWithAck("ask", "x");

        assertThat(typed).isCompletedWithValue(List.of(2, 3));
        assertThat(whole.join())
                .extracting(answer -> answer.get(1, String.class))
                .containsExactly("two", "three");
    }

    @Test
    void servers_that_do_not_answer_in_time_fail_it_with_the_answers_so_far() {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        two.onServerSideEvent("ask", event -> event.ack().send("two"));

        one.serverSideEmitWithAck(String.class, "ask").whenComplete((answers, why) -> failure.set(why));
        assertThat(failure).hasNullValue();
        time.advance(ofSeconds(30));

        assertThat(failure.get())
                .isInstanceOfSatisfying(
                        AckTimeoutException.class,
                        e -> assertThat(e.responses()).isEqualTo(List.of("two")));
        assertThat(log).containsExactly("forgotten");
    }

    @Test
    void handlers_run_in_order_and_can_be_taken_away_and_may_fail() {
        two.onServerSideEvent("hello", event -> log.add(1)).cancel();
        two.onServerSideEvent("hello", event -> {
            log.add(2);
            throw new Exception("expected by this test");
        });
        two.onServerSideEvent("hello", event -> log.add(3));

        one.serverSideEmit("hello");

        assertThat(log).containsExactly(2, 3);
    }

    @Test
    void a_parent_s_handlers_are_those_of_its_children_and_it_speaks_for_them() {
        for (SocketIoServer server : List.of(one, two)) {
            Namespace parent = server.of(Pattern.compile("/child-\\d"));
            parent.onServerSideEvent("ask", event -> event.ack().send("yes"));
            server.of("/child-1");
            server.of("/child-2");
            if (server == one) {
                assertThat(parent.serverSideEmitWithAck("ask").join()).isEmpty();
            } else {
                parent.onServerSideEvent("ask", event -> log.add("too late"));
                assertThat(parent.serverSideEmitWithAck(String.class, "ask").join())
                        .containsExactly("yes", "yes");
                parent.serverSideEmit("ask");
            }
        }

        assertThat(log).doesNotContain("too late");
        assertThat(one.of("/child-1").serverSideEmitWithAck(String.class, "ask").join())
                .containsExactly("yes");
    }

    @Test
    @Behaviour("SIO-UTIL-010")
    void names_of_the_server_s_own_events_are_refused() {
        for (String name : List.of("connect", "connection", "new_namespace")) {
            assertThatThrownBy(() -> one.serverSideEmit(name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage('"' + name + "\" is a reserved event name");
            assertThatThrownBy(() -> one.serverSideEmitWithAck(name)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> one.onServerSideEvent(name, event -> {}))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        two.onServerSideEvent("disconnect", event -> log.add("disconnect"));
        one.serverSideEmit("disconnect");
        assertThat(log).containsExactly("disconnect");
    }

    /** The reference server only logs a warning, and never completes. */
    @Test
    @Behaviour("SIO-UTIL-011")
    void a_server_that_works_alone_reaches_nobody_and_knows_at_once() {
        Fixture alone = new Fixture();
        alone.io.onServerSideEvent("hello", event -> log.add(event));

        alone.io.serverSideEmit("hello", "world");
        CompletableFuture<List<String>> answers = alone.io.serverSideEmitWithAck(String.class, "hello", "world");

        assertThat(answers).isCompletedWithValue(List.of());
        assertThat(log).isEmpty();
        assertThat(alone.io.pendingTimeouts()).isZero();
    }
}
