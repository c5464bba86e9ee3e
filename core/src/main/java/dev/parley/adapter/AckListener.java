package dev.parley.adapter;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts the acknowledgements of one broadcast, or of one event to other servers. Called from any thread, in any order.
 */
public interface AckListener {

    /**
     * All servers have sent the event. Called once.
     *
     * @param clients how many clients of all servers it was sent to
     */
    void sentTo(int clients);

    /**
     * A client has acknowledged.
     *
     * @param args what it answered, values as in a received packet
     */
    void acknowledged(List<? extends @Nullable Object> args);

    /** A client that was counted has left, so that it will never answer. */
    void left();
}
