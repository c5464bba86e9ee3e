package dev.parley.conformance.fuzz;

import static dev.parley.conformance.fuzz.Inputs.expect;

import dev.parley.msgpack.MsgpackPacketCodec;
import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketCodec;
import dev.parley.protocol.ProtocolException;
import dev.parley.protocol.Utf8;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;

/** Socket.IO packets in MessagePack. */
public final class MsgpackPackets {

    private static final PacketCodec CODEC = new MsgpackPacketCodec();

    private MsgpackPackets() {}

    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        expect(text(data) == null, "text was taken for a packet");
        Packet packet = binary(data);
        if (packet == null) {
            return;
        }
        SocketPackets.check(CODEC, packet);
        isOneValue(data);
        for (int length = Math.max(0, data.length - 64); length < data.length; length++) {
            expect(binary(Arrays.copyOf(data, length)) == null, "a packet that is cut off");
        }
        expect(binary(Arrays.copyOf(data, data.length + 1)) == null, "a packet with something behind it");
    }

    private static @Nullable Packet binary(byte[] data) {
        try {
            return CODEC.newDecoder().binary(data);
        } catch (ProtocolException e) {
            return null;
        }
    }

    private static @Nullable Packet text(byte[] data) {
        try {
            return CODEC.newDecoder().text(Utf8.of(data));
        } catch (ProtocolException e) {
            return null;
        }
    }

    /** The reference library for the format agrees that this is one value. */
    private static void isOneValue(byte[] data) throws IOException {
        try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(data)) {
            unpacker.skipValue();
            expect(!unpacker.hasNext(), "more than one value");
        }
    }
}
