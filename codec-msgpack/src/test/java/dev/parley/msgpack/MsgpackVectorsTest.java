package dev.parley.msgpack;

import static dev.parley.msgpack.Wire.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.protocol.Packet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes of the official parser, which vectors.tsv holds. */
@Behaviour("MSGP-001")
class MsgpackVectorsTest {

    private static final RecursiveComparisonConfiguration BY_VALUE = RecursiveComparisonConfiguration.builder()
            .withStrictTypeChecking(false)
            .withEqualsForType(Double::equals, Double.class)
            .build();

    private static final byte[] ZEROS = new byte[300];

    /** What is written to the very bytes of the official parser, and read from them. */
    private static final Map<String, Packet> BOTH_WAYS = new LinkedHashMap<>();

    /** What is read only. */
    private static final Map<String, Packet> RECEIVED = new LinkedHashMap<>();

    static {
        BOTH_WAYS.put("connect with auth", new Packet.Connect("/admin", Map.of("token", "123")));
        BOTH_WAYS.put("connect with nothing", new Packet.Connect("/", null));
        BOTH_WAYS.put("disconnect", new Packet.Disconnect("/admin"));
        BOTH_WAYS.put("event", event("hello", "you"));
        BOTH_WAYS.put("event that asks for an ack", new Packet.Event("/chat", 13, "hi", List.of(1)));
        BOTH_WAYS.put("event with a large ack id", new Packet.Event("/", (1L << 53) - 1, "hi", List.of()));
        BOTH_WAYS.put("ack", new Packet.Ack("/chat", 13, List.of(42)));
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("message", "no");
        error.put("data", Map.of("code", 7));
        BOTH_WAYS.put("connect error", new Packet.ConnectError("/", error));
        BOTH_WAYS.put("connect error of text", new Packet.ConnectError("/", "no"));
        BOTH_WAYS.put(
                "whole numbers",
                event("e", 0, 127, 128, 255, 256, 65535, 65536, 4294967295L, 4294967296L, 9007199254740991L));
        BOTH_WAYS.put(
                "negative numbers",
                event("e", -1, -32, -33, -128, -129, -32768, -32769, -2147483648, -2147483649L, -9007199254740991L));
        BOTH_WAYS.put(
                "fractions",
                event("e", 0.5, -1.25, 1e-7, 0.1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY));
        BOTH_WAYS.put("constants", event("e", null, true, false));
        BOTH_WAYS.put("strings", event("e", "", "x".repeat(31), "x".repeat(32), "x".repeat(255), "x".repeat(256)));
        BOTH_WAYS.put("text of any script", event("e", "é€🦜", Map.of("é€🦜", "\0")));
        byte[] sevens = new byte[256];
        Arrays.fill(sevens, (byte) 7);
        BOTH_WAYS.put("bytes", event("e", new byte[] {1, 2, 3}, Map.of("deep", List.of(new byte[0], sevens))));
        BOTH_WAYS.put(
                "containers",
                event(
                        "e",
                        List.of(),
                        Map.of(),
                        List.of(List.of(), List.of(Map.of())),
                        Map.of("a", Map.of("b", List.of(1)))));
        Map<String, Integer> sixteen = new LinkedHashMap<>();
        IntStream.range(0, 16).forEach(i -> sixteen.put("k" + i, i));
        BOTH_WAYS.put("long containers", event("e", Collections.nCopies(16, 0), sixteen));

        RECEIVED.put("connect without auth", new Packet.Connect("/", null));
        RECEIVED.put("event of a client", event("hello"));
        RECEIVED.put("event of a client that asks for an ack", new Packet.Event("/", 0, "hi", List.of()));
        RECEIVED.put("event named by a number", event("300", "a"));
        RECEIVED.put("ack of a client", new Packet.Ack("/", 0, List.of()));
        RECEIVED.put("undefined", event("e", null, Collections.singletonMap("a", null)));
        RECEIVED.put("typed arrays", event("e", new byte[] {1, 2, 3}, new byte[] {9}, new byte[8], ZEROS));
        RECEIVED.put(
                "dates",
                event(
                        "e",
                        "1970-01-01T00:00:00.000Z",
                        "2023-11-14T22:13:20.120Z",
                        "1969-12-31T23:59:59.999Z",
                        "+275760-09-13T00:00:00.000Z",
                        "-271821-04-20T00:00:00.000Z"));
    }

    static Stream<String> all() {
        return Stream.concat(BOTH_WAYS.keySet().stream(), RECEIVED.keySet().stream());
    }

    static Stream<String> bothWays() {
        return BOTH_WAYS.keySet().stream();
    }

    private static Map<String, String> vectors() throws IOException {
        try (InputStream file = MsgpackVectorsTest.class.getResourceAsStream("vectors.tsv")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t"))
                    .collect(Collectors.toMap(row -> row[0], row -> row[2]));
        }
    }

    @Test
    void all_of_them_are_checked() throws IOException {
        assertThat(vectors().keySet()).containsExactlyInAnyOrderElementsOf(all().toList());
    }

    @ParameterizedTest
    @MethodSource("all")
    void reads(String name) throws IOException {
        Packet expected = BOTH_WAYS.getOrDefault(name, RECEIVED.get(name));

        Packet decoded = Wire.decode(Wire.bytes(vectors().get(name)));

        assertThat(decoded).hasSameClassAs(expected);
        assertThat(decoded.namespace()).isEqualTo(expected.namespace());
        assertThat(plain(decoded)).usingRecursiveComparison(BY_VALUE).isEqualTo(plain(expected));
    }

    /** All that a packet holds, as a tree. */
    private static List<@Nullable Object> plain(Packet packet) {
        if (packet instanceof Packet.Event event) {
            return Arrays.asList(event.name(), event.ackId(), trees(event.args()));
        }
        if (packet instanceof Packet.Ack ack) {
            return Arrays.asList(ack.ackId(), trees(ack.args()));
        }
        if (packet instanceof Packet.Connect connect) {
            return trees(Collections.singletonList(connect.data()));
        }
        return packet instanceof Packet.ConnectError error ? trees(Collections.singletonList(error.data())) : List.of();
    }

    private static List<@Nullable Object> trees(List<? extends @Nullable Object> values) {
        return values.stream()
                .map(value -> value instanceof RawMsgpack raw ? raw.toTree() : value)
                .collect(Collectors.toList());
    }

    @ParameterizedTest
    @MethodSource("bothWays")
    void writes_the_same_bytes(String name) throws IOException {
        assertThat(Wire.encode(BOTH_WAYS.get(name))).isEqualTo(vectors().get(name));
    }

    @Test
    void writes_times_as_dates() throws IOException {
        Packet dates = event(
                "e",
                Instant.EPOCH,
                Instant.ofEpochMilli(1_700_000_000_120L),
                Instant.ofEpochMilli(-1),
                Instant.ofEpochMilli(8_640_000_000_000_000L),
                Instant.ofEpochMilli(-8_640_000_000_000_000L));

        assertThat(Wire.encode(dates)).isEqualTo(vectors().get("dates"));
    }

    static Stream<String> relayable() {
        return Stream.concat(bothWays(), Stream.of("undefined", "typed arrays", "dates"));
    }

    @ParameterizedTest
    @MethodSource("relayable")
    void relays_the_same_bytes(String name) throws IOException {
        String vector = vectors().get(name);

        assertThat(Wire.encode(Wire.decode(Wire.bytes(vector)))).isEqualTo(vector);
    }
}
