package dev.parley;

/** Takes each socket that has been connected to a namespace: the place to register the handlers of its events. */
@FunctionalInterface
public interface ConnectionHandler {

    /**
     * Takes a socket. Runs on the server's executor, before any event of this socket is handled.
     *
     * @param socket the socket, connected
     * @throws Exception to tell the error hook; the socket stays connected
     */
    void connected(Socket socket) throws Exception;
}
