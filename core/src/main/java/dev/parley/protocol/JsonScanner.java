package dev.parley.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Checks JSON text in one pass, without building anything from it: strict RFC 8259, well-formed UTF-8, and the limits
 * on depth and on the length of numbers. On the way it notes where the elements of the outermost array lie and, if
 * there are attachments, where the placeholders do.
 *
 * <p>It does not recurse, so nesting costs no stack. One scanner serves one thread at a time, for any number of texts.
 */
final class JsonScanner {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EACH_BYTE = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private static final byte[] NOTHING = {};
    private static final int SMALL = 16;
    /** Longest array that is kept for the next text. */
    private static final int KEPT = 1024;

    /** For text that a scanner of an application's choice has passed already. */
    private static final DecoderLimits UNLIMITED = new DecoderLimits(
            Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

    private final Thread owner = Thread.currentThread();
    private final int maxDepth;
    private final int maxNumberLength;
    private final int maxPlaceholders;

    private byte[] json = NOTHING;
    private int end;

    /** For each open bracket, whether it is that of an object. */
    private boolean[] objects = new boolean[SMALL];

    private int depth;

    /** Start and end of each element of the outermost array. */
    private int[] elements = new int[SMALL];

    private int elementCount;

    private @Nullable PlaceholderFinder placeholders;

    JsonScanner(DecoderLimits limits) {
        this.maxDepth = limits.maxDepth();
        this.maxNumberLength = limits.maxNumberLength();
        this.maxPlaceholders = limits.maxAttachments();
    }

    /** Whether the calling thread has made this scanner, and so may use it. */
    boolean isOfThisThread() {
        return owner == Thread.currentThread();
    }

    /**
     * Finds the placeholders in one JSON value, whatever its depth.
     *
     * @throws ProtocolException if one of them does not point to an attachment
     */
    static PlaceholderFinder findPlaceholders(byte[] bytes, int from, int to, int attachments)
            throws ProtocolException {
        PlaceholderFinder finder = new PlaceholderFinder(bytes, to, attachments, UNLIMITED.maxAttachments());
        new JsonScanner(UNLIMITED).scan(bytes, from, to, finder);
        return finder;
    }

    /**
     * Checks that a range holds one JSON value and nothing else but white space behind it.
     *
     * @param bytes holds the range
     * @param from index of the value's first byte
     * @param to index behind the text
     * @param attachments to how many attachments placeholders can point; if 0, no object is a placeholder
     * @return the index behind the value's last byte
     * @throws ProtocolException if the text is malformed or exceeds a limit
     */
    int scan(byte[] bytes, int from, int to, int attachments) throws ProtocolException {
        return scan(
                bytes,
                from,
                to,
                attachments > 0 ? new PlaceholderFinder(bytes, to, attachments, maxPlaceholders) : null);
    }

    private int scan(byte[] bytes, int from, int to, @Nullable PlaceholderFinder finder) throws ProtocolException {
        json = bytes;
        end = to;
        depth = 0;
        elementCount = 0;
        if (elements.length > KEPT) {
            elements = new int[SMALL];
        }
        if (objects.length > KEPT) {
            objects = new boolean[SMALL];
        }
        placeholders = finder;
        try {
            int behind = value(from);
            if (space(behind) != to) {
                throw invalid();
            }
            return behind;
        } finally {
            json = NOTHING; // this scanner lives longer than the text
            placeholders = null;
        }
    }

    /** Returns how many elements the outermost array of the last text had; 0 if it was no array. */
    int elementCount() {
        return elementCount;
    }

    /** Returns the index of an element's first byte. */
    int elementStart(int element) {
        return elements[2 * element];
    }

    /** Returns the index behind an element's last byte. */
    int elementEnd(int element) {
        return elements[2 * element + 1];
    }

    private int value(int from) throws ProtocolException {
        int i = from;
        do {
            if (depth == 1) {
                beginElement(i);
            }
            byte c = at(i);
            if (c == '{' || c == '[') {
                i = space(open(c == '{', i));
                if (at(i) != c + 2) { // in ASCII, both closing brackets follow two behind the opening one
                    i = c == '{' ? key(i) : i;
                    continue;
                }
                i = close(i);
            } else {
                i = scalar(c, i);
            }
            i = next(i);
        } while (depth > 0);
        return i;
    }

    private int open(boolean object, int i) throws ProtocolException {
        if (depth == maxDepth) {
            throw ProtocolException.beyondLimit("invalid payload");
        }
        if (depth == objects.length) {
            objects = Arrays.copyOf(objects, 2 * depth);
        }
        objects[depth++] = object;
        if (placeholders != null && object) {
            placeholders.open(depth);
        }
        return i + 1;
    }

    private int close(int i) throws ProtocolException {
        if (placeholders != null && objects[depth - 1]) {
            placeholders.close(depth);
        }
        depth--;
        return i + 1;
    }

    /** From behind a value, goes on to the start of the next one, or behind the outermost value. */
    private int next(int from) throws ProtocolException {
        int i = from;
        while (depth > 0) {
            if (depth == 1) {
                endElement(i);
            }
            i = space(i);
            byte c = at(i);
            boolean object = objects[depth - 1];
            if (c == ',') {
                i = space(i + 1);
                return object ? key(i) : i;
            }
            if (c != (object ? '}' : ']')) {
                throw invalid();
            }
            i = close(i);
        }
        return i;
    }

    /** Reads a name and the colon behind it; returns the start of the value. */
    private int key(int from) throws ProtocolException {
        if (at(from) != '"') {
            throw invalid();
        }
        int behind = string(from + 1);
        int i = space(behind);
        if (at(i) != ':') {
            throw invalid();
        }
        i = space(i + 1);
        if (placeholders != null) {
            placeholders.name(depth, from, behind, i);
        }
        return i;
    }

    private void beginElement(int i) {
        if (objects[0]) {
            return;
        }
        if (2 * elementCount == elements.length) {
            elements = Arrays.copyOf(elements, 2 * elements.length);
        }
        elements[2 * elementCount] = i;
    }

    private void endElement(int i) {
        if (!objects[0]) {
            elements[2 * elementCount + 1] = i;
            elementCount++;
        }
    }

    private int scalar(byte first, int i) throws ProtocolException {
        return switch (first) {
            case '"' -> string(i + 1);
            case 't' -> literal(i, "true");
            case 'f' -> literal(i, "false");
            case 'n' -> literal(i, "null");
            default -> number(i);
        };
    }

    /** Returns the index behind the closing quote. */
    private int string(int from) throws ProtocolException {
        byte[] bytes = json;
        int to = end;
        int i = from;
        while (true) {
            i = plain(bytes, i, to);
            if (i == to) {
                throw invalid();
            }
            byte c = bytes[i];
            if (c == '"') {
                return i + 1;
            }
            if (c == '\\') {
                i = escape(i + 1);
            } else if (c < 0) {
                i = beyondAscii(bytes, i, to);
            } else {
                throw invalid();
            }
        }
    }

    /** Skips a run of characters that are not ASCII. */
    private static int beyondAscii(byte[] bytes, int from, int to) throws ProtocolException {
        int i = from;
        do {
            i = Utf8Check.behind(bytes, i, to);
            if (i < 0) {
                throw invalid();
            }
        } while (i < to && bytes[i] < 0);
        return i;
    }

    /** Skips characters that stand for themselves, many at a time where possible. */
    private static int plain(byte[] bytes, int from, int to) {
        int i = from;
        while (i <= to - 2 * Long.BYTES && arePlain(bytes, i)) {
            i += 2 * Long.BYTES;
        }
        while (i <= to - Long.BYTES) {
            long special = special((long) LONGS.get(bytes, i));
            if (special != 0) {
                return i + (Long.numberOfTrailingZeros(special) >> 3);
            }
            i += Long.BYTES;
        }
        while (i < to && bytes[i] >= ' ' && bytes[i] != '"' && bytes[i] != '\\') {
            i++;
        }
        return i;
    }

    private static boolean arePlain(byte[] bytes, int i) {
        return (special((long) LONGS.get(bytes, i)) | special((long) LONGS.get(bytes, i + Long.BYTES))) == 0;
    }

    /**
     * Marks the high bit of bytes that are a control character, a quote, a backslash or not ASCII. A byte above the
     * first marked one may be marked wrongly (a borrow runs upwards), the first never is.
     */
    private static long special(long word) {
        long quote = (word ^ ('"' * EACH_BYTE)) - EACH_BYTE;
        long backslash = (word ^ ('\\' * EACH_BYTE)) - EACH_BYTE;
        long control = word - (' ' * EACH_BYTE);
        return (control | quote | backslash | word) & HIGH_BITS;
    }

    /** Returns the index behind the escape whose backslash stands in front of {@code i}. */
    private int escape(int i) throws ProtocolException {
        switch (at(i)) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {
                return i + 1;
            }
            case 'u' -> {
                for (int k = 1; k <= 4; k++) {
                    if (Character.digit(at(i + k), 16) < 0) {
                        throw invalid();
                    }
                }
                return i + 5;
            }
            default -> throw invalid();
        }
    }

