package dev.parley.engine;

import dev.parley.engine.Scheduler.Timeout;
import dev.parley.protocol.EngineCodec;
import dev.parley.protocol.EnginePacket;
import dev.parley.protocol.EnginePacketType;
import dev.parley.protocol.PacketBundle;
import dev.parley.protocol.ProtocolException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * An Engine.IO session: one client's connection, whichever transport it uses at present. The reference calls it the
 * engine's Socket.
 *
 * <p>All public methods may be called from any thread and never block. What one thread sends arrives in the order in
 * which it was sent, also across an upgrade.
 */
public final class Session {

    private static final System.Logger LOG = System.getLogger(Session.class.getName());
    private static final PacketBundle PING = PacketBundle.control(EnginePacketType.PING, "");

    private enum State {
        OPEN,
        /** More was sent than may wait: whoever has found that out is about to end the session. */
        OVERFLOWING,
        /** Closed by the application; what was sent before is still delivered. */
        CLOSING,
        CLOSED
    }

    /** How long a client that is to be told of the end may take to read what was sent before, or to poll again. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

    private final String id;
    private final HttpRequest request;
    private final EngineServer server;
    private final EngineCodec codec;
    private final Heartbeat heartbeat;
    private final Delivery delivery = new Delivery();

    /**
     * What waits to be sent, and the lock of all state below. It is held for a few instructions only: no listener is
     * called with it and nothing is written.
     */
    private final Outbox outbox = new Outbox();

    private volatile State state = State.OPEN;
    private volatile Transport transport;
    private @Nullable UpgradeProbe upgrade;
    /** Whether the transport will run anyway, so that nobody need wake it. */
    private boolean flushScheduled;

    private @Nullable Timeout closeTimeout;

    private volatile boolean readingPaused;

    /** How many bundles were dropped because the client did not keep up. */
    private int dropped;

    Session(String id, HttpRequest request, EngineServer server, Revision revision, TransportFactory factory) {
        this.id = id;
        this.request = request;
        this.server = server;
        this.codec = revision.codec();
        this.heartbeat = revision.heartbeat().apply(this);
        this.transport = factory.create(this);
    }

    /** Makes a session's first transport. */
    @FunctionalInterface
    interface TransportFactory {
        Transport create(Session session);
    }

    /**
     * Returns the session's id. It is the secret by which the client's requests are recognised: never log it or pass it
     * on.
     *
     * @return 20 characters, unless an own generator is configured
     */
    public String id() {
        return id;
    }

    /**
     * Returns the request by which the session was opened.
     *
     * @return the handshake's first request, without {@code Sec-WebSocket-Key}
     */
    public HttpRequest request() {
        return request;
    }

    /**
     * Returns the revision of the Engine.IO protocol that the client speaks.
     *
     * @return the number
     */
    public int protocol() {
        return codec.revision();
    }

    /**
     * Returns the transport in use at present.
     *
     * @return {@code polling} or {@code websocket}
     */
    public String transport() {
        return transportType().toString();
    }

    /**
     * Returns the I/O thread on which messages arrive. For listeners, while they take a message.
     *
     * @return runs tasks on the calling thread, after what it is doing now, which may be many messages
     */
    public Executor ioThread() {
        return transport.receiver();
    }

    /**
     * Tells whether messages can be sent.
     *
     * @return false as soon as the session is closing
     */
    public boolean isOpen() {
        return state == State.OPEN;
    }

    /**
     * Tells whether a message sent now would leave at once: nothing waits before it, and the client keeps up. What may
     * get lost is sent only then; the reference calls such events volatile.
     *
     * @return whether the client can be written to
     */
    public boolean isWritable() {
        synchronized (outbox) {
            return state == State.OPEN && outbox.isEmpty() && transport.isWritable();
        }
    }

    /**
     * Returns how many packets wait to be sent.
     *
     * @return the number, 0 for a client that keeps up
     */
    public int queuedMessages() {
        synchronized (outbox) {
            return outbox.size();
        }
    }

    /**
     * Returns how much waits to be sent.
     *
     * @return bytes before any framing
     */
    public long queuedBytes() {
        synchronized (outbox) {
            return outbox.bytes();
        }
    }

    /**
     * Returns how many packets were dropped, of those that may be, because the client did not keep up. What is lost
     * with the session's end does not count.
     *
     * @return the number so far
     */
    public int droppedMessages() {
        synchronized (outbox) {
            return dropped;
        }
    }

    /**
     * Sends a text message.
     *
     * @param message the text
     * @return false if the session is closing or closed, and the message dropped
     */
    public boolean send(String message) {
        return send(PacketBundle.text(message));
    }

    /**
     * Sends a binary message.
     *
     * @param message the bytes, not copied and not to be written to any more
     * @return false if the session is closing or closed, and the message dropped
     */
    public boolean send(byte[] message) {
        return send(PacketBundle.binary(message));
    }

