package dev.parley.adapter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which sockets are in which rooms, and the other way round. One lock guards both directions; it is held for a few map
 * operations, never while something is encoded, sent or called back.
 */
final class RoomIndex {

    private static final Recipient[] NOBODY = new Recipient[0];

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Group> rooms = new HashMap<>();
    private final Everybody everybody = new Everybody();

    private final int maxRooms;
    /** Null unless somebody wants to know how rooms come and go. */
    private @Nullable RoomEvents events;

    RoomIndex(int maxRooms) {
        this.maxRooms = maxRooms;
    }

    int maxRooms() {
        return maxRooms;
    }

    void watch(RoomEvents watching) {
        locked(() -> events = watching);
    }

    void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            unlock();
        }
    }

    <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            unlock();
        }
    }

    private void unlock() {
        RoomEvents news = events != null && lock.getHoldCount() == 1 && events.claim() ? events : null;
        lock.unlock();
        if (news != null) {
            news.tell();
        }
    }

    // The four steps of members, which hold the lock.

    void enter(Member member, String room) {
        Group group = rooms.get(room);
        Group grown = group == null ? member : group.with(member);
        if (grown != group) {
            rooms.put(room, grown);
        }
        if (events != null) {
            String id = member.recipient().id();
            if (group == null) {
                events.add(listener -> listener.created(room));
            }
            events.add(listener -> listener.joined(room, id));
        }
    }

    void exit(Member member, String room) {
        Group group = rooms.get(room);
        if (group == null) {
            return;
        }
        Group rest = group.without(member);
        if (rest == null) {
            rooms.remove(room);
        } else if (rest != group) {
            rooms.put(room, rest);
        }
        if (events != null) {
            String id = member.recipient().id();
            events.add(listener -> listener.left(room, id));
            if (rest == null) {
                events.add(listener -> listener.deleted(room));
            }
        }
    }

    void enterNamespace(Member member) {
        everybody.add(member);
    }

    void exitNamespace(Member member) {
        everybody.remove(member);
    }

    /** Calls back for each selected socket, once, without the lock. */
    void forEach(Selection selection, Consumer<? super Recipient> action) {
        Recipient[][] from;
        Recipient[] except;
        lock.lock();
        try {
            from = selection.everybody() ? new Recipient[][] {everybody.recipients()} : arraysOf(selection.rooms());
            except = join(arraysOf(selection.except()));
        } finally {
            lock.unlock();
        }
        if (from.length == 1 && except.length <= 1) {
            forEachBut(except.length == 0 ? null : except[0], from[0], action);
        } else {
            forEachOnce(from, except, action);
        }
    }

    /** Nearly all broadcasts: one room or everybody, but for nobody or the sender. */
    private static void forEachBut(
            @Nullable Recipient except, Recipient[] recipients, Consumer<? super Recipient> action) {
        for (Recipient recipient : recipients) {
            if (recipient != except) {
                action.accept(recipient);
            }
        }
    }

    private static void forEachOnce(Recipient[][] from, Recipient[] except, Consumer<? super Recipient> action) {
        Set<Recipient> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Collections.addAll(seen, except);
        for (Recipient[] recipients : from) {
            for (Recipient recipient : recipients) {
                if (seen.add(recipient)) {
                    action.accept(recipient);
                }
            }
        }
    }

    private Recipient[][] arraysOf(Set<String> names) {
        Recipient[][] arrays = new Recipient[names.size()][];
        int i = 0;
        for (String name : names) {
            Group group = rooms.get(name);
            arrays[i++] = group == null ? NOBODY : group.recipients();
        }
        return arrays;
    }

    private static Recipient[] join(Recipient[][] arrays) {
        if (arrays.length <= 1) {
            return arrays.length == 0 ? NOBODY : arrays[0];
        }
        List<Recipient> all = new ArrayList<>();
        for (Recipient[] array : arrays) {
            Collections.addAll(all, array);
        }
        return all.toArray(NOBODY);
    }

    int size(String room) {
        return locked(() -> {
            Group group = rooms.get(room);
            return group == null ? 0 : group.size();
        });
    }

    /** Returns the names of all rooms but those that each socket has for itself. */
    Set<String> names() {
        return locked(() -> {
            Set<String> names = new HashSet<>(rooms.keySet());
            for (Recipient recipient : everybody.recipients()) {
                names.remove(recipient.id());
            }
            return Set.copyOf(names);
        });
    }

    int roomCount() {
        return locked(rooms::size);
    }
}
