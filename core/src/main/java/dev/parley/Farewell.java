package dev.parley;

import dev.parley.Listeners.Listener;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The handlers of a socket's end, and the last task of its lane, which calls them. */
final class Farewell {

    static final String DISCONNECTING = "disconnecting";
    static final String DISCONNECT = "disconnect";

    private final Listeners<DisconnectHandler> handlers = new Listeners<>();

    Subscription add(String name, DisconnectHandler handler) {
        Objects.requireNonNull(handler, "handler");
        return handlers.add(new Listener<>(name, handler, handler), false);
    }

    /** Ends a socket: the first handlers still find its rooms, the second find nothing. */
    Lane.Task task(Socket socket, DisconnectReason reason, @Nullable Throwable cause) {
        return Lane.task(() -> {
            try {
                end(socket, reason, cause);
            } finally {
                socket.farewellHandled();
            }
        });
    }

    private void end(Socket socket, DisconnectReason reason, @Nullable Throwable cause) {
        socket.life().close();
        socket.dropEvents();
        callAll(DISCONNECTING, socket, reason, cause);
        SocketRecovery recovery = socket.recovery();
        Set<String> rooms = recovery == null ? Set.of() : socket.rooms();
        socket.membership().close();
        callAll(DISCONNECT, socket, reason, cause);
        if (recovery != null) {
            recovery.save(rooms);
        }
    }

    private void callAll(String name, Socket socket, DisconnectReason reason, @Nullable Throwable cause) {
        for (Listener<DisconnectHandler> listener : handlers.all()) {
            if (listener.name().equals(name)) {
                try {
                    listener.handler().disconnected(reason, cause);
                } catch (Throwable e) {
                    socket.namespace().failed(new HandlerError(socket, name, List.of(), e));
                }
            }
        }
    }
}
