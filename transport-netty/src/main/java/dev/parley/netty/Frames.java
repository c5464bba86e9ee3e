package dev.parley.netty;

import io.netty.buffer.ByteBuf;

/** How a server writes WebSocket frames: never masked, never in fragments. */
final class Frames {

    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    /** The first of the reserved bits, which marks messages that are compressed. */
    static final int COMPRESSED = 0x40;

    private static final int FIN = 0x80;
    private static final int SIZE_IN_16_BITS = 126;
    private static final int SIZE_IN_64_BITS = 127;

    private Frames() {}

    /** Returns how many bytes a frame takes. */
    static int size(int payloadLength) {
        if (payloadLength < SIZE_IN_16_BITS) {
            return payloadLength + 2;
        }
        return payloadLength + (payloadLength <= 0xffff ? 4 : 10);
    }

    /** Appends a frame to a buffer that has room for it. */
    static void write(ByteBuf out, int opcode, byte[] array, int offset, int length) {
        writeHeader(out, opcode, length);
        out.writeBytes(array, offset, length);
    }

    /** Appends a close frame; code 0 stands for a frame without code. */
    static void writeClose(ByteBuf out, int code) {
        writeHeader(out, CLOSE, code == 0 ? 0 : 2);
        if (code != 0) {
            out.writeShort(code);
        }
    }

    /** Appends the header of a frame. */
    static void writeHeader(ByteBuf out, int opcode, int length) {
        if (length < SIZE_IN_16_BITS) {
            out.writeShort(((FIN | opcode) << 8) | length);
        } else if (length <= 0xffff) {
            out.writeShort(((FIN | opcode) << 8) | SIZE_IN_16_BITS);
            out.writeShort(length);
        } else {
            out.writeShort(((FIN | opcode) << 8) | SIZE_IN_64_BITS);
            out.writeLong(length);
        }
    }
}