    /**
     * Sends messages as one unit. The same bundle may be sent to any number of sessions.
     *
     * <p>Where more waits than the options allow, the client reads too slowly: the session is closed with
     * {@link CloseReason#TRANSPORT_ERROR} and an {@link OutgoingQueueFullException}.
     *
     * @param bundle the messages
     * @return false if the session is closing or closed, and the messages dropped
     */
    public boolean send(PacketBundle bundle) {
        return send(bundle, Runnable::run);
    }

    /**
     * Sends messages as {@link #send(PacketBundle)} does, for callers that hold a lock: closing the session, where more
     * waits than may, calls its listener.
     *
     * @param bundle the messages
     * @param closing takes what closes the session, to be run without the lock; nothing more is sent until then
     * @return false if the session is closing or closed, and the messages dropped
     */
    public boolean send(PacketBundle bundle, Executor closing) {
        OutgoingQueueFullException full;
        Executor thread = null;
        Transport current;
        synchronized (outbox) {
            if (state != State.OPEN) {
                return false;
            }
            current = transport;
            if (outbox.hasRoomFor(bundle, server.options()) || makeRoomFor(bundle)) {
                outbox.add(bundle);
                thread = scheduleFlush();
                full = null;
            } else {
                state = State.OVERFLOWING;
                full = new OutgoingQueueFullException(outbox.size(), outbox.bytes());
            }
        }
        if (full != null) {
            closing.execute(() -> overflow(full));
            return false;
        }
        if (thread != null) {
            thread.execute(current);
        }
        return true;
    }

    /** Drops what may be dropped for the sake of a bundle; false if that is not enough. Called with the lock held. */
    private boolean makeRoomFor(PacketBundle bundle) {
        drop(outbox.makeRoomFor(bundle, server.options()));
        return outbox.hasRoomFor(bundle, server.options());
    }

    private void drop(int messages) {
        dropped = (int) Math.min(Integer.MAX_VALUE, (long) dropped + messages);
        server.dropped(messages);
    }

    /**
     * Sends messages as {@link #send(PacketBundle)} does if there is ample room for them: a quarter of what may wait is
     * left to others. For callers that can do without the messages, or know better than to close the session.
     *
     * @param bundle the messages
     * @return false if there is not enough room, and nothing was sent; true also for a session that is closing or
     *     closed, where no room is needed
     */
    public boolean offer(PacketBundle bundle) {
        return sendIf(bundle, Session::addIfAmple) || state != State.OPEN;
    }

    /**
     * Sends messages that are of no use later: they are dropped, and counted, unless they leave at once
     * ({@link #isWritable}).
     *
     * @param bundle the messages
     * @return whether they were sent
     */
    public boolean sendVolatile(PacketBundle bundle) {
        return sendIf(bundle, Session::addIfWritable);
    }

    /**
     * Sends messages that can be done without: they wait like others, but where room is needed, they are dropped, and
     * counted, the oldest first. They never cause the session to be closed.
     *
     * @param bundle the messages
     * @return false if they were dropped already, or the session is closing or closed
     */
    public boolean sendDroppable(PacketBundle bundle) {
        return sendIf(bundle, Session::addDroppable);
    }

    /**
     * Sends a bundle if it gets into the outbox.
     *
     * @param entry puts it there, or tells that it does not get in; called with the lock held
     * @return false if it does not, or nothing more is sent
     */
    private boolean sendIf(PacketBundle bundle, BiPredicate<Session, PacketBundle> entry) {
        Executor thread;
        Transport current;
        synchronized (outbox) {
            if (state != State.OPEN || !entry.test(this, bundle)) {
                return false;
            }
            current = transport;
            thread = scheduleFlush();
        }
        if (thread != null) {
            thread.execute(current);
        }
        return true;
    }

    private boolean add(PacketBundle bundle) {
        outbox.add(bundle);
        return true;
    }

    private boolean addIfAmple(PacketBundle bundle) {
        return outbox.hasAmpleRoomFor(bundle, server.options()) && add(bundle);
    }

    private boolean addIfWritable(PacketBundle bundle) {
        if (outbox.isEmpty() && transport.isWritable()) {
            return add(bundle);
        }
        drop(1);
        return false;
    }

    private boolean addDroppable(PacketBundle bundle) {
        if (!outbox.hasRoomFor(bundle, server.options()) && !makeRoomFor(bundle)) {
            drop(1);
            return false;
        }
        outbox.addDroppable(bundle);
        return true;
    }

    /** Returns the thread on which the transport has to run, or null if it will anyway. Called with the lock held. */
    private @Nullable Executor scheduleFlush() {
        if (flushScheduled) {
            return null;
        }
        if (transport.runsSoon()) {
            flushScheduled = true;
            return null;
        }
        Executor thread = transport.ioThread();
        flushScheduled = thread != null;
        return thread;
    }

