package dev.parley.mapping;

import dev.parley.protocol.RawJson;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Maps records, beans and generic types from and to trees of plain values. Implementations are safe for use by any
 * thread.
 *
 * <p>A tree consists of null, Boolean, numbers, String, {@code byte[]}, {@link java.util.List} and
 * {@link java.util.Map} with String keys.
 */
public interface ObjectMapping {

    /**
     * Creates an object of a type.
     *
     * @param tree the value, not to be changed
     * @param type the type to create, never one that {@link TypedValues} reads by itself
     * @return the object, null only for null
     * @throws MappingException if the value does not fit the type
     */
    @Nullable
    Object fromTree(@Nullable Object tree, Type type);

    /**
     * Creates an object of a type from JSON text. Mappings that read JSON themselves may do without a tree.
     *
     * @param json the value
     * @param type the type to create, never one that {@link TypedValues} reads by itself
     * @return the object, null only for null
     * @throws MappingException if the value does not fit the type
     */
    default @Nullable Object fromJson(RawJson json, Type type) {
        return fromTree(json.toTree(), type);
    }

    /**
     * Turns an object into a tree. The tree may hold further objects, which are mapped in turn.
     *
     * @param value an object of a type that the packet encoding does not know
     * @return its tree
     * @throws IllegalArgumentException if it cannot be mapped; the message names its class
     */
    @Nullable
    Object toTree(Object value);

    /**
     * Finds a mapping on the class path: jackson-databind 3, else jackson-databind 2, else {@link #none()}.
     *
     * @return the mapping, the same at each call
     */
    static ObjectMapping detect() {
        return MappingDetection.shared();
    }

    /**
     * Uses an object mapper of the application's own.
     *
     * @param mapper an {@code ObjectMapper} of jackson-databind 3 ({@code tools.jackson.databind}) or 2
     *     ({@code com.fasterxml.jackson.databind}); not to be configured any more
     * @return the mapping
     * @throws IllegalArgumentException if the object is no such mapper
     */
    static ObjectMapping jackson(Object mapper) {
        return MappingDetection.jackson(mapper);
    }

    /**
     * Returns the mapping of a class path without mapping library: it refuses everything and says what to add.
     *
     * @return the mapping that maps nothing
     */
    static ObjectMapping none() {
        return NoMapping.INSTANCE;
    }
}
