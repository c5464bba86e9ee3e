package dev.parley.netty;

import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Options of a {@link NettyServer}. Immutable; made by a {@link #builder()}.
 *
 * @see Builder what each option means, and its default
 */
public final class NettyOptions {

    static final int DEFAULT_MAX_FRAGMENTS = 16_384;

    private final @Nullable String host;
    private final int port;
    private final NettyTransport transport;
    private final int eventLoops;
    private final @Nullable EventLoopGroup eventLoopGroup;
    private final @Nullable SslContext sslContext;
    private final int maxInitialLineLength;
    private final int maxHeaderSize;
    private final int maxFragments;
    private final Duration headersTimeout;
    private final Duration bodyTimeout;
    private final Duration writeTimeout;
    private final int backlog;
    private final boolean tcpNoDelay;
    private final int lowWaterMark;
    private final int highWaterMark;
    private final Duration shutdownTimeout;
    private final Consumer<ChannelPipeline> pipeline;

    private NettyOptions(Builder builder) {
        host = builder.host;
        port = builder.port;
        transport = builder.transport;
        eventLoops = builder.eventLoops;
        eventLoopGroup = builder.eventLoopGroup;
        sslContext = builder.sslContext;
        maxInitialLineLength = builder.maxInitialLineLength;
        maxHeaderSize = builder.maxHeaderSize;
        maxFragments = builder.maxFragments;
        headersTimeout = builder.headersTimeout;
        bodyTimeout = builder.bodyTimeout;
        writeTimeout = builder.writeTimeout;
        backlog = builder.backlog;
        tcpNoDelay = builder.tcpNoDelay;
        lowWaterMark = builder.lowWaterMark;
        highWaterMark = builder.highWaterMark;
        shutdownTimeout = builder.shutdownTimeout;
        pipeline = builder.pipeline;
    }

    /**
     * Returns a builder that holds the defaults.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Nullable
    String host() {
        return host;
    }

    int port() {
        return port;
    }

    NettyTransport transport() {
        return transport;
    }

    int eventLoops() {
        return eventLoops;
    }

    @Nullable
    EventLoopGroup eventLoopGroup() {
        return eventLoopGroup;
    }

    @Nullable
    SslContext sslContext() {
        return sslContext;
    }

    int maxInitialLineLength() {
        return maxInitialLineLength;
    }

    int maxHeaderSize() {
        return maxHeaderSize;
    }

    int maxFragments() {
        return maxFragments;
    }

    Duration headersTimeout() {
        return headersTimeout;
    }

    Duration bodyTimeout() {
        return bodyTimeout;
    }

    Duration writeTimeout() {
        return writeTimeout;
    }

    int backlog() {
        return backlog;
    }

    boolean tcpNoDelay() {
        return tcpNoDelay;
    }

    int lowWaterMark() {
        return lowWaterMark;
    }

    int highWaterMark() {
        return highWaterMark;
    }

    Duration shutdownTimeout() {
        return shutdownTimeout;
    }

    Consumer<ChannelPipeline> pipeline() {
        return pipeline;
    }

    /** Gathers options. */
    public static final class Builder {

        private static final Duration LEAST_TIMEOUT = Duration.ofMillis(1);
        private static final Duration MOST_TIMEOUT = Duration.ofDays(1);

        private @Nullable String host;
        private int port;
        private NettyTransport transport = NettyTransport.AUTO;
        private int eventLoops = Runtime.getRuntime().availableProcessors();
        private @Nullable EventLoopGroup eventLoopGroup;
        private @Nullable SslContext sslContext;
        private int maxInitialLineLength = 4096;
        private int maxHeaderSize = 8192;
        private int maxFragments = DEFAULT_MAX_FRAGMENTS;
        private Duration headersTimeout = Duration.ofSeconds(30);
        private Duration bodyTimeout = Duration.ofSeconds(30);
        private Duration writeTimeout = Duration.ofSeconds(30);
        private int backlog = 1024;
        private boolean tcpNoDelay = true;
        private int lowWaterMark = 64 * 1024;
        private int highWaterMark = 256 * 1024;
        private Duration shutdownTimeout = Duration.ofSeconds(5);
        private Consumer<ChannelPipeline> pipeline = added -> {};

        private Builder() {}

        /**
         * Sets the address to listen on. Default: all addresses of the machine.
         *
         * @param host a host name or IP address
         * @return this builder
         */
        public Builder host(String host) {
            this.host = Objects.requireNonNull(host, "host");
            return this;
        }

        /**
         * Sets the port to listen on. Default: 0, any free one, which {@link NettyServer#port} then tells.
         *
         * @param port the port
         * @return this builder
         */
        public Builder port(int port) {
            this.port = check("port", port, 0, 65_535);
            return this;
        }

        /**
         * Chooses one of Netty's transports. Default: {@link NettyTransport#AUTO}.
         *
         * @param transport the transport
         * @return this builder
         */
        public Builder transport(NettyTransport transport) {
            this.transport = Objects.requireNonNull(transport, "transport");
            return this;
        }

        /**
         * Sets the number of event loops, each with a thread, that accept connections and serve them. Default: the
         * number of processors.
         *
         * @param eventLoops the number
         * @return this builder
         */
        public Builder eventLoops(int eventLoops) {
            this.eventLoops = check("eventLoops", eventLoops, 1, 1024);
            return this;
        }

        /**
         * Gives event loops of the application's own, in place of {@link #eventLoops} and {@link #transport}. The
         * server does not shut them down.
         *
         * @param group event loops for one of the transports of {@link NettyTransport}
         * @return this builder
         */
        public Builder eventLoopGroup(EventLoopGroup group) {
            this.eventLoopGroup = Objects.requireNonNull(group, "group");
            return this;
        }

        /**
         * Makes the server speak TLS. Default: it does not.
         *
         * @param sslContext made for a server, without ALPN or with HTTP/1.1 only
         * @return this builder
         */
        public Builder sslContext(SslContext sslContext) {
            Objects.requireNonNull(sslContext, "sslContext");
            if (!sslContext.isServer()) {
                throw new IllegalArgumentException("sslContext: one for clients (expected: one for servers)");
            }
            this.sslContext = sslContext;
            return this;
        }

        /**
         * Sets the longest first line of a request, method and URI included, in bytes. Longer ones are answered with
         * 414. Default: 4096.
         *
         * @param bytes the length
         * @return this builder
         */
        public Builder maxInitialLineLength(int bytes) {
            this.maxInitialLineLength = check("maxInitialLineLength", bytes, 64, 1 << 20);
            return this;
        }

        /**
         * Sets the size of all header lines of a request together, in bytes. Larger ones are answered with 431.
         * Default: 8192.
         *
         * @param bytes the size
         * @return this builder
         */
        public Builder maxHeaderSize(int bytes) {
            this.maxHeaderSize = check("maxHeaderSize", bytes, 64, 1 << 20);
            return this;
        }

        /**
         * Sets how many fragments a message of a WebSocket may have; beyond it the WebSocket is closed with code 1008.
         * Default: 16,384, which is also what holds in pipelines of the application's own.
         *
         * @param fragments the number
         * @return this builder
         */
        public Builder maxFragments(int fragments) {
            this.maxFragments = check("maxFragments", fragments, 1, Integer.MAX_VALUE);
            return this;
        }

        /**
         * Sets how long a peer may take until the headers of its next request have arrived: from the beginning of the
         * connection, or from the response before. A connection that is idle for so long is closed too. Default: 30
         * seconds.
         *
         * @param timeout the duration
         * @return this builder
         */
        public Builder headersTimeout(Duration timeout) {
            this.headersTimeout = check("headersTimeout", timeout, LEAST_TIMEOUT);
            return this;
        }

        /**
         * Sets how long a peer may take to send the body of a request; then the connection is closed. The time in which
         * nobody reads the body, as the application has not decided about the request, does not count. Default: 30
         * seconds.
         *
         * @param timeout the duration
         * @return this builder
         */
        public Builder bodyTimeout(Duration timeout) {
            this.bodyTimeout = check("bodyTimeout", timeout, LEAST_TIMEOUT);
            return this;
        }

        /**
         * Sets how long a peer that has asked by HTTP may take less than a sixteenth of its responses, while more than
         * {@link #writeBufferWaterMark} waits for it, before the connection is closed. One that reads slowly may go on.
         * For WebSockets the heartbeat does this. Default: 30 seconds.
         *
         * @param timeout the duration
         * @return this builder
         */
        public Builder writeTimeout(Duration timeout) {
            this.writeTimeout = check("writeTimeout", timeout, LEAST_TIMEOUT);
            return this;
        }

        /**
         * Sets how many connections may wait to be accepted; the operating system may allow fewer. Default: 1024.
         *
         * @param connections the number
         * @return this builder
         */
        public Builder backlog(int connections) {
            this.backlog = check("backlog", connections, 1, Integer.MAX_VALUE);
            return this;
        }

        /**
         * Sets whether small writes leave at once ({@code TCP_NODELAY}). Default: true.
         *
         * @param tcpNoDelay whether they do
         * @return this builder
         */
        public Builder tcpNoDelay(boolean tcpNoDelay) {
            this.tcpNoDelay = tcpNoDelay;
            return this;
        }

        /**
         * Sets between which amounts of unsent bytes a connection counts as slow: from more than the high one until
         * less than the low one. Defaults: 65,536 and 262,144.
         *
         * @param low bytes
         * @param high bytes
         * @return this builder
         */
        public Builder writeBufferWaterMark(int low, int high) {
            int checked = check("high", high, 1, Integer.MAX_VALUE);
            this.lowWaterMark = check("low", low, 0, high);
            this.highWaterMark = checked;
            return this;
        }

        /**
         * Sets how long {@link NettyServer#close} lets handlers and connections end in good order before it cuts them.
         * Default: 5 seconds.
         *
         * @param timeout the duration, at most a day, zero to cut them at once
         * @return this builder
         */
        public Builder shutdownTimeout(Duration timeout) {
            this.shutdownTimeout = check("shutdownTimeout", timeout, Duration.ZERO);
            return this;
        }

        /**
         * Adds handlers that serve the other paths on the same port. They come behind Parley's own and get, as Netty's
         * HTTP objects, every request whose path the endpoint does not handle; {@link ParleyHttpHandler} tells more.
         * Default: none, such requests are answered with 404.
         *
         * @param pipeline adds handlers to the end of each new connection's pipeline
         * @return this builder
         */
        public Builder pipeline(Consumer<ChannelPipeline> pipeline) {
            this.pipeline = Objects.requireNonNull(pipeline, "pipeline");
            return this;
        }

        /**
         * Returns the options.
         *
         * @return the options
         */
        public NettyOptions build() {
            return new NettyOptions(this);
        }

        private static Duration check(String name, Duration value, Duration least) {
            if (value.compareTo(least) < 0 || value.compareTo(MOST_TIMEOUT) > 0) {
                throw new IllegalArgumentException(
                        name + ": " + value + " (expected: " + least + " to " + MOST_TIMEOUT + ")");
            }
            return value;
        }

        private static int check(String name, int value, int least, int most) {
            if (value < least || value > most) {
                throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + " to " + most + ")");
            }
            return value;
        }
    }
}
