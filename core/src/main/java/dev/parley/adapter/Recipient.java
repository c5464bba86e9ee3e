package dev.parley.adapter;

import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketBundle;
import java.util.concurrent.Executor;

/**
 * A socket of this server, as adapters see it. Two recipients are the same only if they are the same object. Safe for
 * use by any thread; no method blocks or runs handlers of the application, but for listeners of outgoing events.
 */
public interface Recipient {

    /**
     * Returns the socket's id, which is also the name of the room that it alone is in.
     *
     * @return the id
     */
    String id();

    /**
     * Returns the socket's place in its rooms.
     *
     * @return what {@link Adapter#register} gave for this socket
     */
    Membership membership();

    /**
     * Sends an event to the client. Nothing happens if it has left.
     *
     * @param event the event, for the socket's listeners of outgoing events
     * @param encoded the same event as it is sent
     * @param flags how to send it
     */
    void deliver(Packet.Event event, PacketBundle encoded, DeliveryFlags flags);

    /**
     * Sends an event to the client, as {@link #deliver} does, but tells no listener, so that it can be called with a
     * lock held.
     *
     * @param encoded the event as it is sent
     * @param flags how to send it
     * @param closing takes what closes the connection of a client that reads too slowly: that calls handlers, so it is
     *     to be run without the lock
     */
    void send(PacketBundle encoded, DeliveryFlags flags, Executor closing);

    /**
     * Returns whether the socket has listeners of outgoing events.
     *
     * @return false if {@link #announce} would do nothing
     */
    boolean isWatched();

    /**
     * Tells the socket's listeners of an outgoing event.
     *
     * @param event the event
     */
    void announce(Packet.Event event);

    /**
     * Sends an event to the client and waits for its acknowledgement.
     *
     * @param event the event, with an ack id
     * @param encoded the same event as it is sent
     * @param flags how to send it
     * @param acks told exactly once about this client, also if it has left already
     */
    void deliverForAck(Packet.Event event, PacketBundle encoded, DeliveryFlags flags, AckListener acks);

    /**
     * Waits no longer for an acknowledgement; the listener is not told.
     *
     * @param ackId the ack id of the event
     */
    void forgetAck(long ackId);

    /**
     * Disconnects the socket from its namespace.
     *
     * @param close whether to close the client's connection, with all its namespaces
     */
    void disconnect(boolean close);

    /**
     * Describes the socket for other servers.
     *
     * @return what is known now
     */
    MemberInfo describe();
}
