package dev.parley;

import dev.parley.adapter.DeliveryFlags;
import dev.parley.engine.EngineOptions;
import dev.parley.engine.OutgoingQueueFullException;
import dev.parley.engine.Session;
import dev.parley.protocol.PacketBundle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The states of a socket, and what may be sent in each. Safe for use by any thread; the lock is not held while anything
 * is sent, as a session that overflows calls back.
 */
final class SocketLife {

    /** In this order; a state is never left for one before it. */
    private enum State {
        /** In a middleware. What is sent waits. */
        CONNECTING,
        /** Admitted: the client is being told. What is sent waits for that. */
        OPENING,
        CONNECTED,
        /** The client has left; events that arrived before are still handled. Nothing is sent. */
        LEAVING,
        /** Nothing is sent or handled any more. */
        CLOSED
    }

    /** What is sent to the client before it is connected. It counts for itself, not with what waits in the session. */
    private static final class Early {

        final List<PacketBundle> bundles = new ArrayList<>();
        long bytes;

        boolean hasRoomFor(PacketBundle bundle, EngineOptions limits) {
            return bundles.isEmpty()
                    || (bundles.size() < limits.maxQueuedMessages()
                            && bytes + bundle.byteCount() <= limits.maxQueuedBytes());
        }

        void add(PacketBundle bundle) {
            bundles.add(bundle);
            bytes += bundle.byteCount();
        }
    }

    private final Socket socket;
    private final Session session;
    private volatile State state = State.CONNECTING;
    private @Nullable Early early;
    /** There when more was sent to the client, before it was connected, than may wait for any client. */
    private volatile @Nullable OutgoingQueueFullException overflow;
    /** Whether the answer to the client's CONNECT is on its way. */
    private boolean answering;
    /** What has to be sent behind that answer. */
    private @Nullable PacketBundle last;

    SocketLife(Socket socket, Session session) {
        this.socket = socket;
        this.session = session;
    }

    /** Whether the application may think of the client as present. */
    boolean isConnected() {
        State now = state;
        return (now == State.CONNECTED || now == State.OPENING) && session.isOpen();
    }

    boolean isConnecting() {
        return state == State.CONNECTING;
    }

    boolean hasEnded() {
        State now = state;
        return now == State.LEAVING || now == State.CLOSED;
    }

    /** Whether events that have arrived are handled. */
    boolean handlesEvents() {
        return state != State.CLOSED;
    }

    /** Sends, or keeps until the client is connected, or drops. */
    void send(PacketBundle bundle, DeliveryFlags flags) {
        send(bundle, flags, Runnable::run);
    }

    /**
     * Sends, or keeps until the client is connected, or drops.
     *
     * @param closing takes what ends a connection that overflows, as that calls handlers
     */
    void send(PacketBundle bundle, DeliveryFlags flags, Executor closing) {
        if (!isDue(bundle, flags, closing)) {
            return;
        }
        if (!flags.droppable()) {
            session.send(bundle, closing);
        } else if (socket.namespace().overflowPolicy().keepsVolatile()) {
            session.sendDroppable(bundle);
        } else {
            session.sendVolatile(bundle);
        }
    }

    /**
     * Sends an event as the one above does, but where there is no room for it, it may be dropped.
     *
     * @param mayDrop asked then
     */
    void send(PacketBundle bundle, BooleanSupplier mayDrop) {
        if (isDue(bundle, DeliveryFlags.DEFAULT, Runnable::run) && !session.offer(bundle)) {
            if (mayDrop.getAsBoolean()) {
                session.sendVolatile(bundle);
            } else {
                session.send(bundle);
            }
        }
    }

    /** Whether a bundle is to be sent now; else it is kept until the client is connected, or dropped. */
    private boolean isDue(PacketBundle bundle, DeliveryFlags flags, Executor closing) {
        State now = state;
        boolean sendable = now == State.CONNECTED;
        if (now == State.CONNECTING || now == State.OPENING) {
            sendable = !keep(bundle, flags);
            OutgoingQueueFullException full = overflow == null ? null : takeOverflow();
            if (full != null) {
                closing.execute(() -> {
                    session.overflow(full);
                    socket.overflowed(full);
                });
            }
        }
        return sendable;
    }

    private synchronized @Nullable OutgoingQueueFullException takeOverflow() {
        OutgoingQueueFullException full = overflow;
        overflow = null;
        return full;
    }

    /** Keeps a bundle for later, or drops it; false if it can be sent now. */
    private synchronized boolean keep(PacketBundle bundle, DeliveryFlags flags) {
        if (state != State.CONNECTING && state != State.OPENING) {
            return state != State.CONNECTED;
        }
        if (flags.droppable()) {
            return true;
        }
        if (early == null) {
            early = new Early();
        }
        EngineOptions limits = socket.namespace().context().options().engine();
        if (early.hasRoomFor(bundle, limits)) {
            early.add(bundle);
        } else {
            overflow = new OutgoingQueueFullException(early.bundles.size(), early.bytes);
            early = null;
        }
        return true;
    }

    /** Admits the client, unless it has gone. */
    synchronized boolean open() {
        answering = advance(State.CONNECTING, State.OPENING);
        return answering;
    }

    /** Sends what the client has missed, tells it that it is admitted, then sends what waited for it. */
    void connected(List<PacketBundle> missed, PacketBundle answer) {
        missed.forEach(session::send);
        session.send(answer);
        for (List<PacketBundle> waiting = next(); waiting != null; waiting = next()) {
            waiting.forEach(session::send);
        }
        PacketBundle farewell = answered();
        if (farewell != null) {
            session.send(farewell);
        }
    }

    private synchronized @Nullable PacketBundle answered() {
        answering = false;
        return last;
    }

    /** Sends the last packet of the namespace to the client, in no case before the first. */
    void sendLast(PacketBundle farewell) {
        synchronized (this) {
            if (answering) {
                last = farewell;
                return;
            }
        }
        session.send(farewell);
    }

    private synchronized @Nullable List<PacketBundle> next() {
        Early waiting = early;
        early = null;
        if (waiting == null) {
            advance(State.OPENING, State.CONNECTED);
            return null;
        }
        return state == State.OPENING ? waiting.bundles : null;
    }

    /** The client does not get in; false if it had been admitted, or refused, before. */
    synchronized boolean refuse() {
        early = null;
        return advance(State.CONNECTING, State.CLOSED);
    }

    /** The client has left; false if it had not been admitted or had left before. */
    synchronized boolean leave() {
        boolean left = advance(State.OPENING, State.LEAVING) || advance(State.CONNECTED, State.LEAVING);
        if (left) {
            socket.namespace().leaving();
        }
        return left;
    }

    /** Nothing arrives any more; false if the client had not been admitted or had left before. */
    synchronized boolean close() {
        boolean connected = leave();
        if (state != State.CONNECTING) {
            state = State.CLOSED;
        }
        return connected;
    }

    private boolean advance(State from, State to) {
        if (state != from) {
            return false;
        }
        state = to;
        return true;
    }
}
