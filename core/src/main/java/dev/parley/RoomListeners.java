package dev.parley;

import dev.parley.adapter.RoomListener;
import java.util.Objects;
import java.util.function.Consumer;

/** The listeners of one namespace's rooms. */
final class RoomListeners implements RoomListener {

    private static final System.Logger LOG = System.getLogger(SocketIoServer.class.getName());

    private final Listeners<RoomListener> listeners;

    RoomListeners() {
        this.listeners = new Listeners<>();
    }

    /** Starts with the listeners of others. */
    RoomListeners(RoomListeners others) {
        this.listeners = new Listeners<>(others.listeners);
    }

    boolean isEmpty() {
        return listeners.all().length == 0;
    }

    Subscription add(RoomListener listener) {
        Objects.requireNonNull(listener, "listener");
        return listeners.add(new Listeners.Listener<>("", listener, listener), false);
    }

    private void tell(Consumer<RoomListener> change) {
        for (Listeners.Listener<RoomListener> listener : listeners.all()) {
            try {
                change.accept(listener.handler());
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.WARNING, "a listener of rooms failed", e);
            }
        }
    }

    @Override
    public void created(String room) {
        tell(listener -> listener.created(room));
    }

    @Override
    public void joined(String room, String socketId) {
        tell(listener -> listener.joined(room, socketId));
    }

    @Override
    public void left(String room, String socketId) {
        tell(listener -> listener.left(room, socketId));
    }

    @Override
    public void deleted(String room) {
        tell(listener -> listener.deleted(room));
    }
}
