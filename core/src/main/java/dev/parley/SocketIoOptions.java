package dev.parley;

import dev.parley.adapter.AdapterFactory;
import dev.parley.adapter.InMemoryAdapter;
import dev.parley.adapter.SessionAwareAdapter;
import dev.parley.engine.Compression;
import dev.parley.engine.CookieOptions;
import dev.parley.engine.CorsOptions;
import dev.parley.engine.EngineOptions;
import dev.parley.engine.RequestFilter;
import dev.parley.engine.Scheduler;
import dev.parley.engine.TransportType;
import dev.parley.mapping.ObjectMapping;
import dev.parley.protocol.DecoderLimits;
import dev.parley.protocol.JsonPacketCodec;
import dev.parley.protocol.PacketCodecFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a Socket.IO server behaves. Immutable. Names and defaults are those of the reference server; what it does not
 * limit is limited here.
 */
public final class SocketIoOptions {

    private static final long PAYLOADS_PER_PACKET = 10;
    private static final int LARGEST_PACKET = 1 << 30;

    private final EngineOptions engine;
    private final Duration connectTimeout;
    private final @Nullable Duration middlewareTimeout;
    private final Duration ackTimeout;
    private final int maxPendingAcks;
    private final long maxUnhandledBytes;
    private final OverflowPolicy overflowPolicy;
    private final @Nullable Integer maxPacketBytes;
    private final Duration attachmentTimeout;
    private final int maxPacketsPerSecond;
    private final int maxAuthBytes;
    private final int maxNamespacesPerConnection;
    private final int maxChildNamespaces;
    private final boolean cleanupEmptyChildNamespaces;
    private final int maxRoomsPerSocket;
    private final DecoderLimits decoderLimits;
    private final @Nullable PacketCodecFactory parser;
    private final @Nullable Executor executor;
    private final ObjectMapping mapping;
    private final @Nullable AdapterFactory adapter;
    private final @Nullable ConnectionStateRecovery connectionStateRecovery;
    private final @Nullable Function<HandlerError, @Nullable Object> errorAck;
    private final @Nullable ClientFiles clientFiles;

    private SocketIoOptions(Builder builder) {
        this.engine = builder.engine.build();
        this.connectTimeout = builder.connectTimeout;
        this.middlewareTimeout = builder.middlewareTimeout;
        this.ackTimeout = builder.ackTimeout;
        this.maxPendingAcks = builder.maxPendingAcks;
        this.maxUnhandledBytes = builder.maxUnhandledBytes;
        this.overflowPolicy = builder.overflowPolicy;
        this.maxPacketBytes = builder.maxPacketBytes;
        this.attachmentTimeout = builder.attachmentTimeout;
        this.maxPacketsPerSecond = builder.maxPacketsPerSecond;
        this.maxAuthBytes = builder.maxAuthBytes;
        this.maxNamespacesPerConnection = builder.maxNamespacesPerConnection;
        this.maxChildNamespaces = builder.maxChildNamespaces;
        this.cleanupEmptyChildNamespaces = builder.cleanupEmptyChildNamespaces;
        this.maxRoomsPerSocket = builder.maxRoomsPerSocket;
        this.decoderLimits = builder.decoderLimits;
        this.parser = builder.parser;
        this.executor = builder.executor;
        this.mapping = Objects.requireNonNullElseGet(builder.mapping, ObjectMapping::detect);
        this.adapter = builder.adapter;
        this.connectionStateRecovery = builder.connectionStateRecovery;
        this.errorAck = builder.errorAck;
        this.clientFiles = builder.clientFiles;
    }

    /**
     * Starts from the defaults.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns the defaults.
     *
     * @return options with every default
     */
    public static SocketIoOptions defaults() {
        return builder().build();
    }

