package dev.parley.adapter;

/**
 * Is told how the rooms of a namespace come and go on this server, those named by the ids of sockets included. For a
 * socket that is the first in its room, {@link #created} comes before {@link #joined}; for the last one, {@link #left}
 * before {@link #deleted}.
 */
public interface RoomListener {

    /**
     * A room has its first member: Socket.IO's {@code create-room}.
     *
     * @param room the room's name
     */
    default void created(String room) {}

    /**
     * A socket has joined a room: {@code join-room}.
     *
     * @param room the room's name
     * @param socketId the socket's id
     */
    default void joined(String room, String socketId) {}

    /**
     * A socket has left a room, or was disconnected: {@code leave-room}.
     *
     * @param room the room's name
     * @param socketId the socket's id
     */
    default void left(String room, String socketId) {}

    /**
     * A room has no member any more: {@code delete-room}.
     *
     * @param room the room's name
     */
    default void deleted(String room) {}
}
