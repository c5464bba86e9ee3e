package dev.parley.msgpack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.ExtensionTypeHeader;
import org.msgpack.core.MessageFormat;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;

/**
 * Turns MessagePack that a {@link MsgpackScanner} has passed into a plain tree, the same as JSON would have become. It
 * does not recurse, so nesting costs no stack.
 */
final class MsgpackTree {

    /** As Date.prototype.toISOString of JavaScript: always three digits of a second's fraction. */
    private static final DateTimeFormatter ISO =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    private final MessageUnpacker in;
    private final Deque<Container> open = new ArrayDeque<>();

    private MsgpackTree(MessageUnpacker in) {
        this.in = in;
    }

    static @Nullable Object parse(byte[] bytes, int offset, int length) {
        try (MessageUnpacker in = MessagePack.newDefaultUnpacker(bytes, offset, length)) {
            return new MsgpackTree(in).build();
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    private @Nullable Object build() throws IOException {
        while (true) {
            MessageFormat format = in.getNextFormat();
            switch (format.getValueType()) {
                case ARRAY -> open.push(Container.array(in.unpackArrayHeader()));
                case MAP -> open.push(Container.map(in.unpackMapHeader()));
                default -> {
                    Object value = scalar(format);
                    if (open.isEmpty()) {
                        return value;
                    }
                    open.element().add(value);
                }
            }
            while (open.element().left == 0) {
                Object container = open.pop().value();
                if (open.isEmpty()) {
                    return container;
                }
                open.element().add(container);
            }
            if (open.element().isMap()) {
                open.element().name = string();
            }
        }
    }

    private @Nullable Object scalar(MessageFormat format) throws IOException {
        return switch (format.getValueType()) {
            case BOOLEAN -> in.unpackBoolean();
            case INTEGER -> integer(format);
            case FLOAT -> in.unpackDouble();
            case STRING -> string();
            case BINARY -> in.readPayload(in.unpackBinaryHeader());
            case EXTENSION -> extension(format);
            default -> {
                in.unpackNil();
                yield null;
            }
        };
    }

    private Object integer(MessageFormat format) throws IOException {
        if (format == MessageFormat.UINT64) {
            BigInteger number = in.unpackBigInteger();
            return number.bitLength() < Long.SIZE ? narrow(number.longValue()) : number;
        }
        return narrow(in.unpackLong());
    }

    private static Object narrow(long number) {
        if (number == (int) number) {
            return (int) number;
        }
        return number;
    }

    private String string() throws IOException {
        // The library's own way to a string begins with a buffer of 16 KB.
        return new String(in.readPayload(in.unpackRawStringHeader()), StandardCharsets.UTF_8);
    }

    private @Nullable Object extension(MessageFormat format) throws IOException {
        ExtensionTypeHeader header = in.unpackExtensionTypeHeader();
        if (header.isTimestampType()) {
            return text(in.unpackTimestamp(header));
        }
        byte[] payload = in.readPayload(header.getLength());
        return switch (format) {
            case FIXEXT1 -> null;
            case FIXEXT8 -> text(Instant.ofEpochMilli(ByteBuffer.wrap(payload).getLong()));
            default -> payload;
        };
    }

    private static String text(Instant time) {
        return time.equals(time.truncatedTo(ChronoUnit.MILLIS)) ? ISO.format(time) : time.toString();
    }

    /** An array or map that has been begun. */
    private static final class Container {

        private final @Nullable Map<String, @Nullable Object> map;
        private final @Nullable List<@Nullable Object> list;
        private int left;
        private String name = "";

        private Container(
                @Nullable Map<String, @Nullable Object> map, @Nullable List<@Nullable Object> list, int size) {
            this.map = map;
            this.list = list;
            this.left = size;
        }

        static Container map(int size) {
            return new Container(new LinkedHashMap<>(), null, size);
        }

        static Container array(int size) {
            return new Container(null, new ArrayList<>(size), size);
        }

        boolean isMap() {
            return map != null;
        }

        void add(@Nullable Object value) {
            left--;
            if (map != null) {
                map.put(name, value);
            } else if (list != null) {
                list.add(value);
            }
        }

        Object value() {
            return map != null ? map : Objects.requireNonNull(list);
        }
    }
}
