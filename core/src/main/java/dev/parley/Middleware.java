package dev.parley;

import java.util.concurrent.CompletionStage;

/**
 * Decides whether a client may join a namespace: runs once for each attempt, before the socket is connected.
 * Middlewares of one namespace run in the order in which they were registered, each after the one before has accepted.
 *
 * <pre>{@code
 * io.use((socket, next) -> {
 *     String token = socket.handshake().auth("token", String.class);
 *     if (tokens.isValid(token)) {
 *         next.accept();
 *     } else {
 *         next.reject("not authorized");
 *     }
 * });
 * }</pre>
 *
 * <p>One that has to wait for something else: {@code io.use((socket, next) -> next.acceptWhen(users.load(socket)))}.
 */
@FunctionalInterface
public interface Middleware {

    /**
     * Looks at a client that wants to join. Runs on the server's executor. The answer may be given later, from any
     * thread; where none is given within {@link SocketIoOptions#middlewareTimeout()}, the client is refused.
     *
     * @param socket the client, not connected yet: it can be given data and rooms, and what is emitted to it waits
     *     until it is connected
     * @param next takes the answer
     * @throws ConnectionRejectedException to refuse the client with a message of its own
     * @throws Exception to refuse the client without telling it why, and to tell the error hook
     */
    void handle(Socket socket, Next next) throws Exception;

    /** Takes a middleware's answer. Only the first one counts. Safe to call from any thread. */
    sealed interface Next permits Admission.Step {

        /** Lets the client pass on to the next middleware, or connect. */
        void accept();

        /**
         * Lets the client pass on when a stage completes. Refuses it if the stage fails, as {@link #reject(Throwable)}
         * does.
         *
         * @param stage the outcome does not matter, but for a failure
         */
        default void acceptWhen(CompletionStage<?> stage) {
            stage.whenComplete((result, failure) -> {
                if (failure == null) {
                    accept();
                } else {
                    reject(Failures.unwrap(failure));
                }
            });
        }

        /**
         * Refuses the client, which gets a {@code connect_error} with the message.
         *
         * @param message what to tell the client
         */
        void reject(String message);

        /**
         * Refuses the client, which gets a {@code connect_error} with the message and details.
         *
         * @param message what to tell the client
         * @param data further details: plain values, or an object of the application
         */
        void reject(String message, Object data);

        /**
         * Refuses the client because of an exception, as if the middleware had thrown it.
         *
         * @param cause a {@link ConnectionRejectedException} to tell the client, or any other to tell the error hook
         *     only
         */
        void reject(Throwable cause);
    }
}
