package dev.parley.mapping;

import dev.parley.protocol.RawJson;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says what was found in place of what was expected, without showing the value. */
final class Found {

    private static final int LONGEST_PATH = 200;

    private Found() {}

    static MappingException mismatch(@Nullable Object value, Type type) {
        return mismatch(value, type, "", null);
    }

    static MappingException mismatch(@Nullable Object value, Type type, String path, @Nullable Throwable cause) {
        return mismatch(kind(value), type, path, cause);
    }

    static MappingException mismatch(String kind, Type type, String path, @Nullable Throwable cause) {
        StringBuilder message = new StringBuilder()
                .append("found ")
                .append(kind)
                .append(" (expected: ")
                .append(name(type))
                .append(')');
        if (!path.isEmpty()) {
            message.append(" at ").append(printable(path));
        }
        return new MappingException(message.toString(), cause);
    }

    private static String name(Type type) {
        return type instanceof Class<?> c && (c.isPrimitive() || c.getName().startsWith("java."))
                ? c.getSimpleName()
                : type.getTypeName();
    }

    /** Paths may hold keys that the client chose. */
    private static String printable(String path) {
        String line = path.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= LONGEST_PATH ? line : line.substring(0, LONGEST_PATH) + "...";
    }

    static String kind(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof RawJson json) {
            return kind(json);
        }
        if (value instanceof CharSequence) {
            return "a string";
        }
        if (value instanceof Number) {
            return "a number";
        }
        if (value instanceof Boolean) {
            return "a boolean";
        }
        if (value instanceof byte[] || value instanceof ByteBuffer) {
            return "binary data";
        }
        if (value instanceof Collection<?>) {
            return "an array";
        }
        return value instanceof Map<?, ?> ? "an object" : value.getClass().getName();
    }

    private static String kind(RawJson json) {
        return switch (json.json().byteAt(0)) {
            case '"' -> "a string";
            case '[' -> "an array";
            case '{' -> json.hasAttachments() && json.toTree() instanceof byte[] ? "binary data" : "an object";
            case 't', 'f' -> "a boolean";
            case 'n' -> "null";
            default -> "a number";
        };
    }
}
