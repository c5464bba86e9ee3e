package dev.parley;

import dev.parley.adapter.DeliveryFlags;
import dev.parley.adapter.Selection;
import java.util.List;

/**
 * A room of a namespace, as a live view: what it tells is true at the moment of the call, and it exists whether or not
 * anybody is in it. Sockets enter by {@link Socket#join} and leave by {@link Socket#leave} or when they disconnect.
 * Safe for use by any thread.
 *
 * <p>{@link #size}, {@link #contains} and {@link #sockets} know the members that are connected to this server; events
 * reach all members, and {@link #fetchSockets} finds them, on all servers that work together.
 */
public final class Room extends Broadcaster {

    private final Namespace namespace;
    private final String name;
    private final BroadcastOperator operator;

    Room(Namespace namespace, String name) {
        this.namespace = namespace;
        this.name = name;
        this.operator = new BroadcastOperator(namespace, Selection.ALL.to(List.of(name)), DeliveryFlags.DEFAULT, null);
    }

    @Override
    BroadcastOperator operator() {
        return operator;
    }

    /**
     * Returns the room's name.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * Returns the namespace that the room belongs to.
     *
     * @return the namespace
     */
    public Namespace namespace() {
        return namespace;
    }

    /**
     * Returns how many members are connected to this server.
     *
     * @return their number
     */
    public int size() {
        return namespace.adapter().localSize(name);
    }

    /**
     * Tells whether a socket is in the room.
     *
     * @param socket a socket of this server
     * @return true until it leaves or is disconnected
     */
    public boolean contains(Socket socket) {
        return namespace.isOf(socket) && socket.connected() && socket.isIn(name);
    }

    /**
     * Returns the members that are connected to this server.
     *
     * @return an immutable copy
     */
    public List<Socket> sockets() {
        return namespace.sockets(Selection.ALL.to(List.of(name)));
    }
}
