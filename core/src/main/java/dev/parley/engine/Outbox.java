package dev.parley.engine;

import dev.parley.protocol.PacketBundle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
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
    /** Those of the rest that may be dropped. */
    private @Nullable Set<PacketBundle> droppable;

    private int mostQueued;
    private long bytes;

    /** Whether a bundle keeps within the limits; a single one may be as long as it likes. */
    boolean hasRoomFor(PacketBundle bundle, EngineOptions limits) {
        return first == null
                || (size() < limits.maxQueuedMessages() && bytes + bundle.byteCount() <= limits.maxQueuedBytes());
    }

    /** Whether a bundle leaves a quarter of the room for others that matter more. */
    boolean hasAmpleRoomFor(PacketBundle bundle, EngineOptions limits) {
        return first == null
                || (size() < mostAmple(limits.maxQueuedMessages())
                        && bytes + bundle.byteCount() <= mostAmple(limits.maxQueuedBytes()));
    }

    private static long mostAmple(long limit) {
        return limit - limit / 4;
    }

    /** Adds what may be dropped by {@link #makeRoomFor}. */
    void addDroppable(PacketBundle bundle) {
        if (first != null) {
            if (droppable == null) {
                droppable = Collections.newSetFromMap(new IdentityHashMap<>());
            }
            droppable.add(bundle);
        }
        add(bundle);
    }

    /**
     * Drops what may be dropped, the oldest first, until there is room for a bundle and a quarter of the whole is free:
     * more than is needed at the moment, as each time costs a walk through the queue.
     *
     * @return how many that were
     */
    int makeRoomFor(PacketBundle newest, EngineOptions limits) {
        Set<PacketBundle> victims = droppable;
        ArrayDeque<PacketBundle> queue = rest;
        boolean possible = newest.byteCount() <= limits.maxQueuedBytes();
        if (!possible || victims == null || victims.isEmpty() || queue == null) {
            return 0;
        }
        int before = size();
        int left = before;
        long mostBytes = Math.min(mostAmple(limits.maxQueuedBytes()), limits.maxQueuedBytes() - newest.byteCount());
        ArrayDeque<PacketBundle> kept = new ArrayDeque<>(before);
        for (PacketBundle bundle : queue) {
            boolean ample = left < mostAmple(limits.maxQueuedMessages()) && bytes <= mostBytes;
            if (!ample && victims.remove(bundle)) {
                left--;
                bytes -= bundle.byteCount();
            } else {
                kept.add(bundle);
            }
        }
        rest = kept;
        return before - left;
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
            if (droppable != null && first != null) {
                droppable.remove(first);
            }
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
        droppable = null;
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
