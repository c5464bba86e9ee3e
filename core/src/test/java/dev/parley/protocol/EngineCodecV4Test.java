package dev.parley.protocol;

import static dev.parley.protocol.EngineWire.bytes;
import static dev.parley.protocol.EngineWire.decodePayload;
import static dev.parley.protocol.EngineWire.frames;
import static dev.parley.protocol.EngineWire.show;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Behaviour;
import dev.parley.protocol.EngineWire.Frames;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineCodecV4Test {

    private static final EngineCodecV4 CODEC = EngineCodecV4.INSTANCE;
    private static final byte[] FOUR_BYTES = {1, 2, 3, 4};

    @Test
    void is_revision_4() {
        assertThat(CODEC.revision()).isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource
    void finds_each_type_by_its_digit(EnginePacketType type) throws ProtocolException {
        EnginePacket packet = CODEC.decodeText(Utf8.of((char) type.digit() + "data"));

        assertThat(packet.type()).isEqualTo(type);
        assertThat(show(packet)).isEqualTo((char) type.digit() + "data");
    }

    @Test
    @Behaviour("EIO-PAR-001")
    void writes_a_text_message_behind_its_digit_and_reads_it_back() throws ProtocolException {
        Utf8 frame = frames(CODEC, PacketBundle.text("test"), false).texts().get(0);

        assertThat(frame).hasToString("4test");
        assertThat(CODEC.decodeText(frame))
                .satisfies(packet -> assertThat(show(packet)).isEqualTo("4test"));
    }

    @ParameterizedTest
    @Behaviour({"EIO-PAR-002", "ABUSE-021"})
    @ValueSource(strings = {"", "a123", "7", "x", "/", ":", " 4", "é", "\u001e"})
    void refuses_text_without_a_known_type(String text) {
        assertThatThrownBy(() -> CODEC.decodeText(Utf8.of(text))).isInstanceOf(ProtocolException.class);
    }

    @Test
    @Behaviour("EIO-PAR-003")
    void joins_packets_with_the_record_separator_and_takes_them_apart() {
        List<PacketBundle> bundles = List.of(
                PacketBundle.control(EnginePacketType.OPEN, ""),
                PacketBundle.control(EnginePacketType.CLOSE, ""),
                PacketBundle.control(EnginePacketType.PING, "probe"),
                PacketBundle.control(EnginePacketType.PONG, "probe"),
                PacketBundle.text("test"));

        byte[] payload = CODEC.encodePayload(bundles, false).body();

        assertThat(payload)
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("0|1|2probe|3probe|4test".replace('|', '\u001e'));
        assertThat(decodePayload(CODEC, payload)).containsExactly("0", "1", "2probe", "3probe", "4test");
    }

    @ParameterizedTest
    @Behaviour("EIO-PAR-004")
    @ValueSource(strings = {"", "{", "{}", "[\"a123\", \"a456\"]", "\u001e", "\u001e\u001e\u001e"})
    void refuses_payloads_at_their_first_packet(String payload) {
        assertThat(decodePayload(CODEC, bytes(payload)))
                .singleElement()
                .asString()
                .startsWith("!");
    }

    @Test
    @Behaviour({"EIO-PAR-020", "EIO-PAR-022", "EIO-PAR-024"})
    void sends_binary_messages_as_they_are_without_copying_them() throws ProtocolException {
        Frames frames = frames(CODEC, PacketBundle.binary(FOUR_BYTES), false);

        assertThat(frames.texts()).isEmpty();
        assertThat(frames.binaries()).singleElement().isSameAs(FOUR_BYTES);
        assertThat(show(CODEC.decodeBinary(frames.binaries().get(0)))).isEqualTo("bAQIDBA==");
    }

    @Test
    @Behaviour({"EIO-PAR-021", "EIO-PAR-023"})
    void sends_binary_messages_as_base64_where_the_client_asked_for_text() throws ProtocolException {
        Frames frames = frames(CODEC, PacketBundle.binary(FOUR_BYTES), true);

        assertThat(frames.binaries()).isEmpty();
        assertThat(frames.texts()).singleElement().hasToString("bAQIDBA==");
        assertThat(show(CODEC.decodeText(frames.texts().get(0)))).isEqualTo("bAQIDBA==");
    }

    @Test
    @Behaviour("EIO-PAR-026")
    void reads_a_binary_frame_as_message_of_the_same_bytes() {
        EnginePacket packet = CODEC.decodeBinary(FOUR_BYTES);

        assertThat(packet.type()).isEqualTo(EnginePacketType.MESSAGE);
        assertThat(packet)
                .isInstanceOfSatisfying(
                        EnginePacket.Binary.class,
                        binary -> assertThat(binary.data()).isSameAs(FOUR_BYTES));
    }

    @Test
    @Behaviour("EIO-PAR-027")
    void writes_binary_messages_of_a_payload_as_base64() {
        byte[] payload = CODEC.encodePayload(List.of(PacketBundle.text("test"), PacketBundle.binary(FOUR_BYTES)), false)
                .body();

        assertThat(payload).asString(StandardCharsets.UTF_8).isEqualTo("4test\u001ebAQIDBA==");
        assertThat(decodePayload(CODEC, payload)).containsExactly("4test", "bAQIDBA==");
    }

    @Test
    @Behaviour("EIO-PAR-030")
    void hands_over_the_packets_in_front_of_an_invalid_one_and_none_behind_it() {
        assertThat(decodePayload(CODEC, bytes("4a\u001e4b\u001ex\u001e4c")))
                .containsExactly("4a", "4b", "!unknown packet type");
        assertThat(decodePayload(CODEC, bytes("4a\u001e\u001e4c"))).containsExactly("4a", "!empty packet");
        assertThat(decodePayload(CODEC, bytes("4a\u001e"))).containsExactly("4a", "!empty packet");
    }

    @Test
    @Behaviour("EIO-PAR-031")
    void reads_text_behind_a_b_as_binary_message() throws ProtocolException {
        assertThat(CODEC.decodeText(Utf8.of("bAQIDBA==")))
                .isInstanceOfSatisfying(
                        EnginePacket.Binary.class,
                        binary -> assertThat(binary.data()).isEqualTo(FOUR_BYTES));
        assertThat(show(CODEC.decodeText(Utf8.of("b")))).isEqualTo("b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bAQIDBA",
                "bAQIDBA=",
                "bA",
                "b=",
                "b====",
                "bAQ ID",
                "b\nAQID",
                "bAQ\nID",
                "bAQI\n",
                "bAQID\r\n",
                "bAQI-",
                "bAQI_",
                "bAQ==AQID",
                "bé"
            })
    void refuses_what_is_not_padded_base64_of_the_standard_alphabet(String text) {
        assertThatThrownBy(() -> CODEC.decodeText(Utf8.of(text)))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("invalid base64");
    }

    /** As the Java client sends it. */
    @Test
    void takes_base64_in_lines() throws ProtocolException {
        byte[] data = new byte[200];
        new Random(1).nextBytes(data);
        String lines = Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(data) + '\n';

        assertThat(CODEC.decodeText(Utf8.of("b" + lines)))
                .isInstanceOfSatisfying(
                        EnginePacket.Binary.class,
                        packet -> assertThat(packet.data()).isEqualTo(data));
        assertThat(decodePayload(CODEC, bytes("bAQIDBA==\n\u001e4text\n\u001ebAQID\n")))
                .containsExactly("bAQIDBA==", "4text\n", "bAQID");
    }

    @Test
    void writes_base64_like_the_jdk_for_every_length() {
        Random random = new Random(1);
        for (int length = 0; length < 200; length++) {
            byte[] data = new byte[length];
            random.nextBytes(data);

            byte[] payload = CODEC.encodePayload(List.of(PacketBundle.binary(data), PacketBundle.text("end")), false)
                    .body();

            String base64 = Base64.getEncoder().encodeToString(data);
            assertThat(payload).asString(StandardCharsets.US_ASCII).isEqualTo("b" + base64 + "\u001e4end");
        }
    }

    @Test
    void keeps_text_and_attachments_of_a_bundle_together_in_frames_and_payloads() {
        PacketBundle bundle = PacketBundle.message(Utf8.of("4x"), List.of(new byte[] {1}, new byte[] {2}));

        Frames frames = frames(CODEC, bundle, false);
        assertThat(frames.texts()).singleElement().isSameAs(bundle.text());
        assertThat(frames.binaries()).containsExactly(new byte[] {1}, new byte[] {2});
        assertThat(CODEC.encodePayload(List.of(bundle, PacketBundle.text("y")), false)
                        .body())
                .asString(StandardCharsets.US_ASCII)
                .isEqualTo("4x|bAQ==|bAg==|4y".replace('|', '\u001e'));
    }

    /** Defect 3 of the peers: a flush lost each 51st packet. */
    @Test
    void loses_no_packet_of_a_long_queue() {
        List<PacketBundle> bundles = new ArrayList<>();
        for (int i = 0; i < 1_001; i++) {
            bundles.add(PacketBundle.text(Integer.toString(i)));
        }

        List<String> packets =
                decodePayload(CODEC, CODEC.encodePayload(bundles, false).body());

        assertThat(packets)
                .hasSize(1_001)
                .doesNotHaveDuplicates()
                .startsWith("40", "41")
                .endsWith("41000");
    }

    @Test
    @Behaviour("ABUSE-050")
    void accepts_as_many_packets_as_allowed_and_not_one_more() {
        EngineCodecV4 codec = new EngineCodecV4(3);

        assertThat(decodePayload(codec, bytes("4a\u001e4b\u001e4c"))).containsExactly("4a", "4b", "4c");
        assertThat(decodePayload(codec, bytes("4a\u001e4b\u001e4c\u001e4d")))
                .containsExactly("4a", "4b", "4c", "!too many packets");
    }

    @Test
    @Behaviour("ABUSE-050")
    void stops_at_the_first_of_a_million_separators() {
        byte[] payload = bytes(String.join("", Collections.nCopies(1_000_000, "\u001e")));

        assertThat(decodePayload(CODEC, payload)).containsExactly("!empty packet");
    }

    @Test
    void reads_no_further_than_asked() throws ProtocolException {
        EngineCodec.PacketReader reader = CODEC.readPayload(Utf8.of("4a\u001e1\u001ex"));

        assertThat(show(reader.next())).isEqualTo("4a");
        assertThat(show(reader.next())).isEqualTo("1");
        assertThatThrownBy(reader::next).hasMessage("unknown packet type");
    }

    @Test
    void says_again_that_there_is_no_more() throws ProtocolException {
        EngineCodec.PacketReader reader = CODEC.readPayload(Utf8.of("4a"));

        assertThat(reader.next()).isNotNull();
        assertThat(reader.next()).isNull();
        assertThat(reader.next()).isNull();
    }

    @Test
    void reads_only_its_slice_of_an_array() {
        byte[] array = bytes("xx4a\u001e4bxx");

        assertThat(decodePayload(CODEC, Utf8.of(array, 2, 5))).containsExactly("4a", "4b");
    }

    @Test
    @Behaviour("ABUSE-028")
    void hands_over_text_that_is_not_ascii_and_refuses_what_is_not_utf_8() {
        assertThat(decodePayload(CODEC, bytes("4é€😀"))).containsExactly("4é€😀");
        assertThat(decodePayload(CODEC, new byte[] {'4', 'a', 0x1e, '4', (byte) 0xc3}))
                .containsExactly("4a", "!malformed text");
        assertThat(decodePayload(CODEC, new byte[] {'4', (byte) 0xed, (byte) 0xa0, (byte) 0x80}))
                .containsExactly("!malformed text");
    }

    @Test
    void needs_something_to_encode() {
        assertThatIllegalArgumentException().isThrownBy(() -> CODEC.encodePayload(List.of(), false));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EngineCodecV4(0))
                .withMessage("maxPackets: 0 (expected: >= 1)");
    }
}
