package dev.parley.netty;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.kqueue.KQueue;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.kqueue.KQueueServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Chooses among Netty's transports. The native ones may be absent at run time. Hence lambdas, not method references: a
 * class that is named in a lambda is loaded when the lambda runs, one in a method reference with this class.
 */
record Transport(
        NettyTransport name,
        Supplier<@Nullable Throwable> unavailability,
        Supplier<Class<? extends IoHandler>> ioType,
        Supplier<IoHandlerFactory> ioHandler,
        Supplier<Class<? extends ServerChannel>> serverChannel) {

    private static final Transport NIO = new Transport(
            NettyTransport.NIO,
            () -> null,
            () -> NioIoHandler.class,
            () -> NioIoHandler.newFactory(),
            () -> NioServerSocketChannel.class);

    private static final Transport EPOLL = new Transport(
            NettyTransport.EPOLL,
            () -> Epoll.unavailabilityCause(),
            () -> EpollIoHandler.class,
            () -> EpollIoHandler.newFactory(),
            () -> EpollServerSocketChannel.class);

    private static final Transport KQUEUE = new Transport(
            NettyTransport.KQUEUE,
            () -> KQueue.unavailabilityCause(),
            () -> KQueueIoHandler.class,
            () -> KQueueIoHandler.newFactory(),
            () -> KQueueServerSocketChannel.class);

    private static final Transport IO_URING = new Transport(
            NettyTransport.IO_URING,
            () -> IoUring.unavailabilityCause(),
            () -> IoUringIoHandler.class,
            () -> IoUringIoHandler.newFactory(),
            () -> IoUringServerSocketChannel.class);

    /**
     * Returns the transport for a choice.
     *
     * @throws IllegalStateException if it was chosen by name and does not work here
     */
    static Transport of(NettyTransport choice) {
        return switch (choice) {
            case AUTO -> EPOLL.problem() == null ? EPOLL : KQUEUE.problem() == null ? KQUEUE : NIO;
            case NIO -> NIO;
            case EPOLL -> EPOLL.required();
            case KQUEUE -> KQUEUE.required();
            case IO_URING -> IO_URING.required();
        };
    }

    /** Returns the transport that an application's event loops have been made for. */
    static Transport of(EventLoopGroup group) {
        if (group instanceof IoEventLoopGroup loops) {
            for (Transport transport : List.of(NIO, EPOLL, KQUEUE, IO_URING)) {
                if (transport.problem() == null && loops.isIoType(transport.ioType.get())) {
                    return transport;
                }
            }
        }
        throw new IllegalArgumentException("eventLoopGroup: " + group + " (expected: one for TCP sockets)");
    }

    /** Returns why this transport cannot be used here, or null. */
    private @Nullable Throwable problem() {
        try {
            return unavailability.get();
        } catch (LinkageError e) {
            return e;
        }
    }

    private Transport required() {
        Throwable problem = problem();
        if (problem == null) {
            return this;
        }
        String library = "io.netty:netty-transport-native-" + name.name().toLowerCase(Locale.ROOT);
        throw new IllegalStateException(
                "transport: " + name + " (expected: one that works here; this one needs " + library
                        + " and an operating system that offers it)",
                problem);
    }
}
