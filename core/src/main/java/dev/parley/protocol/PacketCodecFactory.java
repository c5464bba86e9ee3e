package dev.parley.protocol;

/** Makes the codec of a server, such as {@code JsonPacketCodec::new}: Socket.IO's {@code parser}. */
@FunctionalInterface
public interface PacketCodecFactory {

    /**
     * Makes a codec.
     *
     * @param limits what its decoders accept
     * @param converter converts values of types that the codec does not know
     * @return a codec, for all connections of the server
     */
    PacketCodec create(DecoderLimits limits, ValueConverter converter);
}
