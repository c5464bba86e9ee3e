package dev.parley;

import dev.parley.mapping.MappingException;
import dev.parley.mapping.TypeRef;
import dev.parley.mapping.TypedValues;
import java.lang.reflect.Type;
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
        return (T) read(index, Objects.requireNonNull(type, "type"));
    }

    /**
     * Returns an argument as a generic type.
     *
     * @param index position, 0 for the first
     * @param type the type to create, such as {@code new TypeRef<List<Order>>() {}}
     * @param <T> the type to create
     * @return the argument, null if the peer sent null
     * @throws MappingException if there is no such argument, or it does not fit the type
     */
    @SuppressWarnings("unchecked") // read() gives what was asked for
    public final <T> @Nullable T get(int index, TypeRef<T> type) {
        return (T) read(index, type.type());
    }

    /**
     * Returns an argument that must not be null.
     *
     * @param index position, 0 for the first
     * @param type the type to create, as in {@link #get(int, Class)}
     * @param <T> the type to create
     * @return the argument
     * @throws MappingException if there is no such argument, it is null, or it does not fit the type
     */
    @SuppressWarnings("unchecked") // present() gives what was asked for; cast() would not know primitive types
    public final <T> T require(int index, Class<T> type) {
        return (T) present(index, Objects.requireNonNull(type, "type"));
    }

    /**
     * Returns an argument of a generic type that must not be null.
     *
     * @param index position, 0 for the first
     * @param type the type to create, such as {@code new TypeRef<List<Order>>() {}}
     * @param <T> the type to create
     * @return the argument
     * @throws MappingException if there is no such argument, it is null, or it does not fit the type
     */
    @SuppressWarnings("unchecked") // present() gives what was asked for
    public final <T> T require(int index, TypeRef<T> type) {
        return (T) present(index, type.type());
    }

    final Object present(int index, Type type) {
        Object value = read(index, type);
        if (value == null) {
            throw new MappingException(where(index) + "is null (expected: " + name(type) + ")");
        }
        return value;
    }

    final @Nullable Object read(int index, Type type) {
        if (index < 0 || index >= values.size()) {
            throw new MappingException(where(index) + "is missing (expected: " + name(type) + ")");
        }
        try {
            return types.read(values.get(index), type);
        } catch (MappingException e) {
            throw new MappingException(where(index) + e.getMessage(), e.getCause());
        }
    }

    static String name(Type type) {
        return type instanceof Class<?> c ? c.getSimpleName() : type.getTypeName();
    }

    /**
     * Returns all arguments without parsing them, to be passed on: {@code socket.to("room").emit(event.name(),
     * event.args())} sends the very bytes that were received.
     *
     * @return the values, most often each a {@link dev.parley.protocol.RawValue}; a new array
     */
    public final @Nullable Object[] args() {
        return values.toArray();
    }

    String where(int index) {
        return "argument " + (index + 1) + " ";
    }

    final TypedValues types() {
        return types;
    }

    final List<? extends @Nullable Object> values() {
        return values;
    }
}
