package dev.parley.protocol;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;

/**
 * Binary messages where only text can travel: padded base64 without line breaks. What is received may be in lines, all
 * of them ended: the Java client sends lines of 76 characters.
 */
final class Base64Text {

    private Base64Text() {}

    static byte[] decode(byte[] bytes, int from, int to) throws ProtocolException {
        if (to > from && bytes[to - 1] == '\n') {
            byte[] joined = joinLines(bytes, from, to);
            return decodeLine(joined, 0, joined.length);
        }
        return decodeLine(bytes, from, to);
    }

    private static byte[] joinLines(byte[] bytes, int from, int to) {
        byte[] joined = new byte[to - from];
        int length = 0;
        for (int i = from; i < to; i++) {
            if (bytes[i] != '\n') {
                joined[length++] = bytes[i];
            }
        }
        return Arrays.copyOf(joined, length);
    }

    /** The JDK's decoder alone would let missing padding pass. */
    private static byte[] decodeLine(byte[] bytes, int from, int to) throws ProtocolException {
        if (((to - from) & 3) != 0) {
            throw new ProtocolException("invalid base64");
        }
        try {
            ByteBuffer decoded = Base64.getDecoder().decode(ByteBuffer.wrap(bytes, from, to - from));
            byte[] data = decoded.array();
            return decoded.remaining() == data.length ? data : Arrays.copyOf(data, decoded.remaining());
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("invalid base64");
        }
    }

    /** How many characters stand for these bytes. */
    static long length(byte[] data) {
        return (data.length + 2L) / 3 * 4;
    }

    /** Writes the text into an array; returns the index behind it. */
    static int encode(byte[] data, byte[] target, int at) {
        // The JDK's encoder can not write into the middle of an array, but even with this copy it is much the fastest.
        byte[] text = Base64.getEncoder().encode(data);
        System.arraycopy(text, 0, target, at, text.length);
        return at + text.length;
    }
}
