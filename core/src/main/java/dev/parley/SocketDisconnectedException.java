package dev.parley;

/** A client has left before it acknowledged an event, so that it never will. */
public final class SocketDisconnectedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SocketDisconnectedException() {
        super("socket has been disconnected", null, false, false);
    }
}
