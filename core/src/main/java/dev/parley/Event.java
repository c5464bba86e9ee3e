package dev.parley;

import dev.parley.mapping.TypedValues;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An event as it was received from a client: its name, its arguments of any number and types, and its acknowledgement.
 */
public final class Event extends Arguments {

    private final String name;
    private final Ack ack;

    Event(String name, List<? extends @Nullable Object> args, TypedValues types, Ack ack) {
        super(args, types);
        this.name = name;
        this.ack = ack;
    }

    /**
     * Returns the event's name.
     *
     * @return the name, chosen by the client
     */
    public String name() {
        return name;
    }

    /**
     * Returns the way to acknowledge the event.
     *
     * @return the acknowledgement, which does nothing if the client did not ask for it
     */
    public Ack ack() {
        return ack;
    }

    /**
     * Returns an argument for a handler of a type, which is not called with null; one that wants to know of it takes
     * Object, or the event.
     */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "NullAway"}) // a type parameter cannot say that
    // only Object may be null
    <T> T forHandler(int index, Type type) {
        return (T) (type == Object.class ? read(index, type) : present(index, type));
    }

    /** The same event with another name and other arguments, which the same acknowledgement answers. */
    Event with(String newName, @Nullable Object @Nullable [] args) {
        return new Event(Objects.requireNonNull(newName, "event"), Ack.asList(args), types(), ack);
    }

    @Override
    String where(int index) {
        return "argument " + (index + 1) + " of \"" + name + "\" ";
    }
}
