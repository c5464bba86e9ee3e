package dev.parley.protocol;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Turns JSON text that a {@link JsonScanner} has passed into plain trees. The only class that knows the JSON library.
 *
 * <p>It does not recurse, so nesting costs no stack. The library's own limits are off: the scanner has applied ours.
 */
final class Json {

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    /**
     * Longest text whose names are remembered, for all texts to come: thousands of them, each as long as its text may
     * be. Longer texts remember theirs on their own.
     */
    private static final int SHARING = 1024;

    /** Digits that always fit an int. */
    private static final int SMALL = 9;

    private Json() {}

    /**
     * Parses a value.
     *
     * @throws IllegalArgumentException if a name holds a surrogate without partner: all that the library refuses but
     *     the scanner, as JavaScript, does not
     */
    static @Nullable Object parse(Utf8 json, List<byte[]> attachments) {
        return switch (json.byteAt(0)) {
            case 't' -> true;
            case 'f' -> false;
            case 'n' -> null;
            case '"' -> string(json);
            case '{', '[' -> tree(json, attachments);
            default -> number(json);
        };
    }

    /** Most numbers are small and need no parser. */
    private static @Nullable Object number(Utf8 json) {
        int length = json.length();
        if (length > SMALL) {
            return tree(json, List.of());
        }
        int number = 0;
        for (int i = 0; i < length; i++) {
            int digit = json.byteAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return tree(json, List.of());
            }
            number = 10 * number + digit;
        }
        return number;
    }

    /** Most strings hold no escapes and need no parser. */
    private static @Nullable Object string(Utf8 json) {
        byte[] bytes = json.array();
        int from = json.offset();
        int to = from + json.length();
        for (int i = from; i < to; i++) {
            if (bytes[i] == '\\') {
                return tree(json, List.of());
            }
        }
        return json.slice(1, json.length() - 1).toString();
    }

    private static @Nullable Object tree(Utf8 json, List<byte[]> attachments) {
        JsonFactory factory =
                json.length() <= SHARING ? FACTORY : FACTORY.rebuild().build();
        try (JsonParser parser =
                factory.createParser(ObjectReadContext.empty(), json.array(), json.offset(), json.length())) {
            return new Builder(parser, attachments).build();
        } catch (JacksonException e) {
            throw new IllegalArgumentException("JSON that can not be parsed", e);
        }
    }

    /** Builds one tree. */
    private static final class Builder {

        private final JsonParser parser;
        private final List<byte[]> attachments;
        private final Deque<Container> open = new ArrayDeque<>();

        Builder(JsonParser parser, List<byte[]> attachments) {
            this.parser = parser;
            this.attachments = attachments;
        }

        @Nullable
        Object build() {
            while (true) {
                JsonToken token = parser.nextToken();
                Object value;
                switch (token) {
                    case START_OBJECT -> {
                        open.push(new Container(new LinkedHashMap<>(), null));
                        continue;
                    }
                    case START_ARRAY -> {
                        open.push(new Container(null, new ArrayList<>()));
                        continue;
                    }
                    case PROPERTY_NAME -> {
                        open.element().name = parser.currentName();
                        continue;
                    }
                    case END_OBJECT, END_ARRAY -> value = close(open.pop());
                    default -> value = scalar(token);
                }
                if (open.isEmpty()) {
                    return value;
                }
                open.element().add(value);
            }
        }

        private @Nullable Object scalar(JsonToken token) {
            return switch (token) {
                case VALUE_STRING -> parser.getString();
                case VALUE_NUMBER_INT -> parser.getNumberValue();
                case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
                case VALUE_TRUE -> true;
                case VALUE_FALSE -> false;
                default -> null;
            };
        }

        private Object close(Container container) {
            Map<String, @Nullable Object> object = container.object;
            if (object != null
                    && !attachments.isEmpty()
                    && Boolean.TRUE.equals(object.get(PlaceholderFinder.MARK))
                    && object.get(PlaceholderFinder.NUM) instanceof Integer num) {
                return attachments.get(num).clone(); // others may send the same bytes on
            }
            return object != null ? object : Objects.requireNonNull(container.array);
        }
    }

    /** An object or array that has been begun. */
    private static final class Container {

        private final @Nullable Map<String, @Nullable Object> object;
        private final @Nullable List<@Nullable Object> array;
        private String name = "";

        Container(@Nullable Map<String, @Nullable Object> object, @Nullable List<@Nullable Object> array) {
            this.object = object;
            this.array = array;
        }

        void add(@Nullable Object value) {
            if (object != null) {
                object.put(name, value);
            } else if (array != null) {
                array.add(value);
            }
        }
    }
}
