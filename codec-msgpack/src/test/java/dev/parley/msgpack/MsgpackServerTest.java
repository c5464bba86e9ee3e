package dev.parley.msgpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.parley.Behaviour;
import dev.parley.ConnectionStateRecovery;
import dev.parley.DisconnectReason;
import dev.parley.Event;
import dev.parley.EventType;
import dev.parley.Socket;
import dev.parley.SocketIoOptions;
import dev.parley.SocketIoServer;
import dev.parley.mapping.ObjectMapping;
import dev.parley.mapping.TypeRef;
import dev.parley.protocol.RawJson;
import dev.parley.protocol.RawValue;
import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryWebSocket;
import dev.parley.testing.TestClient;
import dev.parley.testing.TestRefusal;
import dev.parley.testing.TestServer;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Servers whose clients speak MessagePack. */
@Behaviour("MSGP-001")
class MsgpackServerTest {

    record Item(String name, double price) {}

    @SuppressWarnings("ArrayRecordComponent") // what applications write
    record Order(
            String id, int count, byte[] image, @Nullable Instant at, List<Item> items) {}

    private static final Order ORDER = new Order(
            "a", 2, new byte[] {1, 2, 3}, Instant.parse("2026-11-23T01:02:03.004Z"), List.of(new Item("x", 1)));

    private final List<Throwable> errors = new ArrayList<>();
    private TestServer server = create(options -> {});

    private TestServer create(Consumer<SocketIoOptions.Builder> configure) {
        TestServer created = TestServer.create(options -> {
            options.parser(MsgpackPacketCodec::new);
            configure.accept(options);
        });
        created.io().onError(error -> errors.add(error.exception()));
        return created;
    }

    private void restart(Consumer<SocketIoOptions.Builder> configure) {
        server.close();
        server = create(configure);
    }

    @AfterEach
    void nothing_is_left_over() {
        server.close();
        assertThat(server.io().engine().sessionCount()).isZero();
        assertThat(server.time().pendingTimers()).as(server.time().toString()).isZero();
    }

    private Socket onlySocket() {
        return server.io().sockets().get(0);
    }

    @Test
    void events_go_both_ways_with_values_of_every_kind() {
        server.io().onConnection(socket -> {
            socket.emit("welcome", 1, "two", new byte[] {3}, Map.of("four", List.of(5.5)), null);
            socket.on("back", event -> socket.emit("back", event.args()));
        });
        TestClient client = server.connect();
        client.expect("welcome", 1, "two", new byte[] {3}, Map.of("four", List.of(5.5)), null);

        client.emit("back", "€", true, 1L << 40, List.of(new byte[300], Map.of()), null);

        client.expect("back", "€", true, 1L << 40, List.of(new byte[300], Map.of()), null);
        assertThat(errors).isEmpty();
    }

    @Test
    void acknowledgements_go_both_ways_with_and_without_values() {
        List<Object> answers = new ArrayList<>();
        server.io().onConnection(socket -> {
            socket.on("add", Integer.class, Integer.class, (a, b, ack) -> ack.send(a + b));
            socket.on("nothing", event -> event.ack().send());
            socket.on("bytes", byte[].class, (bytes, ack) -> ack.send(bytes, bytes.length));
        });
        TestClient client = server.connect();

        assertThat(client.emitWithAck("add", 1, 2).get(Integer.class)).isEqualTo(3);
        assertThat(client.emitWithAck("nothing").count()).isZero();
        assertThat(client.emitWithAck("bytes", new byte[] {1, 2}).get(byte[].class))
                .containsExactly(1, 2);

        onlySocket().emitWithAck(String.class, "name?").thenAccept(answers::add);
        onlySocket().emitWithAck("all?").thenAccept(args -> answers.add(args.count()));
        onlySocket()
                .timeout(Duration.ofSeconds(1))
                .emitWithAck("late?")
                .whenComplete((args, failure) -> answers.add("late"));
        client.expect("name?").ack("ann");
        client.expect("all?").ack();
        server.advance(Duration.ofSeconds(1));
        assertThat(answers).containsExactly("ann", 0, "late");
    }

    @Test
    void an_acknowledgement_that_does_not_fit_fails_its_future() {
        server.io().onConnection(socket -> {});
        TestClient client = server.connect();
        CompletableFuture<Integer> answer = onlySocket().emitWithAck(Integer.class, "how many?");

        client.expect("how many?").ack("three");

        assertThat(answer)
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("found a string (expected: Integer)");
    }

    static Stream<ObjectMapping> mappings() {
        return Stream.of(
                ObjectMapping.jackson(new tools.jackson.databind.ObjectMapper()),
                ObjectMapping.jackson(
                        com.fasterxml.jackson.databind.json.JsonMapper.builder().build()),
                ObjectMapping.detect());
    }

