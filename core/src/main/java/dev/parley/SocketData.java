package dev.parley;

import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the application attaches to a socket: its user, its name, its score. Safe for use by any thread. Values cannot
 * be null.
 *
 * <pre>{@code
 * socket.data().put("name", "Ada");
 * String name = socket.data().get("name", String.class);
 * }</pre>
 *
 * <p>A {@link Key} spares the type at each use:
 *
 * <pre>{@code
 * static final SocketData.Key<User> USER = SocketData.key("user", User.class);
 *
 * socket.data().put(USER, user);
 * User user = socket.data().require(USER);
 * }</pre>
 */
public final class SocketData {

    /**
     * Name and type of a value.
     *
     * @param name the value's name; where several servers work together, the others see it under this name
     * @param type the value's type
     * @param <T> the value's type
     */
    public record Key<T>(String name, Class<T> type) {

        /**
         * Creates a key.
         *
         * @param name the value's name
         * @param type the value's type
         */
        public Key {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(type, "type");
        }
    }

    private final Map<String, Object> values = new ConcurrentHashMap<>(4);

    SocketData() {}

    /**
     * Creates a key.
     *
     * @param name the value's name
     * @param type the value's type
     * @param <T> the value's type
     * @return the key
     */
    public static <T> Key<T> key(String name, Class<T> type) {
        return new Key<>(name, type);
    }

    /**
     * Sets a value.
     *
     * @param name its name
     * @param value the value
     */
    public void put(String name, Object value) {
        values.put(name, value);
    }

    /**
     * Sets a value.
     *
     * @param key name and type
     * @param value the value
     * @param <T> the value's type
     */
    public <T> void put(Key<T> key, T value) {
        values.put(key.name(), value);
    }

    /**
     * Returns a value.
     *
     * @param name its name
     * @return the value, or null
     */
    public @Nullable Object get(String name) {
        return values.get(name);
    }

    /**
     * Returns a value.
     *
     * @param name its name
     * @param type its type
     * @param <T> its type
     * @return the value, or null
     * @throws ClassCastException if the value has another type
     */
    @SuppressWarnings("unchecked") // the boxed form of a primitive type has the same type parameter
    public <T> @Nullable T get(String name, Class<T> type) {
        return (T) MethodType.methodType(type).wrap().returnType().cast(values.get(name));
    }

    /**
     * Returns a value.
     *
     * @param key name and type
     * @param <T> its type
     * @return the value, or null
     * @throws ClassCastException if the value has another type
     */
    public <T> @Nullable T get(Key<T> key) {
        return get(key.name(), key.type());
    }

    /**
     * Returns a value that must be there.
     *
     * @param key name and type
     * @param <T> its type
     * @return the value
     * @throws IllegalStateException if there is none
     * @throws ClassCastException if the value has another type
     */
    public <T> T require(Key<T> key) {
        T value = get(key);
        if (value == null) {
            throw new IllegalStateException("socket data: no " + key.name());
        }
        return value;
    }

    /**
     * Removes a value.
     *
     * @param name its name
     * @return the value that was there, or null
     */
    public @Nullable Object remove(String name) {
        return values.remove(name);
    }

    /**
     * Removes a value.
     *
     * @param key name and type
     */
    public void remove(Key<?> key) {
        values.remove(key.name());
    }

    /**
     * Returns all values.
     *
     * @return an immutable copy
     */
    public Map<String, Object> asMap() {
        return Map.copyOf(values);
    }
}
