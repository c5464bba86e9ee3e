package dev.parley;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The acknowledgements that one client owes. Whoever takes an entry out, be it for the answer, the timeout or the end
 * of the socket, tells it how it ended: so each is told once. Safe for use by any thread.
 */
final class AckTable {

    /** An acknowledgement that is waited for. Its methods run no code of the application. */
    interface Pending {

        void answered(List<? extends @Nullable Object> args);

        void left();
    }

    private Map<Long, Pending> pending = Map.of();
    private boolean closed;

    /** Adds an entry; false if the socket has ended. */
    synchronized boolean add(long id, Pending ack, int limit) {
        if (closed) {
            return false;
        }
        if (pending.size() >= limit) {
            throw new IllegalStateException("maxPendingAcks: the client owes " + limit + " acknowledgements already");
        }
        if (pending.isEmpty()) {
            pending = new HashMap<>(4);
        }
        pending.put(id, ack);
        return true;
    }

    synchronized @Nullable Pending remove(long id) {
        return pending.isEmpty() ? null : pending.remove(id);
    }

    /** Takes all entries out and refuses new ones. */
    synchronized Collection<Pending> close() {
        closed = true;
        Collection<Pending> rest = pending.values();
        pending = Map.of();
        return rest;
    }

    synchronized int size() {
        return pending.size();
    }
}
