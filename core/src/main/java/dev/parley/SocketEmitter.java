package dev.parley;

import dev.parley.mapping.MappingException;
import dev.parley.mapping.TypeRef;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Sends events to one client, or from it to others: implemented by {@link Socket}, and by {@link SocketOperator} for
 * events sent in a particular way.
 *
 * <p>All methods may be called from any thread. What one thread sends reaches the client in that order. Nothing is sent
 * to a client that has left; what is sent to one that is still in a {@link Middleware} waits until it is connected and
 * is dropped if it is refused.
 */
public sealed interface SocketEmitter permits Socket, SocketOperator {

    /**
     * Sends an event to the client.
     *
     * @param event the event's name
     * @param args any number of arguments, encoded before this method returns: null, Boolean, numbers, String,
     *     {@code byte[]} and {@link java.nio.ByteBuffer} (at any place, sent as binary), maps, collections, arrays, and
     *     records and beans as the configured mapping knows them. An array of objects is taken as the list of
     *     arguments; cast it to {@code Object} to send it as one
     * @throws IllegalArgumentException if the name is reserved, or an argument cannot be encoded
     */
    void emit(String event, @Nullable Object... args);

    /**
     * Sends an event named {@code message}.
     *
     * @param args the arguments, as in {@link #emit(String, Object...)}
     * @throws IllegalArgumentException if an argument cannot be encoded
     */
    default void send(@Nullable Object... args) {
        emit("message", args);
    }

    /**
     * Sends an event that has a contract.
     *
     * @param event the contract
     * @param value what the event carries
     * @param <A> type of what the event carries
     * @throws IllegalArgumentException if the value cannot be encoded
     */
    default <A> void emit(EventType<A> event, A value) {
        emit(event.name(), event.write(value));
    }

    /**
     * Sends an event and asks the client to acknowledge it.
     *
     * @param type type of the answer's first argument, read as described at {@link EventSource}
     * @param event the event's name
     * @param args the arguments, as in {@link #emit(String, Object...)}
     * @param <T> type of the answer
     * @return the first argument of the answer (null if the client answers with nothing). Fails with
     *     {@link AckTimeoutException} if no answer comes in time ({@link #timeout}, else
     *     {@link SocketIoOptions#ackTimeout()}), with {@link SocketDisconnectedException} as soon as the client has
     *     left, with {@link MappingException} if the answer has another type, and with {@link IllegalStateException} if
     *     the client owes too many answers already. Completes on the server's executor, not in the socket's lane: a
     *     handler may wait for it, if the executor's threads may block. Cancelling it forgets the answer
     * @throws IllegalArgumentException if the name is reserved, or an argument cannot be encoded
     */
    <T> CompletableFuture<T> emitWithAck(Class<T> type, String event, @Nullable Object... args);

    /**
     * Sends an event and asks the client to acknowledge it with a value of a generic type.
     *
     * @param type type of the answer's first argument
     * @param event the event's name
     * @param args the arguments, as in {@link #emit(String, Object...)}
     * @param <T> type of the answer
     * @return the first argument of the answer; fails as the form with a class does
     * @throws IllegalArgumentException if the name is reserved, or an argument cannot be encoded
     */
    <T> CompletableFuture<T> emitWithAck(TypeRef<T> type, String event, @Nullable Object... args);

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
    default <T, A> CompletableFuture<T> emitWithAck(Class<T> type, EventType<A> event, A value) {
        return emitWithAck(type, event.name(), event.write(value));
    }

    /**
     * Sends an event and asks the client to acknowledge it with any number of arguments of any types.
     *
     * @param event the event's name
     * @param args the arguments, as in {@link #emit(String, Object...)}
     * @return the whole answer; fails as the typed form does
     * @throws IllegalArgumentException if the name is reserved, or an argument cannot be encoded
     */
    CompletableFuture<Arguments> emitWithAck(String event, @Nullable Object... args);

    /**
     * Sets whether the transport may compress the events sent with the operator, where the options of the server tell
     * it to ({@link SocketIoOptions.Builder#perMessageDeflate}, {@link SocketIoOptions.Builder#httpCompression}).
     * Default: true.
     *
     * @param compress false to save the server's time for data that does not shrink
     * @return a new operator
     */
    SocketOperator compress(boolean compress);

    /**
     * Lets events be dropped while the client does not keep up: Socket.IO's flag {@code volatile}.
     *
     * @return a new operator
     */
    SocketOperator asVolatile();

    /**
     * Sets how long to wait for acknowledgements of events sent with the operator.
     *
     * @param timeout the time, 0 or more
     * @return a new operator
     * @throws IllegalArgumentException if the time is negative
     */
    SocketOperator timeout(Duration timeout);

    /**
     * Addresses the other members of rooms: all but this client.
     *
     * @param rooms names of rooms
     * @return a new operator
     */
    default BroadcastOperator to(String... rooms) {
        return broadcast().to(rooms);
    }

    /**
     * Addresses the other members of rooms: all but this client.
     *
     * @param rooms names of rooms
     * @return a new operator
     */
    default BroadcastOperator to(Collection<String> rooms) {
        return broadcast().to(rooms);
    }

    /**
     * Addresses the other members of a room: all but this client.
     *
     * @param room a room of the socket's namespace
     * @return a new operator
     * @throws IllegalArgumentException if the room belongs to another namespace
     */
    default BroadcastOperator to(Room room) {
        return broadcast().to(room);
    }

    /**
     * Addresses the other members of rooms. The same as {@link #to(String...)}.
     *
     * @param rooms names of rooms
     * @return a new operator
     */
    default BroadcastOperator in(String... rooms) {
        return to(rooms);
    }

    /**
     * Addresses the other members of rooms. The same as {@link #to(Collection)}.
     *
     * @param rooms names of rooms
     * @return a new operator
     */
    default BroadcastOperator in(Collection<String> rooms) {
        return to(rooms);
    }

    /**
     * Addresses the other members of a room. The same as {@link #to(Room)}.
     *
     * @param room a room of the socket's namespace
     * @return a new operator
     * @throws IllegalArgumentException if the room belongs to another namespace
     */
    default BroadcastOperator in(Room room) {
        return to(room);
    }

    /**
     * Addresses all other sockets of the namespace that are not in some rooms.
     *
     * @param rooms names of rooms, or ids of sockets
     * @return a new operator
     */
    default BroadcastOperator except(String... rooms) {
        return broadcast().except(rooms);
    }

    /**
     * Addresses all other sockets of the namespace that are not in some rooms.
     *
     * @param rooms names of rooms, or ids of sockets
     * @return a new operator
     */
    default BroadcastOperator except(Collection<String> rooms) {
        return broadcast().except(rooms);
    }

    /**
     * Addresses all other sockets of the namespace that are not in a room.
     *
     * @param room a room of the socket's namespace
     * @return a new operator
     * @throws IllegalArgumentException if the room belongs to another namespace
     */
    default BroadcastOperator except(Room room) {
        return broadcast().except(room);
    }

    /**
     * Addresses all other sockets of the namespace.
     *
     * @return a new operator
     */
    BroadcastOperator broadcast();

    /**
     * Addresses all other sockets of the namespace that are connected to this server.
     *
     * @return a new operator
     */
    default BroadcastOperator local() {
        return broadcast().local();
    }
}
