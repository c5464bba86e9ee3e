package dev.parley.protocol;

/**
 * How Socket.IO packets are written as Engine.IO messages: the seam at which another encoding is added, by the option
 * {@code parser}. Safe for use by any thread.
 *
 * <p>A codec can encode the values that {@link JsonPacketCodec} lists, those of other codecs ({@link RawValue#toTree})
 * among them. What its decoders hand over is checked: they keep to the {@link DecoderLimits} that apply to the
 * encoding, refuse events whose name {@linkplain Packet.Event#isReserved is reserved} and namespaces that
 * {@linkplain Packet#isNamespace cannot be}, and leave values as {@link RawValue}, whose size is that of the message.
 */
public interface PacketCodec {

    /**
     * Writes a packet.
     *
     * @param packet what to send
     * @return its messages, to be sent as one unit
     * @throws IllegalArgumentException if a value can not be encoded; the message says which and why
     */
    PacketBundle encode(Packet packet);

    /**
     * Creates the decoder of one connection.
     *
     * @return a decoder, with no packet begun
     */
    PacketDecoder newDecoder();
}
