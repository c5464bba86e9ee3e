package dev.parley;

import dev.parley.Listeners.Listener;
import dev.parley.adapter.Adapter;
import dev.parley.adapter.AdapterNode;
import dev.parley.adapter.DeliveryFlags;
import dev.parley.adapter.Recipient;
import dev.parley.adapter.Selection;
import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketBundle;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A namespace: a part of the server with its own sockets, rooms, middlewares and handlers, which clients join over one
 * connection. All methods may be called from any thread.
 */
public final class Namespace extends Broadcaster {

    private final String name;
    private final ServerContext context;
    private final Node node = new Node();
    private volatile Adapter adapter;
    private final BroadcastOperator everybody;
    private final AtomicLong ackIds = new AtomicLong();
    private final Listeners<Middleware> middlewares = new Listeners<>();
    private final Listeners<ConnectionHandler> connectionHandlers = new Listeners<>();
    private volatile HandlerError.@Nullable Hook errorHook;

    Namespace(String name, ServerContext context) {
        this.name = name;
        this.context = context;
        this.adapter = context.options().adapter().create(node);
        this.everybody = new BroadcastOperator(this, Selection.ALL, DeliveryFlags.DEFAULT, null);
    }

    /** This namespace as its adapter sees it. */
    private final class Node implements AdapterNode {

        @Override
        public String namespace() {
            return name;
        }

        @Override
        public PacketBundle encode(Packet packet) {
            return context.codec().encode(packet);
        }

        @Override
        public long nextAckId() {
            return Namespace.this.nextAckId();
        }

        @Override
        public int maxRoomsPerSocket() {
            return context.options().maxRoomsPerSocket();
        }
    }

    @Override
    BroadcastOperator operator() {
        return everybody;
    }

    ServerContext context() {
        return context;
    }

    Adapter adapter() {
        return adapter;
    }

    /** Makes the adapter anew, after the server had been closed. */
    void reopen() {
        adapter = context.options().adapter().create(node);
    }

    long nextAckId() {
        return ackIds.getAndIncrement();
    }

    /**
     * Returns the namespace's name.
     *
     * @return the name, with the slash in front
     */
    public String name() {
        return name;
    }

    /**
     * Registers a middleware, which decides about each client that wants to join from now on.
     *
     * @param middleware runs after those registered before
     * @return this
     */
    public Namespace use(Middleware middleware) {
        Objects.requireNonNull(middleware, "middleware");
        middlewares.add(new Listener<>("", middleware, middleware, false), false);
        return this;
    }

    /**
     * Registers a handler of new sockets.
     *
     * @param handler called for each socket that is connected from now on
     * @return to take the handler away again
     */
    public Subscription onConnection(ConnectionHandler handler) {
        Objects.requireNonNull(handler, "handler");
        return connectionHandlers.add(new Listener<>("", handler, handler, false), false);
    }

    /**
     * Sets what is told of exceptions in this namespace's middlewares and handlers, in place of the server's hook.
     *
     * @param hook told of each exception
     * @return this
     */
    public Namespace onError(HandlerError.Hook hook) {
        errorHook = Objects.requireNonNull(hook, "hook");
        return this;
    }

    /**
     * Returns a room.
     *
     * @param room the room's name
     * @return a live view, whether or not anybody is in the room
     */
    public Room room(String room) {
        return new Room(this, Objects.requireNonNull(room, "room"));
    }

    /**
     * Returns the rooms that somebody is in, on this server: those that sockets have joined, without the room that each
     * socket is in from the start, named by its id.
     *
     * @return live views, in no particular order; an immutable copy of the list
     */
    public List<Room> rooms() {
        return adapter.localRooms().stream().map(this::room).toList();
    }

    /** Tells whether a socket belongs to this namespace. */
    boolean isOf(Socket socket) {
        return socket.namespace() == this;
    }

    /**
     * Returns the sockets that are connected to this namespace on this server.
     *
     * @return an immutable copy
     */
    public List<Socket> sockets() {
        return sockets(Selection.ALL);
    }

    /**
     * Finds a socket that is connected to this namespace on this server.
     *
     * @param id the socket's id
     * @return the socket, if it is connected
     */
    public Optional<Socket> socket(String id) {
        return sockets(Selection.ALL.to(List.of(id))).stream()
                .filter(socket -> socket.id().equals(id))
                .findFirst();
    }

    List<Socket> sockets(Selection selection) {
        List<Recipient> recipients = adapter.localMembers(selection);
        List<Socket> sockets = new ArrayList<>(recipients.size());
        for (Recipient recipient : recipients) {
            sockets.add(((LocalRecipient) recipient).socket());
        }
        return List.copyOf(sockets);
    }

    /** Begins to decide about a client. */
    void admit(Socket socket) {
        new Admission(socket, middlewares.all()).start();
    }

    /** Hands a connected socket to the application. Called in its lane. */
    void connected(Socket socket) {
        for (Listener<ConnectionHandler> listener : connectionHandlers.all()) {
            try {
                listener.handler().connected(socket);
            } catch (Throwable e) {
                failed(new HandlerError(socket, "connection", List.of(), e));
            }
        }
    }

    /** Tells the error hook. */
    void failed(HandlerError error) {
        HandlerError.Hook hook = errorHook == null ? context.errorHook() : errorHook;
        ErrorReports.tell(hook, error);
    }
}
