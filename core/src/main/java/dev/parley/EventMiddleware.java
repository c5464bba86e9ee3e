package dev.parley;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Decides about each event of a client before its handlers are called: registered by {@link Socket#use}. Those of a
 * socket run in the order in which they were registered, each after the one before has accepted, and behind the
 * catch-all handlers ({@link Socket#onAny}).
 *
 * <pre>{@code
 * socket.use((event, next) -> {
 *     if (limits.allow(socket.id())) {
 *         next.accept();
 *     } else {
 *         next.reject(new TooManyEventsException());
 *     }
 * });
 * }</pre>
 *
 * <p>While a middleware takes its time, later events of this socket wait, so that handlers get them in the order in
 * which they were sent. They count as {@linkplain SocketIoOptions#maxUnhandledBytes() not handled yet}.
 * Acknowledgements do not pass through middlewares.
 */
@FunctionalInterface
public interface EventMiddleware {

    /**
     * Looks at an event. Runs in the socket's lane. The answer may be given later, from any thread; where none is given
     * within {@link SocketIoOptions#middlewareTimeout()}, the event is rejected. An event whose answer is still missing
     * when the client has left is dropped, with those that wait behind it.
     *
     * @param event the event
     * @param next takes the answer
     * @throws Exception to reject the event
     */
    void handle(Event event, Next next) throws Exception;

    /** Takes a middleware's answer. Only the first one counts. Safe to call from any thread. */
    sealed interface Next permits EventGate.Step {

        /** Passes the event on to the next middleware, or to its handlers. */
        void accept();

        /**
         * Passes on another event in its place, which the same acknowledgement answers.
         *
         * @param event the other event's name
         * @param args its arguments, of any type that can be sent
         */
        void accept(String event, @Nullable Object... args);

        /**
         * Passes the event on when a stage completes. Rejects it if the stage fails.
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
         * Rejects the event: no handler is called, and the error hook is told. The client hears of it only where
         * {@link SocketIoOptions.Builder#errorAck} says so.
         *
         * @param cause why
         */
        void reject(Throwable cause);
    }
}