    private int number(int from) throws ProtocolException {
        int i = at(from) == '-' ? from + 1 : from;
        i = at(i) == '0' ? i + 1 : digits(i);
        if (at(i) == '.') {
            i = digits(i + 1);
        }
        if ((at(i) | 0x20) == 'e') {
            byte sign = at(i + 1);
            i = digits(sign == '+' || sign == '-' ? i + 2 : i + 1);
        }
        if (i - from > maxNumberLength) {
            throw ProtocolException.beyondLimit("invalid payload");
        }
        return i;
    }

    private int digits(int from) throws ProtocolException {
        int i = from;
        while (at(i) >= '0' && at(i) <= '9') {
            i++;
        }
        if (i == from) {
            throw invalid();
        }
        return i;
    }

    private int literal(int from, String text) throws ProtocolException {
        for (int k = 0; k < text.length(); k++) {
            if (at(from + k) != text.charAt(k)) {
                throw invalid();
            }
        }
        return from + text.length();
    }

    private int space(int from) {
        int i = from;
        while (i < end && (json[i] == ' ' || json[i] == '\n' || json[i] == '\r' || json[i] == '\t')) {
            i++;
        }
        return i;
    }

    /** Returns the byte at an index, or NUL, which nothing in JSON starts with, behind the end. */
    private byte at(int i) {
        return i < end ? json[i] : 0;
    }

    private static ProtocolException invalid() {
        return new ProtocolException("invalid payload");
    }
}
