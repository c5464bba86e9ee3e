package dev.parley;

import dev.parley.mapping.TypeRef;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Addresses many clients of one namespace at once: all of them, or the members of rooms. {@link SocketIoServer} stands
 * for the namespace {@code /}, {@link Namespace} for all its clients, {@link Room} for its members, and a
 * {@link BroadcastOperator} for any choice made from them.
 *
 * <p>All methods may be called from any thread and none blocks. An event is encoded once, however many clients it is
 * sent to, and a client in several of the rooms gets it once. What one thread sends, by whichever broadcaster or socket
 * of this server, reaches each client in that order.
 *
 * <pre>{@code
 * io.to("red").to("blue").except("muted").emit("news", "hello");
 * }</pre>
 */
public abstract sealed class Broadcaster permits SocketIoServer, Namespace, Room, BroadcastOperator {

    Broadcaster() {}

    /** Returns the choice that all methods start from. */
    abstract BroadcastOperator operator();

    /**
     * Addresses the members of rooms, and those of all rooms named before.
     *
     * @param rooms names of rooms; the id of a socket is the name of a room that it alone is in
     * @return a new operator
     */
    public final BroadcastOperator to(String... rooms) {
        return operator().plus(Arrays.asList(rooms));
    }

    /**
     * Addresses the members of rooms, and those of all rooms named before.
     *
     * @param rooms names of rooms; the id of a socket is the name of a room that it alone is in
     * @return a new operator
     */
    public final BroadcastOperator to(Collection<String> rooms) {
        return operator().plus(rooms);
    }

    /**
     * Addresses the members of a room, and those of all rooms named before.
     *
     * @param room a room of the same namespace
     * @return a new operator
     * @throws IllegalArgumentException if the room belongs to another namespace
     */
    public final BroadcastOperator to(Room room) {
        return operator().plus(List.of(operator().nameOf(room)));
    }

    /**
     * Addresses the members of rooms. The same as {@link #to(String...)}.
     *
     * @param rooms names of rooms
     * @return a new operator
     */
    public final BroadcastOperator in(String... rooms) {
        return to(rooms);
    }

    /**
     * Addresses the members of rooms. The same as {@link #to(Collection)}.
     *
     * @param rooms names of rooms
     * @return a new operator
     */
    public final BroadcastOperator in(Collection<String> rooms) {
        return to(rooms);
    }

    /**
     * Addresses the members of a room. The same as {@link #to(Room)}.
     *
     * @param room a room of the same namespace
     * @return a new operator
     * @throws IllegalArgumentException if the room belongs to another namespace
     */
    public final BroadcastOperator in(Room room) {
        return to(room);
    }

    /**
     * Leaves out the members of rooms.
     *
     * @param rooms names of rooms, or ids of sockets
     * @return a new operator
     */
    public final BroadcastOperator except(String... rooms) {
        return operator().minus(Arrays.asList(rooms));
    }

    /**
     * Leaves out the members of rooms.
     *
     * @param rooms names of rooms, or ids of sockets
     * @return a new operator
     */
    public final BroadcastOperator except(Collection<String> rooms) {
        return operator().minus(rooms);
    }

    /**
     * Leaves out the members of a room.
     *
     * @param room a room of the same namespace
     * @return a new operator
     * @throws IllegalArgumentException if the room belongs to another namespace
     */
    public final BroadcastOperator except(Room room) {
        return operator().minus(List.of(operator().nameOf(room)));
    }

    /**
     * Sets whether the transport may compress the events sent with the operator, where the options of the server tell
     * it to ({@link SocketIoOptions.Builder#perMessageDeflate}, {@link SocketIoOptions.Builder#httpCompression}).
     * Default: true.
     *
     * @param compress false to save the server's time for data that does not shrink
     * @return a new operator
     */
    public final BroadcastOperator compress(boolean compress) {
        return operator().withCompress(compress);
    }

    /**
     * Lets events be dropped for clients that do not keep up: Socket.IO's flag {@code volatile}.
     *
     * @return a new operator
     */
    public final BroadcastOperator asVolatile() {
        return operator().withVolatile();
    }

    /**
     * Leaves out clients of other servers, where several servers work together.
     *
     * @return a new operator
     */
    public final BroadcastOperator local() {
        return operator().onlyLocal();
    }

    /**
     * Sets how long to wait for acknowledgements of events sent with the operator.
     *
     * @param timeout the time, 0 or more
     * @return a new operator
     * @throws IllegalArgumentException if the time is negative
     */
    public final BroadcastOperator timeout(Duration timeout) {
        return operator().withTimeout(timeout);
    }

    /**
     * Sends an event.
     *
     * @param event the event's name
     * @param args any number of arguments, as in {@link SocketEmitter#emit(String, Object...)}; they are encoded before
     *     this method returns, unless there is nobody to send to
     * @throws IllegalArgumentException if the name is reserved, or an argument cannot be encoded
     */
    public final void emit(String event, @Nullable Object... args) {
        operator().broadcast(event, args);
    }

