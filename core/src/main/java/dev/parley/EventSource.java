package dev.parley;

import dev.parley.Listeners.Listener;
import dev.parley.Listeners.OneTime;
import dev.parley.mapping.TypeRef;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where handlers of a client's events are registered: the part of {@link Socket} that corresponds to an event emitter.
 *
 * <p>All methods may be called from any thread. Handlers run in the order of their registration, one after another, on
 * the server's executor; those registered while an event is handled see the next one.
 *
 * <p>A handler for given types gets exactly these types: a whole number type takes no fraction, a String no number.
 * Where an argument is missing or does not fit, the error hook is told instead of the handler. Null fits Object only; a
 * handler that wants to know of it takes that, or the {@link Event}. Arguments beyond those of the handler are ignored.
 * What types there are is listed at {@link dev.parley.mapping.TypedValues}.
 *
 * <p>The general form is that with an {@link EventType}: it takes generic types and any number of arguments, and can be
 * shared with whoever sends the event.
 */
public abstract sealed class EventSource permits Socket {

    private static final String ANY = "";

    private final Listeners<EventHandler> handlers = new Listeners<>();
    private volatile @Nullable Listeners<EventHandler> anyHandlers;
    private volatile @Nullable Listeners<OutgoingHandler> outgoingHandlers;

    EventSource() {}

    /**
     * Registers a handler of an event, whatever its arguments.
     *
     * @param event the event's name
     * @param handler called for each event of this name
     * @return to take the handler away again
     */
    public final Subscription on(String event, EventHandler handler) {
        return add(event, handler, handler, false);
    }

    /**
     * Registers a handler of an event whose arguments do not matter.
     *
     * @param event the event's name
     * @param handler called for each event of this name
     * @return to take the handler away again
     */
    public final Subscription on(String event, EventHandler.NoArgument handler) {
        return add(event, handler, handler, false);
    }

    /**
     * Registers a handler of an event with an argument.
     *
     * @param event the event's name
     * @param type type of the argument
     * @param handler called for each event of this name
     * @param <A> type of the argument
     * @return to take the handler away again
     */
    public final <A> Subscription on(String event, Class<A> type, EventHandler.One<? super A> handler) {
        return one(event, type, handler, false);
    }

    /**
     * Registers a handler of an event with an argument, which it acknowledges.
     *
     * @param event the event's name
     * @param type type of the argument
     * @param handler called for each event of this name
     * @param <A> type of the argument
     * @return to take the handler away again
     */
    public final <A> Subscription on(String event, Class<A> type, EventHandler.OneAndAck<? super A> handler) {
        return one(event, type, handler, false);
    }

    /**
     * Registers a handler of an event with two arguments.
     *
     * @param event the event's name
     * @param first type of the first argument
     * @param second type of the second argument
     * @param handler called for each event of this name
     * @param <A> type of the first argument
     * @param <B> type of the second argument
     * @return to take the handler away again
     */
    public final <A, B> Subscription on(
            String event, Class<A> first, Class<B> second, EventHandler.Two<? super A, ? super B> handler) {
        return two(event, first, second, handler);
    }

    /**
     * Registers a handler of an event with two arguments, which it acknowledges.
     *
     * @param event the event's name
     * @param first type of the first argument
     * @param second type of the second argument
     * @param handler called for each event of this name
     * @param <A> type of the first argument
     * @param <B> type of the second argument
     * @return to take the handler away again
     */
    public final <A, B> Subscription on(
            String event, Class<A> first, Class<B> second, EventHandler.TwoAndAck<? super A, ? super B> handler) {
        return two(event, first, second, handler);
    }

    /**
     * Registers a handler of an event with three arguments.
     *
     * @param event the event's name
     * @param first type of the first argument
     * @param second type of the second argument
     * @param third type of the third argument
     * @param handler called for each event of this name
     * @param <A> type of the first argument
     * @param <B> type of the second argument
     * @param <C> type of the third argument
     * @return to take the handler away again
     */
    public final <A, B, C> Subscription on(
            String event,
            Class<A> first,
            Class<B> second,
            Class<C> third,
            EventHandler.Three<? super A, ? super B, ? super C> handler) {
        return three(event, first, second, third, handler);
    }

