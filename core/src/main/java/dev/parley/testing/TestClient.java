package dev.parley.testing;

import dev.parley.protocol.Packet;
import dev.parley.protocol.RawValue;
import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A Socket.IO client for unit tests: a socket in one namespace. Made by {@link TestServer}.
 *
 * <p>What a call causes has happened when it returns: after {@code alice.emit(...)} the server's handlers have run and
 * what they emitted has arrived. A failed expectation is an {@link AssertionError} that says what did arrive.
 */
public final class TestClient {

    private final TestConnection connection;
    private final String namespace;
    private final Deque<TestEvent> inbox = new ArrayDeque<>();
    private final Map<Long, TestAck> acks = new HashMap<>();
    private long nextAckId;
    private final Map<String, @Nullable Object> auth;
    private @Nullable String id;
    private @Nullable String privateId;
    private @Nullable String offset;
    private boolean recovered;
    private @Nullable RawValue refusal;
    private @Nullable String disconnectReason;

    TestClient(TestConnection connection, String namespace, @Nullable Object auth) {
        this.connection = connection;
        this.namespace = namespace;
        this.auth = membersOf(tree(toRaw(auth)));
        this.privateId = this.auth.get("pid") instanceof String pid ? pid : null;
    }

    @SuppressWarnings("unchecked") // the keys of a JSON object are strings
    private static Map<String, @Nullable Object> membersOf(@Nullable Object tree) {
        return tree instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : Map.of();
    }

    synchronized void receive(Packet packet) {
        if (packet instanceof Packet.Event event) {
            TestEvent received = new TestEvent(this, event);
            inbox.add(received);
            offset = privateId == null ? null : Objects.requireNonNullElse(received.offset(), offset);
        } else if (packet instanceof Packet.Ack ack) {
            TestAck waiting = acks.remove(ack.ackId());
            if (waiting != null) {
                waiting.complete(ack.args().stream().map(RawValue.class::cast).toList());
            }
        } else if (packet instanceof Packet.Connect connect) {
            Map<String, @Nullable Object> answer = membersOf(tree(connect.data()));
            id = (String) Objects.requireNonNull(answer.get("sid"));
            String pid = (String) answer.get("pid");
            recovered = pid != null && pid.equals(privateId);
            privateId = pid;
        } else if (packet instanceof Packet.ConnectError error) {
            refusal = (RawValue) error.data();
            connection.forget(this);
        } else {
            disconnected("io server disconnect");
            connection.forget(this);
        }
    }

    private static @Nullable Object tree(@Nullable Object raw) {
        return raw == null ? null : ((RawValue) raw).toTree();
    }

    synchronized void disconnected(String reason) {
        if (disconnectReason == null) {
            disconnectReason = reason;
        }
    }

    /**
     * Returns the namespace that this socket belongs to.
     *
     * @return its name, with the slash in front
     */
    public String namespace() {
        return namespace;
    }

    /**
     * Returns the id that the server gave to this socket.
     *
     * @return the same as on the server's side
     * @throws AssertionError if the server has not let it in
     */
    public synchronized String id() {
        if (id == null) {
            throw new AssertionError("not connected to " + namespace + ": " + status());
        }
        return id;
    }

    /**
     * Tells whether this socket came back to a session that had been lost. See {@link TestServer#reconnect}.
     *
     * @return whether its connection state was recovered
     */
    public synchronized boolean recovered() {
        return recovered;
    }

    /** Whether events carry offsets. */
    synchronized boolean hasSession() {
        return privateId != null;
    }

    /** What to authenticate with in order to come back to this socket's session. */
    synchronized Map<String, @Nullable Object> authToReturn() {
        Map<String, @Nullable Object> session = new LinkedHashMap<>(auth);
        session.put("pid", privateId);
        session.put("offset", offset);
        session.values().removeIf(Objects::isNull);
        return session;
    }

    /**
     * Tells whether this socket is in its namespace.
     *
     * @return false before it was let in, and after the end
     */
    public synchronized boolean isConnected() {
        return id != null && disconnectReason == null;
    }

    private String status() {
        if (refusal != null) {
            return "refused with " + refusal;
        }
        return disconnectReason == null ? "no answer yet" : "disconnected, " + disconnectReason;
    }

    /**
     * Connects to a further namespace over the same connection.
     *
     * @param name the namespace
     * @return this client's socket in that namespace
     * @throws AssertionError if the server does not let it in
     */
    public TestClient of(String name) {
        return of(name, null);
    }

