package dev.parley;

import dev.parley.engine.CloseReason;
import dev.parley.engine.Scheduler;
import dev.parley.engine.Session;
import dev.parley.engine.SessionListener;
import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketBundle;
import dev.parley.protocol.PacketDecoder;
import dev.parley.protocol.ProtocolException;
import dev.parley.protocol.Utf8;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection: finds the socket that each received packet is for. The one place at which a client that breaks
 * the protocol is sent away.
 */
final class ClientConnection implements SessionListener, Executor, Lane.Owner {

    static final String NO_SUCH_NAMESPACE = "Invalid namespace";
    private static final String FAILED = "Internal server error";
    private static final System.Logger LOG = System.getLogger(SocketIoServer.class.getName());
    private static final Socket[] NONE = {};
    private static final AtomicLongFieldUpdater<ClientConnection> UNHANDLED =
            AtomicLongFieldUpdater.newUpdater(ClientConnection.class, "unhandled");

    /** What an event that waits takes beside its bytes, roughly. */
    private static final int EVENT_OVERHEAD = 128;
    /** What a socket takes until it is forgotten. */
    private static final int FAREWELL_OVERHEAD = 4096;

    private final ServerContext context;
    private final Namespaces namespaces;
    private final Session session;
    private final SocketProtocol protocol;
    private PacketDecoder decoder;
    private final long openedAt;
    /** Null unless the rate is limited. */
    private final @Nullable PacketRate rate;

    private volatile Scheduler.@Nullable Timeout connectTimer;

    /** The client's sockets, connected or about to be: rarely more than one. Replaced at each change. */
    private volatile Socket[] sockets = NONE;

    private volatile @Nullable ProtocolException violation;

    /** Bytes of the packet that is being received, 0 if there is none. */
    private int arrived;
    /** When the last part of it arrived. */
    private long progressedAt;

    /** Bytes of the events that wait for their handlers. */
    @SuppressWarnings("UnusedVariable") // by name
    private volatile long unhandled;

    /** Whether so much waits that nothing more is read. */
    private volatile boolean paused;

    // Guarded by this object, as are changes of the array above.
    private boolean closed;
    /** Namespaces from which the server has disconnected the client, which may not have heard of it yet. */
    private @Nullable Set<String> disconnected;
    /** CONNECTs that came while the server was still disconnecting the client from the same namespaces. */
    private List<Packet.Connect> returning = List.of();
    /** The namespaces that the client waits for and that do not exist yet. */
    private List<NamespaceSearch> searches = List.of();

    ClientConnection(ServerContext context, Namespaces namespaces, Session session) {
        this.context = context;
        this.namespaces = namespaces;
        this.session = session;
        this.protocol = SocketProtocol.of(session);
        this.decoder = context.codec().newDecoder();
        this.openedAt = context.scheduler().currentTimeMillis();
        int perSecond = context.options().maxPacketsPerSecond();
        this.rate = perSecond == Integer.MAX_VALUE
                ? null
                : new PacketRate(context, perSecond, session::pauseReading, this::readOrWait);
        this.connectTimer = context.deadlines().schedule(context.options().connectTimeout(), this::notConnected);
    }

    private void notConnected() {
        context.count(Incident.CONNECT_TIMEOUT);
        session.close();
    }

    /** Lets the client in where it is to be from the beginning. */
    void opened() {
        try {
            take(protocol.unasked());
        } catch (ProtocolException e) {
            sendAway(e);
        }
    }

    Session session() {
        return session;
    }

    SocketProtocol protocol() {
        return protocol;
    }

    PacketBundle encode(Packet packet) {
        return context.codec().encode(packet);
    }

    // What arrives, on the I/O thread.

    @Override
    public void text(Utf8 message) {
        try {
            count(message.length());
            take(decoder.text(message));
        } catch (ProtocolException e) {
            sendAway(e);
        }
    }

    @Override
    public void binary(byte[] message) {
        try {
            count(message.length);
            take(decoder.binary(message));
        } catch (ProtocolException e) {
            sendAway(e);
        }
    }

