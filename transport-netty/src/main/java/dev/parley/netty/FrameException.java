package dev.parley.netty;

import dev.parley.protocol.ProtocolException;

/** A peer broke the rules of the WebSocket protocol. */
final class FrameException extends Exception {

    static final int PROTOCOL_ERROR = 1002;
    static final int INVALID_DATA = 1007;
    static final int POLICY_VIOLATION = 1008;
    static final int TOO_BIG = 1009;

    private static final long serialVersionUID = 1L;

    private final int closeCode;

    /** Creates an exception without stack trace: peers can cause it at will. */
    FrameException(int closeCode, String message) {
        super(message, null, false, false);
        this.closeCode = closeCode;
    }

    /** What the endpoint is told. */
    ProtocolException toProtocolException() {
        String message = String.valueOf(getMessage());
        boolean tooMuch = closeCode == TOO_BIG || closeCode == POLICY_VIOLATION;
        return tooMuch ? ProtocolException.beyondLimit(message) : new ProtocolException(message);
    }

    /** Returns the status code of the close frame that answers. */
    int closeCode() {
        return closeCode;
    }
}
