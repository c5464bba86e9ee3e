package dev.parley.msgpack;

import dev.parley.protocol.ProtocolException;
import dev.parley.protocol.Utf8;
import java.time.Instant;
import java.util.Arrays;
import org.msgpack.core.MessagePack.Code;

/**
 * Checks MessagePack in one pass, without building anything from it: complete values, well-formed UTF-8, names that are
 * strings, the limit on depth, and no extension types but those that have a meaning here. What it has passed, the
 * library reads without complaint.
 *
 * <p>It does not recurse, so nesting costs no stack; and it takes no length for granted that exceeds what is there.
 */
final class MsgpackScanner {

    /**
     * The extension type that the official parser uses for all that MessagePack has not: {@code undefined} in one byte,
     * a {@code Date} in eight, and typed arrays behind a header that gives their length, be it one or eight.
     */
    static final byte OFFICIAL = 0;

    private static final int SMALL = 8;
    private static final int MOST_NANOS = 999_999_999;

    /** What {@link Instant} can hold, in seconds. */
    private static final long FIRST_SECOND = Instant.MIN.getEpochSecond();

    private static final long LAST_SECOND = Instant.MAX.getEpochSecond();

    private final byte[] bytes;
    private final int maxDepth;
    private int at;

    /** For each open array or map, how many values are still to come in it; names count as values. */
    private int[] left = new int[SMALL];

    /** For each open array or map, whether it is a map. */
    private boolean[] maps = new boolean[SMALL];

    private int open;

    /**
     * Starts at the first byte.
     *
     * @param bytes what to check
     * @param maxDepth how deep arrays and maps may be nested
     */
    MsgpackScanner(byte[] bytes, int maxDepth) {
        this.bytes = bytes;
        this.maxDepth = maxDepth;
    }

    /** Returns the index of the next byte. */
    int position() {
        return at;
    }

    boolean isAtEnd() {
        return at == bytes.length;
    }

    /** Tells whether an array comes next. */
    boolean isArrayNext() {
        return !isAtEnd() && (Code.isFixedArray(bytes[at]) || bytes[at] == Code.ARRAY16 || bytes[at] == Code.ARRAY32);
    }

    /** Tells whether a map comes next. */
    boolean isMapNext() {
        return !isAtEnd() && (Code.isFixedMap(bytes[at]) || bytes[at] == Code.MAP16 || bytes[at] == Code.MAP32);
    }

    /** Reads the header of an array, which is known to come next; returns how many elements follow it. */
    int array() throws ProtocolException {
        byte first = next();
        return count(
                switch (first) {
                    case Code.ARRAY16 -> number(2);
                    case Code.ARRAY32 -> number(4);
                    default -> first & 0x0f;
                },
                1);
    }

    /** Reads the header of a map, which is known to come next; returns how many pairs of name and value follow it. */
    int map() throws ProtocolException {
        byte first = next();
        return count(
                switch (first) {
                    case Code.MAP16 -> number(2);
                    case Code.MAP32 -> number(4);
                    default -> first & 0x0f;
                },
                2);
    }

    /** Reads a string; returns where it lies. */
    Utf8 string() throws ProtocolException {
        long length = stringLength(next());
        if (length < 0) {
            throw malformed();
        }
        return text(length);
    }

    /** Returns how many bytes a string has; -1 if what begins with this byte is none. */
    private long stringLength(byte first) throws ProtocolException {
        return switch (first) {
            case Code.STR8 -> number(1);
            case Code.STR16 -> number(2);
            case Code.STR32 -> number(4);
            default -> Code.isFixedRaw(first) ? first & 0x1f : -1;
        };
    }

    /**
     * Goes behind the next value.
     *
     * @param depth how many arrays and maps it lies in
     */
    void skip(int depth) throws ProtocolException {
        open = 0;
        do {
            if (open > 0 && maps[open - 1] && (left[open - 1] & 1) == 0) {
                string();
                left[open - 1]--;
            } else if (isArrayNext()) {
                open(array(), false, depth);
            } else if (isMapNext()) {
                open(2 * map(), true, depth);
            } else {
                scalar(next());
                complete();
            }
        } while (open > 0);
    }

