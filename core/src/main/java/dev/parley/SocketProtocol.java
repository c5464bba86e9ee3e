package dev.parley;

import dev.parley.engine.Session;
import dev.parley.protocol.Packet;
import org.jspecify.annotations.Nullable;

/**
 * How a client joins namespaces: all in which one revision of the Socket.IO protocol differs from another. Chosen once
 * for a connection, by the revision of Engine.IO below.
 */
interface SocketProtocol {

    /** Returns what a client speaks. */
    static SocketProtocol of(Session session) {
        return session.protocol() == 3 ? SocketProtocol4.INSTANCE : SocketProtocol5.INSTANCE;
    }

    /** What a client asks for without saying so, as soon as it has opened a connection. */
    Packet.@Nullable Connect unasked();

    /** Takes the namespace apart from what the client has to say about itself. */
    Packet.Connect read(Packet.Connect packet);

    /** The id of a new socket, which its client has to know. */
    String newId(Session session, String namespace);

    /** Whether a client can come back to a session that it has lost. */
    boolean recovers();

    /**
     * What a client is told when it is let in.
     *
     * @param id its socket's id
     * @param privateId under which it can come back to its session, or null if it cannot
     */
    @Nullable
    Object welcome(String id, @Nullable String privateId);

    /** What a client is told when it is not let in. */
    Object refusal(String message, @Nullable Object data);
}
