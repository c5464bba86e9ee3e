package dev.parley.msgpack;

import static dev.parley.msgpack.Wire.CODEC;
import static dev.parley.msgpack.Wire.encode;
import static dev.parley.msgpack.Wire.event;
import static dev.parley.msgpack.Wire.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.parley.protocol.DecoderLimits;
import dev.parley.protocol.JsonPacketCodec;
import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketDecoder;
import dev.parley.protocol.ProtocolException;
import dev.parley.protocol.RawJson;
import dev.parley.protocol.RawValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MsgpackPacketEncoderTest {

    private record Point(int x, int y) {}

    /** Values of which a receiver gets the same, be they sent as JSON or as MessagePack. */
    static Stream<Object> plainValues() {
        return Stream.of(
                true,
                "text",
                CharBuffer.wrap("built"),
                'c',
                Thread.State.NEW,
                new UUID(1, 2),
                Optional.of(1),
                Optional.empty(),
                (byte) -1,
                (short) 300,
                Integer.MIN_VALUE,
                Integer.MAX_VALUE,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                new BigInteger("18446744073709551615"),
                new AtomicInteger(5),
                new AtomicLong(-5),
                1.5,
                0.1f,
                new BigDecimal("1.10"),
                new BigDecimal("7"),
                Map.of("a", Map.of("b", List.of(1, "2"))),
                Map.of(1, 2),
                Map.of(Thread.State.NEW, 1),
                new TreeSet<>(List.of(3, 1, 2)),
                new int[] {1, 2},
                new char[] {'a'},
                new Object[] {null, new String[] {"x"}, new long[][] {{1}, {}}},
                new byte[] {1, 2},
                ByteBuffer.wrap(new byte[] {1, 2, 3, 4}, 1, 2),
                ByteBuffer.wrap(new byte[] {1, 2}).asReadOnlyBuffer(),
                RawJson.parse("{\"a\":[1,2.5,null,\"\\n\"]}"),
                (RawValue) () -> List.of("of another encoding"));
    }

    @ParameterizedTest
    @MethodSource("plainValues")
    void sends_what_json_sends(Object value) throws ProtocolException {
        Object throughJson = throughJson(value);

        Packet.Event received = (Packet.Event) Wire.decode(Wire.bytes(CODEC.encode(event("e", value))));

        assertThat(Wire.trees(received.args()))
                .singleElement()
                .usingRecursiveComparison()
                .withStrictTypeChecking()
                .isEqualTo(throughJson);
    }

    private static Object throughJson(Object value) throws ProtocolException {
        JsonPacketCodec json = new JsonPacketCodec();
        PacketDecoder decoder = json.newDecoder();
        var bundle = json.encode(event("e", value));
        Packet packet = decoder.text(bundle.text().slice(1, bundle.text().length()));
        for (byte[] attachment : bundle.binaries()) {
            packet = decoder.binary(attachment);
        }
        return Wire.tree(((Packet.Event) Objects.requireNonNull(packet)).args().get(0));
    }

    @Test
    void writes_numbers_beyond_64_bits_as_precisely_as_a_double_can() {
        assertThat(value(new BigInteger("18446744073709551615"))).isEqualTo("cfffffffffffffffff");
        assertThat(value(new BigInteger("18446744073709551616"))).isEqualTo("cb43f0000000000000");
        assertThat(value(new BigInteger("-9223372036854775808"))).isEqualTo("d38000000000000000");
        assertThat(value(new BigInteger("-9223372036854775809"))).isEqualTo("cbc3e0000000000000");
        assertThat(value(BigInteger.TEN.pow(400))).isEqualTo("cb7ff0000000000000");
        assertThat(value(new BigDecimal("1e400"))).isEqualTo("cb7ff0000000000000");
        assertThat(value(new BigDecimal("0.5"))).isEqualTo("cb3fe0000000000000");
    }

    @Test
    void writes_floats_with_the_digits_that_they_show() {
        assertThat(value(0.1f)).isEqualTo(value(0.1));
        assertThat(value(Float.NaN)).isEqualTo(value(Double.NaN));
        assertThat(value(Float.NEGATIVE_INFINITY)).isEqualTo(value(Double.NEGATIVE_INFINITY));
    }

    @Test
    void writes_times_to_the_millisecond() {
        assertThat(value(Instant.parse("1970-01-01T00:00:01.000999Z"))).isEqualTo("d70000000000000003e8");
        assertThat(value(Date.from(Instant.ofEpochSecond(1)))).isEqualTo("d70000000000000003e8");
        assertThat(value(new Timestamp(1000))).isEqualTo("d70000000000000003e8");
    }

    @Test
    void refuses_times_that_javascript_has_not() {
        for (Object time : List.of(
                Instant.MAX,
                Instant.MIN,
                Date.from(Instant.ofEpochMilli(Long.MAX_VALUE)),
                Date.from(Instant.ofEpochMilli(Long.MIN_VALUE)))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> encode(event("e", time)))
                    .withMessageContaining("Date in JavaScript");
        }
    }

    @Test
    void writes_half_of_a_surrogate_pair_as_a_question_mark() {
        assertThat(value("a\ud83e")).isEqualTo("a2613f");
    }

    @Test
    void takes_binary_data_in_packets_of_every_kind_and_any_number() {
        byte[] bytes = {1};

        assertThat(encode(new Packet.Connect("/", Map.of("a", bytes)))).contains("a161c40101");
        assertThat(encode(new Packet.ConnectError("/", Map.of("a", bytes)))).contains("a161c40101");
        assertThat(encode(event("e", Collections.nCopies(100, bytes)))).contains("c40101".repeat(100));
    }

    @Test
    void is_not_affected_by_what_the_caller_does_to_its_values_later() {
        for (int length : new int[] {3, 100_000}) {
            byte[] bytes = new byte[length];
            Packet packet = event("e", bytes);
            String before = encode(packet);
            byte[] message = Wire.bytes(CODEC.encode(packet));

            bytes[0] = 99;

            assertThat(message).isEqualTo(Wire.bytes(before));
        }
    }

    /** The number of elements stands in front of them, so a list must not grow while it is written. */
    @Test
    void is_not_confused_by_collections_that_others_change_meanwhile() {
        List<Integer> growing = new AbstractList<>() {
            private int size = 1;

            @Override
            public Integer get(int index) {
                return index;
            }

            @Override
            public int size() {
                return size++;
            }

            @Override
            public Object[] toArray() {
                return new Object[] {1, 2, 3};
            }
        };

        assertThat(value(growing)).isEqualTo("93010203");
    }

    @Test
    void writes_long_strings_and_many_of_them() {
        for (int length : new int[] {255, 256, 65_535, 65_536, 300_000}) {
            for (String unit : List.of("a", "é", "€", "😀")) {
                String text = unit.repeat(length);

                assertThat(Wire.tree(value(text))).isEqualTo(text);
            }
        }
        List<String> many = Collections.nCopies(70_000, "0123456789");
        assertThat(Wire.tree(value(many))).isEqualTo(many);
    }

    @Test
    void asks_the_converter_for_types_that_it_does_not_know() {
        MsgpackPacketCodec codec = new MsgpackPacketCodec(
                DecoderLimits.DEFAULT, value -> value instanceof Point point ? List.of(point.x(), point.y()) : "other");

        Packet.Event received = (Packet.Event) Wire.decode(Wire.bytes(
                codec.encode(event("e", List.of(new Point(1, 2)), new Object(), (Iterable<Integer>)
                        () -> List.of(1).iterator()))));

        assertThat(Wire.trees(received.args())).isEqualTo(List.of(List.of(List.of(1, 2)), "other", "other"));
    }

    @Test
    void refuses_what_json_refuses_in_the_same_words() {
        List<Object> circular = new ArrayList<>();
        circular.add(circular);
        Map<String, Object> self = new LinkedHashMap<>();
        self.put("self", new Object[] {self});
        for (Object value : List.of(new Point(1, 2), Collections.singletonMap(null, 1), circular, self)) {
            String message = refusal(new JsonPacketCodec()::encode, event("e", value));

            assertThat(refusal(CODEC::encode, event("e", value))).isEqualTo(message);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> encode(new Packet.Ack("/", -1, List.of())));
    }

    private static String refusal(java.util.function.Function<Packet, ?> encoder, Packet packet) {
        try {
            return "encoded as " + encoder.apply(packet);
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Test
    void refuses_converters_that_lead_nowhere() {
        MsgpackPacketCodec codec = new MsgpackPacketCodec(DecoderLimits.DEFAULT, value -> value);

        assertThatIllegalArgumentException().isThrownBy(() -> codec.encode(event("e", new Object())));
    }

    @Test
    void writes_values_as_deep_as_decoders_accept() {
        assertThat(Wire.decode(Wire.bytes(CODEC.encode(event("e", nested(499))))))
                .isInstanceOf(Packet.Event.class);
        assertThatIllegalArgumentException().isThrownBy(() -> encode(event("e", nested(500))));
        assertThatIllegalArgumentException().isThrownBy(() -> encode(event("e", nested(100_000))));
    }

    private static List<Object> nested(int depth) {
        List<Object> list = List.of();
        for (int i = 1; i < depth; i++) {
            list = List.of(list);
        }
        return list;
    }
}
