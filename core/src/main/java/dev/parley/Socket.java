package dev.parley;

import dev.parley.Listeners.Listener;
import dev.parley.adapter.Adapter;
import dev.parley.adapter.DeliveryFlags;
import dev.parley.adapter.Membership;
import dev.parley.adapter.Selection;
import dev.parley.adapter.SessionRecovery;
import dev.parley.engine.OutgoingQueueFullException;
import dev.parley.engine.Scheduler;
import dev.parley.engine.Session;
import dev.parley.mapping.TypeRef;
import dev.parley.mapping.TypedValues;
import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketBundle;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A client in a namespace. A client that has joined several namespaces over its connection has a socket in each.
 *
 * <p>All methods may be called from any thread. The socket's handlers run in its lane: one after another, in the order
 * in which things happened, on the server's executor.
 *
 * <pre>{@code
 * io.onConnection(socket -> {
 *     socket.join("lobby");
 *     socket.on("chat message", String.class, text -> socket.to("lobby").emit("chat message", text));
 *     socket.onDisconnect(reason -> io.emit("left", socket.id()));
 * });
 * }</pre>
 */
public final class Socket extends EventSource implements SocketEmitter {

    private final Namespace namespace;
    private final ClientConnection connection;
    /** Replaced before anybody has seen it, if the socket goes on with a session. */
    private String id;

    private final Handshake handshake;
    private final SocketLife life;
    private final Lane lane;
    private final AckTable acks = new AckTable();
    private final Membership membership;
    private final Listeners<DisconnectHandler> endHandlers = new Listeners<>();
    /** Null unless connection state recovery is on. */
    private final @Nullable SocketRecovery recovery;

    private volatile @Nullable SocketData data;
    /** There from the first event middleware on. */
    private volatile @Nullable EventGate eventGate;

    private volatile Scheduler.@Nullable Timeout admission;

    Socket(Namespace namespace, ClientConnection connection, Handshake handshake) {
        this.namespace = namespace;
        this.connection = connection;
        this.handshake = handshake;
        this.id = connection.protocol().newId(connection.session(), namespace.name());
        this.life = new SocketLife(this, connection.session());
        this.lane = new Lane(namespace.context().executor(), connection);
        Adapter adapter = namespace.adapter();
        LocalRecipient recipient = new LocalRecipient(this);
        this.membership = adapter.register(recipient);
        SessionRecovery sessions = connection.protocol().recovers() ? namespace.recovery(adapter) : null;
        this.recovery = sessions == null ? null : new SocketRecovery(this, recipient, sessions);
    }

    /**
     * Returns the socket's id. It is known to the client as {@code socket.id}, new for each connection, unless the
     * client came back to its session ({@link #recovered}), and no secret, unless it is an
     * {@linkplain SocketIoOptions.Builder#allowEio3 old client}.
     *
     * @return 20 characters; for an old client, the connection's id behind the namespace
     */
    public String id() {
        return id;
    }

    /**
     * Returns the namespace that the socket belongs to.
     *
     * @return the namespace
     */
    public Namespace namespace() {
        return namespace;
    }

    /**
     * Returns how the client presented itself.
     *
     * @return request and {@code auth} object
     */
    public Handshake handshake() {
        return handshake;
    }

    /**
     * Returns what the application has attached to the socket.
     *
     * @return values by name, empty at first
     */
    public SocketData data() {
        SocketData present = data;
        if (present == null) {
            synchronized (acks) {
                present = data;
                if (present == null) {
                    present = new SocketData();
                    data = present;
                }
            }
        }
        return present;
    }

    /**
     * Tells whether the client is present: connected, and not known to have left.
     *
     * @return false in middlewares, and as soon as the connection is lost, even before {@link #onDisconnect} handlers
     *     run
     */
    public boolean connected() {
        return life.isConnected();
    }

    /**
     * Tells whether the client came back to the session that it had lost: with the id, rooms and data of then, and
     * after it was sent what it had missed. Always false unless {@link SocketIoOptions#connectionStateRecovery()} is
     * on.
     *
     * @return whether this socket goes on with the session of another one
     */
    public boolean recovered() {
        return recovery != null && recovery.recovered();
    }

