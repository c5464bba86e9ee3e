package dev.parley;

import dev.parley.mapping.MappingException;
import dev.parley.mapping.TypedValues;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of an event or of an acknowledgement, as they were received. Each is parsed only when a type is asked
 * for. Immutable.
 */
public sealed class Arguments permits Event {

    private final List<? extends @Nullable Object> values;
    private final TypedValues types;

    Arguments(List<? extends @Nullable Object> values, TypedValues types) {
        this.values = values;
        this.types = types;
    }

    /**
     * Returns how many arguments there are.
     *
     * @return their number
     */
    public final int count() {
        return values.size();
    }

    /**
     * Returns an argument as a type.
     *
     * @param index position, 0 for the first
     * @param type the type to create: a plain type, or any that the configured mapping knows; {@code Object.class} for
     *     a tree of maps and lists
     * @param <T> the type to create
     * @return the argument, null if the peer sent null
     * @throws MappingException if there is no such argument, or it does not fit the type
     */
    @SuppressWarnings("unchecked") // read() gives what was asked for; cast() would not know primitive types
    public final <T> @Nullable T get(int index, Class<T> type) {
        Objects.requireNonNull(type, "type");
        if (index < 0 || index >= values.size()) {
            throw new MappingException(where(index) + "is missing (expected: " + type.getSimpleName() + ")");
        }
        try {
            return (T) types.read(values.get(index), type);
        } catch (MappingException e) {
            throw new MappingException(where(index) + e.getMessage(), e.getCause());
        }
    }

    /**
     * Returns all arguments without parsing them, to be passed on: {@code socket.to("room").emit(event.name(),
     * event.args())} sends the very bytes that were received.
     *
     * @return the values, most often {@link dev.parley.protocol.RawJson}; a new array
     */
    public final @Nullable Object[] args() {
        return values.toArray();
    }

    String where(int index) {
        return "argument " + (index + 1) + " ";
    }

    List<? extends @Nullable Object> values() {
        return values;
    }
}
