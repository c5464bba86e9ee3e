package dev.parley.benchmarks.load;

/** How a {@link Peer} reaches the server: a transport of Engine.IO. */
interface Link {

    /** Whoever is told of what comes over a link. */
    interface Owner {

        /** Takes an Engine.IO packet. */
        void packet(Link link, String packet);

        /** The server has ended the link, in whatever way; it is closed. */
        void ended(Link link, String how);
    }

    /** Sends an Engine.IO packet. */
    void send(String packet);

    /** Says goodbye. */
    void leave();

    /** Ends the connection without a word. */
    void close();

    /** Ends the connection with a reset. */
    void reset();

    /** Does not read or ask for anything any more. */
    void fallSilent();
}
