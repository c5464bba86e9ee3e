package dev.parley.netty;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Tells whether bytes are UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF. */
final class Utf8Check {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long NOT_ASCII = 0x8080808080808080L;

    private Utf8Check() {}

    static boolean isValid(byte[] bytes, int from, int to) {
        return unfinished(bytes, from, to) == 0;
    }

    /**
     * Checks bytes that more may follow.
     *
     * @return how many bytes at the end begin a character whose others are still to come; -1 if this is not UTF-8,
     *     whatever follows
     */
    static int unfinished(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to) {
            if (i <= to - 4 * Long.BYTES && isAscii(bytes, i)) {
                i += 4 * Long.BYTES;
            } else if (i + Long.BYTES <= to && ((long) LONG.get(bytes, i) & NOT_ASCII) == 0) {
                i += Long.BYTES;
            } else if (bytes[i] >= 0) {
                i++;
            } else {
                int length = sequenceLength(bytes, i, to);
                if (length == 0) {
                    return -1;
                }
                if (length > to - i) {
                    return to - i;
                }
                i += length;
            }
        }
        return 0;
    }

    private static boolean isAscii(byte[] bytes, int i) {
        long any = (long) LONG.get(bytes, i)
                | (long) LONG.get(bytes, i + Long.BYTES)
                | (long) LONG.get(bytes, i + 2 * Long.BYTES)
                | (long) LONG.get(bytes, i + 3 * Long.BYTES);
        return (any & NOT_ASCII) == 0;
    }

    /** Returns the length of the multi-byte sequence that begins at an index, or 0 if none can. */
    private static int sequenceLength(byte[] bytes, int i, int to) {
        int lead = bytes[i] & 0xff;
        if (lead < 0xc2 || lead > 0xf4) {
            return 0;
        }
        int length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        int present = Math.min(length, to - i);
        if (present > 1 && !secondFits(lead, bytes[i + 1] & 0xff)) {
            return 0;
        }
        for (int k = 2; k < present; k++) {
            if ((bytes[i + k] & 0xc0) != 0x80) {
                return 0;
            }
        }
        return length;
    }

    private static boolean secondFits(int lead, int second) {
        int least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        int most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        return second >= least && second <= most;
    }
}
