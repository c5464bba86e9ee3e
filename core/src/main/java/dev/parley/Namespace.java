package dev.parley;

import dev.parley.Listeners.Listener;
import dev.parley.adapter.Adapter;
import dev.parley.adapter.DeliveryFlags;
import dev.parley.adapter.Recipient;
import dev.parley.adapter.RoomListener;
import dev.parley.adapter.Selection;
import dev.parley.adapter.SessionRecovery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A namespace: a part of the server with its own sockets, rooms, middlewares and handlers, which clients join over one
 * connection. All methods may be called from any thread.
 *
 * <p>A parent namespace, made by {@link SocketIoServer#of(java.util.regex.Pattern)} or
 * {@link SocketIoServer#of(NamespaceFilter)}, is joined by nobody. It stands for its children, which are created when
 * clients ask for them: its middlewares, connection handlers and error hook are handed on to each child at that moment,
 * in their order and before those of the child itself, and what is sent to its sockets, or asked about them, goes to
 * those of all children. What is registered later concerns later children only.
 */
public final class Namespace extends Broadcaster {

    private static final System.Logger LOG = System.getLogger(SocketIoServer.class.getName());

    private final String name;
    private final ServerContext context;
    private final Namespaces owner;
    private final Namespaces.@Nullable Parent parent;
    private final NamespaceNode node;
    private volatile Adapter adapter;
    private final BroadcastOperator everybody;
    private final OverflowPolicy overflowPolicy;
    private final Listeners<Middleware> middlewares;
    private final Listeners<ConnectionHandler> connectionHandlers;
    private final RoomListeners roomListeners;
    /** Whether the adapter tells of rooms: from the first listener on. Guarded by this object. */
    private boolean roomsWatched;

    private final ServerSideEvents serverSideEvents;
    private volatile HandlerError.@Nullable Hook errorHook;

    /** How many clients are in it or about to be. Guarded by the owner. */
    int clients;
    /** Whether it stays when it is empty. Guarded by the owner. */
    private boolean permanent;
    /** Clients that came before they were to be let in; null from then on. Guarded by this object. */
    private @Nullable List<Socket> early = new ArrayList<>();
    /** Completes when the adapter is closed; null while it is in use. Guarded by this object. */
    private @Nullable CompletableFuture<Void> closing;

    /** Creates a namespace that clients can join: with what its parent, if it has one, hands on at this moment. */
    Namespace(String name, ServerContext context, Namespaces owner, Namespaces.@Nullable Parent parent) {
        this.name = name;
        this.context = context;
        this.owner = owner;
        this.parent = parent;
        this.overflowPolicy = context.options().overflowPolicy();
        this.middlewares = parent == null ? new Listeners<>() : new Listeners<>(parent.face().middlewares);
        this.connectionHandlers =
                parent == null ? new Listeners<>() : new Listeners<>(parent.face().connectionHandlers);
        this.roomListeners = parent == null ? new RoomListeners() : new RoomListeners(parent.face().roomListeners);
        this.serverSideEvents = new ServerSideEvents(context, parent == null ? null : parent.face().serverSideEvents);
        this.errorHook = parent == null ? null : parent.face().errorHook;
        this.node = new NamespaceNode(name, context, serverSideEvents);
        this.roomsWatched = !roomListeners.isEmpty();
        this.adapter = adapter(node, roomsWatched ? roomListeners : null);
        this.everybody = new BroadcastOperator(this, Selection.ALL, DeliveryFlags.DEFAULT, null);
    }

    /** Creates a namespace that stands for its children. */
    Namespace(String name, ServerContext context, Namespaces owner, ParentAdapter children) {
        this.name = name;
        this.context = context;
        this.owner = owner;
        this.parent = null;
        this.overflowPolicy = context.options().overflowPolicy();
        this.middlewares = new Listeners<>();
        this.connectionHandlers = new Listeners<>();
        this.roomListeners = new RoomListeners();
        this.serverSideEvents = new ServerSideEvents(context, null);
        this.node = new NamespaceNode(name, context, serverSideEvents);
        this.adapter = children;
        this.everybody = new BroadcastOperator(this, Selection.ALL, DeliveryFlags.DEFAULT, null);
    }

    private static Adapter adapter(NamespaceNode node, @Nullable RoomListener listener) {
        Adapter created = node.createAdapter();
        if (listener != null) {
            created.watchRooms(listener);
        }
        return created;
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

    OverflowPolicy overflowPolicy() {
        return overflowPolicy;
    }

    Namespaces.@Nullable Parent parent() {
        return parent;
    }

    /** Lets it stay when it is empty; false if it did so before. */
    boolean makePermanent() {
        boolean changed = !permanent;
        permanent = true;
        return changed;
    }

    boolean isPermanent() {
        return permanent;
    }

    /** Frees what the adapter holds. */
    synchronized CompletableFuture<Void> close() {
        CompletableFuture<Void> present = closing;
        if (present == null) {
            present = closeAdapter().whenComplete((closed, failure) -> {
                if (failure != null) {
                    LOG.log(System.Logger.Level.WARNING, "an adapter could not be closed", failure);
                }
            });
            closing = present;
        }
        return present;
    }

    private CompletableFuture<Void> closeAdapter() {
        try {
            return adapter.close();
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Makes the adapter anew, after the server had been closed. */
    synchronized void reopen() {
        if (closing != null) {
            adapter = adapter(node, roomsWatched ? roomListeners : null);
            closing = null;
        }
    }

    /** What keeps the sessions of the adapter's sockets, or null if recovery is off. */
    @Nullable
    SessionRecovery recovery(Adapter from) {
        return node.recovery(from);
    }

    /** Whether clients that have lost their connection may come back. */
    boolean isAwaitingClients() {
        SessionRecovery sessions = recovery(adapter);
        return sessions != null && sessions.isAwaitingClients();
    }

    long nextAckId() {
        return node.nextAckId();
    }

    /**
     * Returns the namespace's name.
     *
     * @return the name, with the slash in front; of a parent namespace, which no client can name, {@code /_0},
     *     {@code /_1} and so on
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
        middlewares.add(new Listener<>("", middleware, middleware), false);
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
        return connectionHandlers.add(new Listener<>("", handler, handler), false);
    }

    /**
     * Registers what is told how rooms come and go on this server from now on, those named by the ids of sockets
     * included: Socket.IO's {@code create-room}, {@code join-room}, {@code leave-room} and {@code delete-room}.
     *
     * <p>A listener is called on the server's executor, for one change after another, in the order in which they
     * happened. So a room may have changed again already. A namespace without listeners pays nothing. A parent hands
     * its listeners on to its children. Where listeners fall 100,000 changes behind, they miss those that come until
     * they go on, which is logged.
     *
     * @param listener what to call; what it throws is logged
     * @return to take the listener away again
     */
    public synchronized Subscription onRooms(RoomListener listener) {
        Subscription subscription = roomListeners.add(listener);
        if (!roomsWatched) {
            roomsWatched = true;
            adapter.watchRooms(roomListeners);
        }
        return subscription;
    }

    /**
     * Sends an event to the other servers, where several servers work together: to what is registered there by
     * {@link #onServerSideEvent} on the namespace of the same name. A server that works alone sends it to nobody.
     *
     * @param event the event's name
     * @param args the arguments, as in {@link #emit(String, Object...)}
     * @throws IllegalArgumentException if the name is {@code connect}, {@code connection} or {@code new_namespace}, or
     *     an argument cannot be encoded
     */
    public void serverSideEmit(String event, @Nullable Object... args) {
        ServerSideEvents.checkName(event);
        adapter.serverSideEmit(event, Ack.asList(args));
    }

    /**
     * Sends an event to the other servers, and asks each to acknowledge it.
     *
     * @param type type of each answer's first argument
     * @param event the event's name
     * @param args the arguments, as in {@link #emit(String, Object...)}
     * @param <T> type of the answers
     * @return the first argument of each other server's answer: at once an empty list for a server that works alone.
     *     Fails with {@link AckTimeoutException}, which holds the answers so far, if a server does not answer within
     *     {@link SocketIoOptions#ackTimeout()}. Completes on the server's executor
     * @throws IllegalArgumentException as {@link #serverSideEmit} does
     */
    public <T> CompletableFuture<List<T>> serverSideEmitWithAck(Class<T> type, String event, @Nullable Object... args) {
        return serverSideEmitForAcks(AckReader.first(type), event, args);
    }

    /**
     * Sends an event to the other servers, and asks each to acknowledge it with any number of arguments of any types.
     *
     * @param event the event's name
     * @param args the arguments, as in {@link #emit(String, Object...)}
     * @return the answers; completes and fails as the typed form does
     * @throws IllegalArgumentException as {@link #serverSideEmit} does
     */
    public CompletableFuture<List<Arguments>> serverSideEmitWithAck(String event, @Nullable Object... args) {
        return serverSideEmitForAcks(AckReader.all(), event, args);
    }

    private <T> CompletableFuture<List<T>> serverSideEmitForAcks(
            AckReader<T> reader, String event, @Nullable Object @Nullable [] args) {
        ServerSideEvents.checkName(event);
        Duration limit = context.options().ackTimeout();
        BroadcastAck<T> ack = new BroadcastAck<>(context, reader);
        ack.waitFor(adapter.serverSideEmitForAcks(event, Ack.asList(args), limit, ack), limit);
        return ack.future();
    }

    /**
     * Registers a handler of an event that another server sends by {@link #serverSideEmit}: the reference's
     * {@code io.on(event)}. Handlers run one after another on the server's executor; what they throw is logged. The
     * first answer of all handlers counts.
     *
     * @param event the event's name
     * @param handler called for each event of this name
     * @return to take the handler away again
     * @throws IllegalArgumentException if no server can send an event of this name
     */
    public Subscription onServerSideEvent(String event, EventHandler handler) {
        return serverSideEvents.add(event, handler);
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
        Namespace other = socket.namespace();
        return other == this || (other.parent != null && other.parent.face() == this);
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

    /** Begins to decide about a client, as soon as clients are let in. */
    void admit(Socket socket) {
        synchronized (this) {
            if (early != null) {
                early.add(socket);
                return;
            }
        }
        new Admission(socket, middlewares.all()).start();
    }

    /** Begins to let clients in. */
    void open() {
        List<Socket> waiting;
        synchronized (this) {
            waiting = early == null ? List.of() : early;
            early = null;
        }
        waiting.forEach(this::admit);
    }

    /** A client has left; its handlers are still to be told. Called once for each socket that was connected. */
    void leaving() {
        owner.leaving();
    }

    /** The handlers of a client that has left have been told. */
    void left() {
        owner.left();
        exit();
    }

    /** A client has left, or was refused. Called once for each socket, when nothing will be heard of it any more. */
    void exit() {
        owner.exit(this);
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
