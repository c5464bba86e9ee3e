package dev.parley;

import java.time.Duration;

/**
 * How clients that have lost their connection for a while come back to what they had: the same socket id, rooms and
 * data, and the events that they have missed. Immutable.
 *
 * <p>While it is on, each event without acknowledgement that is not volatile carries an offset, a string behind its
 * arguments, and is kept for as long as clients may come back for it. The limits are those of one namespace.
 *
 * <pre>{@code
 * SocketIoServer io = SocketIoServer.create(options ->
 *         options.connectionStateRecovery(ConnectionStateRecovery.defaults()));
 * io.onConnection(socket -> {
 *     if (!socket.recovered()) {
 *         socket.join("lobby");
 *     }
 * });
 * }</pre>
 */
public final class ConnectionStateRecovery {

    private final Duration maxDisconnectionDuration;
    private final boolean skipMiddlewares;
    private final int maxSessions;
    private final int maxPackets;
    private final long maxBytes;

    private ConnectionStateRecovery(Builder builder) {
        this.maxDisconnectionDuration = builder.maxDisconnectionDuration;
        this.skipMiddlewares = builder.skipMiddlewares;
        this.maxSessions = builder.maxSessions;
        this.maxPackets = builder.maxPackets;
        this.maxBytes = builder.maxBytes;
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
    public static ConnectionStateRecovery defaults() {
        return builder().build();
    }

    /**
     * Returns how long a session is kept after its client has gone, and an event after it was sent.
     *
     * @return the value of this option
     */
    public Duration maxDisconnectionDuration() {
        return maxDisconnectionDuration;
    }

    /**
     * Returns whether clients that come back to their session need not pass the middlewares again.
     *
     * @return the value of this option
     */
    public boolean skipMiddlewares() {
        return skipMiddlewares;
    }

    /**
     * Returns how many sessions of absent clients a namespace keeps.
     *
     * @return the value of this option
     */
    public int maxSessions() {
        return maxSessions;
    }

    /**
     * Returns how many events a namespace keeps.
     *
     * @return the value of this option
     */
    public int maxPackets() {
        return maxPackets;
    }

    /**
     * Returns how much memory the kept events of a namespace may take, roughly.
     *
     * @return bytes
     */
    public long maxBytes() {
        return maxBytes;
    }

    /** Collects options. Not safe for use by several threads. */
    public static final class Builder {

        private Duration maxDisconnectionDuration = Duration.ofMinutes(2);
        private boolean skipMiddlewares = true;
        private int maxSessions = 10_000;
        private int maxPackets = 100_000;
        private long maxBytes = 32L * 1024 * 1024;

        private Builder() {}

        /**
         * Sets how long a session is kept after its client has gone, and an event after it was sent. Default: 2
         * minutes.
         *
         * @param maxDisconnectionDuration the time
         * @return this
         * @throws IllegalArgumentException if it is not between 1 ms and 100 years
         */
        public Builder maxDisconnectionDuration(Duration maxDisconnectionDuration) {
            this.maxDisconnectionDuration = Checks.positive("maxDisconnectionDuration", maxDisconnectionDuration);
            return this;
        }

        /**
         * Sets whether clients that come back to their session need not pass the middlewares again. Default: true.
         *
         * @param skipMiddlewares false to decide about them anew; those that are admitted still recover
         * @return this
         */
        public Builder skipMiddlewares(boolean skipMiddlewares) {
            this.skipMiddlewares = skipMiddlewares;
            return this;
        }

        /**
         * Sets how many sessions of absent clients a namespace keeps; beyond it the oldest are dropped. Default:
         * 10,000.
         *
         * @param maxSessions the limit
         * @return this
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder maxSessions(int maxSessions) {
            this.maxSessions = Checks.positive("maxSessions", maxSessions);
            return this;
        }

        /**
         * Sets how many events a namespace keeps; beyond it the oldest are dropped, and clients that have missed one of
         * those start anew. Default: 100,000.
         *
         * @param maxPackets the limit
         * @return this
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder maxPackets(int maxPackets) {
            this.maxPackets = Checks.positive("maxPackets", maxPackets);
            return this;
        }

        /**
         * Sets how much memory the kept events of a namespace may take, roughly; beyond it the oldest are dropped.
         * Default: 32 MiB.
         *
         * @param maxBytes bytes
         * @return this
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder maxBytes(long maxBytes) {
            this.maxBytes = Checks.positive("maxBytes", maxBytes);
            return this;
        }

        /**
         * Creates the options.
         *
         * @return immutable options
         */
        public ConnectionStateRecovery build() {
            return new ConnectionStateRecovery(this);
        }
    }
}
