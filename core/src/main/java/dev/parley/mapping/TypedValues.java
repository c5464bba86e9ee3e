package dev.parley.mapping;

import dev.parley.protocol.RawJson;
import dev.parley.protocol.RawValue;
import dev.parley.protocol.ValueConverter;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Reads received values as Java types and prepares objects for sending. Plain types are read here, exactly and without
 * any mapping library; all others are left to an {@link ObjectMapping}. Safe for use by any thread.
 *
 * <p>Plain types are: Object (a tree), String, Boolean, the number types of {@code java.lang} and {@code java.math} (a
 * whole number type takes no fraction and nothing beyond its range), Character, enums by name, {@code byte[]} and
 * {@link java.nio.ByteBuffer}, {@link java.util.Map}, {@link java.util.List} and {@link java.util.Collection} of trees,
 * {@link java.util.UUID}, {@link java.time.Instant}, and {@link RawValue} for the value as it came ({@link RawJson}
 * where it came as JSON).
 */
public final class TypedValues implements ValueConverter {

    private final ObjectMapping mapping;

    /**
     * Creates a reader.
     *
     * @param mapping for all types that are not plain
     */
    public TypedValues(ObjectMapping mapping) {
        this.mapping = mapping;
    }

    /**
     * Reads a received value as a type.
     *
     * @param value a {@link RawValue}, or a tree
     * @param type the type to create
     * @return an object of that type, null only for null
     * @throws MappingException if the value does not fit the type
     */
    public @Nullable Object read(@Nullable Object value, Type type) {
        try {
            return readAs(value, type);
        } catch (MappingException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new MappingException("cannot be read as " + type.getTypeName(), e);
        }
    }

    private @Nullable Object readAs(@Nullable Object value, Type type) {
        if (value instanceof RawJson json) {
            return json(json, type);
        }
        if (value instanceof RawValue raw) {
            return type == RawValue.class ? raw : readAs(raw.toTree(), type);
        }
        if (PlainTypes.isPlain(type)) {
            return PlainTypes.read(value, (Class<?>) type);
        }
        return value == null ? null : mapping.fromTree(value, type);
    }

    private @Nullable Object json(RawJson json, Type type) {
        if (type == String.class) {
            return ShortCuts.string(json);
        }
        if (type == Integer.class || type == int.class) {
            return ShortCuts.integer(json, (Class<?>) type);
        }
        if (type == RawJson.class || type == RawValue.class) {
            return json;
        }
        if (PlainTypes.isPlain(type)) {
            return PlainTypes.read(json, (Class<?>) type);
        }
        return json.isNull() ? null : mapping.fromJson(json, type);
    }

    @Override
    public @Nullable Object toTree(Object value) {
        return mapping.toTree(value);
    }
}
