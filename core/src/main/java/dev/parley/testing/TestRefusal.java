package dev.parley.testing;

import dev.parley.mapping.TypedValues;
import dev.parley.protocol.RawValue;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The {@code connect_error} that a client got in place of a connection. */
public final class TestRefusal {

    private final Map<?, ?> error;
    private final TypedValues types;

    TestRefusal(RawValue error, TypedValues types) {
        this.error = (Map<?, ?>) Objects.requireNonNull(error.toTree());
        this.types = types;
    }

    /**
     * Returns the message of the refusal.
     *
     * @return its text
     */
    public String message() {
        return String.valueOf(error.get("message"));
    }

    /**
     * Returns the details of the refusal.
     *
     * @param type the type to create
     * @param <T> the type to create
     * @return the details, null if there are none
     */
    @SuppressWarnings("unchecked") // the reader returns what was asked for
    public <T> @Nullable T data(Class<T> type) {
        return (T) types.read(error.get("data"), type);
    }
}
