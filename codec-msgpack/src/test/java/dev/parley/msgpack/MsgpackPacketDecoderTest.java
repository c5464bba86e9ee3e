package dev.parley.msgpack;

import static dev.parley.msgpack.Wire.CODEC;
import static dev.parley.msgpack.Wire.assertRefused;
import static dev.parley.msgpack.Wire.bytes;
import static dev.parley.msgpack.Wire.decode;
import static dev.parley.msgpack.Wire.eventWith;
import static dev.parley.msgpack.Wire.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Behaviour;
import dev.parley.protocol.DecoderLimits;
import dev.parley.protocol.Packet;
import dev.parley.protocol.ProtocolException;
import dev.parley.protocol.RawValue;
import dev.parley.protocol.Utf8;
import dev.parley.protocol.ValueConverter;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MsgpackPacketDecoderTest {

    private static final String TYPE = "a474797065";
    private static final String NSP = "a36e7370";
    private static final String DATA = "a464617461";
    private static final String ID = "a26964";
    private static final String MAIN = NSP + "a12f";
    private static final String EVENT = TYPE + "02" + MAIN;
    private static final String E = DATA + "91a165";

    @ParameterizedTest
    @CsvSource({
        "''                 , Could not parse",
        "c0                 , invalid packet type",
        "01                 , invalid packet type",
        "90                 , invalid packet type",
        "a0                 , invalid packet type",
        "c1                 , invalid packet type",
        "c40101             , invalid packet type",
        "80                 , invalid packet type",
    })
    @Behaviour("MSGP-002")
    void refuses_what_is_no_packet(String hex, String message) {
        assertRefused(hex, message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a161",
                "05",
                "06",
                "07",
                "ff",
                "cb4000000000000000",
                "cfffffffffffffffff",
                "9102",
                "c0",
                "d40000"
            })
    @Behaviour("MSGP-002")
    void refuses_types_that_are_not_known(String type) {
        assertRefused("83" + TYPE + type + MAIN + E, "invalid packet type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"00", "cc00", "d000", "ce00000000", "d30000000000000000"})
    void takes_the_type_in_any_form_of_a_whole_number(String type) {
        assertThat(decode(bytes("82" + TYPE + type + MAIN))).isEqualTo(new Packet.Connect("/", null));
    }

    @Test
    @Behaviour("MSGP-002")
    void refuses_packets_without_a_namespace_that_can_be() {
        assertRefused("82" + TYPE + "02" + E, "invalid namespace");
        for (String namespace :
                List.of("02", "c0", "c4012f", "91a12f", "a0", text("a"), text("/a,b"), text("/\u001f"))) {
            assertRefused("83" + TYPE + "02" + NSP + namespace + E, "invalid namespace");
        }
        assertThat(decode(bytes("82" + TYPE + "01" + NSP + text("/é?a=b")))).isEqualTo(new Packet.Disconnect("/é?a=b"));
    }

    private static String text(String text) {
        return Wire.value(text);
    }

    @Test
    @Behaviour("MSGP-002")
    void refuses_events_without_an_array_that_begins_with_a_name() {
        assertRefused("82" + EVENT, "invalid payload");
        for (String data : List.of(
                "04", "c0", "80", "a165", "90", "91c0", "91c2", "9190", "9180", "91c40165", "91cb3ff8000000000000")) {
            assertRefused("83" + EVENT + DATA + data, "invalid payload");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"})
    void refuses_reserved_names(String name) {
        assertRefused("83" + EVENT + DATA + "91" + text(name), "invalid payload");
    }

    @Test
    @Behaviour("MSGP-002")
    void refuses_ack_ids_that_are_no_whole_number_or_out_of_range() {
        for (String id :
                List.of("a161", "ff", "cb3ff0000000000000", "cf0020000000000000", "cfffffffffffffffff", "9101")) {
            assertRefused("84" + EVENT + E + ID + id, "invalid packet id");
        }
        assertThat(decode(bytes("84" + EVENT + E + ID + "cf001fffffffffffff")))
                .isEqualTo(new Packet.Event("/", (1L << 53) - 1, "e", List.of()));
    }

    @Test
    void refuses_acks_without_an_id_or_an_array() {
        assertRefused("83" + TYPE + "03" + MAIN + DATA + "90", "invalid packet id");
        assertRefused("83" + TYPE + "03" + MAIN + ID + "01", "invalid payload");
        assertRefused("84" + TYPE + "03" + MAIN + ID + "01" + DATA + "80", "invalid payload");
    }

    @Test
    void refuses_data_that_does_not_belong_to_the_packet() {
        for (String data : List.of("a161", "90", "01", "c2", "c40101")) {
            assertRefused("83" + TYPE + "00" + MAIN + DATA + data, "invalid payload");
            assertRefused("83" + TYPE + "01" + MAIN + DATA + data, "invalid payload");
        }
        assertRefused("83" + TYPE + "01" + MAIN + DATA + "80", "invalid payload");
        assertRefused("82" + TYPE + "04" + MAIN, "invalid payload");
        assertRefused("83" + TYPE + "04" + MAIN + DATA + "90", "invalid payload");
    }

    /** Some clients write a member without value as null, the official one as undefined. */
    @ParameterizedTest
    @ValueSource(strings = {"c0", "d40000"})
    void takes_null_and_undefined_for_nothing(String nothing) {
        assertThat(decode(bytes("83" + TYPE + "00" + MAIN + DATA + nothing))).isEqualTo(new Packet.Connect("/", null));
        assertThat(decode(bytes("83" + TYPE + "01" + MAIN + DATA + nothing))).isEqualTo(new Packet.Disconnect("/"));
        assertThat(decode(bytes("84" + EVENT + E + ID + nothing)))
                .isEqualTo(new Packet.Event("/", Packet.NO_ACK, "e", List.of()));
    }

    @Test
    void takes_members_in_any_order_and_ignores_others() {
        Packet expected = new Packet.Event("/", 7, "e", List.of());

        assertThat(decode(bytes("84" + ID + "07" + E + EVENT))).isEqualTo(expected);
        assertThat(decode(bytes("86" + text("options") + "81a161c3" + E + ID + "07" + "a0c0" + EVENT)))
                .isEqualTo(expected);
    }

    @Test
    void refuses_members_that_come_twice_and_names_that_are_no_strings() {
        assertRefused("84" + EVENT + E + E, "a member comes twice");
        assertRefused("84" + EVENT + E + MAIN, "a member comes twice");
        assertRefused("84" + EVENT + E + "0102", "Could not parse");
        assertRefused("84" + EVENT + E + "c40474797065" + "02", "Could not parse");
        assertRefused(HexFormat.of().formatHex(eventWith("810101")), "Could not parse");
        assertRefused(HexFormat.of().formatHex(eventWith("81c001")), "Could not parse");
    }

    @Test
    void refuses_text() {
        assertThatThrownBy(() -> CODEC.newDecoder().text(Utf8.of("0")))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("got plaintext data instead of MessagePack");
    }

    @Test
    void refuses_trailing_bytes() {
        assertRefused("83" + EVENT + E + "c0", "trailing bytes");
    }

    @Test
    void leaves_arguments_unparsed() {
        Packet.Event event = (Packet.Event) decode(eventWith("81a16101"));

        assertThat(event.args()).singleElement().isInstanceOfSatisfying(RawValue.class, raw -> {
            Object first = raw.toTree();
            assertThat(first).isEqualTo(Map.of("a", 1)).isNotSameAs(raw.toTree());
            assertThat(raw).hasToString("{a=1}");
        });
    }

    @Test
    void keeps_whole_numbers_whole() {
        assertThat(tree("00")).isEqualTo(0);
        assertThat(tree("7f")).isEqualTo(127);
        assertThat(tree("e0")).isEqualTo(-32);
        assertThat(tree("ccff")).isEqualTo(255);
        assertThat(tree("ce7fffffff")).isEqualTo(Integer.MAX_VALUE);
        assertThat(tree("ce80000000")).isEqualTo(2147483648L);
        assertThat(tree("d3ffffffffffffffff")).isEqualTo(-1);
        assertThat(tree("d38000000000000000")).isEqualTo(Long.MIN_VALUE);
        assertThat(tree("cf7fffffffffffffff")).isEqualTo(Long.MAX_VALUE);
        assertThat(tree("cf8000000000000000")).isEqualTo(BigInteger.ONE.shiftLeft(63));
        assertThat(tree("cf0000000000000005")).isEqualTo(5);
        assertThat(tree("cb4014000000000000")).isEqualTo(5.0);
        assertThat(tree("ca3fc00000")).isEqualTo(1.5);
    }

    @Test
    void reads_the_timestamps_of_message_pack_too() {
        assertThat(tree("d6ff00000001")).isEqualTo("1970-01-01T00:00:01.000Z");
        assertThat(tree("d7ff" + "0000000400000001")).isEqualTo("1970-01-01T00:00:01.000000001Z");
        assertThat(tree("d7ff" + "003d090000000001")).isEqualTo("1970-01-01T00:00:01.001Z");
        assertThat(tree("c70cff" + "00000000" + "ffffffffffffffff")).isEqualTo("1969-12-31T23:59:59.000Z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "d40001", // neither undefined nor a typed array
                "d40100",
                "d500ffff",
                "d60000000000",
                "d80000000000000000000000000000000000",
                "c70101ff",
                "c70c0100000000000000000000000000",
                "c80001ff00",
                "c9000000017f00",
                "d701" + "0000000000000000",
                "c704ff" + "00000001", // a timestamp in the wrong form
                "d7ff" + "ffffffff00000000", // more nanoseconds than a second has
                "c70cff" + "3b9aca00" + "0000000000000000",
                "c70cff" + "00000000" + "7fffffffffffffff", // a year that java.time has not
                "c70cff" + "00000000" + "8000000000000000",
            })
    void refuses_extensions_without_a_meaning(String hex) {
        assertRefused(HexFormat.of().formatHex(eventWith(hex)), "Could not parse");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a1ff", "a2c080", "a3eda080", "a4f4908080", "d901ff", "da0001ff", "db00000001ff", "81a1ff00"})
    void refuses_text_that_is_not_utf8(String hex) {
        assertRefused(HexFormat.of().formatHex(eventWith(hex)), "Could not parse");
    }

    /** What is announced is not taken for granted: each of these would be an array of gigabytes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ddffffffff",
                "dd7fffffff",
                "dfffffffff",
                "df7fffffff",
                "df3fffffff",
                "dbffffffff",
                "c6ffffffff",
                "c97fffffff00",
                "c9ffffffff00",
                "dcffff",
                "deffff",
                "91dd7fffffff",
                "81a161dd7fffffff"
            })
    void refuses_lengths_beyond_what_is_there(String hex) {
        assertRefused("83" + EVENT + DATA + "92a165" + hex, "Could not parse");
        assertRefused("83" + EVENT + DATA + hex, "Could not parse");
        assertRefused("83" + EVENT + hex, "Could not parse");
        if (hex.startsWith("df") || hex.startsWith("de")) {
            assertRefused(hex, "Could not parse");
        }
    }

    @Test
    void keeps_to_the_limits() {
        MsgpackPacketCodec codec = new MsgpackPacketCodec(new DecoderLimits(0, 3, 1, 5, 2), ValueConverter.none());

        assertThat(decode(codec, eventWith("9190"))).isInstanceOf(Packet.Event.class);
        assertThat(decode(codec, eventWith("81a16180"))).isInstanceOf(Packet.Event.class);
        assertRefused(codec, eventWith("919190"), "invalid payload");
        assertRefused(codec, eventWith("81a1619180"), "invalid payload");
        assertRefused(codec, bytes("83" + TYPE + "00" + MAIN + DATA + "81a16181a16181a16180"), "invalid payload");

        assertThat(decode(codec, event("12345", "/1234"))).isInstanceOf(Packet.Event.class);
        assertRefused(codec, event("123456", "/1234"), "invalid payload");
        assertRefused(codec, event("12345", "/12345"), "invalid namespace");

        assertThat(decode(codec, bytes("83" + EVENT + DATA + "93a1650102"))).isInstanceOf(Packet.Event.class);
        assertRefused(codec, bytes("83" + EVENT + DATA + "94a165010203"), "too many arguments");
        String ack = TYPE + "03" + MAIN + ID + "01" + DATA;
        assertThat(decode(codec, bytes("84" + ack + "920102"))).isInstanceOf(Packet.Ack.class);
        assertRefused(codec, bytes("84" + ack + "93010203"), "too many arguments");
        assertRefused(codec, bytes("84" + ack + "9401020304"), "too many arguments");
    }

    private static byte[] event(String name, String namespace) {
        return bytes("83" + TYPE + "02" + NSP + text(namespace) + DATA + "91" + text(name));
    }

    @Test
    void reads_values_of_any_depth_without_recursion() {
        int depth = 200_000;
        MsgpackPacketCodec codec =
                new MsgpackPacketCodec(new DecoderLimits(0, depth + 1, 1, 9, 9), ValueConverter.none());

        Packet.Event event = (Packet.Event) decode(codec, eventWith("91".repeat(depth - 1) + "90"));

        Object tree = tree(event.args().get(0));
        for (int i = 1; i < depth; i++) {
            tree = ((List<?>) tree).get(0);
        }
        assertThat(tree).isEqualTo(List.of());
        assertRefused(codec, eventWith("91".repeat(depth) + "90"), "invalid payload");
    }
}
