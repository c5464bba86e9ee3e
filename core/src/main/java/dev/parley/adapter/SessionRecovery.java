package dev.parley.adapter;

import dev.parley.protocol.Packet;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * An adapter's part in connection state recovery: it keeps the sessions of clients that have lost their connection, and
 * what they miss. Each event without acknowledgement that may not be dropped gets an offset, a string behind its
 * arguments, by which the client tells later what was the last that it has received.
 *
 * <p>Safe for use by any thread; no method blocks.
 */
public interface SessionRecovery {

    /**
     * Sends an event to one socket, and keeps it for the socket's client in case it gets lost. If the socket has been
     * sealed, the event goes to its successor, at once or when there is one.
     *
     * @param recipient the socket
     * @param event the event, without ack id
     * @param flags how it is sent; it must not be droppable
     * @throws IllegalArgumentException if a value of the event cannot be encoded
     */
    void emit(Recipient recipient, Packet.Event event, DeliveryFlags flags);

    /**
     * Seals a socket whose client may come back, and keeps its session.
     *
     * @param recipient the socket
     * @param privateId the client's secret
     * @param session the session, as soon as the socket's last handler has run; whoever claims it waits for that
     */
    void keep(Recipient recipient, String privateId, CompletionStage<RecoverableSession> session);

    /**
     * Finds the session that a client asks for, and takes it, so that nobody else can claim it.
     *
     * @param privateId the client's secret
     * @param offset the offset of the last event that the client has received
     * @return the session; null if it is not known any more, or if not all that the client has missed has been kept
     */
    CompletionStage<@Nullable ClaimedSession> claim(String privateId, String offset);

    /**
     * Tells whether sessions would be lost if the adapter were closed now.
     *
     * @return false if none is kept, or elsewhere
     */
    boolean isAwaitingClients();
}
