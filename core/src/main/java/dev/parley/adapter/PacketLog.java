package dev.parley.adapter;

import dev.parley.protocol.PacketBundle;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The latest events of a namespace, oldest first. Entries are linked and never change once they are in, so whoever
 * holds one can read all that follows it, even after the log has dropped it. The log itself is guarded by its owner's
 * lock; the link of the newest entry is set with that lock held.
 */
final class PacketLog {

    /** What an entry takes beside the bytes that are sent, roughly. */
    private static final int OVERHEAD = 300;

    /** An event, and for whom it was. */
    static final class Entry {

        private final long position;
        private final long loggedAt;
        private final String offset;
        private final Selection selection;
        private final PacketBundle bundle;
        private @Nullable Entry next;

        private Entry(long position, long loggedAt, String offset, Selection selection, PacketBundle bundle) {
            this.position = position;
            this.loggedAt = loggedAt;
            this.offset = offset;
            this.selection = selection;
            this.bundle = bundle;
        }

        long position() {
            return position;
        }

        String offset() {
            return offset;
        }

        PacketBundle bundle() {
            return bundle;
        }

        /** The entry behind this one; null for the newest, which only the lock's owner may ask. */
        @Nullable
        Entry next() {
            return next;
        }

        /** Whether the event is for a socket that is in these rooms. */
        boolean concerns(Set<String> rooms) {
            return (selection.everybody() || overlap(selection.rooms(), rooms)) && !overlap(selection.except(), rooms);
        }

        private static boolean overlap(Set<String> named, Set<String> rooms) {
            if (named.isEmpty()) {
                return false;
            }
            for (String name : named) {
                if (rooms.contains(name)) {
                    return true;
                }
            }
            return false;
        }
    }

    private final RecoveryLimits limits;
    private final long maxAge;
    private final Map<String, Entry> byOffset = new HashMap<>();
    /** The entry in front of the oldest one: the one that was dropped last. */
    private Entry dropped = new Entry(0, 0, "", Selection.ALL, PacketBundle.text(""));

    private Entry newest = dropped;
    private long bytes;

    PacketLog(RecoveryLimits limits) {
        this.limits = limits;
        this.maxAge = limits.maxDisconnectionDuration().toNanos();
    }

    void append(String offset, Selection selection, PacketBundle bundle, long now) {
        Entry entry = new Entry(newest.position + 1, now, offset, selection, bundle);
        newest.next = entry;
        newest = entry;
        byOffset.put(offset, entry);
        bytes += size(entry);
        while (byOffset.size() > limits.maxPackets() || bytes > limits.maxBytes()) {
            dropOldest();
        }
    }

    private static long size(Entry entry) {
        return entry.bundle.byteCount() + (long) OVERHEAD;
    }

    /** Drops entries that are too old. */
    void purge(long now) {
        for (Entry oldest = dropped.next; oldest != null && now - oldest.loggedAt > maxAge; oldest = dropped.next) {
            dropOldest();
        }
    }

    private void dropOldest() {
        Entry oldest = dropped.next;
        if (oldest != null) {
            byOffset.remove(oldest.offset);
            bytes -= size(oldest);
            dropped = oldest;
        }
    }

    void clear() {
        while (!isEmpty()) {
            dropOldest();
        }
    }

    boolean isEmpty() {
        return byOffset.isEmpty();
    }

    int size() {
        return byOffset.size();
    }

    long bytes() {
        return bytes;
    }

    @Nullable
    Entry find(String offset) {
        return byOffset.get(offset);
    }

    /** The entry in front of the oldest one: whoever holds it can read the whole log. */
    Entry start() {
        return dropped;
    }

    /** The newest entry, or {@link #start} if there is none. */
    Entry newest() {
        return newest;
    }
}
