package dev.parley.engine;

/**
 * What an engine or its transport has refused, ended or ignored, and why. None of it concerns anybody but the client
 * that has caused it. {@link EngineServer#incidents} counts how often each has happened.
 */
public enum EngineIncident {

    // Requests that are refused: ConnectionError tells more.

    /** A request names no transport, or one that is not served. */
    UNKNOWN_TRANSPORT,
    /** A request of a session that does not exist, or not any more. */
    UNKNOWN_SID,
    /** A session was to be opened, or upgraded, by another method than GET. */
    BAD_HANDSHAKE_METHOD,
    /** A session was to be opened on a WebSocket by a request that asks for none, or the other way round. */
    TRANSPORT_HANDSHAKE_ERROR,
    /** A request does not go with the transport of its session. */
    TRANSPORT_MISMATCH,
    /** A request does not name the revision of the protocol that its session speaks. */
    PROTOCOL_MISMATCH,
    /** A client speaks a revision of the protocol that is not served. */
    UNSUPPORTED_PROTOCOL_VERSION,
    /** A page of another origin, which {@link EngineOptions#cors()} does not allow. */
    ORIGIN_NOT_ALLOWED,
    /** {@link EngineOptions#allowRequest()} has refused a client, or has failed. */
    FORBIDDEN,
    /** {@link EngineOptions#idGenerator()} has failed. */
    ID_GENERATION_ERROR,
    /** An {@link EngineMiddleware} has failed. */
    MIDDLEWARE_FAILURE,
    /** {@link EngineOptions#maxSessions()}. */
    TOO_MANY_SESSIONS,
    /** {@link EngineOptions#maxSessionsPerAddress()}. */
    TOO_MANY_SESSIONS_OF_ADDRESS,
    /** {@link EngineOptions#maxHandshakesPerSecond()}. */
    HANDSHAKE_RATE_EXCEEDED,
    /** A new client came while the server was being drained or closed. */
    SHUTTING_DOWN,
    /** A request of a session has another method than GET and POST. */
    METHOD_NOT_ALLOWED,

    // Connections that a transport refuses by itself.

    /** A request is not valid HTTP/1.x, or one of too many that wait for their answers. */
    MALFORMED_REQUEST,
    /** The first line of a request is too long. */
    REQUEST_LINE_TOO_LONG,
    /** The headers of a request are too long. */
    HEADERS_TOO_LARGE,
    /** Nothing is served at a request's path. */
    UNKNOWN_PATH,
    /** The handshake of a WebSocket is not that of RFC 6455. */
    INVALID_WEBSOCKET_HANDSHAKE,
    /** The head of the next request did not come in time; also on connections that are not used any more. */
    HEADERS_TIMEOUT,
    /** The body of a request did not come in time. */
    BODY_TIMEOUT,
    /** A peer did not read its responses. */
    WRITE_TIMEOUT,

    // Upgrades that are given up; the session goes on by polling.

    /** The WebSocket was one too many, was closed, or brought something else than it should. */
    UPGRADE_FAILED,
    /** {@link EngineOptions#upgradeTimeout()}. */
    UPGRADE_TIMEOUT,

    // Sessions that are ended.

    /** The client gave no sign of life for {@link EngineOptions#pingTimeout()}. */
    PING_TIMEOUT,
    /** The client sent something that is no Engine.IO packet. */
    INVALID_PACKET,
    /** {@link EngineOptions#maxPacketsPerPayload()}. */
    TOO_MANY_PACKETS,
    /** The client sent a ping where only the server does, or the other way round. */
    INVALID_HEARTBEAT,
    /** The client sent a second poll, or a second POST, before the first was answered. */
    OVERLAPPING_REQUESTS,
    /** The client sent a binary body where the revision of the protocol has none. */
    INVALID_CONTENT_TYPE,
    /** {@link EngineOptions#maxPayload()}, or the transport's limit of fragments. */
    PAYLOAD_TOO_LARGE,
    /** The client sent a WebSocket frame that is not valid, or text that is not UTF-8. */
    INVALID_FRAME,
    /**
     * {@link EngineOptions#maxQueuedMessages()} or {@link EngineOptions#maxQueuedBytes()}: the client reads too slowly.
     */
    OUTGOING_QUEUE_FULL,

    // What is dropped or ignored.

    /** What may be dropped, such as a volatile event, was not sent to a client that does not keep up. */
    MESSAGE_DROPPED,
    /** An Engine.IO packet that has no meaning when it comes from a client, or not at this time. */
    IGNORED_PACKET
}
