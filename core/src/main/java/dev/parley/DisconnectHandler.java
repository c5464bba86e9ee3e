package dev.parley;

/** Told once that a socket is disconnected. */
@FunctionalInterface
public interface DisconnectHandler {

    /**
     * Handles the end of a socket. Runs on the server's executor, after all events that arrived before.
     *
     * @param reason why
     * @throws Exception to tell the error hook
     */
    void disconnected(DisconnectReason reason) throws Exception;
}