    /**
     * Registers a handler of an event with three arguments, which it acknowledges.
     *
     * @param event the event's name
     * @param first type of the first argument
     * @param second type of the second argument
     * @param third type of the third argument
     * @param handler called for each event of this name
     * @param <A> type of the first argument
     * @param <B> type of the second argument
     * @param <C> type of the third argument
     * @return to take the handler away again
     */
    public final <A, B, C> Subscription on(
            String event,
            Class<A> first,
            Class<B> second,
            Class<C> third,
            EventHandler.ThreeAndAck<? super A, ? super B, ? super C> handler) {
        return three(event, first, second, third, handler);
    }

    /**
     * Registers a handler of an event with an argument of a generic type.
     *
     * @param event the event's name
     * @param type type of the argument
     * @param handler called for each event of this name
     * @param <A> type of the argument
     * @return to take the handler away again
     */
    public final <A> Subscription on(String event, TypeRef<A> type, EventHandler.One<? super A> handler) {
        return one(event, type.type(), handler, false);
    }

    /**
     * Registers a handler of an event with an argument of a generic type, which it acknowledges.
     *
     * @param event the event's name
     * @param type type of the argument
     * @param handler called for each event of this name
     * @param <A> type of the argument
     * @return to take the handler away again
     */
    public final <A> Subscription on(String event, TypeRef<A> type, EventHandler.OneAndAck<? super A> handler) {
        return one(event, type.type(), handler, false);
    }

    /**
     * Registers a handler of an event that has a contract.
     *
     * @param event the contract
     * @param handler called for each event of its name
     * @param <A> type of what the event carries
     * @return to take the handler away again
     */
    public final <A> Subscription on(EventType<A> event, EventHandler.One<? super A> handler) {
        return add(event.name(), handler, event.handler(handler), false);
    }

    /**
     * Registers a handler of an event that has a contract, which it acknowledges.
     *
     * @param event the contract
     * @param handler called for each event of its name
     * @param <A> type of what the event carries
     * @return to take the handler away again
     */
    public final <A> Subscription on(EventType<A> event, EventHandler.OneAndAck<? super A> handler) {
        return add(event.name(), handler, event.handler(handler), false);
    }

    /**
     * Registers a handler of one event, whatever its arguments.
     *
     * @param event the event's name
     * @param handler called at most once
     * @return to take the handler away again
     */
    public final Subscription once(String event, EventHandler handler) {
        return add(event, handler, handler, true);
    }

    /**
     * Registers a handler of one event whose arguments do not matter.
     *
     * @param event the event's name
     * @param handler called at most once
     * @return to take the handler away again
     */
    public final Subscription once(String event, EventHandler.NoArgument handler) {
        return add(event, handler, handler, true);
    }

    /**
     * Registers a handler of one event with an argument.
     *
     * @param event the event's name
     * @param type type of the argument
     * @param handler called at most once
     * @param <A> type of the argument
     * @return to take the handler away again
     */
    public final <A> Subscription once(String event, Class<A> type, EventHandler.One<? super A> handler) {
        return one(event, type, handler, true);
    }

    /**
     * Registers a handler of one event with an argument, which it acknowledges.
     *
     * @param event the event's name
     * @param type type of the argument
     * @param handler called at most once
     * @param <A> type of the argument
     * @return to take the handler away again
     */
    public final <A> Subscription once(String event, Class<A> type, EventHandler.OneAndAck<? super A> handler) {
        return one(event, type, handler, true);
    }

    /**
     * Registers a handler of one event that has a contract.
     *
     * @param event the contract
     * @param handler called at most once
     * @param <A> type of what the event carries
     * @return to take the handler away again
     */
    public final <A> Subscription once(EventType<A> event, EventHandler.One<? super A> handler) {
        return add(event.name(), handler, event.handler(handler), true);
    }