    /**
     * Returns the transport that the client uses at present.
     *
     * @return {@code polling} or {@code websocket}
     */
    public String transport() {
        return connection.session().transport();
    }

    /**
     * Returns the client's connection: Socket.IO's {@code conn}. All sockets of a client share it.
     *
     * @return the Engine.IO session
     */
    public Session conn() {
        return connection.session();
    }

    /**
     * Tells whether the client keeps up, so that an event sent now would leave at once. Those sent {@link #asVolatile}
     * are dropped otherwise.
     *
     * @return false while something waits to be sent
     */
    public boolean isWritable() {
        return connection.session().isWritable();
    }

    /**
     * Returns how many messages wait to be sent to the client, over all its namespaces. A client for which too many
     * wait is closed: {@link #onDisconnect(DisconnectHandler)} handlers then get an
     * {@link dev.parley.engine.OutgoingQueueFullException} as cause.
     *
     * @return their number, 0 for a client that keeps up
     */
    public int queuedMessages() {
        return connection.session().queuedMessages();
    }

    /**
     * Returns how much waits to be sent to the client, over all its namespaces.
     *
     * @return bytes, 0 for a client that keeps up
     */
    public long queuedBytes() {
        return connection.session().queuedBytes();
    }

    /**
     * Joins rooms. In a middleware, the socket enters them when it is connected. Does nothing once it has disconnected.
     *
     * @param rooms names of rooms
     * @throws IllegalStateException if the socket would be in more rooms than
     *     {@link SocketIoOptions#maxRoomsPerSocket()}; it joins none then
     */
    public void join(String... rooms) {
        join(Arrays.asList(rooms));
    }

    /**
     * Joins rooms. The same as {@link #join(String...)}.
     *
     * @param rooms names of rooms
     * @throws IllegalStateException if the socket would be in too many rooms; it joins none then
     */
    public void join(Collection<String> rooms) {
        try {
            membership.join(rooms);
        } catch (IllegalStateException e) {
            namespace.context().count(Incident.TOO_MANY_ROOMS);
            throw e;
        }
    }

    /**
     * Leaves a room. Does nothing if the socket is not in it.
     *
     * @param room the room's name
     */
    public void leave(String room) {
        membership.leave(Objects.requireNonNull(room, "room"));
    }

    /**
     * Returns the rooms that the socket is in, among them the one named by its id.
     *
     * @return an immutable copy; in {@link #onDisconnecting} handlers the rooms of the last moment, empty after them
     */
    public Set<String> rooms() {
        return membership.rooms();
    }

    /**
     * Tells whether the socket is in a room: whether {@link #rooms} holds it.
     *
     * @param room the room's name
     * @return whether it is
     */
    public boolean isIn(String room) {
        return membership.isIn(Objects.requireNonNull(room, "room"));
    }

    /**
     * Registers a handler of the socket's end, called while {@link #rooms} still tells where it was. Other sockets find
     * it in no room any more.
     *
     * @param handler called once
     * @return to take the handler away again
     */
    public Subscription onDisconnecting(DisconnectHandler.ReasonOnly handler) {
        return onEnd(Farewell.DISCONNECTING, handler);
    }

    /**
     * Registers a handler of the socket's end, called while {@link #rooms} still tells where it was.
     *
     * @param handler called once, with what went wrong
     * @return to take the handler away again
     */
    public Subscription onDisconnecting(DisconnectHandler handler) {
        return onEnd(Farewell.DISCONNECTING, handler);
    }

    /**
     * Registers a handler of the socket's end. No handler of this socket runs after those registered here.
     *
     * @param handler called once
     * @return to take the handler away again
     */
    public Subscription onDisconnect(DisconnectHandler.ReasonOnly handler) {
        return onEnd(Farewell.DISCONNECT, handler);
    }

    /**
     * Registers a handler of the socket's end. No handler of this socket runs after those registered here.
     *
     * @param handler called once, with what went wrong
     * @return to take the handler away again
     */
    public Subscription onDisconnect(DisconnectHandler handler) {
        return onEnd(Farewell.DISCONNECT, handler);
    }

