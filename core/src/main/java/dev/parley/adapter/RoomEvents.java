package dev.parley.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What has happened to rooms and has not been told yet. Changes are noted with the lock of the {@link RoomIndex} held,
 * and told in the same order without it, by one task of the node at a time.
 */
final class RoomEvents {

    private static final System.Logger LOG = System.getLogger(RoomEvents.class.getName());

    /** So many changes wait for a listener that is busy; what comes then is not told. */
    static final int MOST_PENDING = 100_000;

    private final RoomIndex index;
    private final AdapterNode node;
    private final RoomListener listener;

    // Guarded by the index's lock.
    private List<Consumer<RoomListener>> pending = new ArrayList<>();
    private long missed;
    private boolean scheduled;

    RoomEvents(RoomIndex index, AdapterNode node, RoomListener listener) {
        this.index = index;
        this.node = node;
        this.listener = listener;
    }

    void add(Consumer<RoomListener> change) {
        if (pending.size() < MOST_PENDING) {
            pending.add(change);
        } else {
            missed++;
        }
    }

    /** Whether somebody has to {@link #tell}; true for one caller only. Called with the lock held. */
    boolean claim() {
        boolean due = !scheduled && !pending.isEmpty();
        scheduled |= due;
        return due;
    }

    /** Lets the listener be told of all that is pending. Called without the lock. */
    void tell() {
        node.execute(() -> {
            News news = index.locked(this::take);
            news.changes.forEach(change -> change.accept(listener));
            if (news.missed > 0) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "listeners of rooms are too far behind; they have missed {0} changes",
                        news.missed);
            }
        });
    }

    private record News(List<Consumer<RoomListener>> changes, long missed) {}

    private News take() {
        News news = new News(pending, missed);
        pending = new ArrayList<>();
        missed = 0;
        scheduled = false;
        return news;
    }
}
