package dev.parley.protocol;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Revision 3 of the Engine.IO protocol, spoken by clients of Socket.IO 2.x. It differs from revision 4 in that binary
 * messages have their type in front, as a byte or, behind a {@code b}, as a digit; in that each packet of a payload has
 * its length in front, counted in UTF-16 units; and in payloads that are binary as a whole.
 */
public final class EngineCodecV3 implements EngineCodec {

    /** The codec with all limits at their defaults. */
    public static final EngineCodecV3 INSTANCE = new EngineCodecV3(EngineCodecV4.DEFAULT_MAX_PACKETS);

    private static final byte BASE64_MARK = 'b';
    private static final byte MESSAGE_DIGIT = EnginePacketType.MESSAGE.digit();
    /** The type of a message in front of bytes. */
    private static final byte MESSAGE = 4;

    /** In front of a packet of a binary payload. */
    private static final byte TEXT = 0;

    private static final byte BINARY = 1;
    /** Behind the length of a packet of a binary payload, and of one of a text. */
    private static final byte END_OF_BINARY_LENGTH = (byte) 255;

    private static final byte END_OF_LENGTH = ':';
    private static final int MAX_DIGITS = 9;

    private final int maxPackets;

    /**
     * Creates a codec.
     *
     * @param maxPackets packets that one long-polling request body may hold
     */
    public EngineCodecV3(int maxPackets) {
        if (maxPackets < 1) {
            throw new IllegalArgumentException("maxPackets: " + maxPackets + " (expected: >= 1)");
        }
        this.maxPackets = maxPackets;
    }

    @Override
    public int revision() {
        return 3;
    }

    @Override
    public EnginePacket decodeText(Utf8 frame) throws ProtocolException {
        return decode(frame.array(), frame.offset(), frame.offset() + frame.length());
    }

    private static EnginePacket decode(byte[] bytes, int from, int to) throws ProtocolException {
        if (from == to) {
            throw new ProtocolException("empty packet");
        }
        if (bytes[from] == BASE64_MARK) {
            if (to - from < 2 || bytes[from + 1] != MESSAGE_DIGIT) {
                throw new ProtocolException("unknown packet type");
            }
            return new EnginePacket.Binary(Base64Text.decode(bytes, from + 2, to));
        }
        EnginePacketType type = EnginePacketType.of(bytes[from]);
        if (type == null) {
            throw new ProtocolException("unknown packet type");
        }
        return new EnginePacket.Text(type, Utf8.of(bytes, from + 1, to - from - 1));
    }

    @Override
    public EnginePacket decodeBinary(byte[] frame) throws ProtocolException {
        return decodeBinary(frame, 0, frame.length);
    }

    private static EnginePacket decodeBinary(byte[] bytes, int from, int to) throws ProtocolException {
        if (from == to || bytes[from] != MESSAGE) {
            throw new ProtocolException("unknown packet type");
        }
        return new EnginePacket.Binary(Arrays.copyOfRange(bytes, from + 1, to));
    }

    /**
     * {@inheritDoc}
     *
     * <p>Bytes that are not well-formed UTF-8 make the packet in which they stand invalid. A packet without a single
     * character is passed over.
     */
    @Override
    public PacketReader readPayload(Utf8 body) {
        return new TextReader(body);
    }

    @Override
    public boolean takesBinaryPayloads() {
        return true;
    }

    @Override
    public PacketReader readBinaryPayload(byte[] body) {
        return new BinaryReader(body);
    }

    private abstract class Reader implements PacketReader {

        final byte[] bytes;
        final int end;
        /** Where the next packet starts. */
        int at;

        private int packets;

        Reader(byte[] bytes, int from, int end) {
            this.bytes = bytes;
            this.at = from;
            this.end = end;
        }

        @Override
        public @Nullable EnginePacket next() throws ProtocolException {
            if (at == end && packets == 0) {
                throw new ProtocolException("empty payload");
            }
            EnginePacket packet = null;
            while (packet == null && at < end) {
                if (++packets > maxPackets) {
                    throw ProtocolException.beyondLimit("too many packets");
                }
                packet = read();
            }
            return packet;
        }

        /** Reads a packet, or passes over one without a single character. */
        abstract @Nullable EnginePacket read() throws ProtocolException;
    }

    private final class TextReader extends Reader {

        TextReader(Utf8 body) {
            super(body.array(), body.offset(), body.offset() + body.length());
        }

        @Override
        @Nullable
        EnginePacket read() throws ProtocolException {
            int colon = endOfLength(bytes, at, end, '0', END_OF_LENGTH);
            int from = colon + 1;
            int to = behindUnits(bytes, from, end, number(bytes, at, colon));
            at = to;
            return to > from ? decode(bytes, from, to) : null;
        }
    }

    private final class BinaryReader extends Reader {