    private void count(int bytes) throws ProtocolException {
        if (bytes > context.options().maxPacketBytes() - arrived) {
            throw ProtocolException.beyondLimit("too many bytes in a packet");
        }
        arrived += bytes;
    }

    private void take(@Nullable Packet packet) throws ProtocolException {
        if (packet == null) {
            progressedAt = context.scheduler().nanoTime();
            return;
        }
        int size = arrived;
        arrived = 0;
        if (rate != null) {
            rate.count();
        }
        if (packet instanceof Packet.Event event) {
            Socket socket = connected(event);
            if (socket != null) {
                hand(event, socket, size + EVENT_OVERHEAD);
            } else {
                context.count(Incident.EVENT_DROPPED);
            }
        } else if (packet instanceof Packet.Ack ack) {
            Socket socket = connected(ack);
            AckTable.Pending pending = socket == null ? null : socket.acks().remove(ack.ackId());
            if (pending != null) {
                pending.answered(ack.args());
            } else {
                context.count(Incident.UNKNOWN_ACK);
            }
        } else if (packet instanceof Packet.Connect connect) {
            if (size > context.options().maxAuthBytes()) {
                refuse(connect.namespace(), Incident.AUTH_TOO_LARGE, "auth too large");
            } else {
                connect(protocol.read(connect));
            }
        } else if (packet instanceof Packet.Disconnect) {
            Socket socket = connected(packet);
            if (socket != null) {
                socket.left(DisconnectReason.CLIENT_NAMESPACE_DISCONNECT, null);
            }
        } else {
            throw new ProtocolException("invalid state");
        }
    }

    /** A packet whose attachments do not come would be kept for as long as the client stays. */
    @Override
    public void heartbeat() {
        if (arrived > 0) {
            long silence = context.scheduler().nanoTime() - progressedAt;
            if (silence >= context.options().attachmentTimeout().toNanos()) {
                sendAway(Incident.ATTACHMENT_TIMEOUT, new ProtocolException("attachments are missing"));
            }
        }
    }

    /** Puts an event into its socket's lane. */
    private void hand(Packet.Event event, Socket socket, int size) {
        charge(size);
        socket.lane().execute(new Arrival(this, socket, event, size), this);
    }

    /** A socket has ended, and its handlers are about to be told: so often a client may come back before they are. */
    void farewellHanded() {
        charge(FAREWELL_OVERHEAD);
    }

    /** The handlers have been told. */
    void farewellHandled() {
        handled(FAREWELL_OVERHEAD);
    }

    /**
     * Counts what is about to be put into a lane. A client that is faster than the handlers can follow has to wait:
     * what is counted is still to be handled, so somebody will see that.
     */
    private void charge(int size) {
        if (UNHANDLED.addAndGet(this, size) > context.options().maxUnhandledBytes()) {
            session.pauseReading();
            if (!paused) {
                context.count(Incident.HANDLERS_BEHIND);
            }
            paused = true;
        }
    }

    /** What was counted is about to be handled, or has been. */
    private void handled(int size) {
        long waiting = UNHANDLED.addAndGet(this, -size);
        if (paused && waiting <= context.options().maxUnhandledBytes() / 2) {
            paused = false;
            readOrWait();
        }
    }

    /** Goes on reading, unless there is another reason to wait. */
    private void readOrWait() {
        if (!paused && (rate == null || !rate.isExceeded())) {
            session.resumeReading();
        }
    }

    /** Starts the lane of a socket for what has arrived. */
    @Override
    public void execute(Runnable lane) {
        context.executor().executeInBurst(lane, session.ioThread());
    }

    /** An event on its way to its socket's handlers. */
    static final class Arrival extends Lane.Task {

        private final ClientConnection connection;
        private final Socket socket;
        private final Packet.Event event;
        private final int size;

        Arrival(ClientConnection connection, Socket socket, Packet.Event event, int size) {
            this.connection = connection;
            this.socket = socket;
            this.event = event;
            this.size = size;
        }

