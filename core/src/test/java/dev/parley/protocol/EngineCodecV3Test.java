package dev.parley.protocol;

import static dev.parley.protocol.EngineWire.bytes;
import static dev.parley.protocol.EngineWire.decodeBinaryPayload;
import static dev.parley.protocol.EngineWire.decodePayload;
import static dev.parley.protocol.EngineWire.frames;
import static dev.parley.protocol.EngineWire.show;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Behaviour;
import dev.parley.protocol.EngineWire.Frames;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineCodecV3Test {

    private static final EngineCodecV3 CODEC = EngineCodecV3.INSTANCE;
    private static final byte[] THREE_BYTES = {1, 2, 3};

    @Test
    void is_revision_3() {
        assertThat(CODEC.revision()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void finds_each_type_by_its_digit(EnginePacketType type) throws ProtocolException {
        EnginePacket packet = CODEC.decodeText(Utf8.of((char) type.digit() + "data"));

        assertThat(packet.type()).isEqualTo(type);
        assertThat(show(packet)).isEqualTo((char) type.digit() + "data");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a123", "7", "x", "/", ":", " 4", "é", "b", "bAQID", "b2AQID"})
    void refuses_text_without_a_known_type(String text) {
        assertThatThrownBy(() -> CODEC.decodeText(Utf8.of(text))).isInstanceOf(ProtocolException.class);
    }

    @Test
    @Behaviour({"EIO-V3-003", "EIO-V3-001"})
    void counts_the_length_of_a_text_in_utf_16_units() {
        List<PacketBundle> bundles = List.of(
                PacketBundle.text("hello"),
                PacketBundle.text("€é"),
                PacketBundle.text("😀"),
                PacketBundle.control(EnginePacketType.NOOP, ""));

        EnginePayload payload = CODEC.encodePayload(bundles, false);

        assertThat(payload.isBinary()).isFalse();
        assertThat(payload.body()).isEqualTo(bytes("6:4hello3:4€é3:4😀1:6"));
        assertThat(decodePayload(CODEC, payload.body())).containsExactly("4hello", "4€é", "4😀", "6");
    }

    @Test
    @Behaviour({"EIO-V3-002", "EIO-V3-004", "EIO-V3-014"})
    void writes_a_binary_payload_where_a_message_is_binary() {
        List<PacketBundle> bundles = List.of(PacketBundle.text("€€€€"), PacketBundle.binary(THREE_BYTES));

        EnginePayload payload = CODEC.encodePayload(bundles, false);

        assertThat(payload.isBinary()).isTrue();
        byte[] euro = bytes("4€€€€");
        assertThat(payload.body()).startsWith(0, 1, 3, 255).endsWith(1, 4, 255, 4, 1, 2, 3);
        assertThat(payload.body()).hasSize(4 + euro.length + 7).containsSequence(euro);
        assertThat(decodeBinaryPayload(CODEC, payload.body())).containsExactly("4€€€€", "bAQID");
    }

    @Test
    @Behaviour("EIO-V3-007")
    void writes_bytes_as_base64_where_the_client_asked_for_text() throws ProtocolException {
        PacketBundle bundle = PacketBundle.message(Utf8.of("4x"), List.of(THREE_BYTES));

        EnginePayload payload = CODEC.encodePayload(List.of(bundle), true);
        assertThat(payload.isBinary()).isFalse();
        assertThat(payload.body()).isEqualTo(bytes("2:4x6:b4AQID"));
        assertThat(decodePayload(CODEC, payload.body())).containsExactly("4x", "bAQID");

        Frames frames = frames(CODEC, bundle, true);
        assertThat(frames.binaries()).isEmpty();
        assertThat(frames.texts()).extracting(Utf8::toString).containsExactly("4x", "b4AQID");
        assertThat(show(CODEC.decodeText(frames.texts().get(1)))).isEqualTo("bAQID");
    }

    @Test
    @Behaviour("EIO-V3-015")
    void puts_the_type_in_front_of_the_bytes_of_a_frame() throws ProtocolException {
        PacketBundle bundle = PacketBundle.message(Utf8.of("4x"), List.of(THREE_BYTES, new byte[0]));

        Frames frames = frames(CODEC, bundle, false);

        assertThat(frames.texts()).singleElement().isSameAs(bundle.text());
        assertThat(frames.binaries()).containsExactly(bytes(4, 1, 2, 3), bytes(4));
        assertThat(show(CODEC.decodeBinary(frames.binaries().get(0)))).isEqualTo("bAQID");
        assertThat(show(CODEC.decodeBinary(frames.binaries().get(1)))).isEqualTo("b");
        assertThat(THREE_BYTES).containsExactly(1, 2, 3);
    }

    @Test
    void refuses_bytes_that_are_no_message() {
        assertThatThrownBy(() -> CODEC.decodeBinary(bytes())).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> CODEC.decodeBinary(bytes(2, 1))).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> CODEC.decodeBinary(bytes('4', 1))).isInstanceOf(ProtocolException.class);
    }

    @ParameterizedTest
    @Behaviour("EIO-V3-005")
    @ValueSource(
            strings = {
                "",
                "abc",
                "1",
                ":",
                ":4",
                "1:",
                "x:4",
                "-1:4",
                "1 :4",
                "1e0:4",
                "3:4a",
                "1:7",
                "1:4x",
                "1:42",
                "2:4😀",
                "1:4\u001e1:4",
                "9999999999:4"
            })
    void refuses_a_text_that_is_not_made_of_lengths_and_packets(String payload) {
        assertThat(decodePayload(CODEC, bytes(payload))).last().asString().startsWith("!");
    }

    @Test
    @Behaviour("EIO-V3-005")
    void hands_over_the_packets_in_front_of_an_invalid_one_and_none_behind_it() {
        assertThat(decodePayload(CODEC, bytes("2:4a2:4b1:x2:4c"))).containsExactly("4a", "4b", "!unknown packet type");
        assertThat(decodePayload(CODEC, bytes("2:4axx"))).containsExactly("4a", "!invalid length");
        assertThat(decodeBinaryPayload(CODEC, bytes(0, 1, 255, '1', 7))).containsExactly("1", "!invalid length");
    }

    @Test
    void passes_over_packets_without_a_character() {
        assertThat(decodePayload(CODEC, bytes("0:2:4a0:"))).containsExactly("4a");
    }

    @Test
    @Behaviour("EIO-V3-006")
    void refuses_a_binary_payload_whose_length_never_ends() {
        byte[] endless = new byte[100_000];
        endless[0] = 1;

        assertThat(decodeBinaryPayload(CODEC, endless)).containsExactly("!invalid length");
        assertThat(decodeBinaryPayload(CODEC, bytes(0, 1))).containsExactly("!invalid length");
    }

    @Test
    void refuses_a_binary_payload_that_is_cut_or_made_of_something_else() {
        assertThat(decodeBinaryPayload(CODEC, bytes())).containsExactly("!empty payload");
        assertThat(decodeBinaryPayload(CODEC, bytes(0))).containsExactly("!invalid length");
        assertThat(decodeBinaryPayload(CODEC, bytes(0, 255))).containsExactly("!invalid length");
        assertThat(decodeBinaryPayload(CODEC, bytes(0, 10, 255))).containsExactly("!invalid length");
        assertThat(decodeBinaryPayload(CODEC, bytes(0, 3, 255, '4', 'a'))).containsExactly("!invalid payload");
        assertThat(decodeBinaryPayload(CODEC, bytes(2, 1, 255, 4))).containsExactly("!invalid payload");
        assertThat(decodeBinaryPayload(CODEC, bytes(0, 0, 255))).containsExactly("!empty packet");
        assertThat(decodeBinaryPayload(CODEC, bytes(1, 0, 255))).containsExactly("!unknown packet type");
        assertThat(decodeBinaryPayload(CODEC, bytes(0, 2, 255, '4', 0xc3))).containsExactly("!malformed text");
    }

    @Test
    void refuses_text_that_is_not_utf_8() {
        assertThat(decodePayload(CODEC, bytes('2', ':', '4', 0xc3))).containsExactly("!malformed text");
        assertThat(decodePayload(CODEC, bytes('2', ':', '4', 0xed, 0xa0, 0x80))).containsExactly("!malformed text");
    }

    @Test
    void accepts_as_many_packets_as_allowed_and_not_one_more() {
        String packets = String.join("", Collections.nCopies(EngineCodecV4.DEFAULT_MAX_PACKETS, "1:6"));

        assertThat(decodePayload(CODEC, bytes(packets))).hasSize(EngineCodecV4.DEFAULT_MAX_PACKETS);
        assertThat(decodePayload(CODEC, bytes(packets + "1:6"))).last().isEqualTo("!too many packets");
    }

    @Test
    void reads_no_further_than_asked() throws ProtocolException {
        EngineCodec.PacketReader text = CODEC.readPayload(Utf8.of("2:4a1:11:x"));
        EngineCodec.PacketReader binary = CODEC.readBinaryPayload(bytes(0, 1, 255, '1', 9));

        assertThat(show(text.next())).isEqualTo("4a");
        assertThat(show(text.next())).isEqualTo("1");
        assertThatThrownBy(text::next).hasMessage("unknown packet type");
        assertThat(show(binary.next())).isEqualTo("1");
        assertThatThrownBy(binary::next).hasMessage("invalid length");
    }

    @Test
    void says_again_that_there_is_no_more() throws ProtocolException {
        EngineCodec.PacketReader reader = CODEC.readPayload(Utf8.of("2:4a0:"));

        assertThat(reader.next()).isNotNull();
        assertThat(reader.next()).isNull();
        assertThat(reader.next()).isNull();
    }

    @Test
    void reads_only_its_slice_of_an_array() {
        assertThat(decodePayload(CODEC, Utf8.of(bytes("xx2:4a2:4bxx"), 2, 8))).containsExactly("4a", "4b");
    }

    @Test
    void needs_something_to_encode() {
        assertThatIllegalArgumentException().isThrownBy(() -> CODEC.encodePayload(List.of(), false));
    }
}
