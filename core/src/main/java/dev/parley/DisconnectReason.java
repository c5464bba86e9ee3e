package dev.parley;

import dev.parley.engine.CloseReason;

/** Why a socket was disconnected. The texts are those that the Socket.IO documentation lists. */
public enum DisconnectReason {
    /** The server called {@link Socket#disconnect()} or {@link Broadcaster#disconnectSockets(boolean)}. */
    SERVER_NAMESPACE_DISCONNECT("server namespace disconnect"),
    /** The client left the namespace. */
    CLIENT_NAMESPACE_DISCONNECT("client namespace disconnect"),
    /** The server was closed. */
    SERVER_SHUTTING_DOWN("server shutting down"),
    /** The client did not answer a heartbeat in time. */
    PING_TIMEOUT("ping timeout"),
    /** The client closed its connection, or lost it. */
    TRANSPORT_CLOSE("transport close"),
    /** The connection failed, the client broke a rule of the transport, or it read too slowly. */
    TRANSPORT_ERROR("transport error"),
    /** The client sent something that is no Engine.IO packet. */
    PARSE_ERROR("parse error"),
    /** The server closed the connection because the client sent something that it may not send. */
    FORCED_CLOSE("forced close"),
    /** The same as {@link #FORCED_CLOSE}, where the connection has yet to be closed. */
    FORCED_SERVER_CLOSE("forced server close");

    private final String text;

    DisconnectReason(String text) {
        this.text = text;
    }

    static DisconnectReason of(CloseReason reason) {
        return switch (reason) {
            case TRANSPORT_CLOSE -> TRANSPORT_CLOSE;
            case TRANSPORT_ERROR -> TRANSPORT_ERROR;
            case PING_TIMEOUT -> PING_TIMEOUT;
            case PARSE_ERROR -> PARSE_ERROR;
            case FORCED_CLOSE -> FORCED_CLOSE;
        };
    }

    /** Whether the client may have lost its connection against its will, and come back to its session. */
    boolean isRecoverable() {
        return switch (this) {
            case SERVER_NAMESPACE_DISCONNECT, CLIENT_NAMESPACE_DISCONNECT, PARSE_ERROR -> false;
            default -> true;
        };
    }

    /** Returns the reason in the words of the Socket.IO documentation. */
    @Override
    public String toString() {
        return text;
    }
}
