package dev.parley;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Not all clients have acknowledged an event in time. */
public final class AckTimeoutException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<@Nullable Object> responses;

    AckTimeoutException(List<@Nullable Object> responses) {
        super("operation has timed out", null, false, false);
        this.responses = responses;
    }

    /**
     * Returns the answers that did come in, as the type that was asked for.
     *
     * @return the answers of a broadcast, in the order of their arrival; none for an event to one client
     */
    public List<@Nullable Object> responses() {
        return responses;
    }
}