    @ParameterizedTest
    @MethodSource("mappings")
    void handlers_get_the_type_that_they_ask_for(ObjectMapping mapping) {
        restart(options -> options.mapping(mapping));
        List<Object> received = new ArrayList<>();
        EventType<List<Item>> items = EventType.of("items", new TypeRef<List<Item>>() {});
        server.io().onConnection(socket -> {
            socket.on("item", Item.class, received::add);
            socket.on(items, (list, ack) -> {
                received.addAll(list);
                ack.send(list.size());
            });
            socket.on("list", new TypeRef<List<Item>>() {}, received::addAll);
            socket.on("bytes", byte[].class, bytes -> received.add(bytes.length));
            socket.on("time", Instant.class, received::add);
            socket.on("text", String.class, received::add);
            socket.on("long", Long.class, received::add);
            socket.on("double", double.class, received::add);
            socket.on("enum", Thread.State.class, received::add);
        });
        TestClient client = server.connect();

        client.emit("item", new Item("a", 1));
        assertThat(client.emitWithAck("items", List.of(new Item("b", 2.5), new Item("c", 3)))
                        .get(Integer.class))
                .isEqualTo(2);
        client.emit("list", List.of(Map.of("name", "d", "price", 4)));
        client.emit("bytes", new byte[7]);
        client.emit("time", ORDER.at());
        client.emit("time", "2026-11-23T01:02:03.004Z");
        client.emit("text", ORDER.at());
        client.emit("long", 5);
        client.emit("double", 6);
        client.emit("enum", "NEW");

        assertThat(errors).isEmpty();
        assertThat(received)
                .containsExactly(
                        new Item("a", 1),
                        new Item("b", 2.5),
                        new Item("c", 3),
                        new Item("d", 4),
                        7,
                        ORDER.at(),
                        ORDER.at(),
                        "2026-11-23T01:02:03.004Z",
                        5L,
                        6.0,
                        Thread.State.NEW);
    }

    @Test
    void records_with_bytes_and_times_survive_both_ways() {
        List<Order> received = new ArrayList<>();
        server.io()
                .onConnection(socket -> socket.on("order", Order.class, order -> {
                    received.add(order);
                    socket.emit("order", order);
                }));
        TestClient client = server.connect();

        client.emit("order", ORDER);
        client.emit(
                "order", Map.of("id", "b", "count", 1, "image", new byte[0], "at", Instant.EPOCH, "items", List.of()));

        assertThat(errors).isEmpty();
        assertThat(received.get(0)).usingRecursiveComparison().isEqualTo(ORDER);
        assertThat(received.get(1).at()).isEqualTo(Instant.EPOCH);
        assertThat(client.expect("order").get(0, Order.class))
                .usingRecursiveComparison()
                .isEqualTo(ORDER);
    }

    static Stream<Object> misfits() {
        return Stream.of(
                1,
                1.5,
                1L << 40,
                "text",
                true,
                List.of(1),
                Map.of(),
                Map.of("name", 1),
                Map.of("name", "a", "price", "b"),
                List.of(Map.of("name", "a", "price", List.of())),
                new byte[] {1});
    }

    @ParameterizedTest
    @MethodSource("misfits")
    void what_does_not_fit_a_handler_is_told_in_the_words_used_for_json(Object value) {
        for (ObjectMapping mapping : mappings().toList()) {
            List<String> overJson = messages(value, options -> options.mapping(mapping));
            List<String> overMsgpack =
                    messages(value, options -> options.mapping(mapping).parser(MsgpackPacketCodec::new));

            assertThat(overMsgpack).isEqualTo(overJson).isNotEmpty();
        }
    }

    private static List<String> messages(Object value, Consumer<SocketIoOptions.Builder> configure) {
        List<String> messages = new ArrayList<>();
        try (TestServer server = TestServer.create(configure)) {
            server.io()
                    .onError(error -> messages.add(
                            error.event() + ": " + error.exception().getMessage()));
            server.io().onConnection(socket -> {
                Stream.of(String.class, Integer.class, Boolean.class, byte[].class, Map.class, List.class, Item.class)
                        .forEach(type -> socket.on(type.getSimpleName(), (Class<?>) type, read -> {}));
                socket.on("items", new TypeRef<List<Item>>() {}, read -> {});
                socket.on("missing", String.class, String.class, (first, second) -> {});
            });
            TestClient client = server.connect();
            Stream.of("String", "Integer", "Boolean", "byte[]", "Map", "List", "Item", "items", "missing")
                    .forEach(event -> client.emit(event, value));
            assertThat(client.isConnected()).isTrue();
        }
        return messages;
    }

