package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Fixture.Client;
import dev.parley.mapping.MappingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events of one client, and its handlers. */
class SocketEventsTest {

    private final Fixture server = new Fixture();
    private final Client client = server.connect();
    private final Socket socket = server.io.sockets().get(0);
    private final List<Object> log = new ArrayList<>();

    @SuppressWarnings("ArrayRecordComponent") // what applications write
    record Order(String id, int count, byte[] image) {}

    record Receipt(String id) {}

    @Test
    @Behaviour({"SIO-SOCK-003", "SIO-SOCK-036"})
    void arguments_arrive_with_their_types() {
        socket.on("random", Integer.class, String.class, List.class, (a, b, c) -> log.addAll(List.of(a, b, c)));
        socket.on("message", event -> socket.emit("message-back", event.args()));

        client.send("2[\"random\",1,\"2\",[3]]");
        client.send("2[\"message\",1,\"2\",{\"3\":[true]}]");

        assertThat(log).containsExactly(1, "2", List.of(3));
        assertThat(client.all()).containsExactly("2[\"message-back\",1,\"2\",{\"3\":[true]}]");
    }

    @Test
    @Behaviour({"SIO-SOCK-004", "SIO-SOCK-013"})
    void send_is_an_event_named_message() {
        socket.on("message", String.class, log::add);

        client.send("2[\"message\",\"hi\"]");
        socket.send("a", 1);

        assertThat(log).containsExactly("hi");
        assertThat(client.all()).containsExactly("2[\"message\",\"a\",1]");
    }

    @Test
    @Behaviour("SIO-SOCK-005")
    void null_arrives_as_null() {
        socket.on("nothing", event -> log.add(event.get(0, String.class)));
        socket.on("nothing", Object.class, value -> log.add(value));

        client.send("2[\"nothing\",null]");
        socket.emit("nothing", (Object) null);
        socket.emit("nothing", (Object[]) null);

        assertThat(log).containsExactly(null, null);
        assertThat(client.all()).containsExactly("2[\"nothing\",null]", "2[\"nothing\",null]");
    }

    @Test
    void a_handler_of_a_type_is_not_called_with_null() {
        List<String> faults = new ArrayList<>();
        socket.namespace().onError(error -> faults.add(error.exception().getMessage()));
        socket.on("say", String.class, text -> log.add(text.strip()));

        client.send("2[\"say\",null]");

        assertThat(log).isEmpty();
        assertThat(faults).containsExactly("argument 1 of \"say\" is null (expected: String)");
    }

    @Test
    @Behaviour({"SIO-SOCK-007", "SIO-SOCK-008"})
    void text_of_any_script_is_sent() {
        for (int i = 0; i < 3; i++) {
            socket.emit("text", "utf8 — string \uD83D\uDE00");
        }

        assertThat(client.all()).hasSize(3).containsOnly("2[\"text\",\"utf8 — string \uD83D\uDE00\"]");
    }

    @Test
    @Behaviour({"SIO-SOCK-009", "SIO-SOCK-010", "SIO-SOCK-037"})
    void bytes_are_sent_in_their_places() {
        socket.emit("mixed", 1, new byte[] {1}, "a", List.of(2), Map.of("in", new byte[] {2, 3}));

        assertThat(client.next())
                .isEqualTo("52-[\"mixed\",1,{\"_placeholder\":true,\"num\":0},\"a\",[2],"
                        + "{\"in\":{\"_placeholder\":true,\"num\":1}}]");
        assertThat(client.nextMessage()).isEqualTo(new byte[] {1});
        assertThat(client.nextMessage()).isEqualTo(new byte[] {2, 3});
    }

    @Test
    @Behaviour({"SIO-SOCK-011", "SIO-SOCK-012"})
    void bytes_arrive_in_their_places() {
        socket.on("image", byte[].class, bytes -> log.add(bytes.length));
        socket.on("mixed", event -> {
            log.add(event.get(0, byte[].class).length);
            log.add(event.get(1, String.class));
            log.add(((byte[]) event.get(2, Map.class).get("in")).length);
        });

        client.send("51-[\"image\",{\"_placeholder\":true,\"num\":0}]");
        client.send(new byte[5]);
        client.send(
                "52-[\"mixed\",{\"_placeholder\":true,\"num\":1},\"a\",{\"in\":{\"_placeholder\":true,\"num\":0}}]");
        client.send(new byte[2]);
        client.send(new byte[3]);

        assertThat(log).containsExactly(5, 3, "a", 2);
    }

