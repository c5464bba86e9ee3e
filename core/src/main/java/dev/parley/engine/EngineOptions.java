package dev.parley.engine;

import dev.parley.protocol.EngineCodecV4;
import dev.parley.protocol.PacketBundle;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How an Engine.IO server behaves. Immutable. Names and defaults are those of the reference server, but for the limits
 * of the outgoing queue, which it lacks.
 */
public final class EngineOptions {

    private final String path;
    private final boolean addTrailingSlash;
    private final Duration pingInterval;
    private final Duration pingTimeout;
    private final Duration upgradeTimeout;
    private final int maxPayload;
    private final int maxPacketsPerPayload;
    private final Set<TransportType> transports;
    private final boolean allowUpgrades;
    private final boolean allowEio3;
    private final @Nullable CorsOptions cors;
    private final @Nullable CookieOptions cookie;
    private final @Nullable Compression perMessageDeflate;
    private final @Nullable Compression httpCompression;
    private final @Nullable RequestFilter allowRequest;
    private final SessionIdGenerator idGenerator;
    private final @Nullable PacketBundle initialPacket;
    private final int maxQueuedMessages;
    private final long maxQueuedBytes;
    private final int maxSessions;
    private final int maxSessionsPerAddress;
    private final int maxHandshakesPerSecond;
    private final TrustedProxies trustedProxies;
    private final Scheduler scheduler;

