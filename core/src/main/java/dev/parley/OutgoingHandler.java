package dev.parley;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sees each event that is sent to a client. */
@FunctionalInterface
public interface OutgoingHandler {

    /**
     * Sees an event. Called on the thread that sends it; must not block.
     *
     * @param event the event's name
     * @param args the arguments as they were passed to {@code emit}, not to be changed
     * @throws Exception to tell the error hook; the event is sent all the same
     */
    void handle(String event, List<? extends @Nullable Object> args) throws Exception;
}
