package dev.parley.engine;

import dev.parley.protocol.PacketBundle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a session has still to send, in order, and how much that is. Not safe for several threads: its session guards
 * it.
 */
final class Outbox {

    /** A queue that once grew beyond this many entries is dropped when empty, so that idle sessions stay small. */
    private static final int KEPT_CAPACITY = 16;

    private @Nullable ArrayDeque<PacketBundle> queue;
    private int mostQueued;
    private long bytes;

    /** Whether a bundle keeps within the limits; a single one may be as long as it likes. */
    boolean hasRoomFor(PacketBundle bundle, EngineOptions limits) {
        return isEmpty()
                || (size() < limits.maxQueuedMessages() && bytes + bundle.byteCount() <= limits.maxQueuedBytes());
    }

    void add(PacketBundle bundle) {
        ArrayDeque<PacketBundle> current = queue;
        if (current == null) {
            current = new ArrayDeque<>(2);
            queue = current;
        }
        current.add(bundle);
        bytes += bundle.byteCount();
        mostQueued = Math.max(mostQueued, current.size());
    }

    @Nullable
    PacketBundle poll() {
        PacketBundle bundle = queue == null ? null : queue.poll();
        if (bundle != null) {
            bytes -= bundle.byteCount();
        } else if (mostQueued > KEPT_CAPACITY) {
            clear();
        }
        return bundle;
    }

    List<PacketBundle> takeAll() {
        List<PacketBundle> all = queue == null ? List.of() : new ArrayList<>(queue);
        clear();
        return all;
    }

    void clear() {
        queue = null;
        mostQueued = 0;
        bytes = 0;
    }

    boolean isEmpty() {
        return queue == null || queue.isEmpty();
    }

    int size() {
        return queue == null ? 0 : queue.size();
    }

    long bytes() {
        return bytes;
    }
}
