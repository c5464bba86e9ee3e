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

    /** What is sent next: all there is for a client that keeps up, who therefore needs no queue. */
    private @Nullable PacketBundle first;

    private @Nullable ArrayDeque<PacketBundle> rest;
    private int mostQueued;
    private long bytes;

    /** Whether a bundle keeps within the limits; a single one may be as long as it likes. */
    boolean hasRoomFor(PacketBundle bundle, EngineOptions limits) {
        return first == null
                || (size() < limits.maxQueuedMessages() && bytes + bundle.byteCount() <= limits.maxQueuedBytes());
    }

    void add(PacketBundle bundle) {
        bytes += bundle.byteCount();
        if (first == null) {
            first = bundle;
            return;
        }
        ArrayDeque<PacketBundle> queue = rest;
        if (queue == null) {
            queue = new ArrayDeque<>(2);
            rest = queue;
        }
        queue.add(bundle);
        mostQueued = Math.max(mostQueued, queue.size());
    }

    @Nullable
    PacketBundle poll() {
        PacketBundle bundle = first;
        if (bundle != null) {
            bytes -= bundle.byteCount();
            first = rest == null ? null : rest.poll();
        } else if (mostQueued > KEPT_CAPACITY) {
            clear();
        }
        return bundle;
    }

    List<PacketBundle> takeAll() {
        List<PacketBundle> all = new ArrayList<>(size());
        for (PacketBundle bundle = poll(); bundle != null; bundle = poll()) {
            all.add(bundle);
        }
        clear();
        return all;
    }

    void clear() {
        first = null;
        rest = null;
        mostQueued = 0;
        bytes = 0;
    }

    boolean isEmpty() {
        return first == null;
    }

    int size() {
        return first == null ? 0 : 1 + (rest == null ? 0 : rest.size());
    }

    long bytes() {
        return bytes;
    }
}
