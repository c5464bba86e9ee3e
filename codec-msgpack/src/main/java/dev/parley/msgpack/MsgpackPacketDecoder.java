package dev.parley.msgpack;

import dev.parley.protocol.DecoderLimits;
import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketDecoder;
import dev.parley.protocol.ProtocolException;
import dev.parley.protocol.Utf8;

/** The decoder of {@link MsgpackPacketCodec}. It keeps nothing from one message to the next. */
final class MsgpackPacketDecoder implements PacketDecoder {

    private final DecoderLimits limits;

    MsgpackPacketDecoder(DecoderLimits limits) {
        this.limits = limits;
    }

    @Override
    public Packet text(Utf8 message) throws ProtocolException {
        throw new ProtocolException("got plaintext data instead of MessagePack");
    }

    @Override
    public Packet binary(byte[] message) throws ProtocolException {
        return new PacketReader(message, limits).read();
    }
}
