package dev.parley.protocol;

/** Tells well-formed UTF-8 (Unicode 15, table 3-7) from everything else. */
final class Utf8Check {

    private Utf8Check() {}

    /** Tells whether all bytes of a range make up well-formed UTF-8. */
    static boolean isWellFormed(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to) {
            if (bytes[i] >= 0) {
                i++;
            } else {
                i = behind(bytes, i, to);
                if (i < 0) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Returns the index behind the sequence that starts with the non-ASCII byte at {@code i}, or -1 if malformed. */
    static int behind(byte[] bytes, int i, int to) {
        int lead = bytes[i] & 0xff;
        if (lead < 0xc2 || lead > 0xf4) {
            return -1;
        }
        int length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        if (to - i < length || !isSecond(lead, bytes[i + 1] & 0xff)) {
            return -1;
        }
        for (int k = 2; k < length; k++) {
            if ((bytes[i + k] & 0xc0) != 0x80) {
                return -1;
            }
        }
        return i + length;
    }

    /** Rules out overlong forms, surrogates and what lies beyond U+10FFFF: all are decided by the second byte. */
    private static boolean isSecond(int lead, int second) {
        int least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        int most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        return second >= least && second <= most;
    }
}