    /**
     * Connects to a further namespace over the same connection.
     *
     * @param name the namespace
     * @param auth what the client authenticates itself with: a map, record or bean
     * @return this client's socket in that namespace
     * @throws AssertionError if the server does not let it in
     */
    public TestClient of(String name, @Nullable Object auth) {
        return connection.connect(name, auth).admitted();
    }

    TestClient admitted() {
        id();
        return this;
    }

    /**
     * Sends an event.
     *
     * @param event its name
     * @param args its arguments: whatever the server can send
     */
    public void emit(String event, @Nullable Object... args) {
        connection.send(new Packet.Event(namespace, Packet.NO_ACK, event, values(args)));
    }

    /**
     * Sends an event that asks for an acknowledgement.
     *
     * @param event its name
     * @param args its arguments: whatever the server can send
     * @return the acknowledgement, which may have come already
     */
    public TestAck emitWithAck(String event, @Nullable Object... args) {
        TestAck ack = new TestAck(this, event);
        long number;
        synchronized (this) {
            number = nextAckId++;
            acks.put(number, ack);
        }
        connection.send(new Packet.Event(namespace, number, event, values(args)));
        return ack;
    }

    private static List<@Nullable Object> values(@Nullable Object @Nullable [] args) {
        return args == null ? Collections.singletonList(null) : Arrays.asList(args);
    }

    /**
     * Takes the oldest event that has arrived and was not taken yet, which must be this one.
     *
     * @param event the name it must have
     * @param args the arguments it must have, compared as JSON values; where none are given, any will do
     * @return the event
     * @throws AssertionError if another event comes first, or none has arrived
     */
    public synchronized TestEvent expect(String event, @Nullable Object... args) {
        TestEvent next = inbox.peek();
        boolean matches = next != null && next.name().equals(event) && (args.length == 0 || next.hasArgs(values(args)));
        if (next == null || !matches) {
            String wanted = "\"" + event + "\""
                    + Arrays.stream(args).map(arg -> ", " + toRaw(arg)).collect(Collectors.joining());
            throw new AssertionError("expected " + wanted + ", but " + arrivals());
        }
        inbox.remove();
        return next;
    }

    /**
     * Checks that all events that have arrived were taken.
     *
     * @throws AssertionError if one is left
     */
    public synchronized void expectNothing() {
        if (!inbox.isEmpty()) {
            throw new AssertionError("expected nothing, but " + arrivals());
        }
    }

    /**
     * Returns the events that have arrived and were not taken yet, and takes them all.
     *
     * @return the events, oldest first
     */
    public synchronized List<TestEvent> received() {
        List<TestEvent> all = List.copyOf(inbox);
        inbox.clear();
        return all;
    }

    /**
     * Checks that this socket has lost its connection or was thrown out.
     *
     * @return why, in the words of Socket.IO clients: {@code io server disconnect}, {@code io client disconnect} or
     *     {@code transport close}
     * @throws AssertionError if it is still connected
     */
    public synchronized String expectDisconnect() {
        if (disconnectReason == null) {
            throw new AssertionError("expected to be disconnected, but is connected, and " + arrivals());
        }
        return disconnectReason;
    }

    String arrivals() {
        synchronized (this) {
            String events = inbox.isEmpty()
                    ? "nothing has arrived"
                    : "this has arrived: "
                            + inbox.stream().map(TestEvent::toString).collect(Collectors.joining(" | "));
            return isConnected() ? events : events + " (" + status() + ")";
        }
    }

    synchronized @Nullable RawValue refusal() {
        return refusal;
    }

    /** Leaves the namespace, as {@code socket.disconnect()} of a client does. */
    public void disconnect() {
        connection.send(new Packet.Disconnect(namespace));
        connection.forget(this);
        disconnected("io client disconnect");
    }

    /** Cuts the connection, with all sockets on it, as a lost network does. */
    public void cut() {
        connection.cut();
    }

    /**
     * Stops answering the server's pings, as a computer that was put to sleep does. The server notices when enough time
     * has passed: {@link TestServer#advance}.
     */
    public void stopAnsweringPings() {
        connection.stopAnsweringPings();
    }

    void acknowledge(long ackId, List<? extends @Nullable Object> values) {
        connection.send(new Packet.Ack(namespace, ackId, values));
    }

    @Nullable
    Object read(RawValue value, Type type) {
        return connection.types().read(value, type);
    }

    /** The value as it would arrive. */
    RawValue toRaw(@Nullable Object value) {
        return Loopback.through(connection.codec(), value);
    }
}
