package dev.parley;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by a {@link Middleware} to refuse a client. Message and data are sent to the client, which gets them as
 * {@code connect_error}; all other exceptions are kept from it.
 */
public final class ConnectionRejectedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable Object data;

    /**
     * Refuses a client.
     *
     * @param message what to tell the client
     */
    public ConnectionRejectedException(String message) {
        this(message, null);
    }

    /**
     * Refuses a client.
     *
     * @param message what to tell the client
     * @param data further details for the client: plain values, or an object of the application; null for none
     */
    public ConnectionRejectedException(String message, @Nullable Object data) {
        super(message, null, false, false);
        this.data = data;
    }

    /**
     * Returns further details for the client.
     *
     * @return the details, or null
     */
    public @Nullable Object data() {
        return data;
    }
}