    /**
     * Starts from these options.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.engine = engine.toBuilder();
        builder.connectTimeout = connectTimeout;
        builder.middlewareTimeout = middlewareTimeout;
        builder.ackTimeout = ackTimeout;
        builder.maxPendingAcks = maxPendingAcks;
        builder.maxUnhandledBytes = maxUnhandledBytes;
        builder.overflowPolicy = overflowPolicy;
        builder.maxPacketBytes = maxPacketBytes;
        builder.attachmentTimeout = attachmentTimeout;
        builder.maxPacketsPerSecond = maxPacketsPerSecond;
        builder.maxAuthBytes = maxAuthBytes;
        builder.maxNamespacesPerConnection = maxNamespacesPerConnection;
        builder.maxChildNamespaces = maxChildNamespaces;
        builder.cleanupEmptyChildNamespaces = cleanupEmptyChildNamespaces;
        builder.maxRoomsPerSocket = maxRoomsPerSocket;
        builder.decoderLimits = decoderLimits;
        builder.parser = parser;
        builder.executor = executor;
        builder.mapping = mapping;
        builder.adapter = adapter;
        builder.connectionStateRecovery = connectionStateRecovery;
        builder.errorAck = errorAck;
        builder.clientFiles = clientFiles;
        return builder;
    }

    /**
     * Returns the options of the layer below: transports, heartbeat, payloads, cross-origin rules, cookie.
     *
     * @return the Engine.IO options
     */
    public EngineOptions engine() {
        return engine;
    }

    /**
     * Returns how long a connection may live before it has joined a namespace.
     *
     * @return the value of this option
     */
    public Duration connectTimeout() {
        return connectTimeout;
    }

    /**
     * Returns how long the middlewares of a namespace together may take to decide about a client, and each middleware
     * of a socket about an event.
     *
     * @return the value of this option
     */
    public Duration middlewareTimeout() {
        return Objects.requireNonNullElse(middlewareTimeout, connectTimeout);
    }

    /**
     * Returns how long to wait for an acknowledgement where no other time is given.
     *
     * @return the value of this option
     */
    public Duration ackTimeout() {
        return ackTimeout;
    }

    /**
     * Returns how many acknowledgements one socket may owe at a time; beyond it, asking for another one fails.
     *
     * @return the value of this option
     */
    public int maxPendingAcks() {
        return maxPendingAcks;
    }

    /**
     * Returns how much of what a client sends may wait for the handlers.
     *
     * @return bytes of one connection
     */
    public long maxUnhandledBytes() {
        return maxUnhandledBytes;
    }

    /**
     * Returns what becomes of clients that read too slowly.
     *
     * @return the value of this option
     */
    public OverflowPolicy overflowPolicy() {
        return overflowPolicy;
    }

    /**
     * Returns how long a packet may be, its attachments included.
     *
     * @return bytes
     */
    public int maxPacketBytes() {
        return maxPacketBytes == null
                ? (int) Math.min(PAYLOADS_PER_PACKET * engine.maxPayload(), LARGEST_PACKET)
                : maxPacketBytes;
    }

    /**
     * Returns how long to wait for the next attachment of a packet.
     *
     * @return the value of this option
     */
    public Duration attachmentTimeout() {
        return attachmentTimeout;
    }

    /**
     * Returns how many packets are taken from a client in a second.
     *
     * @return the value of this option, {@link Integer#MAX_VALUE} for no limit
     */
    public int maxPacketsPerSecond() {
        return maxPacketsPerSecond;
    }

    /**
     * Returns how long the packet may be with which a client asks to join a namespace.
     *
     * @return bytes, nearly all of them of its {@code auth} object
     */
    public int maxAuthBytes() {
        return maxAuthBytes;
    }

    /**
     * Returns how many namespaces a client may join over one connection; one that wants more is disconnected.
     *
     * @return the value of this option
     */
    public int maxNamespacesPerConnection() {
        return maxNamespacesPerConnection;
    }

    /**
     * Returns how many namespaces there may be that were created because clients asked for them.
     *
     * @return the value of this option
     */
    public int maxChildNamespaces() {
        return maxChildNamespaces;
    }

    /**
     * Tells whether a namespace that was created because a client asked for it is removed when nobody is in it.
     *
     * @return the value of this option
     */
    public boolean cleanupEmptyChildNamespaces() {
        return cleanupEmptyChildNamespaces;
    }