    @Test
    void values_are_passed_on_as_they_came() {
        List<Object> types = new ArrayList<>();
        server.io().onConnection(socket -> {
            socket.on("all", event -> server.io().emit("all", event.args()));
            socket.on("one", RawValue.class, raw -> {
                types.add(raw.toTree());
                socket.emit("one", raw, List.of(raw));
            });
            socket.on("json", RawJson.class, types::add);
        });
        TestClient client = server.connect();

        client.emit("all", 1, Map.of("a", new byte[] {1}));
        client.emit("one", Map.of("a", 1));
        client.emit("json", 1);

        client.expect("all", 1, Map.of("a", new byte[] {1}));
        client.expect("one", Map.of("a", 1), List.of(Map.of("a", 1)));
        assertThat(types).containsExactly(Map.of("a", 1));
        assertThat(errors)
                .singleElement()
                .extracting(Throwable::getMessage)
                .isEqualTo("argument 1 of \"json\" found a number (expected: dev.parley.protocol.RawJson)");
    }

    @Test
    void json_from_elsewhere_is_sent_as_message_pack() {
        TestClient client = server.connect();

        server.io().emit("news", RawJson.parse("{\"a\":[1,null]}"));

        client.expect("news", Map.of("a", Arrays.asList(1, null)));
    }

    @Test
    void middlewares_admit_by_auth_and_refuse_with_data() {
        server.io().of("/auth").use((socket, next) -> {
            if ("sesame".equals(socket.handshake().auth("token", String.class))) {
                next.accept();
            } else {
                next.reject(
                        "wrong token",
                        Map.of("code", 7, "given", socket.handshake().auth(), "bytes", new byte[] {1}));
            }
        });

        TestClient client = server.connect("/auth", Map.of("token", "sesame"));
        TestRefusal refusal = server.expectRefusal("/auth", Map.of("token", "x"));
        TestRefusal nowhere = server.expectRefusal("/nowhere", null);

        assertThat(client.isConnected()).isTrue();
        assertThat(refusal.message()).isEqualTo("wrong token");
        Map<?, ?> data = refusal.data(Map.class);
        assertThat(data.get("code")).isEqualTo(7);
        assertThat(data.get("given")).isEqualTo(Map.of("token", "x"));
        assertThat(data.get("bytes")).isEqualTo(new byte[] {1});
        assertThat(nowhere.message()).isEqualTo("Invalid namespace");
        assertThat(errors).isEmpty();
    }

    @Test
    void auth_may_be_read_as_a_type() {
        List<Item> auths = new ArrayList<>();
        server.io().onConnection(socket -> auths.add(socket.handshake().auth(Item.class)));

        server.connect("/", new Item("ann", 1));

        assertThat(auths).containsExactly(new Item("ann", 1));
    }

    @Test
    void middlewares_of_events_pass_and_reject() {
        List<String> handled = new ArrayList<>();
        server.io().onConnection(socket -> {
            socket.use((event, next) -> {
                if (event.name().equals("bad")) {
                    next.reject(new IllegalStateException("no"));
                } else {
                    next.accept();
                }
            });
            socket.on("good", String.class, handled::add);
            socket.on("bad", String.class, handled::add);
        });
        TestClient client = server.connect();

        client.emit("good", "a");
        client.emit("bad", "b");

        assertThat(handled).containsExactly("a");
        assertThat(errors).hasSize(1);
    }

    @Test
    void a_broadcast_is_encoded_once() {
        List<Object> encoded = new ArrayList<>();
        ObjectMapping counting = new ObjectMapping() {
            @Override
            public @Nullable Object fromTree(@Nullable Object tree, Type type) {
                return ObjectMapping.detect().fromTree(tree, type);
            }

            @Override
            public @Nullable Object toTree(Object value) {
                encoded.add(value);
                return ObjectMapping.detect().toTree(value);
            }
        };
        restart(options -> options.mapping(counting));
        List<TestClient> clients = Stream.generate(server::connect).limit(5).toList();
        server.io().sockets().forEach(socket -> socket.join("room"));

        server.io().to("room").emit("news", new Item("a", 1));

        assertThat(encoded).containsExactly(new Item("a", 1));
        clients.forEach(
                client -> assertThat(client.expect("news").get(0, Item.class)).isEqualTo(new Item("a", 1)));
    }

    @Test
    void everyone_can_be_asked_for_an_acknowledgement() {
        TestClient ann = server.connect();
        TestClient bob = server.connect();

        CompletableFuture<List<Item>> answers = server.io().emitWithAck(Item.class, "item?");
        ann.expect("item?").ack(new Item("a", 1));
        bob.expect("item?").ack(new Item("b", 2));

        assertThat(answers.join()).containsExactlyInAnyOrder(new Item("a", 1), new Item("b", 2));
    }

