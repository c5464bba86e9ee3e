package dev.parley.conformance.fuzz;

import static dev.parley.conformance.fuzz.Inputs.expect;
import static dev.parley.conformance.fuzz.Inputs.expectSame;

import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketBundle;
import dev.parley.protocol.PacketCodec;
import dev.parley.protocol.PacketDecoder;
import dev.parley.protocol.ProtocolException;
import dev.parley.protocol.RawValue;
import dev.parley.protocol.Utf8;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What holds for received Socket.IO packets, whatever their encoding. */
final class SocketPackets {

    /** The largest whole number that JavaScript can tell from its neighbours. */
    private static final long LARGEST_ACK_ID = (1L << 53) - 1;

    private SocketPackets() {}

    /** Checks a packet that a decoder has handed over. */
    static void check(PacketCodec codec, Packet packet) {
        expect(packet.namespace().startsWith("/"), "a namespace without slash");
        expect(packet.namespace().indexOf(',') < 0, "a namespace with a comma");
        if (packet instanceof Packet.Event event) {
            expect(!Packet.Event.isReserved(event.name()), "a reserved name");
            expect(event.ackId() >= Packet.NO_ACK && event.ackId() <= LARGEST_ACK_ID, "an ack id out of range");
        } else if (packet instanceof Packet.Ack ack) {
            expect(ack.ackId() >= 0 && ack.ackId() <= LARGEST_ACK_ID, "an ack id out of range");
        }
        List<@Nullable Object> trees = trees(packet);
        if (trees == null) {
            return;
        }
        relayed(codec, packet, trees);
        writtenAnew(codec, packet, trees);
    }

    /** Sent on as it came, a packet means the same. */
    private static void relayed(PacketCodec codec, Packet packet, List<@Nullable Object> trees) {
        Packet again = decode(codec, codec.encode(packet));
        expectSame(show(again, Objects.requireNonNull(trees(again))), show(packet, trees), "a packet, relayed");
    }

    /** Written from its trees, it means the same once and for all, though not always the same as before. */
    private static void writtenAnew(PacketCodec codec, Packet packet, List<@Nullable Object> trees) {
        PacketBundle first;
        try {
            first = codec.encode(with(packet, trees));
        } catch (IllegalArgumentException e) {
            expect(show(packet, trees).contains("_placeholder"), "a tree that cannot be written: " + e);
            return;
        }
        Packet once = decode(codec, first);
        PacketBundle second = codec.encode(with(once, Objects.requireNonNull(trees(once))));
        expectSame(show(second), show(first), "trees, written, read and written again");
    }

    /** Reads what an encoder has written. */
    private static Packet decode(PacketCodec codec, PacketBundle bundle) {
        PacketDecoder decoder = codec.newDecoder();
        Packet packet = null;
        try {
            Utf8 text = bundle.text();
            if (!text.isEmpty()) {
                packet = decoder.text(text.slice(1, text.length()));
            }
            for (byte[] binary : bundle.binaries()) {
                expect(packet == null, "attachments behind a whole packet");
                packet = decoder.binary(binary);
            }
        } catch (ProtocolException e) {
            throw new AssertionError("refused what was encoded here: " + show(bundle), e);
        }
        return Objects.requireNonNull(packet, "an incomplete packet was encoded");
    }

    /** The values of a packet; null if one of them is one that can only be sent on. */
    private static @Nullable List<@Nullable Object> trees(Packet packet) {
        List<@Nullable Object> trees = new ArrayList<>();
        try {
            for (Object value : values(packet)) {
                trees.add(value instanceof RawValue raw ? raw.toTree() : value);
            }
        } catch (IllegalArgumentException e) {
            return null;
        }
        return trees;
    }

    private static List<? extends @Nullable Object> values(Packet packet) {
        if (packet instanceof Packet.Event event) {
            return event.args();
        }
        if (packet instanceof Packet.Ack ack) {
            return ack.args();
        }
        if (packet instanceof Packet.Connect connect && connect.data() != null) {
            return List.of(connect.data());
        }
        return packet instanceof Packet.ConnectError error && error.data() != null ? List.of(error.data()) : List.of();
    }

    private static Packet with(Packet packet, List<@Nullable Object> values) {
        if (packet instanceof Packet.Event event) {
            return new Packet.Event(event.namespace(), event.ackId(), event.name(), values);
        }
        if (packet instanceof Packet.Ack ack) {
            return new Packet.Ack(ack.namespace(), ack.ackId(), values);
        }
        if (packet instanceof Packet.Connect && !values.isEmpty()) {
            return new Packet.Connect(packet.namespace(), values.get(0));
        }
        return packet instanceof Packet.ConnectError && !values.isEmpty()
                ? new Packet.ConnectError(packet.namespace(), values.get(0))
                : packet;
    }

    private static String show(Packet packet, List<@Nullable Object> trees) {
        StringBuilder text =
                new StringBuilder().append(packet.type()).append(' ').append(packet.namespace());
        if (packet instanceof Packet.Event event) {
            text.append(' ').append(event.ackId()).append(' ').append(event.name());
        } else if (packet instanceof Packet.Ack ack) {
            text.append(' ').append(ack.ackId());
        }
        text.append(' ');
        show(trees, text);
        return text.toString();
    }

    private static void show(@Nullable Object tree, StringBuilder text) {
        if (tree instanceof Map<?, ?> map) {
            text.append('{');
            map.forEach((name, value) -> {
                text.append(name).append('=');
                show(value, text);
                text.append(' ');
            });
            text.append('}');
        } else if (tree instanceof List<?> list) {
            text.append('[');
            list.forEach(value -> {
                show(value, text);
                text.append(' ');
            });
            text.append(']');
        } else if (tree instanceof byte[] bytes) {
            text.append('#').append(HexFormat.of().formatHex(bytes));
        } else {
            text.append(tree);
        }
    }

    private static String show(PacketBundle bundle) {
        StringBuilder text = new StringBuilder(bundle.text().toString());
        bundle.binaries().forEach(each -> text.append(' ').append(HexFormat.of().formatHex(each)));
        return text.toString();
    }
}
