package dev.parley.protocol;

/**
 * Received data is not what the protocol allows. It ends the session that sent it and no other. The message describes
 * the fault in the reference implementation's words and holds no data of the peer, so it is safe to log.
 */
public final class ProtocolException extends Exception {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception without stack trace: the fault lies in the data, and peers can cause it at will.
     *
     * @param message what is wrong
     */
    public ProtocolException(String message) {
        super(message, null, false, false);
    }
}
