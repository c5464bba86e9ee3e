package dev.parley;

import dev.parley.adapter.DeliveryFlags;
import dev.parley.adapter.MemberInfo;
import dev.parley.adapter.Selection;
import dev.parley.mapping.TypeRef;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A socket as {@link Broadcaster#fetchSockets()} found it, on this server or on another one. What it tells is a
 * snapshot; what it does is done where the socket is. Immutable; safe for use by any thread.
 */
public final class RemoteSocket {

    private final MemberInfo info;
    private final BroadcastOperator operator;

    RemoteSocket(Namespace namespace, MemberInfo info) {
        this(info, new BroadcastOperator(namespace, Selection.ALL.to(List.of(info.id())), DeliveryFlags.DEFAULT, null));
    }

    private RemoteSocket(MemberInfo info, BroadcastOperator operator) {
        this.info = info;
        this.operator = operator;
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
        operator.broadcast(event, args);
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
        operator.emit(event, value);
    }

    /**
     * Sends an event named {@code message}.
     *
     * @param args the arguments, as in {@link SocketEmitter#emit(String, Object...)}
     * @throws IllegalArgumentException if an argument cannot be encoded
     */
    public void send(@Nullable Object... args) {
        emit("message", args);
    }

    /**
     * Sends an event and asks the client to acknowledge it.
     *
     * @param type type of the answer's first argument, read as described at {@link EventSource}
     * @param event the event's name
     * @param args the arguments, as in {@link SocketEmitter#emit(String, Object...)}
     * @param <T> type of the answer
     * @return the first argument of the answer; fails as {@link SocketEmitter#emitWithAck(Class, String, Object...)}
     *     does, with {@link SocketDisconnectedException} also if the socket has left since it was found
     * @throws IllegalArgumentException if the name is reserved, or an argument cannot be encoded
     */
    public <T> CompletableFuture<T> emitWithAck(Class<T> type, String event, @Nullable Object... args) {
        return only(operator.emitWithAck(type, event, args));
    }

    /**
     * Sends an event and asks the client to acknowledge it with a value of a generic type.
     *
     * @param type type of the answer's first argument
     * @param event the event's name
     * @param args the arguments, as in {@link SocketEmitter#emit(String, Object...)}
     * @param <T> type of the answer
     * @return the first argument of the answer; fails as the form with a class does
     * @throws IllegalArgumentException if the name is reserved, or an argument cannot be encoded
     */
    public <T> CompletableFuture<T> emitWithAck(TypeRef<T> type, String event, @Nullable Object... args) {
        return only(operator.emitWithAck(type, event, args));
    }

    /**
     * Sends an event and asks the client to acknowledge it with any number of arguments of any types.
     *
     * @param event the event's name
     * @param args the arguments, as in {@link SocketEmitter#emit(String, Object...)}
     * @return the whole answer; fails as the typed form does
     * @throws IllegalArgumentException if the name is reserved, or an argument cannot be encoded
     */
    public CompletableFuture<Arguments> emitWithAck(String event, @Nullable Object... args) {
        return only(operator.emitWithAck(event, args));
    }

    /**
     * Sends an event that has a contract and asks the client to acknowledge it.
     *
     * @param type type of the answer's first argument
     * @param event the contract
     * @param value what the event carries
     * @param <T> type of the answer
     * @param <A> type of what the event carries
     * @return the first argument of the answer; fails as the form with a name does
     * @throws IllegalArgumentException if the value cannot be encoded
     */
    public <T, A> CompletableFuture<T> emitWithAck(Class<T> type, EventType<A> event, A value) {
        return only(operator.emitWithAck(type, event, value));
    }

    private static <T> CompletableFuture<T> only(CompletableFuture<List<T>> answers) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        answers.whenComplete((all, failure) -> {
            if (failure != null) {
                answer.completeExceptionally(failure);
            } else if (all.isEmpty()) {
                answer.completeExceptionally(new SocketDisconnectedException());
            } else {
                answer.complete(all.get(0));
            }
        });
        answer.whenComplete((value, failure) -> answers.cancel(false));
        return answer;
    }

    /**
     * Sets whether the transport may compress the events sent with what is returned, where the options of the server
     * tell it to ({@link SocketIoOptions.Builder#perMessageDeflate}, {@link SocketIoOptions.Builder#httpCompression}).
     * Default: true.
     *
     * @param compress false to save the server's time for data that does not shrink
     * @return the same socket
     */
    public RemoteSocket compress(boolean compress) {
        return new RemoteSocket(info, operator.compress(compress));
    }

    /**
     * Lets events that are sent with what is returned be dropped while the client does not keep up: Socket.IO's flag
     * {@code volatile}.
     *
     * @return the same socket
     */
    public RemoteSocket asVolatile() {
        return new RemoteSocket(info, operator.asVolatile());
    }

    /**
     * Sets how long to wait for acknowledgements of events sent with what is returned.
     *
     * @param timeout the time, 0 or more
     * @return the same socket
     * @throws IllegalArgumentException if the time is negative
     */
    public RemoteSocket timeout(Duration timeout) {
        return new RemoteSocket(info, operator.timeout(timeout));
    }

    /**
     * Lets the socket join rooms.
     *
     * @param rooms names of rooms
     */
    public void join(String... rooms) {
        operator.socketsJoin(rooms);
    }

    /**
     * Lets the socket join rooms. The same as {@link #join(String...)}.
     *
     * @param rooms names of rooms
     */
    public void join(Collection<String> rooms) {
        operator.socketsJoin(rooms);
    }

    /**
     * Lets the socket leave rooms.
     *
     * @param rooms names of rooms
     */
    public void leave(String... rooms) {
        operator.socketsLeave(rooms);
    }

    /** Disconnects the socket from its namespace. The client's connection stays open. */
    public void disconnect() {
        disconnect(false);
    }

    /**
     * Disconnects the socket.
     *
     * @param close whether to close the client's connection, with all its namespaces
     */
    public void disconnect(boolean close) {
        operator.disconnectSockets(close);
    }
}
