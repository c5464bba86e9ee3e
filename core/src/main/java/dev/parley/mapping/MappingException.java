package dev.parley.mapping;

import org.jspecify.annotations.Nullable;

/**
 * A value cannot be turned into the type that was asked for. The message says what was found and what was expected; it
 * never holds the value itself, so it is safe to log. The cause, where there is one, may hold it.
 */
public final class MappingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message what was found and what was expected
     */
    public MappingException(String message) {
        super(message);
    }

    /**
     * Creates an exception.
     *
     * @param message what was found and what was expected
     * @param cause the mapping library's own exception
     */
    public MappingException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
