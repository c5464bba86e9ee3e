package dev.parley.testing;

import dev.parley.mapping.TypeRef;
import dev.parley.protocol.RawValue;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The acknowledgement that a {@link TestClient} asked for. */
public final class TestAck {

    private final TestClient client;
    private final String event;
    private @Nullable List<RawValue> answer;

    TestAck(TestClient client, String event) {
        this.client = client;
        this.event = event;
    }

    synchronized void complete(List<RawValue> values) {
        answer = values;
    }

    /**
     * Tells whether the server has acknowledged the event.
     *
     * @return whether it has
     */
    public synchronized boolean isReceived() {
        return answer != null;
    }

    /**
     * Returns how many values the server has acknowledged with.
     *
     * @return their number
     * @throws AssertionError if there is no acknowledgement
     */
    public int count() {
        return values().size();
    }

    /**
     * Returns the first value of the acknowledgement.
     *
     * @param type the type to create
     * @param <T> the type to create
     * @return the value
     * @throws AssertionError if there is no acknowledgement, or no value in it
     */
    public <T> @Nullable T get(Class<T> type) {
        return get(0, type);
    }

    /**
     * Returns a value of the acknowledgement.
     *
     * @param index position, 0 for the first
     * @param type the type to create
     * @param <T> the type to create
     * @return the value
     * @throws AssertionError if there is no acknowledgement, or no such value in it
     */
    @SuppressWarnings("unchecked") // the reader returns what was asked for
    public <T> @Nullable T get(int index, Class<T> type) {
        return (T) read(index, type);
    }

    /**
     * Returns a value of the acknowledgement as a generic type.
     *
     * @param index position, 0 for the first
     * @param type the type to create, such as {@code new TypeRef<List<Order>>() {}}
     * @param <T> the type to create
     * @return the value
     * @throws AssertionError if there is no acknowledgement, or no such value in it
     */
    @SuppressWarnings("unchecked") // the reader returns what was asked for
    public <T> @Nullable T get(int index, TypeRef<T> type) {
        return (T) read(index, type.type());
    }

    private @Nullable Object read(int index, Type type) {
        List<RawValue> values = values();
        if (index >= values.size()) {
            throw new AssertionError(
                    "no value " + (index + 1) + " in the acknowledgement of \"" + event + "\": " + values);
        }
        return client.read(values.get(index), type);
    }

    private synchronized List<RawValue> values() {
        if (answer == null) {
            throw new AssertionError("\"" + event + "\" was not acknowledged; " + client.arrivals());
        }
        return answer;
    }
}