    private EngineOptions(Builder builder) {
        this.path = builder.path;
        this.addTrailingSlash = builder.addTrailingSlash;
        this.pingInterval = builder.pingInterval;
        this.pingTimeout = builder.pingTimeout;
        this.upgradeTimeout = builder.upgradeTimeout;
        this.maxPayload = builder.maxPayload;
        this.maxPacketsPerPayload = builder.maxPacketsPerPayload;
        this.transports = Collections.unmodifiableSet(EnumSet.copyOf(builder.transports));
        this.allowUpgrades = builder.allowUpgrades;
        this.allowEio3 = builder.allowEio3;
        this.cors = builder.cors;
        this.cookie = builder.cookie;
        this.perMessageDeflate = builder.perMessageDeflate;
        this.httpCompression = builder.httpCompression;
        this.allowRequest = builder.allowRequest;
        this.idGenerator = builder.idGenerator;
        this.initialPacket = builder.initialPacket;
        this.maxQueuedMessages = builder.maxQueuedMessages;
        this.maxQueuedBytes = builder.maxQueuedBytes;
        this.maxSessions = builder.maxSessions;
        this.maxSessionsPerAddress = builder.maxSessionsPerAddress;
        this.maxHandshakesPerSecond = builder.maxHandshakesPerSecond;
        this.trustedProxies = builder.trustedProxies;
        this.scheduler = builder.scheduler;
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
    public static EngineOptions defaults() {
        return builder().build();
    }

    /**
     * Starts from these options.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.path = path;
        builder.addTrailingSlash = addTrailingSlash;
        builder.pingInterval = pingInterval;
        builder.pingTimeout = pingTimeout;
        builder.upgradeTimeout = upgradeTimeout;
        builder.maxPayload = maxPayload;
        builder.maxPacketsPerPayload = maxPacketsPerPayload;
        builder.transports = transports;
        builder.allowUpgrades = allowUpgrades;
        builder.allowEio3 = allowEio3;
        builder.cors = cors;
        builder.cookie = cookie;
        builder.perMessageDeflate = perMessageDeflate;
        builder.httpCompression = httpCompression;
        builder.allowRequest = allowRequest;
        builder.idGenerator = idGenerator;
        builder.initialPacket = initialPacket;
        builder.maxQueuedMessages = maxQueuedMessages;
        builder.maxQueuedBytes = maxQueuedBytes;
        builder.maxSessions = maxSessions;
        builder.maxSessionsPerAddress = maxSessionsPerAddress;
        builder.maxHandshakesPerSecond = maxHandshakesPerSecond;
        builder.trustedProxies = trustedProxies;
        builder.scheduler = scheduler;
        return builder;
    }

    /**
     * Returns the path below which requests are answered, without the slash at its end.
     *
     * @return the value of this option
     */
    public String path() {
        return path;
    }

    /**
     * Returns whether the path of requests ends with a slash.
     *
     * @return the value of this option
     */
    public boolean addTrailingSlash() {
        return addTrailingSlash;
    }

    /**
     * Returns how long after the handshake, and after each pong, the next ping is sent.
     *
     * @return the value of this option
     */
    public Duration pingInterval() {
        return pingInterval;
    }

    /**
     * Returns how long to wait for a pong before the session is closed.
     *
     * @return the value of this option
     */
    public Duration pingTimeout() {
        return pingTimeout;
    }

    /**
     * Returns how long an upgrade may take before it is given up.
     *
     * @return the value of this option
     */
    public Duration upgradeTimeout() {
        return upgradeTimeout;
    }

    /**
     * Returns how long a request's body or a WebSocket message of a client may be, in bytes.
     *
     * @return the value of this option
     */
    public int maxPayload() {
        return maxPayload;
    }

    /**
     * Returns how many packets the body of one request of a polling client may hold.
     *
     * @return the value of this option
     */
    public int maxPacketsPerPayload() {
        return maxPacketsPerPayload;
    }

    /**
     * Returns the transports that clients may use.
     *
     * @return the value of this option
     */
    public Set<TransportType> transports() {
        return transports;
    }

    /**
     * Returns whether a session may change from polling to WebSocket.
     *
     * @return the value of this option
     */
    public boolean allowUpgrades() {
        return allowUpgrades;
    }

    /**
     * Returns whether clients of revision 3 of the protocol, and those that use JSONP, are served.
     *
     * @return the value of this option
     */
    public boolean allowEio3() {
        return allowEio3;
    }

    /**
     * Returns what pages of other origins may do, or null to leave that to the browsers' defaults.
     *
     * @return the value of this option
     */
    public @Nullable CorsOptions cors() {
        return cors;
    }

    /**
     * Returns the cookie that carries the session's id for load balancers, or null for none.
     *
     * @return the value of this option
     */
    public @Nullable CookieOptions cookie() {
        return cookie;
    }

    /**
     * Returns how WebSocket messages are compressed for clients that offer it, or null if they are not.
     *
     * @return the value of this option
     */
    public @Nullable Compression perMessageDeflate() {
        return perMessageDeflate;
    }

    /**
     * Returns how responses to polls are compressed for clients that accept it, or null if they are not.
     *
     * @return the value of this option
     */
    public @Nullable Compression httpCompression() {
        return httpCompression;
    }

    /**
     * Returns who decides about each handshake, or null to admit all.
     *
     * @return the value of this option
     */
    public @Nullable RequestFilter allowRequest() {
        return allowRequest;
    }

    /**
     * Returns who makes the ids of sessions.
     *
     * @return the value of this option
     */
    public SessionIdGenerator idGenerator() {
        return idGenerator;
    }

    /**
     * Returns the message that is sent together with each handshake, or null.
     *
     * @return the value of this option
     */
    public @Nullable PacketBundle initialPacket() {
        return initialPacket;
    }

    /**
     * Returns how many messages may wait for a client that reads too slowly; a session beyond it is closed.
     *
     * @return the value of this option
     */
    public int maxQueuedMessages() {
        return maxQueuedMessages;
    }

    /**
     * Returns how many bytes may wait for a client that reads too slowly; a session beyond it is closed.
     *
     * @return the value of this option
     */
    public long maxQueuedBytes() {
        return maxQueuedBytes;
    }

    /**
     * Returns how many sessions may be open; further clients are refused.
     *
     * @return the value of this option
     */
    public int maxSessions() {
        return maxSessions;
    }

    /**
     * Returns how many sessions clients of one address may have open.
     *
     * @return the value of this option, {@link Integer#MAX_VALUE} for no limit
     */
    public int maxSessionsPerAddress() {
        return maxSessionsPerAddress;
    }

    /**
     * Returns how many sessions clients of one address may open in a second.
     *
     * @return the value of this option, {@link Integer#MAX_VALUE} for no limit
     */
    public int maxHandshakesPerSecond() {
        return maxHandshakesPerSecond;
    }

    /**
     * Returns the proxies that are believed about whom they speak for.
     *
     * @return the value of this option
     */
    public TrustedProxies trustedProxies() {
        return trustedProxies;
    }

    /**
     * Returns the source of time.
     *
     * @return the value of this option
     */
    public Scheduler scheduler() {
        return scheduler;
    }

    /** Collects options. Each value is checked when it is set. Not safe for use by several threads. */
    public static final class Builder {

        private String path = "/engine.io";
        private boolean addTrailingSlash = true;
        private Duration pingInterval = Duration.ofSeconds(25);
        private Duration pingTimeout = Duration.ofSeconds(20);
        private Duration upgradeTimeout = Duration.ofSeconds(10);
        private int maxPayload = 1_000_000;
        private int maxPacketsPerPayload = EngineCodecV4.DEFAULT_MAX_PACKETS;
        private Set<TransportType> transports = EnumSet.allOf(TransportType.class);
        private boolean allowUpgrades = true;
        private boolean allowEio3;
        private @Nullable CorsOptions cors = null;
        private @Nullable CookieOptions cookie = null;
        private @Nullable Compression perMessageDeflate = null;
        private @Nullable Compression httpCompression = null;
        private @Nullable RequestFilter allowRequest = null;
        private SessionIdGenerator idGenerator = SessionIdGenerator.random();
        private @Nullable PacketBundle initialPacket = null;
        private int maxQueuedMessages = 100_000;
        private long maxQueuedBytes = 16L * 1024 * 1024;
        private int maxSessions = 100_000;
        private int maxSessionsPerAddress = Integer.MAX_VALUE;
        private int maxHandshakesPerSecond = Integer.MAX_VALUE;
        private TrustedProxies trustedProxies = TrustedProxies.none();
        private Scheduler scheduler = Scheduler.system();

        private Builder() {}

        /**
         * Sets the path below which requests are answered, without the slash at its end. Default: {@code /engine.io}.
         *
         * @param path the value
         * @return this
         * @throws IllegalArgumentException if it does not begin with a slash
         */
        public Builder path(String path) {
            if (!path.startsWith("/")) {
                throw new IllegalArgumentException("path: " + path + " (expected: a slash in front)");
            }
            this.path = path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
            return this;
        }

        /**
         * Sets whether the path of requests ends with a slash. Default: true.
         *
         * @param addTrailingSlash the value
         * @return this
         */
        public Builder addTrailingSlash(boolean addTrailingSlash) {
            this.addTrailingSlash = addTrailingSlash;
            return this;
        }

        /**
         * Sets how long after the handshake, and after each pong, the next ping is sent. Default: 25 s.
         *
         * @param pingInterval the value
         * @return this
         * @throws IllegalArgumentException if it is not between 1 ms and 100 years
         */
        public Builder pingInterval(Duration pingInterval) {
            this.pingInterval = Checks.positive("pingInterval", pingInterval);
            return this;
        }

        /**
         * Sets how long to wait for a pong before the session is closed. Default: 20 s.
         *
         * @param pingTimeout the value
         * @return this
         * @throws IllegalArgumentException if it is not between 1 ms and 100 years
         */
        public Builder pingTimeout(Duration pingTimeout) {
            this.pingTimeout = Checks.positive("pingTimeout", pingTimeout);
            return this;
        }

        /**
         * Sets how long an upgrade may take before it is given up. Default: 10 s.
         *
         * @param upgradeTimeout the value
         * @return this
         * @throws IllegalArgumentException if it is not between 1 ms and 100 years
         */
        public Builder upgradeTimeout(Duration upgradeTimeout) {
            this.upgradeTimeout = Checks.positive("upgradeTimeout", upgradeTimeout);
            return this;
        }

        /**
         * Sets how long a request's body or a WebSocket message of a client may be, in bytes; the reference calls it
         * {@code maxHttpBufferSize}. Default: 1,000,000.
         *
         * @param maxPayload the value
         * @return this
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder maxPayload(int maxPayload) {
            this.maxPayload = (int) Checks.positive("maxPayload", maxPayload);
            return this;
        }

        /**
         * Sets how many packets the body of one request of a polling client may hold; a session beyond it is closed.
         * Default: 100,000, which is more than a client can put into a body of the default size with the shortest of
         * real events in it.
         *
         * @param maxPacketsPerPayload the value
         * @return this
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder maxPacketsPerPayload(int maxPacketsPerPayload) {
            this.maxPacketsPerPayload = (int) Checks.positive("maxPacketsPerPayload", maxPacketsPerPayload);
            return this;
        }

        /**
         * Sets the transports that clients may use. Default: all of them.
         *
         * @param transports the value
         * @return this
         * @throws IllegalArgumentException if there is none
         */
        public Builder transports(Set<TransportType> transports) {
            if (transports.isEmpty()) {
                throw new IllegalArgumentException("transports: none (expected: at least one)");
            }
            this.transports = EnumSet.copyOf(transports);
            return this;
        }

        /**
         * Sets whether a session may change from polling to WebSocket. Default: true.
         *
         * @param allowUpgrades the value
         * @return this
         */
        public Builder allowUpgrades(boolean allowUpgrades) {
            this.allowUpgrades = allowUpgrades;
            return this;
        }

        /**
         * Sets whether clients of revision 3 of the protocol are served beside those of revision 4. Default: false.
         *
         * <p>With it goes JSONP, by which old browsers poll other origins. Those that tell where a script is loaded
         * from ({@code Sec-Fetch-Site}) may do so from the origins only that {@link #cors} allows.
         *
         * @param allowEio3 the value
         * @return this
         */
        public Builder allowEio3(boolean allowEio3) {
            this.allowEio3 = allowEio3;
            return this;
        }

        /**
         * Sets what pages of other origins may do, or null to leave that to the browsers' defaults. Default: none.
         *
         * @param cors the value
         * @return this
         */
        public Builder cors(@Nullable CorsOptions cors) {
            this.cors = cors;
            return this;
        }

        /**
         * Sets the cookie that carries the session's id for load balancers, or null for none. Default: none.
         *
         * @param cookie the value
         * @return this
         */
        public Builder cookie(@Nullable CookieOptions cookie) {
            this.cookie = cookie;
            return this;
        }

        /**
         * Sets how WebSocket messages are compressed, for clients that offer the extension {@code permessage-deflate}
         * (RFC 7692), or null for not at all. Default: none.
         *
         * <p>Every message is compressed by itself, in both directions. What clients send may not be longer than
         * {@link #maxPayload}, neither compressed nor decompressed.
         *
         * @param perMessageDeflate the value, such as {@link Compression#DEFAULT}
         * @return this
         */
        public Builder perMessageDeflate(@Nullable Compression perMessageDeflate) {
            this.perMessageDeflate = perMessageDeflate;
            return this;
        }

        /**
         * Sets how responses to polls are compressed, with gzip or deflate as the client accepts, or null for not at
         * all. Default: none, other than in the reference server: whoever can choose a part of a response, and see how
         * long it is, can find out the rest of it bit by bit (BREACH). Do not set it where one response may hold both
         * secrets and what others have chosen.
         *
         * @param httpCompression the value, such as {@link Compression#DEFAULT}
         * @return this
         */
        public Builder httpCompression(@Nullable Compression httpCompression) {
            this.httpCompression = httpCompression;
            return this;
        }

        /**
         * Sets who decides about each handshake, or null to admit all. Default: none.
         *
         * @param allowRequest the value
         * @return this
         */
        public Builder allowRequest(@Nullable RequestFilter allowRequest) {
            this.allowRequest = allowRequest;
            return this;
        }

        /**
         * Sets who makes the ids of sessions. Default: {@link SessionIdGenerator#random()}.
         *
         * @param idGenerator the value
         * @return this
         */
        public Builder idGenerator(SessionIdGenerator idGenerator) {
            this.idGenerator = Objects.requireNonNull(idGenerator, "idGenerator");
            return this;
        }

        /**
         * Sets a message sent together with each handshake, or null. Default: none.
         *
         * @param initialPacket the value
         * @return this
         */
        public Builder initialPacket(@Nullable PacketBundle initialPacket) {
            this.initialPacket = initialPacket;
            return this;
        }

        /**
         * Sets how many messages may wait for a client that reads too slowly; a session beyond it is closed. Default:
         * 100,000.
         *
         * @param maxQueuedMessages the value
         * @return this
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder maxQueuedMessages(int maxQueuedMessages) {
            this.maxQueuedMessages = (int) Checks.positive("maxQueuedMessages", maxQueuedMessages);
            return this;
        }

        /**
         * Sets how many bytes may wait for a client that reads too slowly; a session beyond it is closed. A single
         * message may be longer. Default: 16 MiB.
         *
         * @param maxQueuedBytes the value
         * @return this
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder maxQueuedBytes(long maxQueuedBytes) {
            this.maxQueuedBytes = Checks.positive("maxQueuedBytes", maxQueuedBytes);
            return this;
        }

        /**
         * Sets how many sessions may be open. Further clients are refused with status 503. Default: 100,000.
         *
         * @param maxSessions the value
         * @return this
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder maxSessions(int maxSessions) {
            this.maxSessions = (int) Checks.positive("maxSessions", maxSessions);
            return this;
        }

        /**
         * Sets how many sessions clients of one address may have open; an IPv6 address counts with all others of its
         * network of 64 bits. Further ones are refused with status 429. Default: no limit. Behind a proxy, name it with
         * {@link #trustedProxies}, else all clients have the proxy's address.
         *
         * @param maxSessionsPerAddress the value, {@link Integer#MAX_VALUE} for no limit
         * @return this
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder maxSessionsPerAddress(int maxSessionsPerAddress) {
            this.maxSessionsPerAddress = (int) Checks.positive("maxSessionsPerAddress", maxSessionsPerAddress);
            return this;
        }

        /**
         * Sets how many sessions clients of one address may open in a second; as many may come at once. Further ones
         * are refused with status 429. Default: no limit. What is said of {@link #maxSessionsPerAddress} about
         * addresses applies here, too.
         *
         * @param maxHandshakesPerSecond the value, {@link Integer#MAX_VALUE} for no limit
         * @return this
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder maxHandshakesPerSecond(int maxHandshakesPerSecond) {
            this.maxHandshakesPerSecond = (int) Checks.positive("maxHandshakesPerSecond", maxHandshakesPerSecond);
            return this;
        }

        /**
         * Sets the proxies in front of the server whose {@code X-Forwarded-For} headers are believed. Default: none.
         *
         * @param trustedProxies their addresses
         * @return this
         */
        public Builder trustedProxies(TrustedProxies trustedProxies) {
            this.trustedProxies = Objects.requireNonNull(trustedProxies, "trustedProxies");
            return this;
        }

        /**
         * Sets the source of time. Default: {@link Scheduler#system()}.
         *
         * @param scheduler the value
         * @return this
         */
        public Builder scheduler(Scheduler scheduler) {
            this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
            return this;
        }

        /**
         * Creates the options.
         *
         * @return immutable options
         */
        public EngineOptions build() {
            return new EngineOptions(this);
        }
    }
}
