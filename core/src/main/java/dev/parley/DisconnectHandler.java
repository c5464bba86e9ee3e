package dev.parley;

import org.jspecify.annotations.Nullable;

/** Told once that a socket is disconnected, and what went wrong. */
@FunctionalInterface
public interface DisconnectHandler {

    /**
     * Handles the end of a socket. Runs on the server's executor, after all events that arrived before.
     *
     * @param reason why
     * @param cause what went wrong, where something did; its message holds nothing that the client sent. An
     *     {@link dev.parley.engine.OutgoingQueueFullException} if the client reads too slowly
     * @throws Exception to tell the error hook
     */
    void disconnected(DisconnectReason reason, @Nullable Throwable cause) throws Exception;

    /** Told once that a socket is disconnected. */
    @FunctionalInterface
    interface ReasonOnly extends DisconnectHandler {

        /**
         * Handles the end of a socket. Runs on the server's executor, after all events that arrived before.
         *
         * @param reason why
         * @throws Exception to tell the error hook
         */
        void disconnected(DisconnectReason reason) throws Exception;

        @Override
        default void disconnected(DisconnectReason reason, @Nullable Throwable cause) throws Exception {
            disconnected(reason);
        }
    }
}
