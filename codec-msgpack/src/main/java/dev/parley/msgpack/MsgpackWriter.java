package dev.parley.msgpack;

import dev.parley.protocol.RawValue;
import dev.parley.protocol.ValueConverter;
import java.io.IOException;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/**
 * Writes the values of one packet as MessagePack, in the forms that the official parser chooses. It writes to memory:
 * the exceptions that its methods declare do not happen.
 */
final class MsgpackWriter {

    /** Most packets are small. For long strings the library would reserve six times their length, so it never may. */
    private static final MessagePack.PackerConfig CONFIG =
            new MessagePack.PackerConfig().withBufferSize(512).withSmallStringOptimizationThreshold(Integer.MAX_VALUE);

    /** How far from 1970 a Date of JavaScript can be, in seconds. */
    private static final long FARTHEST = 8_640_000_000_000L;

    private final MessageBufferPacker out = CONFIG.newBufferPacker();
    private final ValueConverter converter;
    private final int maxDepth;

    MsgpackWriter(ValueConverter converter, int maxDepth) {
        this.converter = converter;
        this.maxDepth = maxDepth;
    }

    byte[] toByteArray() {
        return out.toByteArray();
    }

    void map(int size) throws IOException {
        out.packMapHeader(size);
    }

    void array(int size) throws IOException {
        out.packArrayHeader(size);
    }

    void string(String text) throws IOException {
        out.packString(text);
    }

    void integer(long number) throws IOException {
        out.packLong(number);
    }

    /** Writes a value that lies within {@code depth} arrays and maps. */
    void value(@Nullable Object value, int depth) throws IOException {
        if (value == null) {
            out.packNil();
        } else if (value instanceof String text) {
            string(text);
        } else if (value instanceof RawMsgpack raw) {
            raw.writeTo(out);
        } else if (value instanceof Number number) {
            number(number, depth);
        } else if (value instanceof Boolean flag) {
            out.packBoolean(flag);
        } else if (value instanceof Map<?, ?> map) {
            object(map, deeper(depth));
        } else if (value instanceof Collection<?> collection) {
            array(collection.toArray(), deeper(depth));
        } else if (value instanceof byte[] bytes) {
            binary(bytes);
        } else {
            rare(value, depth);
        }
    }

    private void rare(Object value, int depth) throws IOException {
        if (value instanceof ByteBuffer buffer) {
            byte[] copy = new byte[buffer.remaining()];
            buffer.get(buffer.position(), copy);
            binary(copy);
        } else if (value instanceof CharSequence || value instanceof Character || value instanceof UUID) {
            string(value.toString());
        } else if (value instanceof Enum<?> constant) {
            string(constant.name());
        } else if (value instanceof Instant instant) {
            time(instant);
        } else if (value instanceof Date date) {
            time(instant(date));
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

    /**
     * Works on a copy of the entries: others may change the map meanwhile, but their number stands in front of them.
     */
    private void object(Map<?, ?> map, int depth) throws IOException {
        Map.Entry<?, ?>[] entries = map.entrySet().toArray(new Map.Entry<?, ?>[0]);
        map(entries.length);
        for (Map.Entry<?, ?> entry : entries) {
            string(name(entry.getKey()));
            value(entry.getValue(), depth);
        }
    }

    private static String name(@Nullable Object key) {
        if (key == null) {
            throw new IllegalArgumentException("key of a map: null (expected: a name)");
        }
        return key instanceof Enum<?> constant ? constant.name() : key.toString();
    }

    private void array(@Nullable Object[] elements, int depth) throws IOException {
        array(elements.length);
        for (Object element : elements) {
            value(element, depth);
        }
    }

    private void javaArray(Object array, int depth) throws IOException {
        int length = Array.getLength(array);
        array(length);
        for (int i = 0; i < length; i++) {
            value(Array.get(array, i), depth);
        }
    }

    private void number(Number number, int depth) throws IOException {
        if (number instanceof Integer || number instanceof Long || number instanceof Short || number instanceof Byte) {
            integer(number.longValue());
        } else if (number instanceof Double) {
            out.packDouble(number.doubleValue());
        } else if (number instanceof Float) {
            out.packDouble(Double.parseDouble(number.toString())); // 0.1f is to arrive as 0.1
        } else if (number instanceof BigInteger whole) {
            integer(whole);
        } else if (number instanceof BigDecimal decimal && decimal.scale() == 0) {
            integer(decimal.unscaledValue());
        } else if (number instanceof BigDecimal) {
            out.packDouble(number.doubleValue());
        } else if (number instanceof AtomicInteger || number instanceof AtomicLong) {
            integer(number.longValue());
        } else {
            value(converter.toTree(number), deeper(depth));
        }
    }

    private void integer(BigInteger whole) throws IOException {
        if (whole.bitLength() < Long.SIZE || (whole.bitLength() == Long.SIZE && whole.signum() > 0)) {
            out.packBigInteger(whole);
        } else {
            out.packDouble(whole.doubleValue());
        }
    }

    private void binary(byte[] bytes) throws IOException {
        out.packBinaryHeader(bytes.length);
        out.addPayload(bytes);
    }

    /** Writes what the official parser makes of a Date. */
    private void time(Instant time) throws IOException {
        if (Math.abs(time.getEpochSecond()) > FARTHEST) {
            throw new IllegalArgumentException(
                    "time: " + time + " (expected: within the range of a Date in JavaScript)");
        }
        out.packExtensionTypeHeader(MsgpackScanner.OFFICIAL, Long.BYTES);
        out.addPayload(
                ByteBuffer.allocate(Long.BYTES).putLong(time.toEpochMilli()).array());
    }
}
