package dev.parley.protocol;

/**
 * Received data is not what the protocol allows. It ends the session that sent it and no other. The message describes
 * the fault in the reference implementation's words and holds no data of the peer, so it is safe to log.
 */
public final class ProtocolException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Whether the data is more than an option allows. */
    private final boolean exceedsLimit;

    /**
     * Creates an exception without stack trace: the fault lies in the data, and peers can cause it at will.
     *
     * @param message what is wrong
     */
    public ProtocolException(String message) {
        this(message, false);
    }

    private ProtocolException(String message, boolean exceedsLimit) {
        super(message, null, false, false);
        this.exceedsLimit = exceedsLimit;
    }

    /**
     * Creates an exception for data that would be valid, but is more than an option of the receiver allows.
     *
     * @param message what is too much
     * @return the exception, without stack trace
     */
    public static ProtocolException beyondLimit(String message) {
        return new ProtocolException(message, true);
    }

    /**
     * Tells whether the data is more than an option allows, rather than malformed.
     *
     * @return whether another value of an option would let it pass
     */
    public boolean exceedsLimit() {
        return exceedsLimit;
    }
}
