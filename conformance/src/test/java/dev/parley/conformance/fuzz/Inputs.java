package dev.parley.conformance.fuzz;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes inputs apart, and complains of what came of them. No AssertJ: it would take most of a fuzzer's time. */
final class Inputs {

    /** Stands between the parts of an input, as between the packets of a polling payload. */
    private static final byte SEPARATOR = 0x1e;

    private Inputs() {}

    static void expect(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    static void expectSame(Object actual, Object expected, String what) {
        if (!actual.equals(expected)) {
            throw new AssertionError(what + "\n  expected: " + expected + "\n  but was:  " + actual);
        }
    }

    /** The parts of an input: one more than there are separators. */
    static List<byte[]> parts(byte[] data) {
        List<byte[]> parts = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= data.length; i++) {
            if (i == data.length || data[i] == SEPARATOR) {
                parts.add(Arrays.copyOfRange(data, from, i));
                from = i + 1;
            }
        }
        return parts;
    }

    /** Decodes UTF-8 as the JDK does, or returns null if it finds it malformed. */
    static @Nullable String utf8(byte[] data) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(data))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Bytes as a text of as many characters. */
    static String latin1(byte[] data) {
        return new String(data, StandardCharsets.ISO_8859_1);
    }

    static byte[] join(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        byte[] joined = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, joined, at, part.length);
            at += part.length;
        }
        return joined;
    }
}
