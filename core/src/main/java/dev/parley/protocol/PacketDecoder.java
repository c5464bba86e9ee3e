package dev.parley.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Reads the Socket.IO packets of one connection from its Engine.IO messages, and waits for attachments where a packet
 * announces them. Not safe for use by several threads at once. After an exception it must not be used any more.
 *
 * <p>Whatever a peer sends, the outcome is a packet or a {@link ProtocolException}, which ends that peer's connection.
 */
public interface PacketDecoder {

    /**
     * Takes a text message.
     *
     * @param message the text; kept as long as the packet
     * @return the packet, or null if attachments must come first
     * @throws ProtocolException if the message is not what may come next
     */
    @Nullable
    Packet text(Utf8 message) throws ProtocolException;

    /**
     * Takes a binary message.
     *
     * @param message the bytes; kept as long as the packet, not to be written to any more
     * @return the packet, or null if more attachments must come first
     * @throws ProtocolException if the message is not what may come next
     */
    @Nullable
    Packet binary(byte[] message) throws ProtocolException;
}
