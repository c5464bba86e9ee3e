package dev.parley.protocol;

import static dev.parley.protocol.Wire.ack;
import static dev.parley.protocol.Wire.decode;
import static dev.parley.protocol.Wire.decodeEvent;
import static dev.parley.protocol.Wire.encode;
import static dev.parley.protocol.Wire.event;
import static dev.parley.protocol.Wire.json;
import static dev.parley.protocol.Wire.raw;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.parley.Behaviour;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonPacketEncoderTest {

    private static final byte[] BYTES = {1, 2, 3};

    @Test
    @Behaviour({"PAR-001", "PAR-002", "PAR-003", "PAR-004", "PAR-006", "PAR-007", "PAR-008", "PAR-009"})
    void writes_each_packet_as_the_protocol_shows_it() {
        assertThat(encode(new Packet.Connect("/", null))).isEqualTo("0");
        assertThat(encode(new Packet.Connect("/woot", Map.of("token", "123")))).isEqualTo("0/woot,{\"token\":\"123\"}");
        assertThat(encode(new Packet.Disconnect("/"))).isEqualTo("1");
        assertThat(encode(new Packet.Disconnect("/woot"))).isEqualTo("1/woot,");
        assertThat(encode(event("a", 1, Map.of()))).isEqualTo("2[\"a\",1,{}]");
        assertThat(encode(new Packet.Event("/test", 1, "a", List.of(1, Map.of()))))
                .isEqualTo("2/test,1[\"a\",1,{}]");
        assertThat(encode(event("a"))).isEqualTo("2[\"a\"]");
        assertThat(encode(ack(123, "a", 1, Map.of()))).isEqualTo("3123[\"a\",1,{}]");
        assertThat(encode(new Packet.Ack("/admin", 0, List.of()))).isEqualTo("3/admin,0[]");
        assertThat(encode(new Packet.ConnectError("/", "Unauthorized"))).isEqualTo("4\"Unauthorized\"");
        assertThat(encode(new Packet.ConnectError("/random", Map.of("message", "Invalid namespace"))))
                .isEqualTo("4/random,{\"message\":\"Invalid namespace\"}");
    }

    @Test
    @Behaviour({"PAR-027", "PAR-029", "PAR-043"})
    void writes_binary_data_as_placeholders_and_attachments() {
        PacketBundle event = Wire.CODEC.encode(new Packet.Event("/cool", 23, "a", List.of(BYTES)));
        assertThat(event.text()).hasToString("451-/cool,23[\"a\",{\"_placeholder\":true,\"num\":0}]");
        assertThat(event.binaries()).containsExactly(BYTES);

        PacketBundle ack = Wire.CODEC.encode(new Packet.Ack("/back", 127, Arrays.asList("a", BYTES, null)));
        assertThat(ack.text()).hasToString("461-/back,127[\"a\",{\"_placeholder\":true,\"num\":0},null]");
        assertThat(ack.binaries()).containsExactly(BYTES);
    }

    @Test
    @Behaviour({"PAR-028", "PAR-037", "PAR-038"})
    void numbers_binary_data_depth_first() {
        Map<String, @Nullable Object> deep = new LinkedHashMap<>();
        deep.put("a", "hi");
        deep.put("b", Map.of("why", new byte[] {1}));
        deep.put("c", Arrays.asList(new byte[] {2}, null, Map.of("d", new byte[] {3})));
        deep.put("e", null);

        PacketBundle bundle = Wire.CODEC.encode(new Packet.Event("/deep", 999, "x", List.of(deep, new byte[] {4})));

        assertThat(bundle.text())
                .hasToString(
                        "454-/deep,999[\"x\",{\"a\":\"hi\",\"b\":{\"why\":#0},\"c\":[#1,null,{\"d\":#2}],\"e\":null},#3]"
                                .replaceAll("#(\\d)", "{\"_placeholder\":true,\"num\":$1}"));
        assertThat(bundle.binaries()).containsExactly(new byte[] {1}, new byte[] {2}, new byte[] {3}, new byte[] {4});
    }

    @Test
    @Behaviour("PAR-047")
    void writes_binary_acks_like_the_reference() {
        PacketBundle bundle = Wire.CODEC.encode(ack(0, BYTES, null, Date.from(Instant.EPOCH), Map.of()));

        assertThat(bundle.text())
                .hasToString("461-0[{\"_placeholder\":true,\"num\":0},null,\"1970-01-01T00:00:00.000Z\",{}]");
    }

    @Test
    void writes_headers_of_more_than_nine_attachments() {
        PacketBundle bundle = Wire.CODEC.encode(event("a", Collections.nCopies(123, BYTES)));

        assertThat(bundle.text().toString())
                .startsWith("45123-[\"a\",[{")
                .endsWith(",{\"_placeholder\":true,\"num\":122}]]");
        assertThat(bundle.binaries()).hasSize(123);
    }

    @Test
    @Behaviour({"PAR-036", "EIO-PAR-025"})
    void sends_the_remaining_bytes_of_a_buffer_and_leaves_its_position_alone() {
        ByteBuffer heap = ByteBuffer.wrap(new byte[] {1, 2, 3, 4}, 1, 2);
        ByteBuffer direct = ByteBuffer.allocateDirect(2).put(0, (byte) 7).put(1, (byte) 8);

        PacketBundle bundle = Wire.CODEC.encode(event("a", heap, heap.asReadOnlyBuffer(), direct));

        assertThat(bundle.binaries()).containsExactly(new byte[] {2, 3}, new byte[] {2, 3}, new byte[] {7, 8});
        assertThat(heap.position()).isEqualTo(1);
        assertThat(heap.remaining()).isEqualTo(2);
        assertThat(direct.position()).isZero();
    }

    @Test
    @Behaviour("PAR-034")
    void sends_an_empty_array_and_an_ack_id_of_zero() {
        PacketBundle bundle = Wire.CODEC.encode(new Packet.Event("/", 0, "a", List.of(new byte[0])));

        assertThat(bundle.text()).hasToString("451-0[\"a\",{\"_placeholder\":true,\"num\":0}]");
        assertThat(bundle.binaries()).containsExactly(new byte[0]);
    }

    @Test
    @Behaviour("PAR-039")
    void is_not_affected_by_what_the_caller_does_to_its_values_later() {
        byte[] bytes = BYTES.clone();
        List<@Nullable Object> args = new ArrayList<>(Arrays.asList("x", bytes));
        Packet.Event packet = new Packet.Event("/", Packet.NO_ACK, "a", args);

        PacketBundle bundle = Wire.CODEC.encode(packet);
        assertThat(args).containsExactly("x", bytes);
        bytes[0] = 99;
        args.clear();

        assertThat(bundle.binaries()).containsExactly(BYTES);
        assertThat(packet.type()).isEqualTo(PacketType.EVENT);
    }

    /** Defects 1 and 20 of the peers: the first recipient's encoding changed the packet for all others. */
    @Test
    void encodes_the_same_packet_any_number_of_times_alike() {
        Packet packet = event("a", BYTES, Map.of("b", ByteBuffer.wrap(BYTES)));
        String first = payload(Wire.CODEC.encode(packet));

        for (int i = 0; i < 3; i++) {
            assertThat(payload(Wire.CODEC.encode(packet))).isEqualTo(first);
        }
    }

    /** Defects 1 and 20 of the peers. */
    @Test
    void makes_bundles_that_can_be_written_for_many_clients() {
        PacketBundle bundle = Wire.CODEC.encode(event("a", BYTES));
        String first = payload(bundle);

        for (int i = 0; i < 3; i++) {
            assertThat(payload(bundle)).isEqualTo(first);
            assertThat(decode(bundle)).isInstanceOf(Packet.Event.class);
        }
        assertThat(first).isEqualTo("451-[\"a\",{\"_placeholder\":true,\"num\":0}]\u001ebAQID");
    }

    private static String payload(PacketBundle bundle) {
        return new String(
                EngineCodecV4.INSTANCE.encodePayload(List.of(bundle), false).body(), StandardCharsets.UTF_8);
    }

    @Test
    void writes_null_booleans_and_strings() {
        assertThat(json(null)).isEqualTo("null");
        assertThat(json(true)).isEqualTo("true");
        assertThat(json(false)).isEqualTo("false");
        assertThat(json("text")).isEqualTo("\"text\"");
        assertThat(json(CharBuffer.wrap("built"))).isEqualTo("\"built\"");
        assertThat(json('c')).isEqualTo("\"c\"");
        assertThat(json(Thread.State.NEW)).isEqualTo("\"NEW\"");
        assertThat(json(new UUID(1, 2))).isEqualTo("\"00000000-0000-0001-0000-000000000002\"");
        assertThat(json(Optional.of(1))).isEqualTo("1");
        assertThat(json(Optional.empty())).isEqualTo("null");
    }

    @Test
    void writes_numbers_and_null_for_those_that_json_has_not() {
        assertThat(json((byte) -1)).isEqualTo("-1");
        assertThat(json((short) 300)).isEqualTo("300");
        for (int value : new int[] {0, 9, 10, 99, 100, 12345, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThat(json(value)).isEqualTo(Integer.toString(value));
        }
        for (long value : new long[] {0, 1_000_000_000_000L, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThat(json(value)).isEqualTo(Long.toString(value));
        }
        assertThat(json(1.5)).isEqualTo("1.5");
        assertThat(json(-0.1f)).isEqualTo("-0.1");
        assertThat(json(1e300)).isEqualTo("1.0E300");
        assertThat(json(new BigInteger("123456789012345678901234567890"))).isEqualTo("123456789012345678901234567890");
        assertThat(json(new BigDecimal("1.10"))).isEqualTo("1.10");
        assertThat(json(new AtomicInteger(5))).isEqualTo("5");
        assertThat(json(new AtomicLong(-5))).isEqualTo("-5");
        for (Number none : new Number[] {
            Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Float.NaN, Float.POSITIVE_INFINITY
        }) {
            assertThat(json(none)).isEqualTo("null");
        }
    }

    @Test
    void writes_times_as_javascript_does() {
        assertThat(json(Instant.EPOCH)).isEqualTo("\"1970-01-01T00:00:00.000Z\"");
        assertThat(json(Instant.parse("2026-11-22T01:02:03.456789Z"))).isEqualTo("\"2026-11-22T01:02:03.456Z\"");
        assertThat(json(Date.from(Instant.ofEpochMilli(1_700_000_000_120L)))).isEqualTo("\"2023-11-14T22:13:20.120Z\"");
        assertThat(json(new Timestamp(5))).isEqualTo("\"1970-01-01T00:00:00.005Z\"");
    }

    @Test
    void writes_maps_collections_and_arrays() {
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        map.put("a", List.of());
        map.put(1, null);
        map.put(Thread.State.NEW, Map.of());
        assertThat(json(map)).isEqualTo("{\"a\":[],\"1\":null,\"NEW\":{}}");
        assertThat(json(new TreeSet<>(List.of(3, 1, 2)))).isEqualTo("[1,2,3]");
        assertThat(json(new int[] {1, 2})).isEqualTo("[1,2]");
        assertThat(json(new double[] {1, Double.NaN})).isEqualTo("[1.0,null]");
        assertThat(json(new char[] {'a'})).isEqualTo("[\"a\"]");
        assertThat(json(new boolean[] {true})).isEqualTo("[true]");
        assertThat(json(new @Nullable Object[] {null, new String[] {"x"}, new long[][] {{1}, {}}}))
                .isEqualTo("[null,[\"x\"],[[1],[]]]");
    }

    @Test
    void escapes_what_json_requires_and_nothing_else() {
        assertThat(json("\"\\/\b\f\n\r\t\u0000\u001f\u007f"))
                .isEqualTo("\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\u007f\"");
        assertThat(json("é߿ࠀ€\u2028\uffff")).isEqualTo("\"é߿ࠀ€\u2028\uffff\"");
        assertThat(json("😀x\ud83d\ude00")).isEqualTo("\"😀x😀\"");
        assertThat(json(Map.of("a\"\u0001", 1))).isEqualTo("{\"a\\\"\\u0001\":1}");
    }

    @Test
    void writes_surrogates_without_partner_as_escapes() {
        assertThat(json("\ud800")).isEqualTo("\"\\ud800\"");
        assertThat(json("a\udfffb")).isEqualTo("\"a\\udfffb\"");
        assertThat(json("\ude00\ud83d")).isEqualTo("\"\\ude00\\ud83d\"");
        assertThat(json("\ud83d\ud83d\ude00")).isEqualTo("\"\\ud83d😀\"");
        assertThat(json('\ud800')).isEqualTo("\"\\ud800\"");
    }

    @Test
    void writes_strings_of_any_length_and_kind() {
        for (String unit : List.of("a", "é", "€", "😀", "\u0000", "a€\"")) {
            for (int length = 0; length < 300; length += 7) {
                String text = unit.repeat(length);

                assertThat(decodeEvent(encode(event("v", text))).args())
                        .singleElement()
                        .satisfies(arg -> assertThat(raw(arg).toTree()).isEqualTo(text));
            }
        }
    }

    @Test
    void keeps_no_array_that_is_much_larger_than_the_text() {
        PacketBundle bundle = Wire.CODEC.encode(event("a", List.of("é".repeat(100_000))));

        assertThat(bundle.text().array()).hasSizeLessThan(bundle.text().length() * 9 / 8 + 129);
    }

    private record Point(int x, int y) {}

    @Test
    void asks_the_converter_for_types_that_it_does_not_know() {
        JsonPacketCodec codec = new JsonPacketCodec(
                DecoderLimits.DEFAULT,
                value ->
                        value instanceof Point point ? Map.of("point", List.of(point.x(), point.y(), BYTES)) : "other");

        PacketBundle bundle =
                codec.encode(event("a", List.of(new Point(1, 2)), new Object(), Optional.of(Object.class)));

        assertThat(bundle.text())
                .hasToString("451-[\"a\",[{\"point\":[1,2,{\"_placeholder\":true,\"num\":0}]}],\"other\",\"other\"]");
    }

    /** An Iterable that is no Collection may well be an object to its library, such as a node of a JSON tree. */
    @Test
    void leaves_iterables_that_are_no_collections_to_the_converter() {
        Iterable<Integer> iterable = () -> List.of(1).iterator();
        JsonPacketCodec codec = new JsonPacketCodec(DecoderLimits.DEFAULT, value -> "converted");

        assertThat(codec.encode(event("a", iterable)).text()).hasToString("42[\"a\",\"converted\"]");
    }

    @Test
    void refuses_types_that_nobody_knows_and_names_them() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> encode(event("a", new Point(1, 2))))
                .withMessageContaining(Point.class.getName());
    }

    @Test
    void refuses_converters_that_lead_nowhere() {
        JsonPacketCodec codec = new JsonPacketCodec(DecoderLimits.DEFAULT, value -> value);

        assertThatIllegalArgumentException().isThrownBy(() -> codec.encode(event("a", new Object())));
    }

    @Test
    void refuses_null_as_key_of_a_map() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> encode(event("a", Collections.singletonMap(null, 1))))
                .withMessage("key of a map: null (expected: a name)");
    }

    @Test
    @Behaviour({"PAR-010", "ABUSE-019"})
    void refuses_circular_values() {
        List<Object> list = new ArrayList<>();
        list.add(list);
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("self", new Object[] {map});

        for (Object circular : List.of(new Object[] {list}, map)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> encode(event("a", circular)))
                    .withMessageContaining("circular");
        }
    }

    @Test
    @Behaviour("ABUSE-019")
    void writes_values_as_deep_as_decoders_accept() {
        assertThat(decodeEvent(encode(event("a", nested(499)))).args()).hasSize(1);
        assertThatIllegalArgumentException().isThrownBy(() -> encode(event("a", nested(500))));
        assertThatIllegalArgumentException().isThrownBy(() -> encode(event("a", nested(100_000))));
    }

    private static List<Object> nested(int depth) {
        List<Object> list = List.of();
        for (int i = 1; i < depth; i++) {
            list = List.of(list);
        }
        return list;
    }

    @Test
    void refuses_binary_data_in_packets_that_can_not_have_attachments() {
        for (Packet packet : List.of(
                new Packet.Connect("/", Map.of("a", BYTES)), new Packet.ConnectError("/", Map.of("a", BYTES)))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> encode(packet))
                    .withMessageContaining("binary data");
        }
    }

    @Test
    void refuses_namespaces_and_ack_ids_that_the_receiver_would_misread() {
        for (String namespace : List.of("admin", "", "/a,b")) {
            assertThatIllegalArgumentException().isThrownBy(() -> encode(new Packet.Disconnect(namespace)));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> encode(ack(-1)));
    }

    /** Otherwise whoever gets an object relayed could be made to close its own connection. */
    @Test
    void refuses_objects_that_look_like_placeholders_next_to_binary_data() {
        Map<String, Object> fake = Map.of("_placeholder", true, "num", 0);
        RawJson received = raw(
                decodeEvent("2[\"a\",{\"_placeholder\":true,\"num\":7}]").args().get(0));

        for (Object lookalike : List.of(fake, List.of(fake), received)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> encode(event("a", lookalike, BYTES)))
                    .withMessageContaining("_placeholder");
        }
        assertThat(encode(event("a", received))).isEqualTo("2[\"a\",{\"_placeholder\":true,\"num\":7}]");
        assertThat(encode(event("a", Map.of("_placeholder", false), BYTES))).startsWith("51-");
    }

    @Test
    void relays_received_values_byte_for_byte() {
        for (String text : List.of(
                "2[\"a\"]",
                "2/chat,17[\"a\",{\"b\" : [1.0, 1e2,\"\\u0041\\/\"] }, -0,\"é😀\\ud800\"]",
                "3/chat,1[null,{\"_placeholder\":true,\"num\":3}]",
                "0{\"token\" : 1}",
                "4\"no\"")) {
            String relayed = encode(decode(text));

            assertThat(relayed).isEqualTo(text.replace(", -0,", ",-0,").replace("] }, ", "] },"));
        }
    }

    @Test
    void relays_binary_packets_byte_for_byte() {
        String text =
                "52-/a,3[\"a\",{\"x\" :{\"_placeholder\":true,\"num\":0}},1,[{ \"num\":1,\"_placeholder\":true}]]";

        PacketBundle relayed = Wire.CODEC.encode(decode(text, BYTES, new byte[] {9}));

        assertThat(Wire.messageOf(relayed)).isEqualTo(text);
        assertThat(relayed.binaries()).containsExactly(BYTES, new byte[] {9});
    }

    @Test
    void renumbers_placeholders_of_received_values_among_other_attachments() {
        Packet.Event received = decodeEvent(
                "53-[\"a\",{\"_placeholder\":true,\"num\":2},[{\"_placeholder\":true,\"num\":1},{\"num\":2,\"_placeholder\":true}],7]",
                new byte[] {0},
                new byte[] {1},
                new byte[] {2});

        PacketBundle bundle = Wire.CODEC.encode(event(
                "b",
                new byte[] {8},
                received.args().get(1),
                received.args().get(0),
                received.args().get(2),
                new byte[] {9}));

        assertThat(bundle.text())
                .hasToString("454-[\"b\",#0,[#1,{\"num\":2,\"_placeholder\":true}],#2,7,#3]"
                        .replaceAll("#(\\d)", "{\"_placeholder\":true,\"num\":$1}"));
        assertThat(bundle.binaries()).containsExactly(new byte[] {8}, new byte[] {1}, new byte[] {2}, new byte[] {9});
    }

    @Test
    void writes_received_values_of_other_encodings_anew() {
        RawValue other = () -> List.of("a", BYTES);

        PacketBundle bundle = Wire.CODEC.encode(event("e", other));

        assertThat(Wire.messageOf(bundle)).isEqualTo("51-[\"e\",[\"a\",{\"_placeholder\":true,\"num\":0}]]");
        assertThat(bundle.binaries()).containsExactly(BYTES);
    }

    @Test
    void sends_plain_parts_of_binary_packets_without_attachments() {
        Packet.Event received = decodeEvent("51-[\"a\",{\"_placeholder\":true,\"num\":0},\"text\"]", BYTES);

        assertThat(encode(event("b", received.args().get(1)))).isEqualTo("2[\"b\",\"text\"]");
    }
}