        @Override
        void run() {
            socket.handle(this);
        }

        /** Returns the event, which does not count as waiting any more. */
        Packet.Event take() {
            connection.handled(size);
            return event;
        }
    }

    /** Finds the socket that a packet is for; null if the packet crossed the server's own disconnect on the way. */
    private @Nullable Socket connected(Packet packet) throws ProtocolException {
        Socket socket = find(packet.namespace());
        if (socket == null && wasDisconnected(packet.namespace())) {
            return null;
        }
        if (socket == null || socket.life().isConnecting()) {
            throw new ProtocolException("invalid state");
        }
        return socket;
    }

    private @Nullable Socket find(String namespace) {
        for (Socket socket : sockets) {
            if (socket.namespace().name().equals(namespace)) {
                return socket;
            }
        }
        return null;
    }

    private synchronized boolean wasDisconnected(String namespace) {
        return disconnected != null && disconnected.contains(namespace);
    }

    private void connect(Packet.Connect packet) throws ProtocolException {
        String name = packet.namespace();
        if (waitsForEnd(packet)) {
            return;
        }
        checkMayJoin(name);
        Handshake handshake = handshake(packet);
        Namespace namespace = namespaces.enter(name);
        if (namespace != null) {
            join(namespace, handshake);
        } else if (namespaces.parents().isEmpty()) {
            refuse(name, Incident.INVALID_NAMESPACE, NO_SUCH_NAMESPACE);
        } else {
            search(new NamespaceSearch(context, namespaces, this, name, handshake));
        }
    }

    /** Keeps a CONNECT if the server is just ending the socket before, which the client may have been told already. */
    private synchronized boolean waitsForEnd(Packet.Connect packet) {
        Socket present = find(packet.namespace());
        if (present == null || !present.life().hasEnded()) {
            return false;
        }
        List<Packet.Connect> more = new ArrayList<>(returning);
        more.add(packet);
        returning = more;
        return true;
    }

    /** Goes on with a CONNECT that has waited. */
    private void comeBack(Packet.Connect packet) {
        try {
            connect(packet);
        } catch (ProtocolException e) {
            sendAway(e);
        }
    }

    private synchronized void checkMayJoin(String name) throws ProtocolException {
        if (find(name) != null
                || searches.stream().anyMatch(search -> search.name().equals(name))) {
            throw new ProtocolException("invalid state");
        }
        if (sockets.length + searches.size() >= context.options().maxNamespacesPerConnection()) {
            throw ProtocolException.beyondLimit("too many namespaces");
        }
    }

    private void search(NamespaceSearch search) {
        synchronized (this) {
            if (closed) {
                return;
            }
            List<NamespaceSearch> more = new ArrayList<>(searches);
            more.add(search);
            searches = more;
        }
        search.start();
    }

    /** Begins to decide about the client in a namespace that has counted it in. */
    void join(Namespace namespace, Handshake handshake) {
        Socket socket;
        try {
            socket = new Socket(namespace, this, handshake);
        } catch (RuntimeException | Error e) {
            namespace.exit();
            notTaken(namespace, e);
            return;
        }
        if (add(socket)) {
            namespace.admit(socket);
        } else {
            socket.abandon();
        }
    }

    /** The adapter of a namespace has failed. */
    private void notTaken(Namespace namespace, Throwable failure) {
        if (context.mayWarn()) {
            LOG.log(System.Logger.Level.WARNING, "an adapter did not take a client; it is refused", failure);
        }
        synchronized (this) {
            forgetSearch(namespace.name());
        }
        refuse(namespace.name(), Incident.REJECTED_BY_MIDDLEWARE, FAILED);
    }

    /** The client does not get into a namespace that it waited for. */
    void refuse(NamespaceSearch search, Incident incident, String message) {
        synchronized (this) {
            forgetSearch(search.name());
        }
        refuse(search.name(), incident, message);
    }

    /** In all revisions of the protocol, a client that finds no namespace is told so in the same form. */
    private void refuse(String name, Incident incident, String message) {
        context.count(incident);
        session.send(encode(new Packet.ConnectError(name, Map.of("message", message))));
    }