    /**
     * Returns how many rooms a socket may be in.
     *
     * @return the value of this option
     */
    public int maxRoomsPerSocket() {
        return maxRoomsPerSocket;
    }

    /**
     * Returns what a received packet may demand.
     *
     * @return the value of this option
     */
    public DecoderLimits decoderLimits() {
        return decoderLimits;
    }

    /**
     * Returns what makes the encoding of packets.
     *
     * @return the value of this option
     */
    public PacketCodecFactory parser() {
        return parser == null ? JsonPacketCodec::new : parser;
    }

    /**
     * Returns what runs the application's handlers.
     *
     * @return the application's executor, or null for the server's own
     */
    public @Nullable Executor executor() {
        return executor;
    }

    /**
     * Returns what maps records and beans.
     *
     * @return the value of this option
     */
    public ObjectMapping mapping() {
        return mapping;
    }

    /**
     * Returns what makes the adapter of each namespace.
     *
     * @return the value of this option
     */
    public AdapterFactory adapter() {
        if (adapter != null) {
            return adapter;
        }
        return connectionStateRecovery == null ? InMemoryAdapter::new : SessionAwareAdapter::new;
    }

    /**
     * Returns how clients come back to their sessions.
     *
     * @return the value of this option, null if they do not
     */
    public @Nullable ConnectionStateRecovery connectionStateRecovery() {
        return connectionStateRecovery;
    }

    /**
     * Returns what answers a client that waits for an acknowledgement of an event whose handler has failed.
     *
     * @return makes the answer, or null where such events are not answered
     */
    public @Nullable Function<HandlerError, @Nullable Object> errorAck() {
        return errorAck;
    }

    @Nullable
    ClientFiles clientFiles() {
        return clientFiles;
    }

    /** Collects options. Not safe for use by several threads. */
    public static final class Builder {

        private EngineOptions.Builder engine = EngineOptions.builder().path("/socket.io");
        private Duration connectTimeout = Duration.ofSeconds(45);
        private @Nullable Duration middlewareTimeout;
        private Duration ackTimeout = Duration.ofSeconds(30);
        private int maxPendingAcks = 10_000;
        private long maxUnhandledBytes = 1024 * 1024;
        private OverflowPolicy overflowPolicy = OverflowPolicy.close();
        private @Nullable Integer maxPacketBytes;
        private Duration attachmentTimeout = Duration.ofSeconds(30);
        private int maxPacketsPerSecond = Integer.MAX_VALUE;
        private int maxAuthBytes = 65_536;
        private int maxNamespacesPerConnection = 100;
        private int maxChildNamespaces = 10_000;
        private boolean cleanupEmptyChildNamespaces = true;
        private int maxRoomsPerSocket = 10_000;
        private DecoderLimits decoderLimits = DecoderLimits.DEFAULT;
        private @Nullable PacketCodecFactory parser;
        private @Nullable Executor executor;
        private @Nullable ObjectMapping mapping;
        private @Nullable AdapterFactory adapter;
        private @Nullable ConnectionStateRecovery connectionStateRecovery;
        private @Nullable Function<HandlerError, @Nullable Object> errorAck;
        private @Nullable ClientFiles clientFiles;

        private Builder() {}

        /**
         * Sets the path below which requests are answered. Default: {@code /socket.io}.
         *
         * @param path the path, with a slash in front
         * @return this
         * @throws IllegalArgumentException if the path does not start with a slash
         */
        public Builder path(String path) {
            engine.path(path);
            return this;
        }

        /**
         * Sets how long after the handshake, and after each pong, the next ping is sent. Default: 25 s.
         *
         * @param pingInterval the time
         * @return this
         * @throws IllegalArgumentException if it is not between 1 ms and 100 years
         */
        public Builder pingInterval(Duration pingInterval) {
            engine.pingInterval(pingInterval);
            return this;
        }

        /**
         * Sets how long to wait for a pong before the connection is closed. Default: 20 s.
         *
         * @param pingTimeout the time
         * @return this
         * @throws IllegalArgumentException if it is not between 1 ms and 100 years
         */
        public Builder pingTimeout(Duration pingTimeout) {
            engine.pingTimeout(pingTimeout);
            return this;
        }

