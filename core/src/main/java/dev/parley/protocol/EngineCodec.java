package dev.parley.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one revision of the Engine.IO protocol writes packets: the seam at which another revision is added. Stateless and
 * safe for use by any thread.
 */
public interface EngineCodec {

    /**
     * Returns the revision that clients name in the query parameter {@code EIO}.
     *
     * @return the revision number
     */
    int revision();

    /**
     * Reads a packet from the text of a WebSocket frame.
     *
     * @param frame the whole text
     * @return the packet
     * @throws ProtocolException if the text is no packet
     */
    EnginePacket decodeText(Utf8 frame) throws ProtocolException;

    /**
     * Reads a packet from the bytes of a binary WebSocket frame.
     *
     * @param frame all bytes, not copied
     * @return the packet
     * @throws ProtocolException if the bytes are no packet
     */
    EnginePacket decodeBinary(byte[] frame) throws ProtocolException;

    /**
     * Reads the packets of a long-polling request body.
     *
     * @param body the whole body
     * @return reads them one by one
     */
    PacketReader readPayload(Utf8 body);

    /**
     * Tells whether a long-polling request may have a binary body.
     *
     * @return whether {@link #readBinaryPayload} finds packets
     */
    boolean takesBinaryPayloads();

    /**
     * Reads the packets of a binary long-polling request body, as {@link #readPayload} does those of a text.
     *
     * @param body the whole body
     * @return reads them one by one
     */
    PacketReader readBinaryPayload(byte[] body);

    /**
     * Writes the body that answers a poll.
     *
     * @param bundles what to send, at least one
     * @param base64 whether the client asked for text only (query parameter {@code b64})
     * @return the body
     */
    EnginePayload encodePayload(List<PacketBundle> bundles, boolean base64);

    /**
     * Writes a bundle as WebSocket frames.
     *
     * @param bundle what to send
     * @param base64 whether the client asked for base64 text in place of binary frames (query parameter {@code b64})
     * @param sink takes each frame, in order; where possible the bundle's own arrays
     */
    void encodeFrames(PacketBundle bundle, boolean base64, FrameSink sink);

    /** Reads the packets of a payload when they are asked for, and not before. For one thread at a time. */
    @FunctionalInterface
    interface PacketReader {

        /**
         * Reads the next packet. Those in front of an invalid one can be had, those behind it cannot.
         *
         * @return the packet, or null behind the last
         * @throws ProtocolException if the packet is invalid or one too many, or the payload empty
         */
        @Nullable
        EnginePacket next() throws ProtocolException;
    }

    /** Takes WebSocket frames. The arrays are shared between sessions: not to be written to. */
    interface FrameSink {

        /**
         * Takes a text frame.
         *
         * @param text the whole text
         */
        void text(Utf8 text);

        /**
         * Takes a binary frame.
         *
         * @param data all bytes
         */
        void binary(byte[] data);
    }
}
