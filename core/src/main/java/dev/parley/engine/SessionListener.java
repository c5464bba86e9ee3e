package dev.parley.engine;

import dev.parley.protocol.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Takes what arrives on an Engine.IO session. One call at a time, in the order of arrival, also across an upgrade.
 * Messages come on I/O threads, so this must not block. An exception closes the session.
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
     * The client has answered a ping or, in revision 3 of the protocol, sent one. That happens from time to time, so it
     * is an occasion to see whether something has been waited for too long. Default: does nothing.
     */
    default void heartbeat() {}

    /**
     * The session is closed. Called exactly once, as the last call; it may come on any thread, and must not block
     * either. Where the session is closed while a message is being taken, this follows as soon as that returns.
     *
     * @param reason why
     * @param cause what went wrong, where something did
     */
    void closed(CloseReason reason, @Nullable Throwable cause);
}
