package dev.parley.adapter;

import java.util.Map;
import java.util.Set;

/**
 * What is kept of a socket whose client may come back.
 *
 * @param id the socket's id, which its successor gets too
 * @param privateId the secret by which the client shows that the session is its own: Socket.IO's {@code pid}
 * @param rooms the rooms the socket was in
 * @param data what the application has attached to it
 */
public record RecoverableSession(String id, String privateId, Set<String> rooms, Map<String, Object> data) {

    /**
     * Creates a session.
     *
     * @param id the socket's id
     * @param privateId the client's secret
     * @param rooms the rooms the socket was in
     * @param data what the application has attached to it
     */
    public RecoverableSession {
        rooms = Set.copyOf(rooms);
        data = Map.copyOf(data);
    }

    /** Returns what is no secret. */
    @Override
    public String toString() {
        return "session of " + id;
    }
}
