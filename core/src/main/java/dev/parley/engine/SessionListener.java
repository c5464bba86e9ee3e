package dev.parley.engine;

import dev.parley.protocol.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Takes what arrives on an Engine.IO session. Called on an I/O thread, never by two threads at once, in the order of
 * arrival, also across an upgrade; must not block. An exception closes the session.
 */
public interface SessionListener {

    /**
     * Takes a text message.
     *
     * @param message the text, the listener's own
     */
    void text(Utf8 message);

    /**
     * Takes a binary message.
     *
     * @param message the bytes, the listener's own
     */
    void binary(byte[] message);

    /**
     * The session is closed. Called exactly once; nothing arrives afterwards. The only method that may be called from
     * any thread.
     *
     * @param reason why
     * @param cause what went wrong, where something did
     */
    void closed(CloseReason reason, @Nullable Throwable cause);
}
