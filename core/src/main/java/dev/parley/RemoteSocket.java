package dev.parley;

import dev.parley.adapter.DeliveryFlags;
import dev.parley.adapter.MemberInfo;
import dev.parley.adapter.Selection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A socket as {@link Broadcaster#fetchSockets()} found it, on this server or on another one. What it tells is a
 * snapshot; what it does is done where the socket is. Immutable; safe for use by any thread.
 */
public final class RemoteSocket {

    private final Namespace namespace;
    private final MemberInfo info;

    RemoteSocket(Namespace namespace, MemberInfo info) {
        this.namespace = namespace;
        this.info = info;
    }

    private BroadcastOperator operator() {
        return new BroadcastOperator(namespace, Selection.ALL.to(List.of(info.id())), DeliveryFlags.DEFAULT, null);
    }

    /**
     * Returns the socket's id.
     *
     * @return the id
     */
    public String id() {
        return info.id();
    }

    /**
     * Returns how the client presented itself, under the names of the Socket.IO documentation.
     *
     * @return a tree of plain values
     */
    @SuppressWarnings("unchecked") // the keys are names
    public Map<String, @Nullable Object> handshake() {
        return info.handshake() instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : Map.of();
    }

    /**
     * Returns the rooms that the socket was in.
     *
     * @return their names
     */
    public Set<String> rooms() {
        return info.rooms();
    }

    /**
     * Returns what the application had attached to the socket.
     *
     * @return values by name; those of another server as a tree of plain values
     */
    @SuppressWarnings("unchecked") // the keys are names
    public Map<String, @Nullable Object> data() {
        return info.data() instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : Map.of();
    }

    /**
     * Sends an event to the client.
     *
     * @param event the event's name
     * @param args the arguments, as in {@link SocketEmitter#emit(String, Object...)}
     * @throws IllegalArgumentException if the name is reserved, or an argument cannot be encoded
     */
    public void emit(String event, @Nullable Object... args) {
        operator().broadcast(event, args);
    }

    /**
     * Sends an event that has a contract to the client.
     *
     * @param event the contract
     * @param value what the event carries
     * @param <A> type of what the event carries
     * @throws IllegalArgumentException if the value cannot be encoded
     */
    public <A> void emit(EventType<A> event, A value) {
        operator().emit(event, value);
    }

    /**
     * Lets the socket join rooms.
     *
     * @param rooms names of rooms
     */
    public void join(String... rooms) {
        operator().socketsJoin(rooms);
    }

    /**
     * Lets the socket leave rooms.
     *
     * @param rooms names of rooms
     */
    public void leave(String... rooms) {
        operator().socketsLeave(rooms);
    }

    /**
     * Disconnects the socket.
     *
     * @param close whether to close the client's connection, with all its namespaces
     */
    public void disconnect(boolean close) {
        operator().disconnectSockets(close);
    }
}
