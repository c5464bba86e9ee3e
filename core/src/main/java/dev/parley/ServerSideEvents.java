package dev.parley;

import dev.parley.Listeners.Listener;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The handlers of what other servers of a cluster tell a namespace. */
final class ServerSideEvents {

    private static final System.Logger LOG = System.getLogger(SocketIoServer.class.getName());

    /** Names that the reference takes for events of its own. */
    private static final Set<String> RESERVED = Set.of("connect", "connection", "new_namespace");

    private final ServerContext context;
    private final Listeners<EventHandler> handlers;

    /** Begins with the handlers that the parent has at this moment. */
    ServerSideEvents(ServerContext context, @Nullable ServerSideEvents parent) {
        this.context = context;
        this.handlers = parent == null ? new Listeners<>() : new Listeners<>(parent.handlers);
    }

    static void checkName(String event) {
        if (RESERVED.contains(Objects.requireNonNull(event, "event"))) {
            throw new IllegalArgumentException('"' + event + "\" is a reserved event name");
        }
    }

    Subscription add(String event, EventHandler handler) {
        checkName(event);
        Objects.requireNonNull(handler, "handler");
        return handlers.add(new Listener<>(event, handler, handler), false);
    }

    /**
     * Calls the handlers of an event, one after another.
     *
     * @param answer takes the first answer of a handler; null if the other server waits for none
     */
    void handle(
            String name,
            List<? extends @Nullable Object> args,
            @Nullable Consumer<List<? extends @Nullable Object>> answer) {
        Event event = new Event(name, args, context.types(), Ack.of(answer));
        for (Listener<EventHandler> listener : handlers.all()) {
            if (listener.name().equals(name)) {
                call(listener.handler(), event);
            }
        }
    }

    private static void call(EventHandler handler, Event event) {
        try {
            handler.handle(event);
        } catch (Throwable e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "a handler of the server-side event \"" + event.name() + "\" failed",
                    e);
        }
    }
}
