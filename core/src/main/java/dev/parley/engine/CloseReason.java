package dev.parley.engine;

/** Why an Engine.IO session was closed. The texts are those that the Socket.IO documentation lists. */
public enum CloseReason {
    /** The peer closed the connection, or it was lost. */
    TRANSPORT_CLOSE("transport close"),
    /** The connection failed, or the peer broke a rule of the transport. */
    TRANSPORT_ERROR("transport error"),
    /** The peer did not answer a heartbeat in time. */
    PING_TIMEOUT("ping timeout"),
    /** The peer sent something that is no Engine.IO packet. */
    PARSE_ERROR("parse error"),
    /** The application closed the session. */
    FORCED_CLOSE("forced close");

    private final String text;

    CloseReason(String text) {
        this.text = text;
    }

    /** Returns the reason in the words of the Socket.IO documentation. */
    @Override
    public String toString() {
        return text;
    }
}
