package dev.parley.adapter;

import dev.parley.protocol.Packet;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The rooms of one namespace. Safe for use by any thread; no method blocks.
 *
 * <p>What one thread broadcasts reaches each socket in that order, and in order with what the same thread sends to the
 * socket directly.
 */
public interface Adapter {

    /**
     * Makes a place for a new socket, which is in no room and receives no broadcast yet.
     *
     * @param recipient the socket
     * @return its membership, pending
     */
    Membership register(Recipient recipient);

    /**
     * Sends an event to the selected sockets, to each of them once.
     *
     * @param event the event, without ack id
     * @param selection who receives it
     * @param flags how it is sent
     * @throws IllegalArgumentException if a value of the event cannot be encoded
     */
    void broadcast(Packet.Event event, Selection selection, DeliveryFlags flags);

    /**
     * Sends an event to the selected sockets and collects their acknowledgements.
     *
     * @param event the event, without ack id
     * @param selection who receives it
     * @param flags how it is sent
     * @param timeout how long the caller is going to wait
     * @param acks told how many clients were sent the event, and about each of them
     * @return what is waited for
     * @throws IllegalArgumentException if a value of the event cannot be encoded
     */
    PendingAcks broadcastForAcks(
            Packet.Event event, Selection selection, DeliveryFlags flags, Duration timeout, AckListener acks);

    /**
     * Returns the selected sockets of this server.
     *
     * @param selection who is meant
     * @return the sockets, an immutable copy
     */
    List<Recipient> localMembers(Selection selection);

    /**
     * Returns how many sockets of this server are in a room. Copies nothing.
     *
     * @param room the room's name
     * @return their number, 0 for a room that nobody is in
     */
    int localSize(String room);

    /**
     * Returns the rooms that sockets of this server are in, but for those that are named by the id of such a socket.
     *
     * @return their names, an immutable copy
     */
    Set<String> localRooms();

    /**
     * Describes the selected sockets of all servers.
     *
     * @param selection who is meant
     * @param timeout how long to wait for other servers
     * @return the descriptions
     */
    CompletableFuture<List<MemberInfo>> fetch(Selection selection, Duration timeout);

    /**
     * Lets the selected sockets join rooms.
     *
     * @param selection who is meant
     * @param rooms names of rooms
     */
    void join(Selection selection, Collection<String> rooms);

    /**
     * Lets the selected sockets leave rooms.
     *
     * @param selection who is meant
     * @param rooms names of rooms
     */
    void leave(Selection selection, Collection<String> rooms);

    /**
     * Disconnects the selected sockets.
     *
     * @param selection who is meant
     * @param close whether to close the clients' connections
     */
    void disconnect(Selection selection, boolean close);

    /**
     * Tells a listener how rooms come and go from now on. Called once at most.
     *
     * @param listener called by {@link AdapterNode#execute}, in the order of the changes
     */
    void watchRooms(RoomListener listener);

    /**
     * Returns this adapter's part in connection state recovery.
     *
     * @return what keeps the sessions; null if this adapter cannot
     */
    default @Nullable SessionRecovery recovery() {
        return null;
    }

    /**
     * Sends an event to the other servers, where {@link AdapterNode#serverSideEvent} takes it.
     *
     * @param event the event's name
     * @param args its arguments
     * @throws IllegalArgumentException if an argument cannot be encoded
     */
    void serverSideEmit(String event, List<? extends @Nullable Object> args);

    /**
     * Sends an event to the other servers and collects their answers.
     *
     * @param event the event's name
     * @param args its arguments
     * @param timeout how long the caller is going to wait
     * @param answers told how many other servers there are, and about each of them
     * @return what is waited for
     * @throws IllegalArgumentException if an argument cannot be encoded
     */
    PendingAcks serverSideEmitForAcks(
            String event, List<? extends @Nullable Object> args, Duration timeout, AckListener answers);

    /**
     * Frees what the adapter holds. Nothing is called afterwards but {@link Membership#close}.
     *
     * @return completes when all is free
     */
    CompletableFuture<Void> close();
}
