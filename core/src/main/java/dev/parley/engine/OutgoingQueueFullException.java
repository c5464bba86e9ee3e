package dev.parley.engine;

import java.io.IOException;

/**
 * Why a session was closed whose client reads too slowly: more had to wait for it than
 * {@link EngineOptions#maxQueuedMessages()} or {@link EngineOptions#maxQueuedBytes()} allow.
 */
public final class OutgoingQueueFullException extends IOException {

    private static final long serialVersionUID = 1L;

    /** How many messages waited. */
    private final int queuedMessages;
    /** How much that was. */
    private final long queuedBytes;

    /**
     * Creates an exception.
     *
     * @param queuedMessages how many messages waited
     * @param queuedBytes how much that was
     */
    public OutgoingQueueFullException(int queuedMessages, long queuedBytes) {
        super("the client reads too slowly: outgoing queue full with " + queuedMessages + " messages, " + queuedBytes
                + " bytes");
        this.queuedMessages = queuedMessages;
        this.queuedBytes = queuedBytes;
    }

    /**
     * Returns how many messages waited when one more was to be sent.
     *
     * @return their number
     */
    public int queuedMessages() {
        return queuedMessages;
    }

    /**
     * Returns how much waited when one more message was to be sent.
     *
     * @return bytes before any framing
     */
    public long queuedBytes() {
        return queuedBytes;
    }
}
