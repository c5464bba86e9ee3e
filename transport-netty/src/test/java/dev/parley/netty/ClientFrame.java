package dev.parley.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Writes frames as a client does: masked. Each method returns the bytes of one frame. */
final class ClientFrame {

    private static final byte[] MASK = {0x12, (byte) 0x9a, 0x5c, (byte) 0xe7};

    private ClientFrame() {}

    static byte[] text(String text) {
        return frame(0x81, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] binary(byte... data) {
        return frame(0x82, data);
    }

    /** A message that is compressed, as RFC 7692 says. */
    static byte[] deflated(int opcode, byte[] data) {
        return frame(0xc0 | opcode, Deflated.message(data));
    }

    static byte[] close(int code) {
        return frame(0x88, (byte) (code >> 8), (byte) code);
    }

    /** A frame of any first byte: FIN, reserved bits and opcode. */
    static byte[] frame(int firstByte, byte... payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(header(firstByte, payload.length));
        for (int i = 0; i < payload.length; i++) {
            out.write(payload[i] ^ MASK[i & 3]);
        }
        return out.toByteArray();
    }

    /** The header of a frame alone, with its mask. */
    static byte[] header(int firstByte, long length) {
        ByteBuf out = Unpooled.buffer();
        out.writeByte(firstByte);
        if (length >= 0 && length < 126) {
            out.writeByte(0x80 | (int) length);
        } else if (length >= 0 && length < 65_536) {
            out.writeByte(0x80 | 126).writeShort((int) length);
        } else {
            out.writeByte(0x80 | 127).writeLong(length);
        }
        out.writeBytes(MASK);
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }

    static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