        BinaryReader(byte[] body) {
            super(body, 0, body.length);
        }

        @Override
        EnginePacket read() throws ProtocolException {
            byte kind = bytes[at];
            int mark = endOfLength(bytes, at + 1, end, 0, END_OF_BINARY_LENGTH);
            int from = mark + 1;
            int length = number(bytes, at + 1, mark);
            if ((kind != TEXT && kind != BINARY) || length > end - from) {
                throw new ProtocolException("invalid payload");
            }
            at = from + length;
            if (kind == TEXT && !Utf8Check.isWellFormed(bytes, from, at)) {
                throw new ProtocolException("malformed text");
            }
            return kind == TEXT ? decode(bytes, from, at) : decodeBinary(bytes, from, at);
        }
    }

    /** Finds the byte behind the digits of a length. */
    private static int endOfLength(byte[] bytes, int from, int end, int zero, byte mark) throws ProtocolException {
        int last = Math.min(end, from + MAX_DIGITS + 1);
        for (int i = from; i < last; i++) {
            if (bytes[i] == mark && i > from) {
                return i;
            }
            if (bytes[i] < zero || bytes[i] > zero + 9) {
                break;
            }
        }
        throw new ProtocolException("invalid length");
    }

    /** Reads digits, be they characters or numbers: their low four bits are the same. */
    private static int number(byte[] bytes, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            number = 10 * number + (bytes[i] & 0xf);
        }
        return number;
    }

    /** Returns the index behind so many UTF-16 units. */
    private static int behindUnits(byte[] bytes, int from, int end, int units) throws ProtocolException {
        int i = from;
        int left = units;
        while (left > 0 && i < end) {
            int next = bytes[i] >= 0 ? i + 1 : Utf8Check.behind(bytes, i, end);
            if (next < 0) {
                throw new ProtocolException("malformed text");
            }
            left -= next - i == 4 ? 2 : 1;
            i = next;
        }
        if (left != 0) {
            throw new ProtocolException("invalid length");
        }
        return i;
    }

    /** Counts UTF-16 units of well-formed text: one for each character, two for those beyond U+FFFF. */
    private static int units(Utf8 text) {
        byte[] bytes = text.array();
        int units = 0;
        for (int i = text.offset(), end = i + text.length(); i < end; i++) {
            if ((bytes[i] & 0xc0) != 0x80) {
                units += (bytes[i] & 0xf8) == 0xf0 ? 2 : 1;
            }
        }
        return units;
    }

    /** {@inheritDoc} It is binary if a message is and the client can take that, else text. */
    @Override
    public EnginePayload encodePayload(List<PacketBundle> bundles, boolean base64) {
        if (bundles.isEmpty()) {
            throw new IllegalArgumentException("bundles: none (expected: at least one)");
        }
        boolean binary = !base64
                && bundles.stream().anyMatch(bundle -> !bundle.binaries().isEmpty());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (PacketBundle bundle : bundles) {
            Utf8 text = bundle.text();
            if (!text.isEmpty()) {
                begin(out, binary, TEXT, binary ? text.length() : units(text));
                out.write(text.array(), text.offset(), text.length());
            }
            for (byte[] data : bundle.binaries()) {
                if (binary) {
                    begin(out, true, BINARY, 1 + data.length);
                    out.write(MESSAGE);
                    out.writeBytes(data);
                } else {
                    byte[] packet = base64(data);
                    begin(out, false, TEXT, packet.length);
                    out.writeBytes(packet);
                }
            }
        }
        return new EnginePayload(out.toByteArray(), binary);
    }

    private static void begin(ByteArrayOutputStream out, boolean binary, byte kind, int length) {
        byte[] digits = Integer.toString(length).getBytes(StandardCharsets.US_ASCII);
        if (binary) {
            out.write(kind);
            for (byte digit : digits) {
                out.write(digit - '0');
            }
            out.write(END_OF_BINARY_LENGTH);
        } else {
            out.writeBytes(digits);
            out.write(END_OF_LENGTH);
        }
    }

    @Override
    public void encodeFrames(PacketBundle bundle, boolean base64, FrameSink sink) {
        if (!bundle.text().isEmpty()) {
            sink.text(bundle.text());
        }
        for (byte[] data : bundle.binaries()) {
            if (base64) {
                sink.text(Utf8.of(base64(data)));
            } else {
                byte[] frame = new byte[1 + data.length];
                frame[0] = MESSAGE;
                System.arraycopy(data, 0, frame, 1, data.length);
                sink.binary(frame);
            }
        }
    }

    private static byte[] base64(byte[] data) {
        byte[] packet = new byte[Math.toIntExact(2 + Base64Text.length(data))];
        packet[0] = BASE64_MARK;
        packet[1] = MESSAGE_DIGIT;
        Base64Text.encode(data, packet, 2);
        return packet;
    }
}
