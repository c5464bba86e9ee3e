package dev.parley.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads and writes packets as strings. */
final class Wire {

    static final JsonPacketCodec CODEC = new JsonPacketCodec();

    private Wire() {}

    static Packet.Event event(String name, @Nullable Object... args) {
        return new Packet.Event("/", Packet.NO_ACK, name, Arrays.asList(args));
    }

    static Packet.Ack ack(long id, @Nullable Object... args) {
        return new Packet.Ack("/", id, Arrays.asList(args));
    }

    /** The packet as it stands in an Engine.IO message, without that message's type digit. */
    static String encode(Packet packet) {
        return messageOf(CODEC.encode(packet));
    }

    /** What JSON an argument becomes. */
    static String json(@Nullable Object value) {
        String text = encode(event("v", value));
        return text.substring("2[\"v\",".length(), text.length() - 1);
    }

    static String messageOf(PacketBundle bundle) {
        String text = bundle.text().toString();
        assertThat(text).startsWith("4");
        return text.substring(1);
    }

    static Packet decode(String text, byte[]... attachments) {
        return decode(CODEC, Utf8.of(text), Arrays.asList(attachments));
    }

    static Packet decode(PacketBundle bundle) {
        Utf8 text = bundle.text();
        return decode(CODEC, text.slice(1, text.length()), bundle.binaries());
    }

    static Packet decode(PacketCodec codec, Utf8 text, List<byte[]> attachments) {
        PacketDecoder decoder = codec.newDecoder();
        try {
            Packet packet = decoder.text(text);
            for (byte[] attachment : attachments) {
                assertThat(packet).as("a packet before all attachments arrived").isNull();
                packet = decoder.binary(attachment);
            }
            return Objects.requireNonNull(packet, "attachments are missing");
        } catch (ProtocolException e) {
            throw new AssertionError(e.getMessage() + ": " + text, e);
        }
    }

    static Packet.Event decodeEvent(String text, byte[]... attachments) {
        return (Packet.Event) decode(text, attachments);
    }

    /** The arguments as they stand on the wire. */
    static List<String> texts(List<? extends @Nullable Object> args) {
        List<String> texts = new ArrayList<>();
        args.forEach(arg -> texts.add(raw(arg).toString()));
        return texts;
    }

    static List<@Nullable Object> trees(List<? extends @Nullable Object> args) {
        List<@Nullable Object> trees = new ArrayList<>();
        args.forEach(arg -> trees.add(raw(arg).toTree()));
        return trees;
    }

    static RawJson raw(@Nullable Object arg) {
        return (RawJson) Objects.requireNonNull(arg);
    }

    static void assertRefused(String text, String message) {
        assertRefused(CODEC, Utf8.of(text), message);
    }

    static void assertRefused(PacketCodec codec, Utf8 text, String message) {
        assertThatThrownBy(() -> codec.newDecoder().text(text))
                .as("%.200s", text)
                .isInstanceOf(ProtocolException.class)
                .hasMessage(message);
    }
}
