package dev.parley;

import org.jspecify.annotations.Nullable;

/**
 * Handles an event as it came: with all its arguments, of any types. Handlers for arguments of given types are nested
 * here.
 *
 * <p>Handlers of one socket run one after another, in the order in which the client sent the events, on the server's
 * executor. What they throw goes to the error hook ({@link SocketIoServer#onError}); the connection lives on.
 */
@FunctionalInterface
public interface EventHandler {

    /**
     * Handles an event.
     *
     * @param event name, arguments and acknowledgement
     * @throws Exception to tell the error hook
     */
    void handle(Event event) throws Exception;

    /** Handles an event whose arguments do not matter. */
    @FunctionalInterface
    interface NoArgument extends EventHandler {
        /**
         * Handles an event.
         *
         * @throws Exception to tell the error hook
         */
        void handle() throws Exception;

        @Override
        default void handle(Event event) throws Exception {
            handle();
        }
    }

    /**
     * Handles an event by its first argument.
     *
     * @param <A> type of the argument
     */
    @FunctionalInterface
    interface One<A extends @Nullable Object> extends OneAndAck<A> {
        /**
         * Handles an event.
         *
         * @param argument the argument
         * @throws Exception to tell the error hook
         */
        void handle(A argument) throws Exception;

        @Override
        default void handle(A argument, Ack ack) throws Exception {
            handle(argument);
        }
    }

    /**
     * Handles an event by its first argument, and acknowledges it.
     *
     * @param <A> type of the argument
     */
    @FunctionalInterface
    interface OneAndAck<A extends @Nullable Object> {
        /**
         * Handles an event.
         *
         * @param argument the argument
         * @param ack acknowledges the event, if the client asked for it
         * @throws Exception to tell the error hook
         */
        void handle(A argument, Ack ack) throws Exception;
    }

    /**
     * Handles an event by its first two arguments.
     *
     * @param <A> type of the first argument
     * @param <B> type of the second argument
     */
    @FunctionalInterface
    interface Two<A extends @Nullable Object, B extends @Nullable Object> extends TwoAndAck<A, B> {
        /**
         * Handles an event.
         *
         * @param first the first argument
         * @param second the second argument
         * @throws Exception to tell the error hook
         */
        void handle(A first, B second) throws Exception;

        @Override
        default void handle(A first, B second, Ack ack) throws Exception {
            handle(first, second);
        }
    }

    /**
     * Handles an event by its first two arguments, and acknowledges it.
     *
     * @param <A> type of the first argument
     * @param <B> type of the second argument
     */
    @FunctionalInterface
    interface TwoAndAck<A extends @Nullable Object, B extends @Nullable Object> {
        /**
         * Handles an event.
         *
         * @param first the first argument
         * @param second the second argument
         * @param ack acknowledges the event, if the client asked for it
         * @throws Exception to tell the error hook
         */
        void handle(A first, B second, Ack ack) throws Exception;
    }

    /**
     * Handles an event by its first three arguments.
     *
     * @param <A> type of the first argument
     * @param <B> type of the second argument
     * @param <C> type of the third argument
     */
    @FunctionalInterface
    interface Three<A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>
            extends ThreeAndAck<A, B, C> {
        /**
         * Handles an event.
         *
         * @param first the first argument
         * @param second the second argument
         * @param third the third argument
         * @throws Exception to tell the error hook
         */
        void handle(A first, B second, C third) throws Exception;

        @Override
        default void handle(A first, B second, C third, Ack ack) throws Exception {
            handle(first, second, third);
        }
    }

    /**
     * Handles an event by its first three arguments, and acknowledges it.
     *
     * @param <A> type of the first argument
     * @param <B> type of the second argument
     * @param <C> type of the third argument
     */
    @FunctionalInterface
    interface ThreeAndAck<A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object> {
        /**
         * Handles an event.
         *
         * @param first the first argument
         * @param second the second argument
         * @param third the third argument
         * @param ack acknowledges the event, if the client asked for it
         * @throws Exception to tell the error hook
         */
        void handle(A first, B second, C third, Ack ack) throws Exception;
    }
}
