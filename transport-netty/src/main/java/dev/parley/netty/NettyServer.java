package dev.parley.netty;

import dev.parley.engine.Endpoint;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * A server that offers an {@link Endpoint}, such as a Socket.IO server, over HTTP and WebSocket.
 *
 * <p>{@link #close} tells the clients and frees the port and all threads. The same endpoint can be bound again
 * afterwards, on the same port too.
 */
public final class NettyServer implements AutoCloseable {

    /** How often a channel is read from before others get their turn: 64 KiB each time, at most. */
    private static final int MOST_READS = 4;

    private final InetSocketAddress address;
    private final ServerShutdown closing;

    private NettyServer(InetSocketAddress address, ServerShutdown closing) {
        this.address = address;
        this.closing = closing;
    }

    /**
     * Starts a server on all addresses of the machine.
     *
     * @param endpoint what to serve
     * @param port the port, or 0 for any free one
     * @return the server, which accepts connections already
     * @throws UncheckedIOException if the port cannot be had
     */
    public static NettyServer bind(Endpoint endpoint, int port) {
        return bind(endpoint, NettyOptions.builder().port(port).build());
    }

    /**
     * Starts a server.
     *
     * @param endpoint what to serve
     * @param options where and how to serve it
     * @return the server, which accepts connections already
     * @throws UncheckedIOException if the address cannot be had
     * @throws IllegalStateException if the chosen transport does not work here
     */
    public static NettyServer bind(Endpoint endpoint, NettyOptions options) {
        Objects.requireNonNull(endpoint, "endpoint");
        EventLoopGroup given = options.eventLoopGroup();
        Transport transport = given == null ? Transport.of(options.transport()) : Transport.of(given);
        EventLoopGroup loops = given == null ? eventLoops(options, transport) : given;
        ServerShutdown closing = new ServerShutdown(endpoint, loops, given == null, options.shutdownTimeout());
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(transport.serverChannel().get())
                .option(ChannelOption.SO_BACKLOG, options.backlog())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, options.tcpNoDelay())
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, receiveBuffers())
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(options.lowWaterMark(), options.highWaterMark()))
                .childHandler(new ConnectionInitializer(endpoint, options, closing));
        InetSocketAddress wanted = address(options);
        ChannelFuture bound = bootstrap.bind(wanted).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            closing.release();
            throw new UncheckedIOException(new IOException(
                    "cannot listen on " + wanted + ": " + bound.cause().getMessage(), bound.cause()));
        }
        Channel channel = bound.channel();
        channel.pipeline().addLast(new AcceptFailures());
        closing.listensOn(channel);
        return new NettyServer((InetSocketAddress) channel.localAddress(), closing);
    }

    private static EventLoopGroup eventLoops(NettyOptions options, Transport transport) {
        return new MultiThreadIoEventLoopGroup(
                options.eventLoops(),
                new DefaultThreadFactory("parley-io"),
                transport.ioHandler().get());
    }

    /** What every channel would otherwise make for itself. */
    private static RecvByteBufAllocator receiveBuffers() {
        return new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(MOST_READS);
    }

    private static InetSocketAddress address(NettyOptions options) {
        String host = options.host();
        return host == null ? new InetSocketAddress(options.port()) : new InetSocketAddress(host, options.port());
    }

    /**
     * Returns the port that the server listens on.
     *
     * @return the actual port, also if any free one was asked for
     */
    public int port() {
        return address.getPort();
    }

    /**
     * Returns the address that the server listens on.
     *
     * @return address and actual port
     */
    public InetSocketAddress address() {
        return address;
    }

    /**
     * Closes the server in good order and in bounded time: it stops accepting connections and requests, closes the
     * endpoint's sessions, lets what has been written leave, and then closes the connections and its event loops.
     * Handlers of a Socket.IO server that are still busy are waited for until a second before the timeout, or a fifth
     * of it if that is shorter; so that all clients can be told.
     *
     * <p>Returns when that is done, after little more than {@link NettyOptions.Builder#shutdownTimeout} at most; called
     * on one of the server's own threads it returns at once, as that thread is needed. Further calls wait for the
     * first.
     */
    @Override
    public void close() {
        closing.close();
    }

    /**
     * Closes the server gently, as before a new version takes over: it stops accepting connections, closes the sessions
     * at a steady pace, so that their clients do not all come back at once, and then closes as {@link #close} does.
     *
     * <p>Clients take the end of their connection as a reason to come back; so a load balancer has to lead them to
     * another server by then.
     *
     * @param sessionsPerSecond how many sessions to close in a second
     * @param limit when to close those that are left, 1 ms to 100 years
     * @return completes when the server is closed; {@link #close} may be called before, to speed it up
     * @throws IllegalArgumentException if a value is not positive or the limit is longer than that; nothing has begun
     */
    public CompletableFuture<Void> drain(int sessionsPerSecond, Duration limit) {
        return closing.drain(sessionsPerSecond, limit);
    }

    /** Fills the pipelines of new connections. */
    private static final class ConnectionInitializer extends ChannelInitializer<Channel> {

        private final Endpoint endpoint;
        private final NettyOptions options;
        private final ServerShutdown closing;
        private final HttpDecoderConfig decoding;

        ConnectionInitializer(Endpoint endpoint, NettyOptions options, ServerShutdown closing) {
            this.endpoint = endpoint;
            this.options = options;
            this.closing = closing;
            this.decoding = new HttpDecoderConfig()
                    .setMaxInitialLineLength(options.maxInitialLineLength())
                    .setMaxHeaderSize(options.maxHeaderSize());
        }

        @Override
        protected void initChannel(Channel channel) {
            closing.add(channel);
            ChannelPipeline pipeline = channel.pipeline();
            SslContext tls = options.sslContext();
            if (tls != null) {
                pipeline.addLast(tls.newHandler(channel.alloc()));
            }
            pipeline.addLast(HttpCodec.handlers(decoding));
            pipeline.addLast(
                    new HttpTimeouts(endpoint, options.headersTimeout(), options.bodyTimeout(), options.writeTimeout()),
                    new ParleyHttpHandler(endpoint, closing.shutdown(), options.maxFragments()));
            options.pipeline().accept(pipeline);
        }
    }
}
