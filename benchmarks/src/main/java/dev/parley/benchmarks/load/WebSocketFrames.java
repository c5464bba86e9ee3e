package dev.parley.benchmarks.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** WebSocket frames: writes those of a client, reads those of a server. Texts are ASCII. */
final class WebSocketFrames {

    /** Takes the messages of a server. */
    interface Receiver {
        void text(String message);

        void binary(byte[] message);

        void closed(int code);
    }

    static final int LONGEST_HEADER = 14;

    private static final int FINAL = 0x80;
    private static final int RESERVED = 0x70;
    private static final int MASKED = 0x80;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int NO_CODE = 1005;
    private static final int NORMAL = 1000;

    private WebSocketFrames() {}

    static void writeText(ByteBuffer output, String message, int mask) {
        write(output, TEXT, message.getBytes(StandardCharsets.ISO_8859_1), mask);
    }

    static void writeBinary(ByteBuffer output, byte[] message, int mask) {
        write(output, BINARY, message, mask);
    }

    static void writeClose(ByteBuffer output, int mask) {
        write(output, CLOSE, new byte[] {(byte) (NORMAL >> 8), (byte) NORMAL}, mask);
    }

    private static void write(ByteBuffer output, int opcode, byte[] payload, int mask) {
        output.put((byte) (FINAL | opcode));
        if (payload.length < 126) {
            output.put((byte) (MASKED | payload.length));
        } else if (payload.length < 1 << 16) {
            output.put((byte) (MASKED | 126)).putShort((short) payload.length);
        } else {
            output.put((byte) (MASKED | 127)).putLong(payload.length);
        }
        output.putInt(mask);
        int start = output.position();
        output.put(payload);
        int end = output.position();
        int at = start;
        for (; at + 4 <= end; at += 4) {
            output.putInt(at, output.getInt(at) ^ mask);
        }
        for (int shift = 24; at < end; at++, shift -= 8) {
            output.put(at, (byte) (output.get(at) ^ mask >> shift));
        }
    }

    /**
     * Reads the frames that are there in full.
     *
     * @return where the first frame begins that is not
     */
    static int read(byte[] bytes, int from, int to, Receiver receiver) {
        int at = from;
        while (to - at >= 2) {
            if ((bytes[at] & FINAL) == 0 || (bytes[at] & RESERVED) != 0 || (bytes[at + 1] & MASKED) != 0) {
                throw new LoadFailure("a frame that is fragmented, masked or has a reserved bit: %02x %02x"
                        .formatted(bytes[at], bytes[at + 1]));
            }
            int header = 2;
            long length = bytes[at + 1];
            if (length == 126 || length == 127) {
                header = length == 126 ? 4 : 10;
                if (to - at < header) {
                    break;
                }
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                length = header == 4 ? buffer.getShort(at + 2) & 0xffff : buffer.getLong(at + 2);
            }
            if (to - at - header < length) {
                break;
            }
            int start = at + header;
            int end = start + (int) length;
            int opcode = bytes[at] & 0xf;
            switch (opcode) {
                case TEXT -> receiver.text(new String(bytes, start, end - start, StandardCharsets.ISO_8859_1));
                case BINARY -> receiver.binary(Arrays.copyOfRange(bytes, start, end));
                case CLOSE ->
                    receiver.closed(
                            length < 2 ? NO_CODE : ByteBuffer.wrap(bytes).getShort(start) & 0xffff);
                default -> throw new LoadFailure("a frame with opcode " + opcode);
            }
            at = end;
        }
        return at;
    }
}
