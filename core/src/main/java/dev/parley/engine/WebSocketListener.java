package dev.parley.engine;

import dev.parley.protocol.Utf8;
import org.jspecify.annotations.Nullable;

/** Takes what arrives on a WebSocket. Called by the transport on the WebSocket's I/O thread. */
public interface WebSocketListener {

    /**
     * Takes a text message, fragments joined and known to be UTF-8.
     *
     * @param text the whole message, the listener's own
     */
    void text(Utf8 text);

    /**
     * Takes a binary message, fragments joined.
     *
     * @param data the whole message, the listener's own
     */
    void binary(byte[] data);

    /**
     * All that had arrived has been passed on. Called behind each burst of messages, so that one flush can answer all
     * of them.
     */
    void readComplete();

    /**
     * The peer keeps up again: {@link WebSocket#isWritable} was false and now is true. Never left out while the
     * WebSocket is open; may come from within {@link WebSocket#flush}.
     */
    void writable();

    /**
     * The WebSocket is closed, by either side. Called exactly once, after which nothing else is.
     *
     * @param cause what the peer did wrong, or null if it closed or went away
     */
    void closed(@Nullable Throwable cause);
}