    /**
     * Registers a handler of one event that has a contract, which it acknowledges.
     *
     * @param event the contract
     * @param handler called at most once
     * @param <A> type of what the event carries
     * @return to take the handler away again
     */
    public final <A> Subscription once(EventType<A> event, EventHandler.OneAndAck<? super A> handler) {
        return add(event.name(), handler, event.handler(handler), true);
    }

    /**
     * Takes a handler away, however it was registered.
     *
     * @param event the event's name
     * @param handler the very object that was passed to {@code on} or {@code once}
     */
    public final void off(String event, Object handler) {
        handlers.removeGiven(event, handler);
    }

    /**
     * Takes all handlers of an event away.
     *
     * @param event the event's name
     */
    public final void off(String event) {
        handlers.removeAll(Objects.requireNonNull(event, "event"));
    }

    /** Takes all handlers of all events away, but for those of {@link #onAny}. */
    public final void off() {
        handlers.removeAll(null);
    }

    /**
     * Returns the handlers of an event.
     *
     * @param event the event's name
     * @return the very objects that were passed to {@code on} and {@code once}, in the order of their calls; a copy
     */
    public final List<Object> listeners(String event) {
        return handlers.given(Objects.requireNonNull(event, "event"));
    }

    /**
     * Registers a catch-all handler, called for every event, before the handlers of its name.
     *
     * @param handler called for each event
     * @return to take the handler away again
     */
    public final Subscription onAny(EventHandler handler) {
        return addAny(handler, false);
    }

    /**
     * Registers a catch-all handler in front of all others.
     *
     * @param handler called for each event
     * @return to take the handler away again
     */
    public final Subscription prependAny(EventHandler handler) {
        return addAny(handler, true);
    }

    /**
     * Takes a catch-all handler away.
     *
     * @param handler the handler as it was registered
     */
    public final void offAny(EventHandler handler) {
        Listeners<EventHandler> present = anyHandlers;
        if (present != null) {
            present.removeGiven(ANY, handler);
        }
    }

    /** Takes all catch-all handlers away. */
    public final void offAny() {
        Listeners<EventHandler> present = anyHandlers;
        if (present != null) {
            present.removeAll(null);
        }
    }

    /**
     * Returns the catch-all handlers.
     *
     * @return the handlers in the order of their calls; a copy
     */
    public final List<EventHandler> listenersAny() {
        Listeners<EventHandler> present = anyHandlers;
        return present == null ? List.of() : present.handlers();
    }

    /**
     * Registers a catch-all handler of the events that are sent to this client, directly or by a broadcast. It is
     * called on the thread that sends, just before the event is queued; not for acknowledgements.
     *
     * @param handler called for each event, must not block
     * @return to take the handler away again
     */
    public final Subscription onAnyOutgoing(OutgoingHandler handler) {
        return addOutgoing(handler, false);
    }

    /**
     * Registers a catch-all handler of outgoing events in front of all others.
     *
     * @param handler called for each event, must not block
     * @return to take the handler away again
     */
    public final Subscription prependAnyOutgoing(OutgoingHandler handler) {
        return addOutgoing(handler, true);
    }

    /**
     * Takes a catch-all handler of outgoing events away.
     *
     * @param handler the handler as it was registered
     */
    public final void offAnyOutgoing(OutgoingHandler handler) {
        Listeners<OutgoingHandler> present = outgoingHandlers;
        if (present != null) {
            present.removeGiven(ANY, handler);
        }
    }

    /** Takes all catch-all handlers of outgoing events away. */
    public final void offAnyOutgoing() {
        Listeners<OutgoingHandler> present = outgoingHandlers;
        if (present != null) {
            present.removeAll(null);
        }
    }

