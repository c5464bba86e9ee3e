package dev.parley.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Grows an array of UTF-8 text. Serves one text, then is thrown away. */
final class Utf8Writer {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    /** The letter of the two-character escape of each control character that has one. */
    private static final byte[] ESCAPES = new byte[' '];

    static {
        ESCAPES['\b'] = 'b';
        ESCAPES['\t'] = 't';
        ESCAPES['\n'] = 'n';
        ESCAPES['\f'] = 'f';
        ESCAPES['\r'] = 'r';
    }

    /** The longest form of one UTF-16 unit: backslash, u and four digits. */
    private static final int LONGEST = 6;
    /** Most digits of a long, with its sign. */
    private static final int LONGEST_NUMBER = 20;
    /** Unused bytes that are not worth a copy. */
    private static final int NEGLIGIBLE = 128;

    private byte[] bytes;
    private int length;

    Utf8Writer(int expectedLength) {
        this.bytes = new byte[expectedLength];
    }

    int length() {
        return length;
    }

    byte[] array() {
        return bytes;
    }

    /** Returns what was written. The writer must not be used any more. */
    Utf8 toUtf8() {
        int unused = bytes.length - length;
        boolean trim = unused > NEGLIGIBLE && unused > length / 8;
        return Utf8.of(trim ? Arrays.copyOf(bytes, length) : bytes, 0, length);
    }

    void ascii(char c) {
        ensure(1);
        bytes[length++] = (byte) c;
    }

    void ascii(String text) {
        int count = text.length();
        ensure(count);
        for (int i = 0; i < count; i++) {
            bytes[length + i] = (byte) text.charAt(i);
        }
        length += count;
    }

    void utf8(byte[] source, int from, int to) {
        ensure(to - from);
        System.arraycopy(source, from, bytes, length, to - from);
        length += to - from;
    }

    /** Writes text that needs no quotes. */
    void text(String text) {
        utf8(Utf8.of(text));
    }

    void utf8(Utf8 text) {
        utf8(text.array(), text.offset(), text.offset() + text.length());
    }

    /** Turns the type digit of an event or ack into that of its binary form, and puts the number of attachments in. */
    void makeBinary(int attachments) {
        String header = attachments + "-";
        int at = 2;
        int behind = at + header.length();
        ensure(header.length());
        System.arraycopy(bytes, at, bytes, behind, length - at);
        bytes[1] = (byte) (bytes[1] + 3);
        for (int i = at; i < behind; i++) {
            bytes[i] = (byte) header.charAt(i - at);
        }
        length += header.length();
    }

    void number(long value) {
        if (value < 0) {
            ascii(Long.toString(value));
            return;
        }
        ensure(LONGEST_NUMBER);
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        long rest = value;
        for (int i = length + digits - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
    }

    /** Writes a JSON string. Surrogates without partner are written as escapes, as JavaScript does. */
    void string(String text) {
        int count = text.length();
        ensure(count + 2);
        bytes[length++] = '"';
        int i = plain(text, count);
        while (i < count) {
            ensure(LONGEST + count - i);
            char c = text.charAt(i++);
            if (c < 0x80) {
                oneByte(c);
            } else if (c < 0x800) {
                bytes[length++] = (byte) (0xc0 | (c >> 6));
                bytes[length++] = (byte) (0x80 | (c & 0x3f));
            } else if (!Character.isSurrogate(c)) {
                threeBytes(c);
            } else if (Character.isHighSurrogate(c) && i < count && Character.isLowSurrogate(text.charAt(i))) {
                fourBytes(Character.toCodePoint(c, text.charAt(i++)));
            } else {
                escape(c);
            }
        }
        ensure(1);
        bytes[length++] = '"';
    }

    /** Writes characters up to the first one that does not stand for itself; returns its index. */
    private int plain(String text, int count) {
        byte[] target = bytes;
        int at = length;
        int i = 0;
        while (i < count) {
            char c = text.charAt(i);
            if (c >= 0x80 || c < ' ' || c == '"' || c == '\\') {
                break;
            }
            target[at + i] = (byte) c;
            i++;
        }
        length = at + i;
        return i;
    }

    private void oneByte(char c) {
        if (c == '"' || c == '\\') {
            bytes[length++] = '\\';
            bytes[length++] = (byte) c;
        } else if (c >= ' ') {
            bytes[length++] = (byte) c;
        } else if (ESCAPES[c] != 0) {
            bytes[length++] = '\\';
            bytes[length++] = ESCAPES[c];
        } else {
            escape(c);
        }
    }

    private void threeBytes(char c) {
        bytes[length++] = (byte) (0xe0 | (c >> 12));
        bytes[length++] = (byte) (0x80 | ((c >> 6) & 0x3f));
        bytes[length++] = (byte) (0x80 | (c & 0x3f));
    }

    private void fourBytes(int codePoint) {
        bytes[length++] = (byte) (0xf0 | (codePoint >> 18));
        bytes[length++] = (byte) (0x80 | ((codePoint >> 12) & 0x3f));
        bytes[length++] = (byte) (0x80 | ((codePoint >> 6) & 0x3f));
        bytes[length++] = (byte) (0x80 | (codePoint & 0x3f));
    }

    private void escape(char c) {
        bytes[length++] = '\\';
        bytes[length++] = 'u';
        for (int shift = 12; shift >= 0; shift -= 4) {
            bytes[length++] = HEX[(c >> shift) & 0xf];
        }
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(length, more), bytes.length + (bytes.length >> 1)));
        }
    }
}
