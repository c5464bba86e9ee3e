package dev.parley.testing;

import dev.parley.mapping.TypeRef;
import dev.parley.protocol.Packet;
import dev.parley.protocol.RawValue;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** An event that a {@link TestClient} has received. */
public final class TestEvent {

    private final TestClient client;
    private final String name;
    private final List<RawValue> args;
    private final long ackId;

    TestEvent(TestClient client, Packet.Event packet) {
        this.client = client;
        this.name = packet.name();
        this.args = packet.args().stream().map(RawValue.class::cast).toList();
        this.ackId = packet.ackId();
    }

    /**
     * Returns the event's name.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * Returns how many arguments there are.
     *
     * @return their number
     */
    public int count() {
        return args.size();
    }

    /**
     * Returns an argument as a type.
     *
     * @param index position, 0 for the first
     * @param type the type to create
     * @param <T> the type to create
     * @return the argument
     * @throws AssertionError if there is no such argument
     */
    @SuppressWarnings("unchecked") // the reader returns what was asked for
    public <T> @Nullable T get(int index, Class<T> type) {
        return (T) read(index, (Type) type);
    }

    /**
     * Returns an argument as a generic type.
     *
     * @param index position, 0 for the first
     * @param type the type to create, such as {@code new TypeRef<List<Order>>() {}}
     * @param <T> the type to create
     * @return the argument
     * @throws AssertionError if there is no such argument
     */
    @SuppressWarnings("unchecked") // the reader returns what was asked for
    public <T> @Nullable T get(int index, TypeRef<T> type) {
        return (T) read(index, type.type());
    }

    private @Nullable Object read(int index, Type type) {
        if (index >= args.size()) {
            throw new AssertionError("no argument " + (index + 1) + " in " + this);
        }
        return client.read(args.get(index), type);
    }

    /**
     * Answers the event, as a client's callback does.
     *
     * @param values the answer
     * @throws AssertionError if the server asked for no acknowledgement
     */
    public void ack(@Nullable Object... values) {
        if (ackId == Packet.NO_ACK) {
            throw new AssertionError("no acknowledgement was asked for by " + this);
        }
        client.acknowledge(ackId, Arrays.asList(values));
    }

    /**
     * Tells whether the server waits for an acknowledgement.
     *
     * @return whether it asked for one
     */
    public boolean wantsAck() {
        return ackId != Packet.NO_ACK;
    }

    /** What stands in the place of an offset: a string behind the arguments of an event without acknowledgement. */
    @Nullable
    String offset() {
        return wantsAck() || args.isEmpty() || !(args.get(args.size() - 1).toTree() instanceof String last)
                ? null
                : last;
    }

    /** Whether these are the arguments, but for an offset behind them. */
    boolean hasArgs(List<?> expected) {
        boolean offset = expected.size() == args.size() - 1 && client.hasSession() && offset() != null;
        if (expected.size() != args.size() && !offset) {
            return false;
        }
        for (int i = 0; i < expected.size(); i++) {
            if (!sameValue(
                    client.read(client.toRaw(expected.get(i)), Object.class),
                    args.get(i).toTree())) {
                return false;
            }
        }
        return true;
    }

    /** Whether two trees are the same JSON value, binary data compared by its bytes. */
    private static boolean sameValue(@Nullable Object left, @Nullable Object right) {
        if (left instanceof byte[] bytes) {
            return right instanceof byte[] others && Arrays.equals(bytes, others);
        }
        if (left instanceof List<?> list) {
            return right instanceof List<?> other
                    && list.size() == other.size()
                    && IntStream.range(0, list.size()).allMatch(i -> sameValue(list.get(i), other.get(i)));
        }
        if (left instanceof Map<?, ?> map) {
            return right instanceof Map<?, ?> other
                    && map.keySet().equals(other.keySet())
                    && map.keySet().stream().allMatch(key -> sameValue(map.get(key), other.get(key)));
        }
        return Objects.equals(left, right);
    }

    /** Returns name and arguments as JSON. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("\"").append(name).append('"');
        args.forEach(arg -> text.append(", ").append(arg));
        return text.toString();
    }
}
