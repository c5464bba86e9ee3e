package dev.parley.engine;

/** Takes new Engine.IO sessions: the way up from the engine to whatever is built on it. */
@FunctionalInterface
public interface SessionAcceptor {

    /**
     * Takes a session that has just been opened. What it sends from here on follows the handshake.
     *
     * @param session the session; called on the I/O thread of its first request
     * @return the listener of all that arrives on it; failing closes the session
     */
    SessionListener opened(Session session);
}