    /**
     * Stops taking messages from the client, which then has to wait: for listeners that are behind with their work.
     * Called by the listener while it takes a message, no other message follows. The client does not time out
     * meanwhile, as its heartbeats may be among what is not read; but one of revision 3, which pings us and waits for
     * the answer, gives up by itself if it is not read for longer than {@code pingTimeout}.
     */
    public void pauseReading() {
        setReadingPaused(true);
    }

    /** Goes on taking messages from the client after {@link #pauseReading}. */
    public void resumeReading() {
        setReadingPaused(false);
    }

    private void setReadingPaused(boolean paused) {
        Transport current;
        synchronized (outbox) {
            if (readingPaused == paused) {
                return;
            }
            readingPaused = paused;
            current = transport;
        }
        if (!paused) {
            heartbeat.resumed();
        }
        current.readOrPause();
    }

    boolean isReadingPaused() {
        return readingPaused;
    }

    /**
     * Closes the session in good order: what was sent before is delivered, then the client is told. The reason is
     * {@link CloseReason#FORCED_CLOSE}. A polling client learns of it with its next poll. A client that does not read
     * within 30 seconds is no longer waited for.
     */
    public void close() {
        Executor thread;
        Transport current;
        synchronized (outbox) {
            if (state != State.OPEN) {
                return;
            }
            state = State.CLOSING;
            current = transport;
            thread = scheduleFlush();
        }
        limitClosing();
        if (thread != null) {
            thread.execute(current);
        }
    }

    private void limitClosing() {
        Timeout timeout =
                server.options().scheduler().schedule(CLOSE_TIMEOUT, () -> finish(CloseReason.FORCED_CLOSE, null));
        synchronized (outbox) {
            if (state == State.CLOSING) {
                closeTimeout = timeout;
                return;
            }
        }
        timeout.cancel();
    }

    /** Closes the session at once; what was not sent yet is dropped. The reason is {@link CloseReason#FORCED_CLOSE}. */
    public void abort() {
        finish(CloseReason.FORCED_CLOSE, null);
    }

    /**
     * Ends the session as {@link #send} does where there is no room: for what waits elsewhere to be sent to its client.
     *
     * @param full how much that is
     */
    public void overflow(OutgoingQueueFullException full) {
        finish(EngineIncident.OUTGOING_QUEUE_FULL, full);
    }

    // What follows is for the engine only.

    /** Like {@link #abort}; completes when the connection has been told. */
    CompletableFuture<Void> shutDown() {
        Executor thread;
        synchronized (outbox) {
            thread = transport.ioThread();
        }
        // Whoever has ended it already may have stopped its thread, too.
        boolean ended = finish(CloseReason.FORCED_CLOSE, null, null);
        return !ended || thread == null
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.runAsync(() -> {}, thread);
    }

    EngineServer server() {
        return server;
    }

    EngineCodec codec() {
        return codec;
    }

    Object lock() {
        return outbox;
    }

    TransportType transportType() {
        return transport.type();
    }

    Transport current() {
        return transport;
    }

