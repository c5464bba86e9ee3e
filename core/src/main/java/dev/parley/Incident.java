package dev.parley;

/**
 * What a Socket.IO server has refused, ended, dropped, ignored or delayed, and why. None of it concerns anybody but the
 * client that has caused it. {@link SocketIoServer#incidents} counts how often each has happened;
 * {@link dev.parley.engine.EngineIncident} are those of the layer below.
 */
public enum Incident {

    // Clients that do not get into a namespace.

    /** There is no such namespace, and nobody wants one of this name to be. */
    INVALID_NAMESPACE,
    /** {@link SocketIoOptions#maxAuthBytes()}. */
    AUTH_TOO_LARGE,
    /** {@link SocketIoOptions#maxChildNamespaces()}. */
    TOO_MANY_CHILD_NAMESPACES,
    /** A {@link Middleware} has refused a client, or has failed. */
    REJECTED_BY_MIDDLEWARE,
    /** {@link SocketIoOptions#middlewareTimeout()}: a {@link Middleware} or {@link NamespaceFilter} did not answer. */
    MIDDLEWARE_TIMEOUT,

    // Connections that are closed.

    /** {@link SocketIoOptions#connectTimeout()}. */
    CONNECT_TIMEOUT,
    /** A client sent something that is no Socket.IO packet, or none that may come now, as an event before CONNECT. */
    INVALID_PACKET,
    /**
     * A client sent a packet that demands more than it may: {@link SocketIoOptions#decoderLimits()},
     * {@link SocketIoOptions#maxPacketBytes()} or {@link SocketIoOptions#maxNamespacesPerConnection()}.
     */
    LIMIT_EXCEEDED,
    /** {@link SocketIoOptions#attachmentTimeout()}. */
    ATTACHMENT_TIMEOUT,
    /** The executor of the handlers takes no more tasks. */
    EXECUTOR_REFUSED,

    // Packets that are dropped.

    /** An event came for a socket that the server has disconnected, or a client that has left. */
    EVENT_DROPPED,
    /** An acknowledgement came that nobody waits for: its id is unknown, or it came twice or too late. */
    UNKNOWN_ACK,

    // Clients that have to wait.

    /** {@link SocketIoOptions#maxUnhandledBytes()}: the handlers are behind, and nothing more is read. */
    HANDLERS_BEHIND,
    /** {@link SocketIoOptions#maxPacketsPerSecond()}: nothing more is read for a while. */
    PACKET_RATE_EXCEEDED,

    // Calls of the application that fail.

    /** {@link SocketIoOptions#maxPendingAcks()}. */
    TOO_MANY_PENDING_ACKS,
    /** {@link SocketIoOptions#maxRoomsPerSocket()}. */
    TOO_MANY_ROOMS
}