        /**
         * Sets how long the upgrade from polling to WebSocket may take before it is given up. Default: 10 s.
         *
         * @param upgradeTimeout the time
         * @return this
         * @throws IllegalArgumentException if it is not between 1 ms and 100 years
         */
        public Builder upgradeTimeout(Duration upgradeTimeout) {
            engine.upgradeTimeout(upgradeTimeout);
            return this;
        }

        /**
         * Sets the longest request body and the longest WebSocket message that a client may send: the reference's
         * {@code maxHttpBufferSize}. Default: 1,000,000 bytes.
         *
         * @param maxPayload bytes
         * @return this
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder maxPayload(int maxPayload) {
            engine.maxPayload(maxPayload);
            return this;
        }

        /**
         * Sets the transports that clients may use. Default: all of them.
         *
         * @param transports at least one
         * @return this
         * @throws IllegalArgumentException if there is none
         */
        public Builder transports(Set<TransportType> transports) {
            engine.transports(transports);
            return this;
        }

        /**
         * Sets whether a connection may change from polling to WebSocket. Default: true.
         *
         * @param allowUpgrades whether it may
         * @return this
         */
        public Builder allowUpgrades(boolean allowUpgrades) {
            engine.allowUpgrades(allowUpgrades);
            return this;
        }

        /**
         * Sets whether old clients are served too, which speak revision 3 of Engine.IO: JavaScript clients 2.x, Java
         * clients 1.x and their like. JavaScript clients 1.x can connect as well, but while they poll, they spoil text
         * that is not ASCII. Default: false.
         *
         * <p>In these clients, {@link Socket#id} is made from the id of the connection, by which its requests are
         * recognised: do not show it to other clients. They have no {@code auth} object; what stands in its place is
         * the query with which they join a namespace. In browsers they send cookies with requests to other origins,
         * which {@link #cors} has to allow by {@link CorsOptions.Builder#credentials}. JSONP is served as well, see
         * {@link EngineOptions.Builder#allowEio3}.
         *
         * @param allowEio3 whether they are
         * @return this
         */
        public Builder allowEio3(boolean allowEio3) {
            engine.allowEio3(allowEio3);
            return this;
        }

        /**
         * Sets what pages of other origins may do. Default: what browsers allow by themselves.
         *
         * @param cors the rules
         * @return this
         */
        public Builder cors(CorsOptions cors) {
            engine.cors(cors);
            return this;
        }

        /**
         * Sets a cookie by which load balancers recognise a connection's requests. Default: none.
         *
         * @param cookie the cookie
         * @return this
         */
        public Builder cookie(CookieOptions cookie) {
            engine.cookie(cookie);
            return this;
        }

        /**
         * Compresses WebSocket messages for clients that offer it ({@code permessage-deflate}). Default: off. Events
         * sent with {@code compress(false)} are left as they are.
         *
         * @param perMessageDeflate from which size on, such as {@link Compression#DEFAULT}
         * @return this
         */
        public Builder perMessageDeflate(Compression perMessageDeflate) {
            engine.perMessageDeflate(perMessageDeflate);
            return this;
        }

        /**
         * Compresses responses to polls for clients that accept it. Default: off; read in
         * {@link EngineOptions.Builder#httpCompression} why. A response that holds an event sent with
         * {@code compress(false)} is left as it is, as a whole.
         *
         * @param httpCompression from which size on, such as {@link Compression#DEFAULT}
         * @return this
         */
        public Builder httpCompression(Compression httpCompression) {
            engine.httpCompression(httpCompression);
            return this;
        }

        /**
         * Sets what decides about each connection before it is opened. Default: all are admitted.
         *
         * @param allowRequest decides by the first request
         * @return this
         */
        public Builder allowRequest(RequestFilter allowRequest) {
            engine.allowRequest(allowRequest);
            return this;
        }

        /**
         * Sets the source of time. Default: the system's.
         *
         * @param scheduler clock and timers
         * @return this
         */
        public Builder scheduler(Scheduler scheduler) {
            engine.scheduler(scheduler);
            return this;
        }

