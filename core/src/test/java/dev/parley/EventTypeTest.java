package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.parley.Fixture.Client;
import dev.parley.mapping.MappingException;
import dev.parley.mapping.TypeRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Events whose name and type are declared once. */
class EventTypeTest {

    record ChatLine(String from, String text) {}

    record Order(String id, int count) {}

    record Move(int x, int y, List<Order> orders) {}

    record Age(int years) {
        Age {
            if (years < 0) {
                throw new IllegalArgumentException("negative");
            }
        }
    }

    record Nothing() {}

    private static final EventType<ChatLine> SAY = EventType.of("say", ChatLine.class);
    private static final EventType<List<Order>> ORDERS = EventType.of("orders", new TypeRef<List<Order>>() {});
    private static final EventType<Move> MOVE = EventType.ofArguments("move", Move.class);
    private static final EventType<Age> AGE = EventType.ofArguments("age", Age.class);
    private static final EventType<Nothing> TICK = EventType.ofArguments("tick", Nothing.class);
    private static final String LINE = "[\"say\",{\"from\":\"a\",\"text\":\"b\"}]";

    private final Fixture server = new Fixture();
    private final Client client = server.connect();
    private final Socket socket = server.io.sockets().get(0);
    private final List<Object> log = new ArrayList<>();

    @Test
    void a_handler_gets_what_the_contract_says() {
        socket.on(SAY, line -> log.add(line.text()));
        socket.on(SAY, (line, ack) -> ack.send(line.from()));
        socket.once(SAY, log::add);
        socket.once(SAY, (line, ack) -> log.add(ack.isRequested()));

        client.send("23" + LINE);
        client.send("2" + LINE);

        assertThat(server.errors).isEmpty();
        assertThat(log).containsExactly("b", new ChatLine("a", "b"), true, "b");
        assertThat(client.all()).containsExactly("33[\"a\"]");
    }

    @Test
    void every_emitter_sends_what_the_contract_says() {
        socket.join("room");
        Client other = server.connect();
        ChatLine line = new ChatLine("a", "b");

        socket.emit(SAY, line);
        socket.asVolatile().emit(SAY, line);
        server.io.emit(SAY, line);
        server.io.of("/").emit(SAY, line);
        server.io.room("room").emit(SAY, line);
        server.io.to("room").except("nowhere").emit(SAY, line);
        server.io.in(socket.id()).fetchSockets().join().get(0).emit(SAY, line);
        socket.broadcast().emit(SAY, line);

        assertThat(client.all()).hasSize(7).containsOnly("2" + LINE);
        assertThat(other.all()).hasSize(3).containsOnly("2" + LINE);
    }

    @Test
    void an_event_with_a_contract_can_be_acknowledged() {
        CompletableFuture<String> one = socket.emitWithAck(String.class, SAY, new ChatLine("a", "b"));
        CompletableFuture<List<String>> all = server.io.emitWithAck(String.class, SAY, new ChatLine("a", "b"));

        assertThat(client.all()).containsExactly("20" + LINE, "21" + LINE);
        client.send("30[\"x\"]");
        client.send("31[\"y\"]");

        assertThat(one).isCompletedWithValue("x");
        assertThat(all).isCompletedWithValue(List.of("y"));
    }

    @Test
    void a_generic_type_keeps_its_arguments() {
        socket.on(ORDERS, orders -> log.add(orders.get(0).count()));
        socket.on("orders", new TypeRef<List<Order>>() {}, orders -> log.add(orders.size()));
        socket.on("orders", new TypeRef<Object[]>() {}, (orders, ack) -> log.add(ack.isRequested()));
        socket.onAny(event -> log.add(event.get(0, new TypeRef<List<Order>>() {})));

        client.send("2[\"orders\",[{\"id\":\"x\",\"count\":2}]]");
        socket.emit(ORDERS, List.of(new Order("y", 3)));

        assertThat(server.errors).isEmpty();
        assertThat(log).containsExactly(List.of(new Order("x", 2)), 2, 1, false);
        assertThat(client.all()).containsExactly("2[\"orders\",[{\"id\":\"y\",\"count\":3}]]");
    }