    @Test
    void records_are_received_and_sent() {
        socket.on("order", Order.class, (order, ack) -> {
            log.add(order.count());
            log.add(order.image().length);
            ack.send(new Receipt(order.id()));
        });

        client.send("51-3[\"order\",{\"id\":\"x\",\"count\":2,\"image\":{\"_placeholder\":true,\"num\":0}}]");
        client.send(new byte[7]);

        assertThat(server.errors).isEmpty();
        assertThat(log).containsExactly(2, 7);
        assertThat(client.all()).containsExactly("33[{\"id\":\"x\"}]");
    }

    @Test
    void bytes_in_a_record_become_attachments() {
        socket.emit("order", new Order("x", 1, new byte[] {4}));

        assertThat(client.next())
                .isEqualTo("51-[\"order\",{\"id\":\"x\",\"count\":1,\"image\":{\"_placeholder\":true,\"num\":0}}]");
        assertThat(client.nextMessage()).isEqualTo(new byte[] {4});
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"1\"", "1.5", "true", "[1]", "3000000000", "{}"})
    void a_handler_for_whole_numbers_gets_nothing_else(String json) {
        socket.on("count", Integer.class, log::add);
        socket.on("still alive", () -> log.add("alive"));

        client.send("2[\"count\"," + json + "]");
        client.send("2[\"still alive\"]");

        assertThat(log).containsExactly("alive");
        assertThat(server.errors).singleElement().satisfies(error -> {
            assertThat(error.event()).isEqualTo("count");
            assertThat(error.socket()).isSameAs(socket);
            assertThat(error.args()).hasToString("[" + json + "]");
            assertThat(error.exception())
                    .isInstanceOf(MappingException.class)
                    .hasMessageStartingWith("argument 1 of \"count\" found ")
                    .hasMessageEndingWith("(expected: Integer)");
        });
    }

    @Test
    void errors_say_which_argument_was_wrong() {
        socket.on("two", String.class, Order.class, (a, b) -> log.add(a));

        client.send("2[\"two\",1,{}]");
        client.send("2[\"two\",\"a\"]");
        client.send("2[\"two\",\"a\",{\"count\":\"many\"}]");

        assertThat(log).isEmpty();
        assertThat(server.errors)
                .extracting(error -> error.exception().getMessage())
                .satisfiesExactly(
                        message -> assertThat(message)
                                .isEqualTo("argument 1 of \"two\" found a number (expected: String)"),
                        message -> assertThat(message).isEqualTo("argument 2 of \"two\" is missing (expected: Order)"),
                        message -> assertThat(message)
                                .startsWith("argument 2 of \"two\" found an object (expected: ")
                                .endsWith("Order) at " + Order.class.getName() + "[\"count\"]")
                                .doesNotContain("many"));
    }

    @Test
    void an_exception_goes_to_the_error_hook_and_the_other_handlers_run() {
        socket.on("fail", event -> {
            throw new Exception("checked");
        });
        socket.on("fail", () -> log.add("second"));

        client.send("2[\"fail\"]");

        assertThat(log).containsExactly("second");
        assertThat(server.errors)
                .singleElement()
                .satisfies(error -> assertThat(error.exception()).hasMessage("checked"));
    }

    @Test
    void a_client_may_be_told_that_a_handler_has_failed() {
        Fixture telling =
                new Fixture(options -> options.errorAck(error -> error.event().equals("silent")
                        ? null
                        : List.of(error.exception().getMessage())));
        Client told = telling.connect();
        Socket served = telling.io.sockets().get(0);
        served.onAny(event -> {
            throw new Exception("watching");
        });
        served.on("fail", Integer.class, (n, ack) -> {
            throw new Exception("checked " + n);
        });
        served.on("late", (EventHandler) event -> {
            event.ack().send("fine");
            throw new Exception("after the answer");
        });
        served.on("silent", () -> {
            throw new Exception("silent");
        });

        told.send("21[\"fail\",5]");
        told.send("22[\"fail\",\"x\"]");
        told.send("2[\"fail\",5]");
        told.send("23[\"late\"]");
        told.send("24[\"silent\"]");
        told.send("25[\"unknown\"]");

        assertThat(told.all())
                .containsExactly(
                        "31[[\"checked 5\"]]",
                        "32[[\"argument 1 of \\\"fail\\\" found a string (expected: Integer)\"]]",
                        "33[\"fine\"]");
        assertThat(telling.errors).hasSize(11);
    }

    @Test
    void an_error_acknowledgement_that_fails_goes_to_the_error_hook() {
        Fixture telling = new Fixture(options -> options.errorAck(error -> Fixture.unencodable()));
        Client told = telling.connect();
        telling.io.sockets().get(0).on("fail", () -> {
            throw new Exception("first");
        });

        told.send("21[\"fail\"]");

        assertThat(told.all()).isEmpty();
        assertThat(telling.errors).hasSize(2).extracting(HandlerError::event).containsOnly("fail");
    }

    @Test
    void an_error_hook_of_a_namespace_takes_precedence() {
        server.io.of("/own").onError(error -> log.add(error.event())).onConnection(socket -> {
            throw new IllegalStateException();
        });

        client.join("/own");

        assertThat(log).containsExactly("connection");
        assertThat(server.errors).isEmpty();
    }

    @Test
    void an_error_hook_that_fails_harms_nobody() {
        server.io.onError(error -> {
            throw new IllegalStateException("hook");
        });
        socket.on("fail", event -> {
            throw new Exception("checked");
        });
        socket.on("ok", () -> log.add("ok"));

        client.send("2[\"fail\"]");
        client.send("2[\"ok\"]");

        assertThat(log).containsExactly("ok");
    }

    @Test
    @Behaviour("SIO-SOCK-014")
    void events_are_handled_in_order() {
        socket.on("n", Integer.class, log::add);

        for (int i = 0; i < 200; i++) {
            client.send("2[\"n\"," + i + "]");
        }

        assertThat(log).hasSize(200).isSortedAccordingTo((a, b) -> Integer.compare((int) a, (int) b));
    }

    @Test
    @Behaviour({"SIO-SOCK-040", "SIO-SOCK-046", "ABUSE-016"})
    void an_event_named_error_is_like_any_other() {
        client.send("2[\"error\",1]");
        socket.on("error", Integer.class, log::add);
        client.send("2[\"error\",2]");

        assertThat(log).containsExactly(2);
        assertThat(server.errors).isEmpty();
    }

    @Test
    @Behaviour({"SIO-SOCK-040", "ABUSE-014"})
    void a_number_as_event_name_is_delivered_as_text() {
        socket.on("1", Integer.class, log::add);

        client.send("2[1,5]");

        assertThat(log).containsExactly(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"})
    @Behaviour({"SIO-NS-024", "SIO-SOCK-031", "SIO-SOCK-039"})
    void reserved_names_cannot_be_sent(String name) {
        String message = '"' + name + "\" is a reserved event name";

        assertThatThrownBy(() -> socket.emit(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> socket.emitWithAck(name)).hasMessage(message);
        assertThatThrownBy(() -> server.io.emit(name)).hasMessage(message);
        assertThatThrownBy(() -> server.io.to("x").emitWithAck(name)).hasMessage(message);
    }

    @Test
    @Behaviour("SIO-SOCK-039")
    void error_and_connection_are_not_reserved() {
        socket.emit("error");
        socket.emit("connection");

        assertThat(client.all()).hasSize(2);
    }

    @Test
    void a_value_that_cannot_be_encoded_is_refused_and_nothing_is_sent() {
        assertThatThrownBy(() -> socket.emit("x", Fixture.unencodable())).isInstanceOf(IllegalArgumentException.class);

        assertThat(client.all()).isEmpty();
    }

    // Handlers

    @Test
    void handlers_take_as_many_arguments_as_they_name() {
        socket.on("x", () -> log.add("none"));
        socket.on("x", Integer.class, a -> log.add(List.of(a)));
        socket.on("x", Integer.class, (a, ack) -> log.add(List.of(a, ack.isRequested())));
        socket.on("x", Integer.class, String.class, (a, b) -> log.add(List.of(a, b)));
        socket.on("x", Integer.class, String.class, (a, b, ack) -> log.add(List.of(a, b, ack.isRequested())));
        socket.on("x", Integer.class, String.class, Boolean.class, (a, b, c) -> log.add(List.of(a, b, c)));
        socket.on(
                "x",
                Integer.class,
                String.class,
                Boolean.class,
                (a, b, c, ack) -> log.add(List.of(a, b, c, ack.isRequested())));
        socket.on("x", event -> log.add(event.name() + event.count() + Arrays.toString(event.args())));

        client.send("21[\"x\",1,\"b\",true,4]");

        assertThat(log)
                .containsExactly(
                        "none",
                        List.of(1),
                        List.of(1, true),
                        List.of(1, "b"),
                        List.of(1, "b", true),
                        List.of(1, "b", true),
                        List.of(1, "b", true, true),
                        "x4[1, \"b\", true, 4]");
    }

    @Test
    void a_handler_registered_once_is_called_once() {
        socket.once("x", Integer.class, log::add);
        socket.once("x", () -> log.add("once"));
        socket.once("x", event -> client.send("2[\"x\",9]"));

        client.send("2[\"x\",1]");
        client.send("2[\"x\",2]");

        assertThat(log).containsExactly(1, "once");
    }

    @Test
    void handlers_are_taken_away_by_subscription_by_name_or_by_themselves() {
        EventHandler.NoArgument self = () -> log.add("self");
        Subscription subscription = socket.on("x", () -> log.add("subscription"));
        socket.on("x", self);
        socket.on("x", self);
        socket.on("y", () -> log.add("y"));
        socket.on("z", () -> log.add("z"));

        subscription.cancel();
        subscription.cancel();
        socket.off("x", self);
        socket.off("y");
        client.send("2[\"x\"]");
        client.send("2[\"y\"]");
        client.send("2[\"z\"]");
        assertThat(log).containsExactly("self", "z");

        socket.off();
        client.send("2[\"x\"]");
        assertThat(log).hasSize(2);
    }

    @Test
    void the_handlers_of_an_event_can_be_listed() {
        EventHandler.One<String> typed = log::add;
        EventHandler raw = log::add;
        OutgoingHandler outgoing = (event, args) -> log.add(event);
        assertThat(socket.listenersAny()).isEmpty();
        assertThat(socket.listenersAnyOutgoing()).isEmpty();

        socket.on("x", String.class, typed);
        socket.once("x", raw);
        socket.on("y", raw);
        socket.onAny(raw);
        socket.onAnyOutgoing(outgoing);

        assertThat(socket.listeners("x")).containsExactly(typed, raw);
        assertThat(socket.listeners("z")).isEmpty();
        assertThat(socket.listenersAny()).containsExactly(raw);
        assertThat(socket.listenersAnyOutgoing()).containsExactly(outgoing);
        client.send("2[\"x\",\"a\"]");
        assertThat(socket.listeners("x")).containsExactly(typed);
    }

    @Test
    @Behaviour("SIO-SOCK-001")
    void a_client_that_comes_back_has_its_handlers_once() {
        server.io.onConnection(s -> s.on("ping", () -> log.add("ping")));
        server.connect().close();

        server.connect().send("2[\"ping\"]");

        assertThat(log).containsExactly("ping");
    }

    @Test
    @Behaviour({"SIO-ANY-001", "SIO-ANY-002", "SIO-ANY-003", "SIO-ANY-011"})
    void catch_all_handlers_see_every_event_first() {
        EventHandler removed = event -> log.add("removed");
        socket.on("x", () -> log.add("x"));
        socket.onAny(event -> log.add("any " + event.name() + " " + event.get(0, Integer.class)));
        socket.prependAny(event -> log.add("first"));
        socket.prependAny(event -> log.add("very first " + event.ack().isRequested()));
        socket.onAny(removed);
        socket.offAny(removed);

        client.send("24[\"x\",1]");
        client.send("30[]");
        assertThat(log).containsExactly("very first true", "first", "any x 1", "x");

        socket.offAny();
        client.send("2[\"x\",1]");
        assertThat(log).hasSize(5);
    }

    @Test
    @Behaviour({"SIO-ANY-004", "SIO-ANY-005", "SIO-ANY-006", "SIO-ANY-007", "SIO-ANY-008", "SIO-ANY-011"})
    void outgoing_events_are_seen_with_their_values() {
        byte[] bytes = {1};
        OutgoingHandler removed = (event, args) -> log.add("removed");
        socket.onAnyOutgoing((event, args) -> log.add(event + args.size() + (args.contains(bytes) ? "!" : "")));
        socket.prependAnyOutgoing((event, args) -> log.add("first"));
        socket.onAnyOutgoing(removed);
        socket.offAnyOutgoing(removed);
        socket.on("ask", event -> event.ack().send());

        socket.emit("direct", 1, 2);
        server.io.emit("broadcast", bytes);
        client.send("21[\"ask\"]");
        socket.broadcast().emit("others");
        assertThat(log).containsExactly("first", "direct2", "first", "broadcast1!");

        socket.offAnyOutgoing();
        socket.emit("direct");
        assertThat(log).hasSize(4);
    }

    @Test
    void a_failing_outgoing_handler_does_not_keep_the_event() {
        socket.onAnyOutgoing((event, args) -> {
            throw new Exception("watching");
        });

        socket.emit("x");

        assertThat(client.all()).containsExactly("2[\"x\"]");
        assertThat(server.errors).hasSize(1);
    }

    @Test
    void tasks_run_in_the_lane_and_not_after_the_disconnect() {
        socket.on("x", () -> {
            socket.execute(() -> log.add("task"));
            log.add("handler");
        });
        client.send("2[\"x\"]");
        assertThat(log).containsExactly("handler", "task");

        client.close();
        socket.execute(() -> log.add("late"));
        assertThat(log).hasSize(2);
    }

    // The end

    @Test
    @Behaviour({"SIO-NS-013", "SIO-SOCK-045"})
    void rooms_are_known_while_disconnecting_and_gone_when_disconnected() {
        socket.join("a", "b");
        socket.onDisconnecting(reason -> {
            log.add(socket.rooms().size());
            log.add(server.io.room("a").size());
        });
        socket.onDisconnect(reason -> {
            log.add(socket.rooms().size());
            log.add(socket.connected());
        });

        client.close();

        assertThat(log).containsExactly(3, 0, 0, false);
    }

    @Test
    @Behaviour("SIO-SOCK-032")
    void nothing_is_handled_after_the_disconnect() {
        socket.on("x", log::add);
        socket.on("x", () -> {
            socket.disconnect();
            log.add("in handler");
        });
        socket.onDisconnect(reason -> log.add("disconnect"));
        socket.on("bye", () -> client.send("2[\"x\"]"));

        client.send("2[\"x\"]");
        client.send("2[\"x\"]");

        assertThat(log).hasSize(3).endsWith("in handler", "disconnect");
    }

    @Test
    @Behaviour({"SIO-SOCK-042", "SIO-SOCK-034", "SEC-014", "ABUSE-037"})
    void nothing_is_sent_or_joined_after_the_disconnect() {
        socket.disconnect();
        socket.emit("late");
        socket.join("late");
        server.io.emit("late");
        socket.disconnect();
        socket.disconnect(true);

        assertThat(client.all()).containsExactly("1");
        assertThat(client.isClosed()).isFalse();
        assertThat(socket.rooms()).isEmpty();
        assertThat(server.io.room("late").size()).isZero();
    }

    @Test
    void a_disconnected_socket_can_still_broadcast() {
        Client other = server.connect();
        socket.onDisconnecting(
                reason -> socket.rooms().forEach(room -> socket.to(room).emit("left")));
        socket.onDisconnect(reason -> socket.broadcast().emit("gone"));

        client.close();

        assertThat(other.all()).containsExactly("2[\"gone\"]");
    }

    @Test
    @Behaviour({"SIO-SOCK-035", "SIO-SOCK-041"})
    void closing_tells_every_namespace_then_ends_the_connection() {
        server.io.of("/a").onConnection(s -> s.onDisconnect(reason -> log.add("/a " + reason)));
        client.join("/a");
        socket.onDisconnect(reason -> log.add("/ " + reason));

        socket.disconnect(true);

        assertThat(log).containsExactly("/ server namespace disconnect", "/a server namespace disconnect");
        assertThat(client.all()).containsExactly("1", "1/a,");
        assertThat(client.isClosed()).isTrue();
    }

    @Test
    void handlers_of_the_end_can_be_taken_away() {
        socket.onDisconnect(reason -> log.add("removed")).cancel();
        socket.onDisconnecting((reason, cause) -> log.add("removed")).cancel();

        client.close();

        assertThat(log).isEmpty();
    }
}
