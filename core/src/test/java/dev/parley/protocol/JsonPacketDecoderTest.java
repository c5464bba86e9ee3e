package dev.parley.protocol;

import static dev.parley.protocol.Wire.CODEC;
import static dev.parley.protocol.Wire.assertRefused;
import static dev.parley.protocol.Wire.decode;
import static dev.parley.protocol.Wire.decodeEvent;
import static dev.parley.protocol.Wire.raw;
import static dev.parley.protocol.Wire.texts;
import static dev.parley.protocol.Wire.trees;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.sun.management.ThreadMXBean;
import dev.parley.Behaviour;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonPacketDecoderTest {

    private static final String PLACEHOLDER = "{\"_placeholder\":true,\"num\":0}";
    private static final byte[] BYTES = {1, 2, 3};
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    @Behaviour("PAR-002")
    void reads_connect_with_and_without_data() {
        assertThat(decode("0"))
                .asInstanceOf(type(Packet.Connect.class))
                .returns("/", Packet.Connect::namespace)
                .returns(null, Packet.Connect::data);
        assertThat(decode("0/woot,{\"token\":\"123\"}"))
                .asInstanceOf(type(Packet.Connect.class))
                .returns("/woot", Packet.Connect::namespace)
                .extracting(packet -> raw(packet.data()).toTree())
                .isEqualTo(Map.of("token", "123"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"0/woot|/woot", "0/woot,|/woot", "0/|/", "0/a/b?c=d,|/a/b?c=d", "0/é€😀|/é€😀"})
    void reads_a_namespace_up_to_a_comma_or_the_end(String text, String namespace) {
        assertThat(decode(text).namespace()).isEqualTo(namespace);
    }

    @Test
    @Behaviour("PAR-003")
    void reads_disconnect() {
        assertThat(decode("1")).isEqualTo(new Packet.Disconnect("/"));
        assertThat(decode("1/woot,")).isEqualTo(new Packet.Disconnect("/woot"));
        assertThat(decode("1/woot")).isEqualTo(new Packet.Disconnect("/woot"));
    }

    @Test
    @Behaviour("PAR-004")
    void reads_an_event() {
        Packet.Event event = decodeEvent("2[\"a\",1,{}]");

        assertThat(event.namespace()).isEqualTo("/");
        assertThat(event.ackId()).isEqualTo(Packet.NO_ACK);
        assertThat(event.name()).isEqualTo("a");
        assertThat(trees(event.args())).containsExactly(1, Map.of());
    }

    @ParameterizedTest
    @Behaviour({"PAR-005", "ABUSE-014"})
    @CsvSource({"1", "0", "-7", "1.5", "1e3", "12345678901234567890"})
    void takes_the_text_of_a_number_as_event_name(String name) {
        Packet.Event event = decodeEvent("2[" + name + ",\"a\",{}]");

        assertThat(event.name()).isEqualTo(name);
        assertThat(texts(event.args())).containsExactly("\"a\"", "{}");
    }

    @Test
    @Behaviour("PAR-006")
    void reads_an_event_that_asks_for_an_ack() {
        Packet.Event event = decodeEvent("2/test,1[\"a\",1,{}]");

        assertThat(event.namespace()).isEqualTo("/test");
        assertThat(event.ackId()).isEqualTo(1);
        assertThat(event.name()).isEqualTo("a");
    }

    @Test
    @Behaviour("PAR-007")
    void reads_an_ack() {
        assertThat(decode("3123[\"a\",1,{}]"))
                .asInstanceOf(type(Packet.Ack.class))
                .returns(123L, Packet.Ack::ackId)
                .returns(List.of("\"a\"", "1", "{}"), ack -> texts(ack.args()));
        assertThat(decode("3/admin,0[]"))
                .asInstanceOf(type(Packet.Ack.class))
                .returns("/admin", Packet.Ack::namespace)
                .returns(0L, Packet.Ack::ackId)
                .returns(List.of(), Packet.Ack::args);
    }

    @Test
    @Behaviour({"PAR-008", "PAR-009"})
    void reads_connect_error_with_a_string_or_an_object() {
        assertThat(decode("4\"Unauthorized\""))
                .asInstanceOf(type(Packet.ConnectError.class))
                .extracting(packet -> raw(packet.data()).toTree())
                .isEqualTo("Unauthorized");
        assertThat(decode("4/a,{\"message\":\"no\"}"))
                .asInstanceOf(type(Packet.ConnectError.class))
                .returns("/a", Packet.ConnectError::namespace)
                .extracting(packet -> raw(packet.data()).toTree())
                .isEqualTo(Map.of("message", "no"));
        assertRefused("4[]", "invalid payload");
        assertRefused("41", "invalid payload");
    }

    @ParameterizedTest
    @Behaviour({"PAR-011", "PAR-022", "PAR-048", "PAR-049", "ABUSE-002", "ABUSE-003", "ABUSE-004"})
    @ValueSource(
            strings = {
                "5",
                "51",
                "6",
                "61",
                "5a-",
                "5-",
                "5-[\"a\"]",
                "51.23-",
                "51e0-[\"a\"]",
                "50x1-[\"a\"]",
                "5+1-[\"a\"]",
                "5 1-[\"a\"]",
                "50-[\"a\"]",
                "500-[\"a\"]",
                "60-1[]",
                "51[\"a\"]",
                "5/a,1-[\"a\"]",
                "5１-[\"a\"]"
            })
    void refuses_a_binary_header_without_a_number_of_attachments_and_a_dash(String text) {
        assertRefused(text, "Illegal attachments");
    }

    @Test
    @Behaviour({"PAR-012", "ABUSE-001"})
    void refuses_more_attachments_than_allowed_before_any_arrives() {
        JsonPacketCodec codec = new JsonPacketCodec(new DecoderLimits(2, 500, 1000, 4096, 1000), ValueConverter.none());

        assertRefused(codec, Utf8.of("53-[\"a\"]"), "too many attachments");
        assertThat(decode(codec, Utf8.of("52-[\"a\"]"), List.of(BYTES, BYTES))).isInstanceOf(Packet.Event.class);
    }

    @Test
    @Behaviour({"PAR-013", "ABUSE-001", "SEC-009"})
    void accepts_ten_attachments_by_default() {
        assertThat(decodeEvent("510-[\"a\"]", new byte[10][0]).args()).isEmpty();
        assertRefused("511-[\"a\"]", "too many attachments");
        assertRefused("51000000-[\"x\"]", "too many attachments");
        assertRefused("5" + "9".repeat(400) + "-[\"x\"]", "too many attachments");
    }

    @ParameterizedTest
    @Behaviour({"PAR-016", "PAR-019", "ABUSE-012", "ABUSE-024", "ABUSE-025"})
    @ValueSource(
            strings = {
                "2[\"some\",\"data\"",
                "2/admin,\"invalid",
                "2/admin,{}",
                "2{}",
                "2\"a\"",
                "21",
                "2null",
                "2[",
                "2[\"a",
                "2[\"a\",]",
                "2[,\"a\"]",
                "2[\"a\"]]",
                "2[\"a\"]x",
                "2[\"a\"] 1",
                "3[]",
                "31{}",
                "31",
                "31\"a\"",
                "3",
                "2-1[\"x\"]",
                "21,[\"a\"]",
                "2[\"a\" 1]",
                "2['a']",
                "2[\"a\",undefined]",
                "2[\"a\",NaN]",
                "2[\"a\",/**/1]"
            })
    void refuses_payloads_that_are_not_a_complete_array(String text) {
        assertRefused(text, "invalid payload");
    }

    @ParameterizedTest
    @Behaviour({"PAR-017", "PAR-018", "PAR-026", "ABUSE-024", "ABUSE-034"})
    @ValueSource(
            strings = {
                "0/admin,\"invalid\"",
                "0[]",
                "0null",
                "0true",
                "00",
                "01{}",
                "0{",
                "0{}{}",
                "0 {}",
                "1/admin,{}",
                "1[]",
                "1 ",
                "11"
            })
    void refuses_data_that_does_not_belong_to_connect_or_disconnect(String text) {
        assertRefused(text, "invalid payload");
    }

    @ParameterizedTest
    @Behaviour({"PAR-020", "PAR-026", "ABUSE-012"})
    @ValueSource(
            strings = {
                "2[{\"toString\":\"foo\"}]",
                "2[true,\"foo\"]",
                "2[false]",
                "2[null,\"bar\"]",
                "2[[\"a\"]]",
                "2[[]]"
            })
    void refuses_events_whose_name_is_neither_string_nor_number(String text) {
        assertRefused(text, "invalid payload");
    }

    @ParameterizedTest
    @Behaviour({"PAR-021", "PAR-026", "ABUSE-015"})
    @ValueSource(strings = {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"})
    void refuses_reserved_names_however_they_are_written(String name) {
        String escaped = String.format("\\u%04x", (int) name.charAt(0)) + name.substring(1);

        assertRefused("2[\"" + name + "\"]", "invalid payload");
        assertRefused("2[\"" + name + "\",\"123\"]", "invalid payload");
        assertRefused("2[\"" + escaped + "\"]", "invalid payload");
        assertRefused("51-[\"" + name + "\"," + PLACEHOLDER + "]", "invalid payload");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"error", "__proto__", "constructor", "hasOwnProperty", "toString", "", "message", "Connect", " "
            })
    @Behaviour({"ABUSE-016", "ABUSE-017"})
    void takes_any_other_name_as_it_is(String name) {
        assertThat(decodeEvent("2[\"" + name + "\"]").name()).isEqualTo(name);
    }

    @Test
    @Behaviour("ABUSE-017")
    void decodes_escapes_and_characters_of_any_length_in_names() {
        assertThat(decodeEvent("2[\"\\u0000\\n\\\"\\u00e9é€😀\\ud800\"]").name())
                .isEqualTo("\0\n\"éé€😀\ud800");
    }

    @Test
    void keeps_names_that_differ_apart_whatever_came_before() throws ProtocolException {
        PacketDecoder decoder = CODEC.newDecoder();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 2_000; i++) {
                Packet packet = decoder.text(Utf8.of("2/n" + i + ",[\"e" + i + "\"]"));

                assertThat(packet)
                        .asInstanceOf(type(Packet.Event.class))
                        .returns("/n" + i, Packet.Event::namespace)
                        .returns("e" + i, Packet.Event::name);
            }
        }
    }

    @Test
    void hands_over_the_same_string_for_a_name_that_comes_again() {
        assertThat(decodeEvent("2/again,[\"again\"]").name())
                .isSameAs(decodeEvent("2/again,[\"again\"]").name());
        assertThat(decode("1/again").namespace()).isSameAs(decode("1/again").namespace());
    }

    @Test
    @Behaviour({"ABUSE-017", "ABUSE-033", "SEC-010"})
    void limits_the_length_of_names() {
        JsonPacketCodec codec = new JsonPacketCodec(new DecoderLimits(1, 5, 10, 5, 1000), ValueConverter.none());

        assertThat(decode(codec, Utf8.of("2/four,[\"12345\"]"), List.of())).isInstanceOf(Packet.Event.class);
        assertRefused(codec, Utf8.of("2/four,[\"123456\"]"), "invalid payload");
        assertRefused(codec, Utf8.of("2/seven,[\"1\"]"), "invalid namespace");
        assertRefused("2[\"" + "x".repeat(1_000_000) + "\"]", "invalid payload");
        assertRefused("0/" + "x".repeat(1_000_000), "invalid namespace");
    }

    @ParameterizedTest
    @Behaviour({"PAR-001", "PAR-023", "PAR-051", "ABUSE-021"})
    @ValueSource(strings = {"", "7", "8", "9", "999", "abc", "x", "-1", " 2[\"a\"]", "\"\"", "é"})
    void refuses_unknown_types_without_repeating_them(String text) {
        assertRefused(text, "unknown packet type");
    }

    @Test
    @Behaviour("PAR-025")
    void leaves_no_trace_of_a_packet_that_was_never_completed_in_other_decoders() throws ProtocolException {
        PacketDecoder abandoned = CODEC.newDecoder();
        assertThat(abandoned.text(Utf8.of("51-[\"hello\"]"))).isNull();

        assertThat(CODEC.newDecoder().text(Utf8.of("2[\"hello\"]"))).isInstanceOf(Packet.Event.class);
    }

    @Test
    @Behaviour("PAR-027")
    void reads_an_event_with_an_attachment() {
        Packet.Event event = decodeEvent("51-/cool,23[\"a\"," + PLACEHOLDER + "]", BYTES);

        assertThat(event.namespace()).isEqualTo("/cool");
        assertThat(event.ackId()).isEqualTo(23);
        assertThat(trees(event.args())).containsExactly(BYTES);
    }

    @ParameterizedTest
    @Behaviour({"PAR-030", "PAR-031", "ABUSE-005", "ABUSE-006"})
    @ValueSource(
            strings = {
                "\"splice\"",
                "\"0\"",
                "1",
                "5",
                "-1",
                "-0",
                "0.5",
                "0.0",
                "0e0",
                "1e-400",
                "null",
                "true",
                "[]",
                "[0]",
                "{}",
                "99999999999999999999",
                "0,\"num\":1"
            })
    void refuses_placeholders_that_do_not_point_to_an_attachment(String num) {
        assertRefused("51-[\"a\",{\"_placeholder\":true,\"num\":" + num + "}]", "illegal attachments");
        assertRefused("61-1[{\"x\":[{\"num\":" + num + " , \"_placeholder\" : true }]}]", "illegal attachments");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"_placeholder\":true}",
                "{\"_placeholder\":true,\"nums\":0}",
                "{\"\\u005fplaceholder\":true}",
                "{\"_placeholder\":true,\"num\":0,\"x\":{\"_placeholder\":true,\"num\":0}}"
            })
    void refuses_placeholders_without_number_or_within_each_other(String placeholder) {
        assertRefused("51-[\"a\"," + placeholder + "]", "illegal attachments");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"num\":0,\"_placeholder\":true}",
                "{ \"_placeholder\" : true , \"num\" : 0 }",
                "{\"\\u005fplaceholder\":true,\"n\\u0075m\":0}",
                "{\"_placeholder\":false,\"_placeholder\":true,\"num\":0}",
                "{\"_placeholder\":true,\"num\":7,\"num\":0}",
                "{\"_placeholder\":true,\"num\":0,\"more\":[{}]}"
            })
    void finds_placeholders_however_they_are_written(String placeholder) {
        assertThat(trees(decodeEvent("51-[\"a\"," + placeholder + "]", BYTES).args()))
                .containsExactly(BYTES);
    }

    @Test
    @Behaviour("ABUSE-017")
    void names_with_escapes_are_read_without_garbage() {
        String packet = "51-[\"a\"," + PLACEHOLDER + ",{" + "\"\\n\":0,".repeat(100_000) + "\"n\":0}]";
        decodeEvent(packet, BYTES); // loads classes
        long before = THREADS.getCurrentThreadAllocatedBytes();

        decodeEvent(packet, BYTES);

        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(5L * packet.length());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"_placeholder\":false,\"num\":7}",
                "{\"_placeholder\":1,\"num\":7}",
                "{\"_placeholder\":\"true\"}",
                "{\"_placeholder\":true,\"_placeholder\":null}",
                "{\"num\":7}",
                "{\"_Placeholder\":true}",
                "{\"_placeholde\\u0072\\u0000\":true}",
                "{\"_placeholde\\n\":true}",
                "[\"_placeholder\",true]"
            })
    void leaves_alone_what_only_resembles_a_placeholder(String json) {
        RawJson arg = raw(decodeEvent("51-[\"a\"," + json + "]", BYTES).args().get(0));

        assertThat(arg).hasToString(json);
        assertThat(arg.toTree()).isEqualTo(RawJson.parse(json).toTree());
    }

    @Test
    @Behaviour("ABUSE-007")
    void hands_over_an_attachment_for_each_placeholder_and_ignores_those_without() {
        Packet.Event event = decodeEvent("52-[\"a\"," + PLACEHOLDER + ",[" + PLACEHOLDER + "]]", BYTES, new byte[] {9});

        assertThat(trees(event.args())).usingRecursiveComparison().isEqualTo(List.of(BYTES, List.of(BYTES)));
        assertThat(raw(event.args().get(0)).hasAttachments()).isTrue();
        assertThat(raw(event.args().get(0)).attachments()).containsExactly(BYTES, new byte[] {9});
    }

    @Test
    @Behaviour("ABUSE-007")
    void refuses_more_placeholders_than_attachments_are_allowed() {
        JsonPacketCodec codec = new JsonPacketCodec(new DecoderLimits(2, 500, 1000, 4096, 1000), ValueConverter.none());

        assertThat(decode(codec, Utf8.of("51-[\"a\"" + ("," + PLACEHOLDER).repeat(2) + "]"), List.of(BYTES)))
                .isInstanceOf(Packet.Event.class);
        assertRefused(codec, Utf8.of("51-[\"a\"" + ("," + PLACEHOLDER).repeat(3) + "]"), "illegal attachments");
    }

    @Test
    void shares_one_unmodifiable_list_of_attachments_between_all_arguments() {
        Packet.Event event = decodeEvent("51-[\"a\",1," + PLACEHOLDER + "]", BYTES);
        List<byte[]> attachments = raw(event.args().get(0)).attachments();

        assertThat(raw(event.args().get(1)).attachments()).isSameAs(attachments);
        assertThatThrownBy(() -> attachments.add(BYTES)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    @Behaviour({"PAR-032", "ABUSE-009"})
    void refuses_binary_data_that_no_packet_announced() throws ProtocolException {
        PacketDecoder decoder = CODEC.newDecoder();
        assertThatThrownBy(() -> decoder.binary(BYTES))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("got binary data when not reconstructing a packet");

        PacketDecoder complete = CODEC.newDecoder();
        assertThat(complete.text(Utf8.of("51-[\"a\"]"))).isNull();
        assertThat(complete.binary(BYTES)).isNotNull();
        assertThatThrownBy(() -> complete.binary(BYTES)).isInstanceOf(ProtocolException.class);
    }

    @Test
    @Behaviour({"PAR-033", "ABUSE-009"})
    void refuses_text_while_attachments_are_missing() throws ProtocolException {
        PacketDecoder decoder = CODEC.newDecoder();
        assertThat(decoder.text(Utf8.of("52-[\"a\"]"))).isNull();
        assertThat(decoder.binary(BYTES)).isNull();

        assertThatThrownBy(() -> decoder.text(Utf8.of("2[\"a\"]")))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("got plaintext data when reconstructing a packet");
    }

    @Test
    void goes_on_with_the_next_packet_after_attachments() throws ProtocolException {
        PacketDecoder decoder = CODEC.newDecoder();
        for (int i = 0; i < 3; i++) {
            assertThat(decoder.text(Utf8.of("51-[\"a\"," + PLACEHOLDER + "]"))).isNull();
            assertThat(decoder.binary(BYTES)).isInstanceOf(Packet.Event.class);
            assertThat(decoder.text(Utf8.of("2[\"a\"]"))).isInstanceOf(Packet.Event.class);
        }
    }

    @Test
    @Behaviour("PAR-043")
    void reads_the_binary_types_as_events_and_acks() {
        assertThat(decode("51-[\"a\"]", BYTES).type()).isEqualTo(PacketType.EVENT);
        assertThat(decode("61-1[]", BYTES).type()).isEqualTo(PacketType.ACK);
    }

    @Test
    @Behaviour({"PAR-044", "ABUSE-008"})
    void leaves_placeholders_in_plain_events_alone() {
        for (String json :
                List.of(PLACEHOLDER, "{\"_placeholder\":true,\"num\":\"splice\"}", "{\"_placeholder\":true}")) {
            RawJson arg = raw(decodeEvent("2[\"a\"," + json + "]").args().get(0));

            assertThat(arg).hasToString(json);
            assertThat(arg.hasAttachments()).isFalse();
            assertThat(arg.toTree()).isInstanceOf(Map.class);
        }
    }

    /** Stricter than the reference, which calls catch-all listeners without any argument. */
    @Test
    @Behaviour({"PAR-045", "ABUSE-013"})
    void refuses_an_event_without_payload() {
        assertRefused("2", "invalid payload");
        assertRefused("2/admin,", "invalid payload");
        assertRefused("212", "invalid payload");
    }

    @Test
    @Behaviour({"PAR-046", "ABUSE-012"})
    void refuses_an_event_of_an_empty_array() {
        assertRefused("2[]", "invalid payload");
        assertRefused("2[ ]", "invalid payload");
        assertRefused("51-[]", "invalid payload");
    }

    @ParameterizedTest
    @Behaviour({"PAR-050", "PAR-052", "PAR-053", "ABUSE-011"})
    @ValueSource(
            strings = {
                "2 [\"x\"]",
                "2 1[\"a\"]",
                "21 [\"a\"]",
                "2/a, [\"a\"]",
                "2\t[\"a\"]",
                "2{}",
                "2abc[\"a\"]",
                "21a[\"a\"]",
                "21.5[\"a\"]",
                "2+1[\"a\"]",
                "2-1[\"a\"]",
                "21e3[\"a\"]",
                "20x1[\"a\"]",
                "2１[\"a\"]"
            })
    void refuses_an_ack_id_that_is_not_digits_up_to_the_payload(String text) {
        assertRefused(text, "invalid payload");
    }

    @Test
    @Behaviour("ABUSE-011")
    void reads_ack_ids_up_to_the_largest_safe_integer() {
        assertThat(decodeEvent("29007199254740991[\"a\"]").ackId()).isEqualTo(9007199254740991L);
        assertThat(decodeEvent("2007[\"a\"]").ackId()).isEqualTo(7);
        for (String id : List.of("9007199254740992", "9223372036854775807", "9223372036854775808", "1".repeat(400))) {
            assertRefused("2" + id + "[\"a\"]", "invalid ack id");
            assertRefused("3" + id + "[]", "invalid ack id");
        }
    }

    @Test
    void tolerates_white_space_only_where_json_does() {
        Packet.Event event = decodeEvent("2[ \"a\" ,\n{ \"b\" : [ ] } ,\t1 ] \r\n");

        assertThat(event.name()).isEqualTo("a");
        assertThat(texts(event.args())).containsExactly("{ \"b\" : [ ] }", "1");
    }

    @Test
    void reads_only_its_slice_of_an_array() throws ProtocolException {
        byte[] array = "[1,2[\"a\",{\"b\":3}],4]".getBytes(StandardCharsets.US_ASCII);

        assertThat(CODEC.newDecoder().text(Utf8.of(array, 3, 14)))
                .asInstanceOf(type(Packet.Event.class))
                .returns(List.of("{\"b\":3}"), event -> texts(event.args()));
        assertRefused(CODEC, Utf8.of(array, 3, 13), "invalid payload");
    }

    @Test
    void refuses_control_characters_in_namespaces() {
        assertRefused("0/a\u001e1", "invalid namespace");
        assertRefused("2/\n,[\"a\"]", "invalid namespace");
    }

    @Test
    void refuses_text_that_is_not_utf_8_wherever_it_stands() {
        for (String text :
                List.of("0/#", "0/#,{}", "0{\"#\":1}", "2[\"#\"]", "2[\"a\",\"#\"]", "2[\"a\",{\"#\":1}]", "3#[]")) {
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            bytes[text.indexOf('#')] = (byte) 0xff;

            assertThatThrownBy(() -> CODEC.newDecoder().text(Utf8.of(bytes)))
                    .as(text)
                    .isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void takes_events_with_any_number_of_arguments() {
        for (int count = 0; count < 100; count++) {
            Packet.Event event = decodeEvent("2[\"a\"" + ",7".repeat(count) + "]");

            assertThat(texts(event.args())).hasSize(count).allMatch("7"::equals);
        }
    }
}