    private Subscription onEnd(String name, DisconnectHandler handler) {
        Objects.requireNonNull(handler, "handler");
        return endHandlers.add(new Listener<>(name, handler, handler), false);
    }

    /**
     * Disconnects the client from this namespace; its connection and its other namespaces stay. Events that have not
     * been handled yet are dropped. Does nothing if the socket is not connected; a {@link Middleware} refuses a client
     * by {@link Middleware.Next#reject(String)} instead.
     */
    public void disconnect() {
        disconnect(false);
    }

    /**
     * Disconnects the client.
     *
     * @param close whether to disconnect it from all its namespaces and close its connection
     */
    public void disconnect(boolean close) {
        if (close && life.isConnected()) {
            connection.disconnectAll();
        } else if (life.close()) {
            life.sendLast(connection.encode(new Packet.Disconnect(namespace.name())));
            end(DisconnectReason.SERVER_NAMESPACE_DISCONNECT, null);
        }
    }

    /**
     * Runs a task in the socket's lane: behind the handlers of all that has arrived up to now and does not wait for a
     * middleware, and never at the same time as any of them. With it, what completes elsewhere comes back:
     * {@code users.load(name).thenAcceptAsync(this::show, socket::execute)}.
     *
     * @param task what to run; dropped once the socket is disconnected. What it throws goes to the error hook
     */
    public void execute(Runnable task) {
        Objects.requireNonNull(task, "task");
        lane.execute(Lane.task(() -> {
            if (life.handlesEvents()) {
                run(task);
            }
        }));
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            namespace.failed(new HandlerError(this, "", List.of(), e));
        }
    }

    /**
     * Registers a middleware of this socket's events.
     *
     * @param middleware runs after those registered before, for each event that is handled from now on
     * @return this
     */
    public Socket use(EventMiddleware middleware) {
        Objects.requireNonNull(middleware, "middleware");
        synchronized (acks) {
            EventGate gate = eventGate;
            if (gate == null) {
                gate = new EventGate(this);
                eventGate = gate;
            }
            gate.use(middleware);
        }
        return this;
    }

    // Sending

    @Override
    public void emit(String event, @Nullable Object... args) {
        emit(event, args, DeliveryFlags.DEFAULT);
    }

    void emit(String event, @Nullable Object @Nullable [] args, DeliveryFlags flags) {
        ReservedNames.check(event);
        Packet.Event packet = new Packet.Event(namespace.name(), Packet.NO_ACK, event, Ack.asList(args));
        if (recovery != null && !flags.droppable()) {
            recovery.emit(packet, flags);
        } else {
            deliver(packet, flags.applyTo(connection.encode(packet)), flags);
        }
    }

    void deliver(Packet.Event packet, PacketBundle encoded, DeliveryFlags flags) {
        announce(packet);
        OverflowPolicy policy = namespace.overflowPolicy();
        if (policy.asks() && isDispensable(packet, flags)) {
            life.send(encoded, () -> mayDrop(policy, packet));
        } else {
            life.send(encoded, flags);
        }
    }

    /** Whether the loss of an event harms nothing else: nobody waits for an answer or counts what has come. */
    private boolean isDispensable(Packet.Event packet, DeliveryFlags flags) {
        return packet.ackId() == Packet.NO_ACK && recovery == null && !flags.droppable();
    }

    private boolean mayDrop(OverflowPolicy policy, Packet.Event packet) {
        try {
            return policy.mayDropFor(this);
        } catch (Throwable e) {
            namespace.failed(new HandlerError(this, packet.name(), packet.args(), e));
            return false;
        }
    }

    void announce(Packet.Event packet) {
        Listeners<OutgoingHandler> watching = outgoingListeners();
        if (watching != null && life.isConnected()) {
            callOutgoing(watching, packet);
        }
    }

    @Override
    public <T> CompletableFuture<T> emitWithAck(Class<T> type, String event, @Nullable Object... args) {
        return emitForAck(AckReader.first(type), event, args, DeliveryFlags.DEFAULT, null);
    }

    @Override
    public <T> CompletableFuture<T> emitWithAck(TypeRef<T> type, String event, @Nullable Object... args) {
        return emitForAck(AckReader.first(type.type()), event, args, DeliveryFlags.DEFAULT, null);
    }

    @Override
    public CompletableFuture<Arguments> emitWithAck(String event, @Nullable Object... args) {
        return emitForAck(AckReader.all(), event, args, DeliveryFlags.DEFAULT, null);
    }

    <T> CompletableFuture<T> emitForAck(
            AckReader<T> reader,
            String event,
            @Nullable Object @Nullable [] args,
            DeliveryFlags flags,
            @Nullable Duration timeout) {
        ReservedNames.check(event);
        ServerContext context = namespace.context();
        long ackId = namespace.nextAckId();
        Packet.Event packet = new Packet.Event(namespace.name(), ackId, event, Ack.asList(args));
        PacketBundle encoded = flags.applyTo(connection.encode(packet));
        SingleAck<T> ack = new SingleAck<>(context, reader);
        try {
            if (!acks.add(ackId, ack, context.options().maxPendingAcks())) {
                ack.left();
                return ack.future();
            }
        } catch (IllegalStateException e) {
            context.count(Incident.TOO_MANY_PENDING_ACKS);
            return CompletableFuture.failedFuture(e);
        }
        Duration limit = timeout == null ? context.options().ackTimeout() : timeout;
        Scheduler.Timeout timer = context.deadlines().schedule(limit, () -> {
            if (acks.remove(ackId) != null) {
                ack.timedOut();
            }
        });
        ack.future().whenComplete((answer, failure) -> {
            timer.cancel();
            acks.remove(ackId);
        });
        deliver(packet, encoded, flags);
        return ack.future();
    }

    void sendAck(long ackId, List<? extends @Nullable Object> args, Ack ack) {
        PacketBundle encoded = connection.encode(new Packet.Ack(namespace.name(), ackId, args));
        if (ack.claim()) {
            life.send(encoded, DeliveryFlags.DEFAULT);
        }
    }

    private SocketOperator operator() {
        return new SocketOperator(this, DeliveryFlags.DEFAULT, null);
    }

    /** All sockets of the namespace but this one. */
    Selection others() {
        return Selection.ALL.without(List.of(id));
    }

    @Override
    public SocketOperator compress(boolean compress) {
        return operator().compress(compress);
    }

    @Override
    public SocketOperator asVolatile() {
        return operator().asVolatile();
    }

    @Override
    public SocketOperator timeout(Duration timeout) {
        return operator().timeout(timeout);
    }

    @Override
    public BroadcastOperator broadcast() {
        return new BroadcastOperator(namespace, others(), DeliveryFlags.DEFAULT, null);
    }

    // Joining and leaving the namespace. Called by the connection, from any thread.

    Lane lane() {
        return lane;
    }

    AckTable acks() {
        return acks;
    }

    Membership membership() {
        return membership;
    }

    SocketLife life() {
        return life;
    }

    @Nullable
    SocketRecovery recovery() {
        return recovery;
    }

    /** Takes the place of a socket that has been lost. Called before anybody knows this one. */
    void inherit(String lostId, Map<String, Object> lostData) {
        id = lostId;
        lostData.forEach(data()::put);
    }

    /** Gives middlewares no longer than this. */
    void limitAdmission(Scheduler.Timeout limit) {
        admission = limit;
        if (!life.isConnecting()) {
            limit.cancel();
        }
    }

    private void endAdmission() {
        Scheduler.Timeout limit = admission;
        if (limit != null) {
            limit.cancel();
            admission = null;
        }
    }

    /** More was sent to the client, before it was connected, than may wait for it. */
    void overflowed(OutgoingQueueFullException full) {
        namespace.failed(new HandlerError(this, "connect", List.of(), full));
    }

    /** Connects the client, unless it has gone meanwhile. Called in the lane. */
    void connect() {
        if (!connection.session().isOpen()) {
            abandon();
            return;
        }
        if (!life.open()) {
            return;
        }
        endAdmission();
        connection.joined();
        List<PacketBundle> missed = activate();
        Object welcome = connection.protocol().welcome(id, recovery == null ? null : recovery.privateId());
        life.connected(missed, connection.encode(new Packet.Connect(namespace.name(), welcome)));
        namespace.connected(this);
    }

    private List<PacketBundle> activate() {
        if (recovery != null) {
            return recovery.activate();
        }
        membership.activate();
        return List.of();
    }

    /** Refuses the client, unless it has gone or been admitted meanwhile. */
    boolean refuse(Incident incident, String message, @Nullable Object details) {
        Object reason = connection.protocol().refusal(message, details);
        PacketBundle refusal = connection.encode(new Packet.ConnectError(namespace.name(), reason));
        if (!abandon()) {
            return false;
        }
        namespace.context().count(incident);
        connection.session().send(refusal);
        return true;
    }

    /** Forgets a client that is not connected yet; false if it is. */
    boolean abandon() {
        if (!life.refuse()) {
            return false;
        }
        endAdmission();
        connection.forget(this, false);
        membership.close();
        if (recovery != null) {
            recovery.abandon();
        }
        acks.close().forEach(AckTable.Pending::left);
        namespace.exit();
        return true;
    }

    /** The client has gone; what arrived before is still handled. */
    void left(DisconnectReason reason, @Nullable Throwable cause) {
        if (!abandon() && life.leave()) {
            end(reason, cause);
        }
    }

    /** The server stops. */
    void shutDown() {
        if (life.close()) {
            end(DisconnectReason.SERVER_SHUTTING_DOWN, null);
        }
    }

    private void end(DisconnectReason reason, @Nullable Throwable cause) {
        if (recovery != null) {
            recovery.end(reason);
        }
        membership.seal();
        connection.forget(this, reason == DisconnectReason.SERVER_NAMESPACE_DISCONNECT);
        acks.close().forEach(AckTable.Pending::left);
        connection.farewellHanded();
        lane.execute(new Farewell(this, endHandlers, reason, cause));
    }

    /** The handlers have been told of the end. */
    void farewellHandled() {
        connection.farewellHandled();
        namespace.left();
    }

    // Events. Called in the lane, but for outgoing ones.

    /** Handles a received event. */
    void handle(ClientConnection.Arrival arrival) {
        EventGate gate = eventGate;
        if (gate != null) {
            gate.enter(arrival);
            return;
        }
        Event event = receive(arrival.take());
        if (event != null) {
            dispatch(event);
        }
    }

    /** Shows a received event to the catch-all handlers; null if no event is handled any more. */
    @Nullable
    Event receive(Packet.Event packet) {
        if (!life.handlesEvents()) {
            namespace.context().count(Incident.EVENT_DROPPED);
            return null;
        }
        TypedValues types = namespace.context().types();
        Event event = new Event(packet.name(), packet.args(), types, Ack.of(this, packet.ackId()));
        dispatchAny(event);
        return event;
    }

    /** Drops events that wait for a middleware. */
    void dropEvents() {
        EventGate gate = eventGate;
        if (gate != null) {
            gate.close();
        }
    }

    @Override
    void failed(Event event, Throwable cause, boolean answer) {
        HandlerError error = new HandlerError(this, event.name(), event.values(), cause);
        namespace.failed(error);
        Function<HandlerError, @Nullable Object> errorAck =
                namespace.context().options().errorAck();
        if (!answer || errorAck == null || !event.ack().isRequested()) {
            return;
        }
        try {
            Object reply = errorAck.apply(error);
            if (reply != null) {
                event.ack().send(reply);
            }
        } catch (Throwable e) {
            namespace.failed(new HandlerError(this, event.name(), event.values(), e));
        }
    }

    private void callOutgoing(Listeners<OutgoingHandler> listeners, Packet.Event packet) {
        for (Listener<OutgoingHandler> listener : listeners.all()) {
            try {
                listener.handler().handle(packet.name(), packet.args());
            } catch (Throwable e) {
                namespace.failed(new HandlerError(this, packet.name(), packet.args(), e));
            }
        }
    }
}