        /**
         * Sets further options of the layer below.
         *
         * @param change changes the Engine.IO options
         * @return this
         */
        public Builder engine(Consumer<EngineOptions.Builder> change) {
            change.accept(engine);
            return this;
        }

        /**
         * Sets how long a connection may live before it has joined a namespace. Default: 45 s.
         *
         * @param connectTimeout the time
         * @return this
         * @throws IllegalArgumentException if it is not between 1 ms and 100 years
         */
        public Builder connectTimeout(Duration connectTimeout) {
            this.connectTimeout = Checks.positive("connectTimeout", connectTimeout);
            return this;
        }

        /**
         * Sets how long the middlewares of a namespace together may take to decide about a client, and each middleware
         * of a socket about an event. Default: the same as {@link #connectTimeout}.
         *
         * @param middlewareTimeout the time
         * @return this
         * @throws IllegalArgumentException if it is not between 1 ms and 100 years
         */
        public Builder middlewareTimeout(Duration middlewareTimeout) {
            this.middlewareTimeout = Checks.positive("middlewareTimeout", middlewareTimeout);
            return this;
        }

        /**
         * Sets how long to wait for an acknowledgement where no other time is given. Default: 30 s.
         *
         * @param ackTimeout the time
         * @return this
         * @throws IllegalArgumentException if it is not between 1 ms and 100 years
         */
        public Builder ackTimeout(Duration ackTimeout) {
            this.ackTimeout = Checks.positive("ackTimeout", ackTimeout);
            return this;
        }

        /**
         * Answers clients that wait for an acknowledgement of an event that has failed: a handler has thrown something,
         * an argument has the wrong type, or a middleware has rejected the event. Default: such events are not
         * answered, and the client waits until its own timeout.
         *
         * <pre>{@code
         * options.errorAck(error -> Map.of("error", "internal"))
         * }</pre>
         *
         * @param errorAck makes the answer, after the error hook was told: a value that can be sent, or null for none.
         *     Exceptions may hold what the client must not know. What it throws goes to the error hook
         * @return this
         */
        public Builder errorAck(Function<HandlerError, @Nullable Object> errorAck) {
            this.errorAck = Objects.requireNonNull(errorAck, "errorAck");
            return this;
        }

        /**
         * Sets how many acknowledgements one socket may owe at a time; beyond it, asking for another one fails.
         * Default: 10,000.
         *
         * @param maxPendingAcks the limit
         * @return this
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder maxPendingAcks(int maxPendingAcks) {
            this.maxPendingAcks = Checks.positive("maxPendingAcks", maxPendingAcks);
            return this;
        }

        /**
         * Sets how much of what a client sends may wait for its handlers. While it is more, nothing is read from that
         * client, until half of it has been handled: the client has to wait, and is not closed. The event that is one
         * too many comes on top. Default: 1 MiB.
         *
         * @param maxUnhandledBytes bytes of one connection; each event counts with 128 more than its size, and a socket
         *     that has left, but whose handlers are not done with it, with 4096
         * @return this
         * @throws IllegalArgumentException if the value is not positive
         */
        public Builder maxUnhandledBytes(long maxUnhandledBytes) {
            this.maxUnhandledBytes = Checks.positive("maxUnhandledBytes", maxUnhandledBytes);
            return this;
        }

        /**
         * Sets what becomes of clients that read too slowly, when more waits for them than
         * {@link EngineOptions.Builder#maxQueuedMessages} and {@link EngineOptions.Builder#maxQueuedBytes} allow.
         * Default: {@link OverflowPolicy#close()}.
         *
         * @param overflowPolicy the policy
         * @return this
         */
        public Builder overflowPolicy(OverflowPolicy overflowPolicy) {
            this.overflowPolicy = Objects.requireNonNull(overflowPolicy, "overflowPolicy");
            return this;
        }

