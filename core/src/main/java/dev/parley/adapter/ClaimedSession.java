package dev.parley.adapter;

import dev.parley.protocol.PacketBundle;
import java.util.List;

/**
 * A session that its client has come back to. Nobody else can claim it, until it is given back. Safe for use by any
 * thread.
 */
public interface ClaimedSession {

    /**
     * Returns what was kept.
     *
     * @return the session
     */
    RecoverableSession session();

    /**
     * Lets the new socket, which is pending, take note of the session's rooms. What is sent to it by
     * {@link SessionRecovery#emit} before {@link #resume} is among what it has missed.
     *
     * @param heir the new socket's membership
     */
    void passTo(Membership heir);

    /**
     * Activates the new socket, which has to have the session's id by now. Nothing is sent in between, so nothing gets
     * lost or is sent twice.
     *
     * @return what the client has missed of what was sent to rooms that it was and is in, in order; none if the socket
     *     has been sealed already
     */
    List<PacketBundle> resume();

    /** Gives the session back, as the client has not got in; it may try again. */
    void release();
}
