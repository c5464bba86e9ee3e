package dev.parley.adapter;

import java.util.Collection;
import java.util.Set;

/**
 * The place of one socket in the rooms of its namespace, from its first step to its last: pending, active, sealed,
 * closed. No step can be taken back, so what has left can never be in a room again, whatever the threads do. Safe for
 * use by any thread.
 */
public interface Membership {

    /**
     * Joins rooms. While pending, the socket only takes note of them; once sealed, nothing happens.
     *
     * @param rooms names of rooms
     * @throws IllegalStateException if the socket would be in more rooms than the limit allows; it joins none then
     */
    void join(Collection<String> rooms);

    /**
     * Leaves a room. Nothing happens if the socket is not in it.
     *
     * @param room the room's name
     */
    void leave(String room);

    /**
     * Returns the rooms that the socket is in.
     *
     * @return their names, an immutable copy
     */
    Set<String> rooms();

    /**
     * Tells whether {@link #rooms} holds a room.
     *
     * @param room the room's name
     * @return whether the socket is in it
     */
    boolean isIn(String room);

    /**
     * Enters the namespace: joins the room named by the socket's id and those taken note of. From now on, broadcasts
     * reach the socket. Does nothing once sealed.
     */
    void activate();

    /** Ends delivery: no broadcast selects the socket any more, no room counts it. Its rooms stay readable. */
    void seal();

    /** Seals and forgets the rooms. */
    void close();
}
