package dev.parley;

/** Tells tests of other packages what a server has not let go. */
public final class Leftovers {

    private Leftovers() {}

    /** How many timeouts of connecting, middlewares and acknowledgements wait. */
    public static int timeouts(SocketIoServer server) {
        return server.pendingTimeouts();
    }
}
