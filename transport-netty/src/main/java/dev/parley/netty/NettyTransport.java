package dev.parley.netty;

/** How sockets are served: which of Netty's transports a server uses. */
public enum NettyTransport {
    /** Epoll on Linux or kqueue on macOS where Netty's native library for it is present, else {@link #NIO}. */
    AUTO,
    /** The JDK's selectors: works everywhere. */
    NIO,
    /** Linux epoll; needs {@code io.netty:netty-transport-native-epoll} for the machine's architecture. */
    EPOLL,
    /** The kqueue of macOS and BSD; needs {@code io.netty:netty-transport-native-kqueue}. */
    KQUEUE,
    /** Linux io_uring; needs {@code io.netty:netty-transport-native-io_uring}. */
    IO_URING
}
