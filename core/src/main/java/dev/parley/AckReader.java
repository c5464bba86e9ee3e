package dev.parley;

import dev.parley.mapping.MappingException;
import dev.parley.mapping.TypedValues;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns a client's answer into what the application asked for. */
@FunctionalInterface
interface AckReader<T> {

    /**
     * Reads an answer.
     *
     * @throws MappingException if the answer does not fit
     */
    T read(List<? extends @Nullable Object> args, TypedValues types);

    /** Takes the first argument, or null if there is none. */
    @SuppressWarnings({"unchecked", "NullAway", "TypeParameterUnusedInFormals"}) // null stands for itself in a future
    static <T> AckReader<T> first(Type type) {
        return (args, types) -> {
            try {
                return (T) types.read(args.isEmpty() ? null : args.get(0), type);
            } catch (MappingException e) {
                throw new MappingException("acknowledgement: " + e.getMessage(), e.getCause());
            }
        };
    }

    /** Takes all arguments as they are. */
    static AckReader<Arguments> all() {
        return Arguments::new;
    }
}
