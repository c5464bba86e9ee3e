package dev.parley.protocol;

/**
 * How Socket.IO packets are written as Engine.IO messages: the seam at which another encoding is added. Safe for use by
 * any thread.
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
