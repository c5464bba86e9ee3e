package dev.parley.engine;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request and the way to answer it: implemented by transports. It is answered exactly once, by
 * {@link #respond} or by {@link #acceptWebSocket}; further answers are ignored, as are answers to a peer that is gone.
 *
 * <p>Unless stated otherwise, methods may be called from any thread, and listeners are called on the I/O thread.
 */
public interface HttpExchange {

    /**
     * Returns the head of the request.
     *
     * @return the request
     */
    HttpRequest request();

    /**
     * Returns the I/O thread of the connection. Tasks given to it run one after another, in the order given; tasks
     * given while it is busy share one wake-up and run after what it is doing now. They must not block. Giving a task
     * never fails; one that comes after the thread has ended is dropped.
     *
     * @return runs tasks on the I/O thread
     */
    Executor ioThread();

    /**
     * Reads the request's body, at most once. Without this call no byte of the body is kept, and the connection closes
     * after the response unless there is no body.
     *
     * @param limit most bytes to accept; a body announced to be longer is refused unread
     * @param listener told once how it ended, unless the request is answered before
     */
    void readBody(int limit, BodyListener listener);

    /**
     * Answers the request. If the response has the header {@code Connection: close}, the connection closes after it.
     *
     * @param response the answer
     */
    void respond(HttpResponse response);

    /**
     * Answers the request by switching to the WebSocket protocol. Only for requests that ask for it
     * ({@link HttpRequest#isWebSocketUpgrade}); where its handshake is not valid (version, key) the transport answers
     * 400 or 426 by itself and never calls the acceptor.
     *
     * @param headers further headers of the 101 response
     * @param maxMessageBytes longest message to accept, fragments together; a longer one closes the WebSocket with code
     *     1009 before it is buffered. A compressed message keeps to it both before and after it is decompressed
     * @param compression how to compress messages if the client offers that (RFC 7692), or null not to; a transport may
     *     leave it
     * @param acceptor called on the I/O thread when the response is written, before any frame is read
     */
    void acceptWebSocket(
            Headers headers, int maxMessageBytes, @Nullable Compression compression, WebSocketAcceptor acceptor);

    /**
     * Registers what to do when the peer goes away before the request is answered; runs at once if it has gone already.
     * Never runs after an answer. A later registration replaces an earlier one.
     *
     * @param listener runs at most once, on the I/O thread
     */
    void onAbort(Runnable listener);

    /** Told how the reading of a body ended: one call of one method. */
    interface BodyListener {

        /**
         * The whole body is here.
         *
         * @param body its bytes, the listener's own
         */
        void complete(byte[] body);

        /** The body is longer than the limit. What came of it has been dropped. */
        void tooLarge();

        /** The peer went away, or sent a body that is not valid HTTP, before the end of the body. */
        void aborted();
    }

    /** Takes a new WebSocket. */
    @FunctionalInterface
    interface WebSocketAcceptor {

        /**
         * Takes a WebSocket that has just been opened.
         *
         * @param webSocket the WebSocket, to be written to from now on
         * @return the listener of all that arrives on it, or null to close it at once with code 1000
         */
        @Nullable
        WebSocketListener accepted(WebSocket webSocket);
    }
}