    boolean isClosing() {
        return state == State.CLOSING;
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    /** Whether the application has taken the session; before that no request can concern it. */
    boolean isOpened() {
        return delivery.hasBegun();
    }

    /** Begins the session's life; it may have been closed already by whoever made the listener. */
    void start(SessionListener listener) {
        delivery.begin(listener);
        heartbeat.start();
    }

    void ping() {
        sendIf(PING, Session::add);
    }

    /** Lets the heartbeat act in time even if its timer is late. */
    void checkHeartbeat() {
        heartbeat.check();
    }

    /** Whether the transport is the one in use. Called with the lock held. */
    boolean isServedBy(Transport by) {
        return transport == by && state != State.CLOSED;
    }

    /** The next thing to send, or null; then whoever has something to send wakes the transport again. */
    @Nullable
    PacketBundle next(Transport by) {
        synchronized (outbox) {
            if (!isServedBy(by)) {
                return null;
            }
            PacketBundle next = outbox.poll();
            flushScheduled = next != null;
            return next;
        }
    }

    /**
     * Begins to send all that waits: whoever has something to send from here on wakes the transport again. False if
     * another transport has taken over. Called with the lock held.
     */
    boolean beginFlush(Transport by) {
        if (!isServedBy(by)) {
            return false;
        }
        flushScheduled = false;
        return true;
    }

    /** All that waits to be sent. Called with the lock held. */
    List<PacketBundle> takeAll() {
        return outbox.takeAll();
    }

    /** Whether nothing waits to be sent. Called with the lock held. */
    boolean isDrained() {
        return outbox.isEmpty();
    }

    /** Ends a closing session after its last packet. */
    void finishIfDrained(Transport by) {
        if (state != State.CLOSING) {
            return;
        }
        boolean drained;
        synchronized (outbox) {
            drained = isServedBy(by) && outbox.isEmpty();
        }
        if (drained) {
            finish(CloseReason.FORCED_CLOSE, null);
        }
    }

    /** Takes note of an upgrade that begins; false if the session cannot be upgraded, or is being upgraded already. */
    boolean beginUpgrade(UpgradeProbe probe) {
        synchronized (outbox) {
            boolean possible = state == State.OPEN && upgrade == null && transport.type() == TransportType.POLLING;
            if (possible) {
                upgrade = probe;
            }
            return possible;
        }
    }

    /** Gives an upgrade up; false if it was not under way. */
    boolean abandonUpgrade(UpgradeProbe probe) {
        synchronized (outbox) {
            boolean known = upgrade == probe;
            if (known) {
                upgrade = null;
            }
            return known;
        }
    }

    /**
     * Makes a WebSocket the transport, which then has to run; false if the session ended meanwhile or the client still
     * sends by polling.
     */
    boolean completeUpgrade(UpgradeProbe probe, WebSocketTransport next) {
        synchronized (outbox) {
            if (upgrade != probe || !(transport instanceof PollingTransport polling) || polling.isReceiving()) {
                return false;
            }
            upgrade = null;
            transport = next;
            flushScheduled = true;
            return true;
        }
    }

    /** Takes a received packet; false if nothing more is to be received. */
    boolean receive(EnginePacket packet) {
        if (state == State.CLOSING) {
            receiveClosing(packet);
        }
        if (state != State.OPEN) {
            return false;
        }
        switch (packet.type()) {
            case MESSAGE -> message(packet);
            case PING, PONG -> beat(packet.type());
            case CLOSE -> finish(CloseReason.TRANSPORT_CLOSE, null);
            // open, upgrade and noop mean nothing here; the reference ignores them too
            default -> server.incidents().add(EngineIncident.IGNORED_PACKET);
        }
        return state == State.OPEN;
    }

    private void beat(EnginePacketType type) {
        if (heartbeat.receive(type)) {
            tellOfHeartbeat();
        } else {
            finish(EngineIncident.INVALID_HEARTBEAT, new ProtocolException("invalid heartbeat direction"));
        }
    }

    private void tellOfHeartbeat() {
        try {
            delivery.heartbeat();
        } catch (Throwable e) {
            listenerFailed(e);
        }
    }

    /** While the last packets are on their way the client may still show that it is there, or say goodbye itself. */
    private void receiveClosing(EnginePacket packet) {
        switch (packet.type()) {
            case PING, PONG -> heartbeat.receive(packet.type());
            case CLOSE -> finish(CloseReason.FORCED_CLOSE, null);
            default -> {
                // the application has heard enough
            }
        }
    }

    private void message(EnginePacket packet) {
        heartbeat.message();
        try {
            delivery.message(packet);
        } catch (Throwable e) {
            listenerFailed(e);
        }
    }

    private void listenerFailed(Throwable cause) {
        LOG.log(System.Logger.Level.ERROR, "the listener of a session failed; the session is closed", cause);
        finish(CloseReason.FORCED_CLOSE, cause);
    }

    /** Ends the session for what its client has done. */
    void finish(EngineIncident incident, @Nullable Throwable cause) {
        CloseReason reason = switch (incident) {
            case PING_TIMEOUT -> CloseReason.PING_TIMEOUT;
            case INVALID_PACKET, TOO_MANY_PACKETS -> CloseReason.PARSE_ERROR;
            default -> CloseReason.TRANSPORT_ERROR;
        };
        finish(reason, incident, cause);
    }

    /** Ends the session without anybody's fault. */
    void finish(CloseReason reason, @Nullable Throwable cause) {
        finish(reason, null, cause);
    }

    /**
     * Ends the session: the only way to a closed session. Called from any thread, without the lock.
     *
     * @return false if it had ended before
     */
    private boolean finish(CloseReason reason, @Nullable EngineIncident incident, @Nullable Throwable cause) {
        Transport last;
        UpgradeProbe probe;
        boolean farewell;
        Timeout timeout;
        synchronized (outbox) {
            if (state == State.CLOSED) {
                return false;
            }
            state = State.CLOSED;
            last = transport;
            farewell = last.ended(reason);
            probe = upgrade;
            upgrade = null;
            timeout = closeTimeout;
            closeTimeout = null;
            outbox.clear();
        }
        if (incident != null) {
            server.incidents().add(incident);
        }
        heartbeat.stop();
        if (timeout != null) {
            timeout.cancel();
        }
        if (farewell) {
            server.lingering().add(this);
        }
        server.remove(this);
        last.close(reason);
        if (probe != null) {
            probe.cancel();
        }
        delivery.end(reason, cause);
        return true;
    }
}