    /**
     * Sends an event that has a contract.
     *
     * @param event the contract
     * @param value what the event carries
     * @param <A> type of what the event carries
     * @throws IllegalArgumentException if the value cannot be encoded
     */
    public final <A> void emit(EventType<A> event, A value) {
        operator().broadcast(event.name(), event.write(value));
    }

    /**
     * Sends an event named {@code message}.
     *
     * @param args the arguments, as in {@link #emit(String, Object...)}
     * @throws IllegalArgumentException if an argument cannot be encoded
     */
    public final void send(@Nullable Object... args) {
        emit("message", args);
    }

    /**
     * Sends an event and asks each client to acknowledge it.
     *
     * @param type type of each answer's first argument, read as described at {@link EventSource}
     * @param event the event's name
     * @param args the arguments, as in {@link #emit(String, Object...)}
     * @param <T> type of the answers
     * @return the first argument of each answer, in the order in which they came in; complete when all clients have
     *     answered or left, at once if there is none. Fails with {@link AckTimeoutException}, which holds the answers
     *     so far, if some client does not answer in time ({@link #timeout}, else {@link SocketIoOptions#ackTimeout()}),
     *     and with {@link dev.parley.mapping.MappingException} if an answer has another type. Completes on the server's
     *     executor. Cancelling it forgets the answers
     * @throws IllegalArgumentException if the name is reserved, or an argument cannot be encoded
     */
    public final <T> CompletableFuture<List<T>> emitWithAck(Class<T> type, String event, @Nullable Object... args) {
        return operator().broadcastForAcks(AckReader.first(type), event, args);
    }

    /**
     * Sends an event and asks each client to acknowledge it with a value of a generic type.
     *
     * @param type type of each answer's first argument
     * @param event the event's name
     * @param args the arguments, as in {@link #emit(String, Object...)}
     * @param <T> type of the answers
     * @return the first argument of each answer; completes and fails as the form with a class does
     * @throws IllegalArgumentException if the name is reserved, or an argument cannot be encoded
     */
    public final <T> CompletableFuture<List<T>> emitWithAck(TypeRef<T> type, String event, @Nullable Object... args) {
        return operator().broadcastForAcks(AckReader.first(type.type()), event, args);
    }

    /**
     * Sends an event that has a contract and asks each client to acknowledge it.
     *
     * @param type type of each answer's first argument
     * @param event the contract
     * @param value what the event carries
     * @param <T> type of the answers
     * @param <A> type of what the event carries
     * @return the first argument of each answer; completes and fails as the form with a name does
     * @throws IllegalArgumentException if the value cannot be encoded
     */
    public final <T, A> CompletableFuture<List<T>> emitWithAck(Class<T> type, EventType<A> event, A value) {
        return emitWithAck(type, event.name(), event.write(value));
    }

    /**
     * Sends an event and asks each client to acknowledge it with any number of arguments of any types.
     *
     * @param event the event's name
     * @param args the arguments, as in {@link #emit(String, Object...)}
     * @return the answers; completes and fails as the typed form does
     * @throws IllegalArgumentException if the name is reserved, or an argument cannot be encoded
     */
    public final CompletableFuture<List<Arguments>> emitWithAck(String event, @Nullable Object... args) {
        return operator().broadcastForAcks(AckReader.all(), event, args);
    }

    /**
     * Finds the sockets addressed, on all servers that work together.
     *
     * @return the sockets as they are described by their servers
     */
    public final CompletableFuture<List<RemoteSocket>> fetchSockets() {
        return operator().fetch();
    }

    /**
     * Lets the sockets addressed join rooms.
     *
     * @param rooms names of rooms
     */
    public final void socketsJoin(String... rooms) {
        operator().join(Arrays.asList(rooms));
    }

    /**
     * Lets the sockets addressed join rooms. The same as {@link #socketsJoin(String...)}.
     *
     * @param rooms names of rooms
     */
    public final void socketsJoin(Collection<String> rooms) {
        operator().join(rooms);
    }

    /**
     * Lets the sockets addressed leave rooms.
     *
     * @param rooms names of rooms
     */
    public final void socketsLeave(String... rooms) {
        operator().leave(Arrays.asList(rooms));
    }

    /**
     * Lets the sockets addressed leave rooms. The same as {@link #socketsLeave(String...)}.
     *
     * @param rooms names of rooms
     */
    public final void socketsLeave(Collection<String> rooms) {
        operator().leave(rooms);
    }

    /** Disconnects the sockets addressed from their namespace. Their connections stay open. */
    public final void disconnectSockets() {
        disconnectSockets(false);
    }

    /**
     * Disconnects the sockets addressed.
     *
     * @param close whether to close the clients' connections, with all their namespaces
     */
    public final void disconnectSockets(boolean close) {
        operator().disconnect(close);
    }
}
