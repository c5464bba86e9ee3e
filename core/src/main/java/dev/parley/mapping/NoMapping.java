package dev.parley.mapping;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Refuses everything and says what to add. */
final class NoMapping implements ObjectMapping {

    static final NoMapping INSTANCE = new NoMapping();

    private static final String ADVICE =
            " (add tools.jackson.core:jackson-databind to the class path, or set the option mapping)";

    private NoMapping() {}

    @Override
    public @Nullable Object fromTree(@Nullable Object tree, Type type) {
        throw new MappingException("no mapping for " + type.getTypeName() + ADVICE);
    }

    @Override
    public @Nullable Object toTree(Object value) {
        throw new IllegalArgumentException("no mapping for " + value.getClass().getName() + ADVICE);
    }
}