    private void open(int count, boolean map, int depth) throws ProtocolException {
        if (depth + open >= maxDepth) {
            throw ProtocolException.beyondLimit("invalid payload");
        }
        if (count == 0) {
            complete();
            return;
        }
        if (open == left.length) {
            left = Arrays.copyOf(left, 2 * open);
            maps = Arrays.copyOf(maps, 2 * open);
        }
        left[open] = count;
        maps[open] = map;
        open++;
    }

    /** A value is complete, and maybe with it what it lies in. */
    private void complete() {
        while (open > 0 && --left[open - 1] == 0) {
            open--;
        }
    }

    private void scalar(byte first) throws ProtocolException {
        if (Code.isFixInt(first)) {
            return;
        }
        long length = stringLength(first);
        if (length >= 0) {
            text(length);
            return;
        }
        switch (first) {
            case Code.NIL, Code.FALSE, Code.TRUE -> {}
            case Code.UINT8, Code.INT8 -> bytes(1);
            case Code.UINT16, Code.INT16 -> bytes(2);
            case Code.UINT32, Code.INT32, Code.FLOAT32 -> bytes(4);
            case Code.UINT64, Code.INT64, Code.FLOAT64 -> bytes(8);
            case Code.BIN8 -> bytes(number(1));
            case Code.BIN16 -> bytes(number(2));
            case Code.BIN32 -> bytes(number(4));
            default -> extension(first);
        }
    }

    private void extension(byte first) throws ProtocolException {
        switch (first) {
            case Code.FIXEXT1 -> undefined();
            case Code.FIXEXT4 -> timestamp(4);
            case Code.FIXEXT8 -> dateOrTimestamp();
            case Code.EXT8 -> typedArrayOrTimestamp(number(1));
            case Code.EXT16 -> typedArray(number(2));
            case Code.EXT32 -> typedArray(number(4));
            default -> throw malformed();
        }
    }

    private void undefined() throws ProtocolException {
        if (next() != OFFICIAL || next() != 0) {
            throw malformed();
        }
    }

    private void dateOrTimestamp() throws ProtocolException {
        if (!isAtEnd() && bytes[at] == OFFICIAL) {
            bytes(1 + Long.BYTES);
        } else {
            timestamp(8);
        }
    }

    private void typedArrayOrTimestamp(long length) throws ProtocolException {
        if (length == 12 && !isAtEnd() && bytes[at] == Code.EXT_TIMESTAMP) {
            timestamp(12);
        } else {
            typedArray(length);
        }
    }

    private void typedArray(long length) throws ProtocolException {
        if (next() != OFFICIAL) {
            throw malformed();
        }
        bytes(length);
    }

    /** Reads a timestamp in one of its three forms. */
    private void timestamp(int length) throws ProtocolException {
        if (next() != Code.EXT_TIMESTAMP) {
            throw malformed();
        }
        switch (length) {
            case 4 -> bytes(4);
            case 8 -> within(0, number(8) >>> 34, MOST_NANOS);
            default -> {
                within(0, number(4), MOST_NANOS);
                within(FIRST_SECOND, number(8), LAST_SECOND);
            }
        }
    }

    private static void within(long least, long number, long most) throws ProtocolException {
        if (number < least || number > most) {
            throw malformed();
        }
    }

    private byte next() throws ProtocolException {
        bytes(1);
        return bytes[at - 1];
    }

    /** Reads a number of up to eight bytes, the highest first. */
    private long number(int width) throws ProtocolException {
        bytes(width);
        long number = 0;
        for (int i = at - width; i < at; i++) {
            number = (number << 8) | (bytes[i] & 0xff);
        }
        return number;
    }

    private Utf8 text(long length) throws ProtocolException {
        bytes(length);
        Utf8 text = Utf8.of(bytes, at - (int) length, (int) length);
        if (!text.isWellFormed()) {
            throw malformed();
        }
        return text;
    }

    /** Goes behind some bytes, which have to be there. */
    private void bytes(long count) throws ProtocolException {
        if (count > bytes.length - at) {
            throw malformed();
        }
        at += (int) count;
    }

    /** Checks a number of elements, each of which takes so many bytes at least. */
    private int count(long announced, int least) throws ProtocolException {
        if (announced * least > bytes.length - at) {
            throw malformed();
        }
        return (int) announced;
    }

    private static ProtocolException malformed() {
        return new ProtocolException("Could not parse");
    }
}
