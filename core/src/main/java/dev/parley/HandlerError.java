package dev.parley;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong in the application's code, for the error hook.
 *
 * @param socket the client for which the code ran
 * @param event name of the event that was handled; {@code connection}, {@code disconnecting} and {@code disconnect} for
 *     those, {@code connect} for middlewares, empty for tasks of {@link Socket#execute}
 * @param args the event's arguments as they were received
 * @param exception what was thrown, or why a middleware has rejected the event; a
 *     {@link dev.parley.mapping.MappingException} that says which argument, what was found and what was expected, where
 *     the arguments do not fit the handler
 */
public record HandlerError(Socket socket, String event, List<? extends @Nullable Object> args, Throwable exception) {

    /** Takes errors. */
    @FunctionalInterface
    public interface Hook {

        /**
         * Takes an error. Called where it happened: in the lane of its socket, unless it is that of a handler of
         * outgoing events or of a middleware that answers elsewhere. What it throws is logged.
         *
         * @param error what went wrong
         */
        void failed(HandlerError error);
    }
}
