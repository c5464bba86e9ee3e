package dev.parley.contract;

/** A client that speaks Engine.IO over some transport. Messages are {@link String} or {@code byte[]}. */
public interface WireClient extends AutoCloseable {

    /** Sends a text message. */
    void send(String message);

    /** Sends a binary message. */
    void send(byte[] message);

    /** Sends what is no packet. */
    void sendGarbage();

    /** Takes the next message, waiting for it; fails where none comes. */
    Object next();

    /** Waits until the server has ended the connection; fails where it does not. */
    void awaitEnd();

    /** Ends the session in good order. */
    @Override
    void close();

    /** Ends the connection without a word. */
    void cut();
}
