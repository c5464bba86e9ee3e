package dev.parley;

import dev.parley.mapping.TypeRef;
import java.lang.reflect.Type;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A contract about an event: its name and the type of what it carries. Declared once, it is used by those who send the
 * event and those who handle it, so that the compiler keeps them in step.
 *
 * <pre>{@code
 * static final EventType<ChatLine> SAY = EventType.of("say", ChatLine.class);
 * static final EventType<List<Order>> ORDERS = EventType.of("orders", new TypeRef<List<Order>>() {});
 * static final EventType<Move> MOVE = EventType.ofArguments("move", Move.class);   // record Move(int x, int y)
 *
 * socket.on(SAY, line -> io.to("lobby").emit(SAY, line));
 * socket.on(MOVE, (move, ack) -> ack.send(move.x() + move.y()));
 * }</pre>
 *
 * <p>Immutable; safe for use by any thread.
 *
 * @param <A> type of what the event carries
 */
public final class EventType<A> {

    private final String name;
    private final Content<A> content;

    /** How what the event carries stands in its arguments. */
    interface Content<A> {

        /** Reads the arguments of a received event; fails with a MappingException if they do not fit. */
        A read(Event event);

        /** Returns the arguments of an event to be sent. */
        @Nullable
        Object[] write(A value);
    }

    private EventType(String name, Content<A> content) {
        ReservedNames.check(name);
        this.name = name;
        this.content = content;
    }

    /**
     * Creates the contract of an event with one argument.
     *
     * @param name the event's name
     * @param type type of the argument
     * @param <A> type of the argument
     * @return the contract
     * @throws IllegalArgumentException if the name is reserved
     */
    public static <A> EventType<A> of(String name, Class<A> type) {
        return new EventType<>(name, new SingleArgument<>(Objects.requireNonNull(type, "type")));
    }

    /**
     * Creates the contract of an event with one argument of a generic type.
     *
     * @param name the event's name
     * @param type type of the argument
     * @param <A> type of the argument
     * @return the contract
     * @throws IllegalArgumentException if the name is reserved
     */
    public static <A> EventType<A> of(String name, TypeRef<A> type) {
        return new EventType<>(name, new SingleArgument<>(type.type()));
    }

    /**
     * Creates the contract of an event with any number of arguments: each component of a record is an argument, in
     * their order. A record without components stands for an event without arguments.
     *
     * @param name the event's name
     * @param arguments a record whose components, of any types, are the event's arguments
     * @param <A> the record
     * @return the contract
     * @throws IllegalArgumentException if the name is reserved, or the record cannot be accessed from here, as in a
     *     module that does not open its package
     */
    public static <A extends Record> EventType<A> ofArguments(String name, Class<A> arguments) {
        return new EventType<>(name, new RecordArguments<>(Objects.requireNonNull(arguments, "arguments")));
    }

    /**
     * Returns the event's name.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    @Nullable
    Object[] write(A value) {
        return content.write(value);
    }

    /** Makes a handler of events of one that takes what this event carries. */
    EventHandler handler(EventHandler.OneAndAck<? super A> handler) {
        Objects.requireNonNull(handler, "handler");
        return event -> handler.handle(content.read(event), event.ack());
    }

    /** Returns the event's name. */
    @Override
    public String toString() {
        return name;
    }

    private record SingleArgument<A>(Type type) implements Content<A> {

        @Override
        public A read(Event event) {
            return event.forHandler(0, type);
        }

        @Override
        public @Nullable Object[] write(A value) {
            return new Object[] {value};
        }
    }
}