        /**
         * Sets how long a packet may be, its attachments included: so much may be kept of it until the last of them is
         * here. A client that sends more is disconnected. Each of its messages is limited by {@link #maxPayload} as
         * well. Default: ten times {@link #maxPayload}.
         *
         * @param maxPacketBytes bytes, up to 1 GiB
         * @return this
         * @throws IllegalArgumentException if the value is out of range
         */
        public Builder maxPacketBytes(int maxPacketBytes) {
            if (maxPacketBytes < 1 || maxPacketBytes > LARGEST_PACKET) {
                throw new IllegalArgumentException(
                        "maxPacketBytes: " + maxPacketBytes + " (expected: 1 to " + LARGEST_PACKET + ")");
            }
            this.maxPacketBytes = maxPacketBytes;
            return this;
        }

        /**
         * Sets how long to wait for the next attachment of a packet. A client that sends none for longer is
         * disconnected, when it next answers a ping; one that does not answer has a ping timeout. Default: 30 s.
         *
         * @param attachmentTimeout the time
         * @return this
         * @throws IllegalArgumentException if it is not between 1 ms and 100 years
         */
        public Builder attachmentTimeout(Duration attachmentTimeout) {
            this.attachmentTimeout = Checks.positive("attachmentTimeout", attachmentTimeout);
            return this;
        }

        /**
         * Sets how many Socket.IO packets are taken from a client in a second, over all its namespaces: events,
         * acknowledgements and whatever else it may send. As many may come at once. A client that sends more is neither
         * disconnected nor told: nothing is read from it until it is back at that rate, so it has to wait, and no
         * packet gets lost. Default: no limit.
         *
         * @param maxPacketsPerSecond packets of one connection, {@link Integer#MAX_VALUE} for no limit
         * @return this
         * @throws IllegalArgumentException if the value is not positive
         */
        public Builder maxPacketsPerSecond(int maxPacketsPerSecond) {
            this.maxPacketsPerSecond = Checks.positive("maxPacketsPerSecond", maxPacketsPerSecond);
            return this;
        }

        /**
         * Sets how long the packet may be with which a client asks to join a namespace: nearly all of it is the
         * client's {@code auth} object, which is kept, in a form that takes many times as much, for as long as the
         * client stays. A client that sends more gets a {@code CONNECT_ERROR}. Default: 64 KiB.
         *
         * @param maxAuthBytes the limit
         * @return this
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder maxAuthBytes(int maxAuthBytes) {
            this.maxAuthBytes = Checks.positive("maxAuthBytes", maxAuthBytes);
            return this;
        }

        /**
         * Sets how many namespaces a client may join over one connection; one that wants more is disconnected. Default:
         * 100.
         *
         * @param maxNamespacesPerConnection the limit
         * @return this
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder maxNamespacesPerConnection(int maxNamespacesPerConnection) {
            this.maxNamespacesPerConnection = Checks.positive("maxNamespacesPerConnection", maxNamespacesPerConnection);
            return this;
        }

        /**
         * Sets how many namespaces there may be, on this server at a time, that were created because clients asked for
         * them ({@link SocketIoServer#of(java.util.regex.Pattern)}). Beyond it, clients that ask for others are refused
         * with the message {@code Too many namespaces}, and a warning is logged. Default: 10,000.
         *
         * @param maxChildNamespaces the limit
         * @return this
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder maxChildNamespaces(int maxChildNamespaces) {
            this.maxChildNamespaces = Checks.positive("maxChildNamespaces", maxChildNamespaces);
            return this;
        }

        /**
         * Sets whether a namespace that was created because a client asked for it is removed when the last of its
         * clients has left or been refused; the next client that asks for it brings a new one into being. Those that
         * the application has asked for by {@link SocketIoServer#of(String)} always stay. Default: true, so that
         * clients cannot fill the memory with names that they make up.
         *
         * @param cleanupEmptyChildNamespaces whether they are removed
         * @return this
         */
        public Builder cleanupEmptyChildNamespaces(boolean cleanupEmptyChildNamespaces) {
            this.cleanupEmptyChildNamespaces = cleanupEmptyChildNamespaces;
            return this;
        }

