package dev.parley.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What has happened to rooms and has not been told yet. Changes are noted with the lock of the {@link RoomIndex} held,
 * and told in the same order without it, by one task of the node at a time.
 */
final class RoomEvents {

    private final RoomIndex index;
    private final AdapterNode node;
    private final RoomListener listener;

    // Guarded by the index's lock.
    private List<Consumer<RoomListener>> pending = new ArrayList<>();
    private boolean scheduled;

    RoomEvents(RoomIndex index, AdapterNode node, RoomListener listener) {
        this.index = index;
        this.node = node;
        this.listener = listener;
    }

    void add(Consumer<RoomListener> change) {
        pending.add(change);
    }

    /** Whether somebody has to {@link #tell}; true for one caller only. Called with the lock held. */
    boolean claim() {
        boolean due = !scheduled && !pending.isEmpty();
        scheduled |= due;
        return due;
    }

    /** Lets the listener be told of all that is pending. Called without the lock. */
    void tell() {
        node.execute(() -> index.locked(this::take).forEach(change -> change.accept(listener)));
    }

    private List<Consumer<RoomListener>> take() {
        List<Consumer<RoomListener>> all = pending;
        pending = new ArrayList<>();
        scheduled = false;
        return all;
    }
}
