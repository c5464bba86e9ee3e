package dev.parley.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Turns an application's own objects into values that {@link JsonPacketCodec} can encode. It is asked for values of
 * types that the codec does not know itself, wherever they stand.
 */
@FunctionalInterface
public interface ValueConverter {

    /**
     * Converts an object.
     *
     * @param value an object of a type that the codec does not know
     * @return an encodable value, for example a {@link java.util.Map} of the object's properties; it may hold further
     *     objects to be converted
     * @throws IllegalArgumentException if it can not convert the object; the message names its class
     */
    @Nullable
    Object toTree(Object value);

    /**
     * Returns a converter that knows no types.
     *
     * @return a converter that refuses everything
     */
    static ValueConverter none() {
        return value -> {
            throw new IllegalArgumentException(
                    value.getClass().getName() + " can not be encoded (expected: a JSON-like value, or a converter)");
        };
    }
}