    @Test
    void an_acknowledgement_may_have_a_generic_type() {
        TypeRef<Map<String, Order>> type = new TypeRef<>() {};
        CompletableFuture<Map<String, Order>> one = socket.emitWithAck(type, "ask");
        CompletableFuture<Map<String, Order>> timed = socket.asVolatile().emitWithAck(type, "ask");
        CompletableFuture<List<Map<String, Order>>> all = server.io.emitWithAck(type, "ask");

        client.send("30[{\"a\":{\"id\":\"x\",\"count\":2}}]");
        client.send("31[{}]");
        client.send("32[{\"b\":{\"id\":\"y\",\"count\":3}}]");

        assertThat(one).isCompletedWithValue(Map.of("a", new Order("x", 2)));
        assertThat(timed).isCompletedWithValue(Map.of());
        assertThat(all).isCompletedWithValue(List.of(Map.of("b", new Order("y", 3))));
    }

    @Test
    void the_components_of_a_record_may_be_the_arguments() {
        socket.on(
                MOVE,
                (move, ack) ->
                        ack.send(move.x() + move.y() + move.orders().get(0).count()));
        socket.on(TICK, tick -> log.add(tick));

        client.send("25[\"move\",1,2,[{\"id\":\"x\",\"count\":4}]]");
        client.send("2[\"tick\"]");
        socket.emit(MOVE, new Move(5, 6, List.of()));
        socket.emit(TICK, new Nothing());

        assertThat(server.errors).isEmpty();
        assertThat(log).containsExactly(new Nothing());
        assertThat(client.all()).containsExactly("35[7]", "2[\"move\",5,6,[]]", "2[\"tick\"]");
    }

    @Test
    void arguments_that_do_not_fit_the_contract_are_told_to_the_error_hook() {
        socket.on(ORDERS, log::add);
        socket.on(MOVE, log::add);
        socket.on(AGE, log::add);

        client.send("2[\"orders\"]");
        client.send("2[\"orders\",null]");
        client.send("2[\"orders\",[{\"count\":\"many\"}]]");
        client.send("2[\"move\",1,\"2\"]");
        client.send("2[\"move\",1,2]");
        client.send("2[\"age\",-1]");

        String orders = "java.util.List<" + Order.class.getName() + ">";
        assertThat(log).isEmpty();
        assertThat(server.errors)
                .extracting(HandlerError::exception)
                .allSatisfy(error -> assertThat(error).isInstanceOf(MappingException.class))
                .extracting(Throwable::getMessage)
                .satisfiesExactly(
                        m -> assertThat(m).isEqualTo("argument 1 of \"orders\" is missing (expected: " + orders + ")"),
                        m -> assertThat(m).isEqualTo("argument 1 of \"orders\" is null (expected: " + orders + ")"),
                        m -> assertThat(m)
                                .startsWith("argument 1 of \"orders\" found an array (expected: " + orders + ") at "),
                        m -> assertThat(m).isEqualTo("argument 2 of \"move\" found a string (expected: int)"),
                        m -> assertThat(m).isEqualTo("argument 3 of \"move\" is missing (expected: " + orders + ")"),
                        m -> assertThat(m)
                                .isEqualTo("the arguments of \"age\" are refused"
                                        + " (expected: what the constructor of Age takes)"));
    }

    @Test
    void a_contract_cannot_have_a_reserved_name() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventType.of("disconnect", String.class))
                .withMessage("\"disconnect\" is a reserved event name");
    }

    @Test
    void a_record_of_a_module_that_does_not_open_it_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventType.ofArguments("x", hidden()))
                .withMessageStartingWith("arguments: ")
                .withMessageEndingWith("(expected: a record in a package that its module opens)");
    }

    /** A record that the JDK keeps to itself. */
    private static Class<? extends Record> hidden() {
        try {
            return Class.forName("sun.security.pkcs.SignerInfo$AlgorithmInfo").asSubclass(Record.class);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