    private void forgetSearch(String name) {
        if (!searches.isEmpty()) {
            searches = searches.stream()
                    .filter(search -> !search.name().equals(name))
                    .toList();
        }
    }

    private Handshake handshake(Packet.Connect packet) throws ProtocolException {
        try {
            return new Handshake(
                    session.request(),
                    context.options().engine().trustedProxies(),
                    openedAt,
                    packet.data(),
                    context.types());
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("invalid payload");
        }
    }

    private void sendAway(ProtocolException reason) {
        sendAway(reason.exceedsLimit() ? Incident.LIMIT_EXCEEDED : Incident.INVALID_PACKET, reason);
    }

    private void sendAway(Incident incident, ProtocolException reason) {
        context.count(incident);
        violation = reason;
        boolean soon = session.isWritable() || session.transport().equals("websocket");
        session.close();
        if (!soon) {
            end(DisconnectReason.FORCED_SERVER_CLOSE, reason);
        }
    }

    // From any thread.

    @Override
    public void closed(CloseReason reason, @Nullable Throwable cause) {
        stopConnectTimer();
        decoder = context.codec().newDecoder(); // the one before may hold half a packet
        if (rate != null) {
            rate.close();
        }
        boolean shutDown = context.isShuttingDown() && reason == CloseReason.FORCED_CLOSE;
        end(
                shutDown ? DisconnectReason.SERVER_SHUTTING_DOWN : DisconnectReason.of(reason),
                cause == null ? violation : cause);
    }

    private void end(DisconnectReason reason, @Nullable Throwable cause) {
        List<NamespaceSearch> vain;
        synchronized (this) {
            closed = true;
            vain = searches;
            searches = List.of();
        }
        vain.forEach(NamespaceSearch::cancel);
        for (Socket socket : sockets) {
            socket.left(reason, cause);
        }
    }

    /** Disconnects the client from all namespaces and closes its connection. */
    void disconnectAll() {
        for (Socket socket : sockets) {
            socket.disconnect(false);
        }
        session.close();
    }

    /** The server's executor does not take this client's events any more. */
    @Override
    public void executorRefused() {
        if (session.isOpen()) {
            context.count(Incident.EXECUTOR_REFUSED);
        }
        context.executor().warnOfRefusal();
        session.abort();
    }

    /** A socket has been connected. */
    void joined() {
        stopConnectTimer();
    }

    private void stopConnectTimer() {
        Scheduler.Timeout timer = connectTimer;
        if (timer != null) {
            timer.cancel();
            connectTimer = null;
        }
    }

    private synchronized boolean add(Socket socket) {
        if (closed) {
            return false;
        }
        if (disconnected != null) {
            disconnected.remove(socket.namespace().name());
        }
        forgetSearch(socket.namespace().name());
        Socket[] more = Arrays.copyOf(sockets, sockets.length + 1);
        more[sockets.length] = socket;
        sockets = more;
        return true;
    }

    /**
     * A socket has ended.
     *
     * @param byServer whether packets for it may still be on their way
     */
    void forget(Socket socket, boolean byServer) {
        String name = socket.namespace().name();
        List<Packet.Connect> waiting;
        synchronized (this) {
            if (byServer) {
                remember(name);
            }
            sockets = Arrays.stream(sockets).filter(each -> each != socket).toArray(Socket[]::new);
            waiting = returning;
            if (!waiting.isEmpty()) {
                returning = waiting.stream()
                        .filter(packet -> !packet.namespace().equals(name))
                        .toList();
            }
        }
        for (Packet.Connect packet : waiting) {
            if (packet.namespace().equals(name)) {
                comeBack(packet);
            }
        }
    }

    private void remember(String namespace) {
        if (disconnected == null) {
            disconnected = new LinkedHashSet<>();
        } else if (disconnected.size() >= context.options().maxNamespacesPerConnection()) {
            disconnected.remove(disconnected.iterator().next());
        }
        disconnected.add(namespace);
    }
}
