package dev.parley.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Revision 4 of the Engine.IO protocol: a type digit in front of text, binary messages as they are or, where only text
 * can travel, as {@code b} and base64. The packets of a payload are separated by the character U+001E.
 */
public final class EngineCodecV4 implements EngineCodec {

    /**
     * Packets that one payload may hold unless another limit is chosen: more than a client can put into a body of the
     * default size with the shortest of real events in it, and few enough to be worked through in a moment.
     */
    public static final int DEFAULT_MAX_PACKETS = 100_000;

    /** The codec with all limits at their defaults. */
    public static final EngineCodecV4 INSTANCE = new EngineCodecV4(DEFAULT_MAX_PACKETS);

    private static final byte SEPARATOR = 0x1e;
    private static final byte BASE64_MARK = 'b';

    private final int maxPackets;

    /**
     * Creates a codec.
     *
     * @param maxPackets packets that one long-polling request body may hold
     */
    public EngineCodecV4(int maxPackets) {
        if (maxPackets < 1) {
            throw new IllegalArgumentException("maxPackets: " + maxPackets + " (expected: >= 1)");
        }
        this.maxPackets = maxPackets;
    }

    @Override
    public int revision() {
        return 4;
    }

    /**
     * {@inheritDoc}
     *
     * <p>A text that starts with {@code b} is a binary message in base64. That the text is well-formed UTF-8 is not
     * checked again: a WebSocket transport has to do so.
     */
    @Override
    public EnginePacket decodeText(Utf8 frame) throws ProtocolException {
        return decode(frame.array(), frame.offset(), frame.offset() + frame.length());
    }

    @Override
    public EnginePacket decodeBinary(byte[] frame) {
        return new EnginePacket.Binary(frame);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Bytes that are not well-formed UTF-8 make the packet in which they stand invalid.
     */
    @Override
    public PacketReader readPayload(Utf8 body) {
        return new Reader(body);
    }

    private final class Reader implements PacketReader {

        private static final int DONE = -1;

        private final byte[] bytes;
        private final int end;
        private int from;
        private int packets;

        Reader(Utf8 body) {
            bytes = body.array();
            from = body.offset();
            end = from + body.length();
        }

        @Override
        public @Nullable EnginePacket next() throws ProtocolException {
            if (from == DONE) {
                return null;
            }
            int to = separator(bytes, from, end);
            if (++packets > maxPackets) {
                throw ProtocolException.beyondLimit("too many packets");
            }
            if (!Utf8Check.isWellFormed(bytes, from, to)) {
                throw new ProtocolException("malformed text");
            }
            EnginePacket packet = decode(bytes, from, to);
            from = to == end ? DONE : to + 1;
            return packet;
        }
    }

    private static int separator(byte[] bytes, int from, int end) {
        for (int i = from; i < end; i++) {
            if (bytes[i] == SEPARATOR) {
                return i;
            }
        }
        return end;
    }

    private static EnginePacket decode(byte[] bytes, int from, int to) throws ProtocolException {
        if (from == to) {
            throw new ProtocolException("empty packet");
        }
        if (bytes[from] == BASE64_MARK) {
            return new EnginePacket.Binary(Base64Text.decode(bytes, from + 1, to));
        }
        EnginePacketType type = EnginePacketType.of(bytes[from]);
        if (type == null) {
            throw new ProtocolException("unknown packet type");
        }
        return new EnginePacket.Text(type, Utf8.of(bytes, from + 1, to - from - 1));
    }

    @Override
    public boolean takesBinaryPayloads() {
        return false;
    }

    @Override
    public PacketReader readBinaryPayload(byte[] body) {
        return () -> {
            throw new ProtocolException("binary payload");
        };
    }

    /** {@inheritDoc} It is always text. */
    @Override
    public EnginePayload encodePayload(List<PacketBundle> bundles, boolean base64) {
        if (bundles.isEmpty()) {
            throw new IllegalArgumentException("bundles: none (expected: at least one)");
        }
        byte[] payload = new byte[payloadLength(bundles)];
        int at = 0;
        for (PacketBundle bundle : bundles) {
            Utf8 text = bundle.text();
            if (!text.isEmpty()) {
                at = separate(payload, at);
                System.arraycopy(text.array(), text.offset(), payload, at, text.length());
                at += text.length();
            }
            for (byte[] binary : bundle.binaries()) {
                at = encodeBase64(binary, payload, separate(payload, at));
            }
        }
        return new EnginePayload(payload, false);
    }

    private static int payloadLength(List<PacketBundle> bundles) {
        long length = -1;
        for (PacketBundle bundle : bundles) {
            if (!bundle.text().isEmpty()) {
                length += 1L + bundle.text().length();
            }
            for (byte[] binary : bundle.binaries()) {
                length += 1L + base64Length(binary);
            }
        }
        return Math.toIntExact(length);
    }

    private static int separate(byte[] payload, int at) {
        if (at == 0) {
            return 0;
        }
        payload[at] = SEPARATOR;
        return at + 1;
    }

    @Override
    public void encodeFrames(PacketBundle bundle, boolean base64, FrameSink sink) {
        if (!bundle.text().isEmpty()) {
            sink.text(bundle.text());
        }
        for (byte[] binary : bundle.binaries()) {
            if (base64) {
                byte[] text = new byte[Math.toIntExact(base64Length(binary))];
                encodeBase64(binary, text, 0);
                sink.text(Utf8.of(text));
            } else {
                sink.binary(binary);
            }
        }
    }

    private static long base64Length(byte[] data) {
        return 1 + Base64Text.length(data);
    }

    /** Writes the mark and base64 text; returns the index behind it. */
    private static int encodeBase64(byte[] data, byte[] target, int at) {
        target[at] = BASE64_MARK;
        return Base64Text.encode(data, target, at + 1);
    }
}
