package dev.parley.protocol;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Outgoing Engine.IO packets that travel as one unit: at most one text packet, then binary messages. Nothing else of
 * the session comes between them, so an event and its attachments always arrive together.
 *
 * <p>A bundle is immutable and encoded once, however many sessions it is sent to. Its text packet is kept with the type
 * digit in front, just as it stands in a WebSocket frame, so that transports need not copy it.
 */
public final class PacketBundle {

    private final EnginePacketType type;
    private final Utf8 text;
    private final List<byte[]> binaries;
    private final int byteCount;
    private final boolean compressible;

    private PacketBundle(EnginePacketType type, Utf8 text, List<byte[]> binaries) {
        this(type, text, binaries, true);
    }

    private PacketBundle(EnginePacketType type, Utf8 text, List<byte[]> binaries, boolean compressible) {
        this.type = type;
        this.text = text;
        this.binaries = binaries;
        int bytes = text.length();
        for (int i = 0; i < binaries.size(); i++) {
            bytes += binaries.get(i).length;
        }
        this.byteCount = bytes;
        this.compressible = compressible;
    }

    /**
     * Returns a bundle of one text message.
     *
     * @param message the text
     * @return the bundle
     */
    public static PacketBundle text(String message) {
        return control(EnginePacketType.MESSAGE, message);
    }

    /**
     * Returns a bundle of one binary message.
     *
     * @param message the bytes, not copied and not to be written to any more
     * @return the bundle
     */
    public static PacketBundle binary(byte[] message) {
        return new PacketBundle(EnginePacketType.MESSAGE, Utf8.empty(), List.of(message));
    }

    /**
     * Returns a bundle of one text message and the binary messages that follow it.
     *
     * @param packet the text message with the digit of {@link EnginePacketType#MESSAGE} in front
     * @param attachments the bytes of each binary message, not copied and not to be written to any more
     * @return the bundle
     */
    public static PacketBundle message(Utf8 packet, List<byte[]> attachments) {
        if (packet.isEmpty() || packet.byteAt(0) != EnginePacketType.MESSAGE.digit()) {
            throw new IllegalArgumentException("packet: " + packet + " (expected: the type digit 4 in front)");
        }
        return new PacketBundle(EnginePacketType.MESSAGE, packet, List.copyOf(attachments));
    }

    /**
     * Returns a bundle of one text packet of any type.
     *
     * @param type what the packet is for
     * @param data its text, without the type digit
     * @return the bundle
     */
    public static PacketBundle control(EnginePacketType type, String data) {
        byte[] utf8 = ((char) type.digit() + data).getBytes(StandardCharsets.UTF_8);
        return new PacketBundle(type, Utf8.of(utf8), List.of());
    }

    /**
     * Returns the same messages, which transports then do not compress: for data that does not shrink.
     *
     * @return a bundle that shares the bytes of this one
     */
    public PacketBundle uncompressed() {
        return compressible ? new PacketBundle(type, text, binaries, false) : this;
    }

    /**
     * Tells whether transports may compress the messages.
     *
     * @return true unless {@link #uncompressed} says otherwise
     */
    public boolean isCompressible() {
        return compressible;
    }

    /**
     * Returns what the first packet is for; all others are messages.
     *
     * @return the type of the first packet
     */
    public EnginePacketType type() {
        return type;
    }

    /**
     * Returns the text packet, its type digit in front.
     *
     * @return the text packet, empty if this bundle holds none
     */
    public Utf8 text() {
        return text;
    }

    /**
     * Returns the binary messages, in the order in which they follow the text packet.
     *
     * @return the bytes themselves, not copies
     */
    public List<byte[]> binaries() {
        return binaries;
    }

    /**
     * Returns how many bytes wait in a session's queue for this bundle's sake.
     *
     * @return length of text and binary messages together, in bytes
     */
    public int byteCount() {
        return byteCount;
    }
}
