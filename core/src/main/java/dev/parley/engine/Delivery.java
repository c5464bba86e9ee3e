package dev.parley.engine;

import dev.parley.protocol.EnginePacket;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Calls a session's listener: one call at a time, and the end last and once. Messages never come from two threads at
 * once, but the end may come from any thread at any time; if the listener is being called then, it learns of the end as
 * soon as that call returns.
 */
final class Delivery {

    private static final System.Logger LOG = System.getLogger(Delivery.class.getName());

    private static final AtomicReferenceFieldUpdater<Delivery, State> STATE =
            AtomicReferenceFieldUpdater.newUpdater(Delivery.class, State.class, "state");

    private enum State {
        /** There is no listener yet. */
        OPENING,
        /** Nobody calls the listener. */
        IDLE,
        /** The listener is being called. */
        BUSY,
        /** The end has come, and is to be told by whoever calls or names the listener. */
        ENDING,
        /** The end is being told, or has been. */
        ENDED
    }

    private volatile State state = State.OPENING;
    private @Nullable SessionListener listener;
    private @Nullable CloseReason reason;
    private @Nullable Throwable cause;

    boolean hasBegun() {
        return state != State.OPENING;
    }

    /** Names the listener, and tells it at once if the end has come meanwhile. */
    void begin(SessionListener named) {
        listener = named;
        leave(State.OPENING);
    }

    /** Hands over a message, unless the end has come. What the listener throws is thrown on. */
    void message(EnginePacket packet) {
        if (!STATE.compareAndSet(this, State.IDLE, State.BUSY)) {
            return;
        }
        try {
            SessionListener current = Objects.requireNonNull(listener, "listener");
            if (packet instanceof EnginePacket.Text text) {
                current.text(text.data());
            } else {
                current.binary(((EnginePacket.Binary) packet).data());
            }
        } finally {
            leave(State.BUSY);
        }
    }

    /** Tells that the client is alive, unless the end has come. What the listener throws is thrown on. */
    void heartbeat() {
        if (!STATE.compareAndSet(this, State.IDLE, State.BUSY)) {
            return;
        }
        try {
            Objects.requireNonNull(listener, "listener").heartbeat();
        } finally {
            leave(State.BUSY);
        }
    }

    private void leave(State from) {
        if (!STATE.compareAndSet(this, from, State.IDLE)) {
            state = State.ENDED;
            tellEnd();
        }
    }

    /** Hands over the end. Called once. */
    void end(CloseReason why, @Nullable Throwable what) {
        reason = why;
        cause = what;
        State before = STATE.getAndUpdate(this, now -> now == State.IDLE ? State.ENDED : State.ENDING);
        if (before == State.IDLE) {
            tellEnd();
        }
    }

    private void tellEnd() {
        try {
            Objects.requireNonNull(listener, "listener").closed(Objects.requireNonNull(reason, "reason"), cause);
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.ERROR, "the listener of a closed session failed", e);
        }
    }
}