    /**
     * Returns the catch-all handlers of outgoing events.
     *
     * @return the handlers in the order of their calls; a copy
     */
    public final List<OutgoingHandler> listenersAnyOutgoing() {
        Listeners<OutgoingHandler> present = outgoingHandlers;
        return present == null ? List.of() : present.handlers();
    }

    private <A> Subscription one(String event, Type type, EventHandler.OneAndAck<? super A> handler, boolean once) {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(handler, "handler");
        return add(event, handler, e -> handler.handle(e.forHandler(0, type), e.ack()), once);
    }

    private <A, B> Subscription two(
            String event, Type first, Type second, EventHandler.TwoAndAck<? super A, ? super B> handler) {
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(second, "second");
        Objects.requireNonNull(handler, "handler");
        return add(
                event, handler, e -> handler.handle(e.forHandler(0, first), e.forHandler(1, second), e.ack()), false);
    }

    private <A, B, C> Subscription three(
            String event,
            Type first,
            Type second,
            Type third,
            EventHandler.ThreeAndAck<? super A, ? super B, ? super C> handler) {
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(second, "second");
        Objects.requireNonNull(third, "third");
        Objects.requireNonNull(handler, "handler");
        EventHandler typed =
                e -> handler.handle(e.forHandler(0, first), e.forHandler(1, second), e.forHandler(2, third), e.ack());
        return add(event, handler, typed, false);
    }

    private Subscription add(String event, Object given, EventHandler handler, boolean once) {
        Objects.requireNonNull(event, "event");
        Objects.requireNonNull(handler, "handler");
        return handlers.add(once ? new OneTime<>(event, given, handler) : new Listener<>(event, given, handler), false);
    }

    private Subscription addAny(EventHandler handler, boolean inFront) {
        Objects.requireNonNull(handler, "handler");
        return any().add(new Listener<>(ANY, handler, handler), inFront);
    }

    private Subscription addOutgoing(OutgoingHandler handler, boolean inFront) {
        Objects.requireNonNull(handler, "handler");
        return outgoing().add(new Listener<>(ANY, handler, handler), inFront);
    }

    private Listeners<EventHandler> any() {
        Listeners<EventHandler> present = anyHandlers;
        if (present == null) {
            synchronized (handlers) {
                present = anyHandlers;
                if (present == null) {
                    present = new Listeners<>();
                    anyHandlers = present;
                }
            }
        }
        return present;
    }

    private Listeners<OutgoingHandler> outgoing() {
        Listeners<OutgoingHandler> present = outgoingHandlers;
        if (present == null) {
            synchronized (handlers) {
                present = outgoingHandlers;
                if (present == null) {
                    present = new Listeners<>();
                    outgoingHandlers = present;
                }
            }
        }
        return present;
    }

    /** Calls the catch-all handlers. Called in the socket's lane. */
    final void dispatchAny(Event event) {
        Listeners<EventHandler> catchAll = anyHandlers;
        if (catchAll == null) {
            return;
        }
        for (Listener<EventHandler> listener : catchAll.all()) {
            try {
                listener.handler().handle(event);
            } catch (Throwable e) {
                failed(event, e, false);
            }
        }
    }

    /** Calls the handlers of an event's name. Called in the socket's lane. */
    final void dispatch(Event event) {
        String name = event.name();
        for (Listener<EventHandler> listener : handlers.all()) {
            if (listener.name().equals(name) && (!listener.once() || handlers.remove(listener))) {
                try {
                    listener.handler().handle(event);
                } catch (Throwable e) {
                    failed(event, e, true);
                }
            }
        }
    }

    /**
     * Reports that an event was not handled as it should have been.
     *
     * @param answer whether the client that waits for an acknowledgement may be told; not where only a catch-all
     *     handler has failed
     */
    abstract void failed(Event event, Throwable cause, boolean answer);

    /** Returns the catch-all handlers of outgoing events, or null if there never was one. */
    final @Nullable Listeners<OutgoingHandler> outgoingListeners() {
        return outgoingHandlers;
    }
}
