package dev.parley.protocol;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the strings of short names that arrive again and again, so that they are not decoded each time. Holds a
 * fixed number of them, whatever peers send. Safe for use by any thread without locks: entries are immutable, and a
 * lost one is only decoded once more.
 */
final class NameCache {

    private static final int ENTRIES = 256;
    private static final int LONGEST = 64;

    private final @Nullable Entry[] entries = new @Nullable Entry[ENTRIES];

    /** Returns the name that was stored for these bytes, or null. */
    @Nullable
    String get(byte[] bytes, int from, int to) {
        if (to - from > LONGEST) {
            return null;
        }
        Entry entry = entries[index(bytes, from, to)];
        return entry != null && Arrays.equals(entry.bytes, 0, entry.bytes.length, bytes, from, to) ? entry.name : null;
    }

    /** Stores the name for these bytes, in place of another one if need be. */
    void put(byte[] bytes, int from, int to, String name) {
        if (to - from <= LONGEST) {
            entries[index(bytes, from, to)] = new Entry(Arrays.copyOfRange(bytes, from, to), name);
        }
    }

    private static int index(byte[] bytes, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + bytes[i];
        }
        return (hash ^ (hash >>> 16)) & (ENTRIES - 1);
    }

    private static final class Entry {

        private final byte[] bytes;
        private final String name;

        Entry(byte[] bytes, String name) {
            this.bytes = bytes;
            this.name = name;
        }
    }
}
