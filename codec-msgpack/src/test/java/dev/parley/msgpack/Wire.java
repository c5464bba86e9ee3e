package dev.parley.msgpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketBundle;
import dev.parley.protocol.PacketCodec;
import dev.parley.protocol.ProtocolException;
import dev.parley.protocol.RawValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads and writes packets as hexadecimal digits. */
final class Wire {

    static final MsgpackPacketCodec CODEC = new MsgpackPacketCodec();

    private static final HexFormat HEX = HexFormat.of();

    private Wire() {}

    static Packet.Event event(String name, @Nullable Object... args) {
        return new Packet.Event("/", Packet.NO_ACK, name, Arrays.asList(args));
    }

    /** Bytes from hexadecimal digits; spaces have no meaning. */
    static byte[] bytes(String hex) {
        return HEX.parseHex(hex.replace(" ", ""));
    }

    static String encode(Packet packet) {
        return HEX.formatHex(bytes(CODEC.encode(packet)));
    }

    /** The only message of a packet. */
    static byte[] bytes(PacketBundle bundle) {
        assertThat(bundle.text().isEmpty()).isTrue();
        assertThat(bundle.binaries()).hasSize(1);
        return bundle.binaries().get(0);
    }

    /** What bytes an argument becomes. */
    static String value(@Nullable Object value) {
        String empty = encode(event("e"));
        String whole = encode(event("e", value));
        int start = "83a47479706502a46461746191a165".length();
        int behind = empty.length() - start;
        return whole.substring(start, whole.length() - behind);
    }

    static Packet decode(byte[] message) {
        return decode(CODEC, message);
    }

    static Packet decode(PacketCodec codec, byte[] message) {
        try {
            return Objects.requireNonNull(codec.newDecoder().binary(message));
        } catch (ProtocolException e) {
            throw new AssertionError(e.getMessage() + ": " + HEX.formatHex(message), e);
        }
    }

    /** An event with one argument, given by its bytes. */
    static byte[] eventWith(String hex) {
        return bytes("83 a474797065 02 a464617461 92 a165" + hex + "a36e7370 a12f");
    }

    /** What tree the bytes of an argument become. */
    static @Nullable Object tree(String hex) {
        return trees(((Packet.Event) decode(eventWith(hex))).args()).get(0);
    }

    static List<@Nullable Object> trees(List<? extends @Nullable Object> args) {
        List<@Nullable Object> trees = new ArrayList<>();
        args.forEach(arg -> trees.add(tree(arg)));
        return trees;
    }

    static @Nullable Object tree(@Nullable Object raw) {
        return raw == null ? null : ((RawValue) raw).toTree();
    }

    static void assertRefused(String hex, String message) {
        assertRefused(CODEC, bytes(hex), message);
    }

    static void assertRefused(PacketCodec codec, byte[] packet, String message) {
        assertThatThrownBy(() -> codec.newDecoder().binary(packet))
                .as("%.200s", HEX.formatHex(packet))
                .isInstanceOf(ProtocolException.class)
                .hasMessage(message);
    }
}
