package dev.parley.engine;

import org.jspecify.annotations.Nullable;

/** The ways in which a client's packets travel. */
public enum TransportType {
    /** HTTP long-polling: GET to receive, POST to send. */
    POLLING("polling"),
    /** A WebSocket. */
    WEBSOCKET("websocket");

    private final String text;

    TransportType(String text) {
        this.text = text;
    }

    static @Nullable TransportType of(@Nullable String text) {
        for (TransportType type : values()) {
            if (type.text.equals(text)) {
                return type;
            }
        }
        return null;
    }

    /** Returns the transport's name as it stands in the query of each request. */
    @Override
    public String toString() {
        return text;
    }
}