        /**
         * Sets how many rooms a socket may be in. Default: 10,000.
         *
         * @param maxRoomsPerSocket the limit
         * @return this
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder maxRoomsPerSocket(int maxRoomsPerSocket) {
            this.maxRoomsPerSocket = Checks.positive("maxRoomsPerSocket", maxRoomsPerSocket);
            return this;
        }

        /**
         * Sets what a received packet may demand; a client that sends another one is disconnected. Default:
         * {@link DecoderLimits#DEFAULT}.
         *
         * @param decoderLimits the limits
         * @return this
         */
        public Builder decoderLimits(DecoderLimits decoderLimits) {
            this.decoderLimits = Objects.requireNonNull(decoderLimits, "decoderLimits");
            return this;
        }

        /**
         * Sets the encoding of packets, which has to be that of the clients: those that use another one are
         * disconnected. Default: JSON, with binary data behind it.
         *
         * <p>It cannot be combined with {@link #allowEio3}: old clients encode some packets in other ways, whatever
         * their parser.
         *
         * @param parser makes the codec, for example {@code MsgpackPacketCodec::new} of {@code parley-codec-msgpack}
         * @return this
         */
        public Builder parser(PacketCodecFactory parser) {
            this.parser = Objects.requireNonNull(parser, "parser");
            return this;
        }

        /**
         * Sets what runs the application's handlers and middlewares. The handlers of one socket never run at the same
         * time, whatever the executor does. With {@code Runnable::run} they run on I/O threads and must not block.
         *
         * <p>Default: from Java 21 on a virtual thread for each socket that has something to do, else a pool of 4
         * daemon threads for each processor, but at least 16. It is shut down when the server is closed; an executor
         * set here is not.
         *
         * @param executor the executor
         * @return this
         */
        public Builder executor(Executor executor) {
            this.executor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /**
         * Sets what maps records and beans. Default: {@link ObjectMapping#detect()}.
         *
         * @param mapping the mapping, for example {@link ObjectMapping#jackson} of an own object mapper
         * @return this
         */
        public Builder mapping(ObjectMapping mapping) {
            this.mapping = Objects.requireNonNull(mapping, "mapping");
            return this;
        }

        /**
         * Lets clients that have lost their connection for a while come back to their socket id, rooms and data, and to
         * the events that they have missed. Default: off.
         *
         * @param connectionStateRecovery how much is kept for them
         * @return this
         */
        public Builder connectionStateRecovery(ConnectionStateRecovery connectionStateRecovery) {
            this.connectionStateRecovery = Objects.requireNonNull(connectionStateRecovery, "connectionStateRecovery");
            return this;
        }

        /**
         * Sets what keeps the rooms of each namespace and delivers its broadcasts. Default: {@link InMemoryAdapter}, or
         * {@link SessionAwareAdapter} with {@link #connectionStateRecovery}.
         *
         * @param adapter makes the adapter of each namespace
         * @return this
         */
        public Builder adapter(AdapterFactory adapter) {
            this.adapter = Objects.requireNonNull(adapter, "adapter");
            return this;
        }

        /**
         * Serves the JavaScript client from a folder, as {@code socket.io.js} below the server's path: that file, its
         * smaller variants and their maps. Default: not served.
         *
         * @param folder the folder {@code dist} of the npm package {@code socket.io-client}
         * @return this
         * @throws IllegalArgumentException if the folder holds none of the files
         */
        public Builder clientFiles(Path folder) {
            this.clientFiles = ClientFiles.inFolder(folder);
            return this;
        }

        /**
         * Serves the JavaScript client from the class path, as {@link #clientFiles(Path)} does from a folder.
         *
         * @param loader finds the files
         * @param location where they are, such as {@code META-INF/resources/webjars/socket.io-client/4.8.1/dist}
         * @return this
         * @throws IllegalArgumentException if the location holds none of the files
         */
        public Builder clientFiles(ClassLoader loader, String location) {
            this.clientFiles = ClientFiles.onClassPath(loader, location);
            return this;
        }

        /**
         * Creates the options.
         *
         * @return immutable options
         * @throws IllegalArgumentException if options contradict each other
         */
        public SocketIoOptions build() {
            SocketIoOptions options = new SocketIoOptions(this);
            if (parser != null && options.engine().allowEio3()) {
                throw new IllegalArgumentException("allowEio3: true (expected: false with a parser of one's own)");
            }
            return options;
        }
    }
}
