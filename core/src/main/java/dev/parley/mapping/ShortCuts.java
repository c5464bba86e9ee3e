package dev.parley.mapping;

import dev.parley.protocol.RawJson;
import dev.parley.protocol.Utf8;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads the most frequent types straight from the received bytes, without a JSON parser. */
final class ShortCuts {

    /** A number of so many characters, the sign among them, cannot be beyond the range of an int. */
    private static final int SHORT = 9;

    private ShortCuts() {}

    static @Nullable String string(RawJson json) {
        Utf8 text = json.json();
        byte[] bytes = text.array();
        int from = text.offset();
        if (bytes[from] != '"') {
            return (String) PlainTypes.read(json.toTree(), String.class);
        }
        int to = from + text.length() - 1;
        for (int i = from + 1; i < to; i++) {
            if (bytes[i] == '\\') {
                return (String) json.toTree();
            }
        }
        return new String(bytes, from + 1, to - from - 1, StandardCharsets.UTF_8);
    }

    static @Nullable Object integer(RawJson json, Class<?> type) {
        Utf8 text = json.json();
        boolean negative = text.byteAt(0) == '-';
        if (text.length() > SHORT) {
            return PlainTypes.read(json.toTree(), type);
        }
        int number = 0;
        for (int i = negative ? 1 : 0; i < text.length(); i++) {
            int digit = text.byteAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return PlainTypes.read(json.toTree(), type);
            }
            number = number * 10 + digit;
        }
        return negative ? -number : number;
    }
}
