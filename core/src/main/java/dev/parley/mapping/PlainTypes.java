package dev.parley.mapping;

import dev.parley.protocol.RawJson;
import dev.parley.protocol.RawValue;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The types that are read without a mapping library. */
final class PlainTypes {

    /** Readers of values that are not null. They return null for a value that does not fit. */
    private static final Map<Class<?>, Function<Object, @Nullable Object>> READERS = new HashMap<>();

    static {
        READERS.put(Object.class, value -> value);
        put(String.class, String.class, text -> text);
        put(CharSequence.class, String.class, text -> text);
        put(Map.class, Map.class, map -> map);
        put(List.class, List.class, list -> list);
        put(Collection.class, List.class, list -> list);
        put(byte[].class, byte[].class, bytes -> bytes);
        put(ByteBuffer.class, byte[].class, ByteBuffer::wrap);
        READERS.put(RawValue.class, tree -> null);
        READERS.put(RawJson.class, tree -> null);
        put(UUID.class, String.class, PlainTypes::uuid);
        put(Instant.class, String.class, PlainTypes::instant);
        put(Number.class, Number.class, number -> number);
        put(BigInteger.class, Number.class, PlainTypes::bigInteger);
        put(BigDecimal.class, Number.class, PlainTypes::bigDecimal);
        both(boolean.class, Boolean.class, value -> value instanceof Boolean ? value : null);
        both(char.class, Character.class, PlainTypes::character);
        both(byte.class, Byte.class, value -> whole(value, Byte.MIN_VALUE, Byte.MAX_VALUE, Long::byteValue));
        both(short.class, Short.class, value -> whole(value, Short.MIN_VALUE, Short.MAX_VALUE, Long::shortValue));
        both(int.class, Integer.class, value -> whole(value, Integer.MIN_VALUE, Integer.MAX_VALUE, Long::intValue));
        both(long.class, Long.class, value -> whole(value, Long.MIN_VALUE, Long.MAX_VALUE, number -> number));
        both(float.class, Float.class, value -> value instanceof Number number ? number.floatValue() : null);
        both(double.class, Double.class, value -> value instanceof Number number ? number.doubleValue() : null);
    }

    private PlainTypes() {}

    private static <V> void put(Class<?> type, Class<V> found, Function<V, @Nullable Object> reader) {
        READERS.put(type, value -> found.isInstance(value) ? reader.apply(found.cast(value)) : null);
    }

    private static void both(Class<?> primitive, Class<?> boxed, Function<Object, @Nullable Object> reader) {
        READERS.put(primitive, reader);
        READERS.put(boxed, reader);
    }

    static boolean isPlain(Type type) {
        return type instanceof Class<?> c && (READERS.containsKey(c) || c.isEnum());
    }

    /** Reads a tree, or a RawJson, as a plain type. */
    static @Nullable Object read(@Nullable Object value, Class<?> type) {
        if (value instanceof RawJson json) {
            return type == BigDecimal.class ? bigDecimal(json) : read(json.toTree(), type);
        }
        if (value == null) {
            if (type.isPrimitive()) {
                throw Found.mismatch(null, type);
            }
            return null;
        }
        Function<Object, @Nullable Object> reader = READERS.get(type);
        Object result = reader == null ? constant(value, type) : reader.apply(value);
        if (result == null) {
            throw Found.mismatch(kind(value, type), type, "", null);
        }
        return result;
    }

    /** As {@link Found#kind}, but tells numbers that do not fit from those that are no numbers. */
    private static String kind(Object value, Class<?> type) {
        boolean numeric = type.isPrimitive() || Number.class.isAssignableFrom(type);
        if (!numeric || !(value instanceof Number)) {
            return Found.kind(value);
        }
        return value instanceof Double ? "a number with a fraction or exponent" : "a number out of range";
    }

    private static @Nullable Object whole(Object value, long least, long most, Function<Long, Object> narrow) {
        if (!(value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte)) {
            return null;
        }
        long number = ((Number) value).longValue();
        return number < least || number > most ? null : narrow.apply(number);
    }

    private static @Nullable Object bigInteger(Number number) {
        if (number instanceof BigInteger) {
            return number;
        }
        Object whole = whole(number, Long.MIN_VALUE, Long.MAX_VALUE, value -> value);
        return whole == null ? null : BigInteger.valueOf((long) whole);
    }

    private static @Nullable Object bigDecimal(Number number) {
        if (number instanceof Double d) {
            return Double.isFinite(d) ? BigDecimal.valueOf(d) : null;
        }
        return new BigDecimal(number.toString());
    }

    /** From the text, as a double would lose digits. */
    private static @Nullable Object bigDecimal(RawJson json) {
        byte first = json.json().byteAt(0);
        return first == '-' || (first >= '0' && first <= '9')
                ? new BigDecimal(json.toString())
                : read(json.toTree(), BigDecimal.class);
    }

    private static @Nullable Object character(Object value) {
        return value instanceof String text && text.length() == 1 ? text.charAt(0) : null;
    }

    private static @Nullable Object uuid(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable Object instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static @Nullable Object constant(Object value, Class<?> type) {
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(value)) {
                return constant;
            }
        }
        return null;
    }
}
