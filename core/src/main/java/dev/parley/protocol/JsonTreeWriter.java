package dev.parley.protocol;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Writes the values of one packet as JSON and sets their binary data aside as attachments. */
final class JsonTreeWriter {

    /** As Date.prototype.toISOString of JavaScript: always three digits of a second's fraction. */
    private static final DateTimeFormatter ISO =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    private final Utf8Writer out;
    private final ValueConverter converter;
    private final int maxDepth;

    private List<byte[]> attachments = List.of();
    private int placeholders;

    JsonTreeWriter(Utf8Writer out, ValueConverter converter, int maxDepth) {
        this.out = out;
        this.converter = converter;
        this.maxDepth = maxDepth;
    }

    /** Returns the binary data of all values written so far. */
    List<byte[]> attachments() {
        return attachments;
    }

    /**
     * Makes sure that the values hold no object that only looks like a placeholder. Nobody could tell it from a real
     * one, and a receiver that finds it pointing nowhere closes its connection.
     */
    void checkPlaceholders(int from) {
        boolean genuine;
        try {
            PlaceholderFinder found = JsonScanner.findPlaceholders(out.array(), from, out.length(), attachments.size());
            genuine = found.count() == placeholders;
        } catch (ProtocolException e) {
            genuine = false;
        }
        if (!genuine) {
            throw new IllegalArgumentException(
                    "an object with \"_placeholder\":true can not be sent together with binary data");
        }
    }

    /** Writes a value that lies within {@code depth} arrays and objects. */
    void value(@Nullable Object value, int depth) {
        if (value == null) {
            out.ascii("null");
        } else if (value instanceof String text) {
            out.string(text);
        } else if (value instanceof RawJson json) {
            raw(json);
        } else if (value instanceof Number number) {
            number(number, depth);
        } else if (value instanceof Boolean) {
            out.ascii(value.toString());
        } else if (value instanceof Map<?, ?> map) {
            object(map, deeper(depth));
        } else if (value instanceof Collection<?> collection) {
            array(collection, deeper(depth));
        } else if (value instanceof byte[] bytes) {
            attachment(bytes.clone());
        } else {
            rare(value, depth);
        }
    }

    private void rare(Object value, int depth) {
        if (value instanceof ByteBuffer buffer) {
            byte[] copy = new byte[buffer.remaining()];
            buffer.get(buffer.position(), copy);
            attachment(copy);
        } else if (value instanceof CharSequence || value instanceof Character || value instanceof UUID) {
            out.string(value.toString());
        } else if (value instanceof Enum<?> constant) {
            out.string(constant.name());
        } else if (value instanceof Instant instant) {
            out.string(ISO.format(instant));
        } else if (value instanceof Date date) {
            out.string(ISO.format(instant(date)));
        } else if (value instanceof Optional<?> optional) {
            value(optional.orElse(null), depth);
        } else if (value instanceof RawValue raw) {
            value(raw.toTree(), depth);
        } else if (value.getClass().isArray()) {
            javaArray(value, deeper(depth));
        } else {
            value(converter.toTree(value), deeper(depth));
        }
    }

    @SuppressWarnings("JavaUtilDate") // toInstant() throws for subclasses in java.sql
    private static Instant instant(Date date) {
        return Instant.ofEpochMilli(date.getTime());
    }

    private int deeper(int depth) {
        if (depth >= maxDepth) {
            throw new IllegalArgumentException("nested deeper than " + maxDepth + " levels, or circular");
        }
        return depth + 1;
    }

    private void object(Map<?, ?> map, int depth) {
        out.ascii('{');
        boolean first = true;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!first) {
                out.ascii(',');
            }
            first = false;
            out.string(name(entry.getKey()));
            out.ascii(':');
            value(entry.getValue(), depth);
        }
        out.ascii('}');
    }

    private static String name(@Nullable Object key) {
        if (key == null) {
            throw new IllegalArgumentException("key of a map: null (expected: a name)");
        }
        return key instanceof Enum<?> constant ? constant.name() : key.toString();
    }

    private void array(Collection<?> collection, int depth) {
        out.ascii('[');
        boolean first = true;
        for (Object element : collection) {
            if (!first) {
                out.ascii(',');
            }
            first = false;
            value(element, depth);
        }
        out.ascii(']');
    }

    private void javaArray(Object array, int depth) {
        out.ascii('[');
        for (int i = 0; i < Array.getLength(array); i++) {
            if (i > 0) {
                out.ascii(',');
            }
            value(Array.get(array, i), depth);
        }
        out.ascii(']');
    }

    private void number(Number number, int depth) {
        if (number instanceof Integer || number instanceof Long || number instanceof Short || number instanceof Byte) {
            out.number(number.longValue());
        } else if (number instanceof Double || number instanceof Float) {
            out.ascii(Double.isFinite(number.doubleValue()) ? number.toString() : "null");
        } else if (number instanceof BigInteger || number instanceof BigDecimal) {
            out.ascii(number.toString());
        } else if (number instanceof AtomicInteger || number instanceof AtomicLong) {
            out.number(number.longValue());
        } else {
            value(converter.toTree(number), deeper(depth));
        }
    }

    private void attachment(byte[] bytes) {
        placeholder(add(bytes));
    }

    private void placeholder(int num) {
        placeholders++;
        out.ascii("{\"_placeholder\":true,\"num\":");
        out.number(num);
        out.ascii('}');
    }

    private int add(byte[] bytes) {
        if (attachments.isEmpty()) {
            attachments = new ArrayList<>();
        }
        attachments.add(bytes);
        return attachments.size() - 1;
    }

    private void raw(RawJson value) {
        Utf8 json = value.json();
        if (value.attachments().isEmpty()) {
            out.utf8(json);
        } else {
            renumbered(json, value.attachments());
        }
    }

    /** Copies received text byte for byte, but for the numbers that point to attachments. */
    private void renumbered(Utf8 json, List<byte[]> received) {
        byte[] bytes = json.array();
        int end = json.offset() + json.length();
        int from = json.offset();
        PlaceholderFinder finder = find(json, received.size());
        for (int i = 0; i < finder.count(); i++) {
            int start = finder.numStart(i);
            int behind = PlaceholderFinder.behindDigits(bytes, start, end);
            out.utf8(bytes, from, start);
            out.number(addOnce(received.get(PlaceholderFinder.parse(bytes, start, behind))));
            placeholders++;
            from = behind;
        }
        out.utf8(bytes, from, end);
    }

    private static PlaceholderFinder find(Utf8 json, int attachments) {
        try {
            int from = json.offset();
            return JsonScanner.findPlaceholders(json.array(), from, from + json.length(), attachments);
        } catch (ProtocolException e) {
            throw new IllegalArgumentException("bytes of received JSON have been written to", e);
        }
    }

    /** Several placeholders may point to one attachment; it is sent on once. */
    private int addOnce(byte[] bytes) {
        for (int i = 0; i < attachments.size(); i++) {
            if (attachments.get(i) == bytes) {
                return i;
            }
        }
        return add(bytes);
    }
}