    @Test
    void clients_that_lose_their_connection_come_back_to_what_they_have_missed() {
        restart(options -> options.connectionStateRecovery(ConnectionStateRecovery.defaults()));
        server.io().onConnection(socket -> socket.join("room"));
        TestClient client = server.connect();
        server.io().emit("first", new byte[] {1});
        assertThat(client.expect("first", new byte[] {1}).count()).isEqualTo(2); // the offset behind it
        String id = client.id();
        client.cut();

        server.io().to("room").emit("missed", 1, new byte[] {2});
        server.io().emit("missed", List.of());
        TestClient again = server.reconnect(client);

        assertThat(again.recovered()).isTrue();
        assertThat(again.id()).isEqualTo(id);
        again.expect("missed", 1, new byte[] {2});
        again.expect("missed", List.of());
        again.expectNothing();
    }

    @Test
    void namespaces_come_into_being_when_clients_ask_for_them() {
        server.io()
                .of(Pattern.compile("/dynamic-\\d+"))
                .onConnection(socket -> socket.on(
                        "where", event -> event.ack().send(socket.namespace().name())));

        TestClient client = server.connect("/dynamic-7");
        TestClient other = client.of("/dynamic-8");

        assertThat(client.emitWithAck("where").get(String.class)).isEqualTo("/dynamic-7");
        assertThat(other.emitWithAck("where").get(String.class)).isEqualTo("/dynamic-8");
        server.expectRefusal("/dynamic-x", null);
        other.disconnect();
        assertThat(client.isConnected()).isTrue();
    }

    @Test
    void a_client_that_is_thrown_out_is_told() {
        TestClient client = server.connect();

        onlySocket().disconnect();

        assertThat(client.expectDisconnect()).isEqualTo("io server disconnect");
    }

    @Test
    @Behaviour("MSGP-002")
    void a_client_that_sends_something_else_is_closed_and_nobody_notices() {
        List<DisconnectReason> reasons = new ArrayList<>();
        server.io().onConnection(socket -> socket.onDisconnect(reasons::add));
        TestClient other = server.connect();
        byte[] connect = Wire.bytes("82a47479706500a36e7370a12f");

        MemoryWebSocket json = open();
        json.send("40");
        assertThat(json.isClosed()).isTrue();

        for (String hex : List.of(
                "", "c1", "80", "82a47479706507a36e7370a12f", "83a47479706502a36e7370a12fa464617461dd7fffffff")) {
            MemoryWebSocket socket = open();
            socket.send(connect);
            assertThat(socket.isClosed()).isFalse();
            socket.send(Wire.bytes(hex));
            assertThat(socket.isClosed()).as(hex).isTrue();
        }

        assertThat(reasons).hasSize(5).containsOnly(DisconnectReason.FORCED_CLOSE);
        assertThat(other.isConnected()).isTrue();
        assertThat(server.io().sockets()).hasSize(1);
    }

    private MemoryWebSocket open() {
        return Objects.requireNonNull(server.transport()
                .upgrade("/socket.io/?EIO=4&transport=websocket")
                .webSocket());
    }

    @Test
    void packets_travel_over_polling_as_base64() {
        server.io().onConnection(socket -> socket.on("back", event -> socket.emit("back", event.args())));
        String polling = "/socket.io/?EIO=4&transport=polling";
        String handshake = server.transport().get(polling).text();
        String session = polling + "&sid=" + handshake.substring(9, 29);
        String connect = base64("82a47479706500a36e7370a12f");
        String event = base64("83a47479706502a46461746192a46261636bc403010203a36e7370a12f");

        server.transport().post(session, connect + "\u001e" + event);
        MemoryExchange poll = server.transport().get(session);

        assertThat(poll.text()).startsWith("b").endsWith("\u001e" + event);
    }

    private static String base64(String hex) {
        return "b" + Base64.getEncoder().encodeToString(Wire.bytes(hex));
    }

    @Test
    void old_clients_cannot_be_served_at_the_same_time() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SocketIoServer.create(
                        options -> options.parser(MsgpackPacketCodec::new).allowEio3(true)))
                .withMessage("allowEio3: true (expected: false with a parser of one's own)");
    }

    @Test
    void limits_are_those_of_the_server() {
        restart(options -> options.decoderLimits(new dev.parley.protocol.DecoderLimits(10, 2, 10, 10, 2)));
        List<Object> received = new ArrayList<>();
        server.io().onConnection(socket -> socket.onAny((Event event) -> received.add(event.name())));
        MemoryWebSocket client = open();
        client.send(Wire.bytes("82a47479706500a36e7370a12f"));

        client.send(Wire.eventWith("90"));
        assertThat(client.isClosed()).isFalse();
        client.send(Wire.eventWith("9190"));

        assertThat(client.isClosed()).isTrue();
        assertThat(received).containsExactly("e");
    }
}
