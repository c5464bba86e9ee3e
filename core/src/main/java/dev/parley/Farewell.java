package dev.parley;

import dev.parley.Listeners.Listener;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The last task of a socket's lane: the first handlers of its end still find its rooms, the others find nothing. */
final class Farewell extends Lane.Task {

    static final String DISCONNECTING = "disconnecting";
    static final String DISCONNECT = "disconnect";

    private final Socket socket;
    private final Listeners<DisconnectHandler> handlers;
    private final DisconnectReason reason;
    private final @Nullable Throwable cause;

    Farewell(Socket socket, Listeners<DisconnectHandler> handlers, DisconnectReason reason, @Nullable Throwable cause) {
        this.socket = socket;
        this.handlers = handlers;
        this.reason = reason;
        this.cause = cause;
    }

    @Override
    void run() {
        try {
            end();
        } finally {
            socket.farewellHandled();
        }
    }

    private void end() {
        socket.life().close();
        socket.dropEvents();
        callAll(DISCONNECTING);
        SocketRecovery recovery = socket.recovery();
        Set<String> rooms = recovery == null ? Set.of() : socket.rooms();
        socket.membership().close();
        callAll(DISCONNECT);
        if (recovery != null) {
            recovery.save(rooms);
        }
    }

    private void callAll(String name) {
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
