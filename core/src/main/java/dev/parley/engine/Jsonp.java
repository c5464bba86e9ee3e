package dev.parley.engine;

import dev.parley.protocol.Utf8;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Long-polling for browsers that can send requests to other origins only by adding a script to the page (JSONP): what
 * the server says is the argument of a call in that script, and what the client says is a field of a form.
 */
final class Jsonp {

    private static final String FIELD = "d=";
    private static final byte[] FOOT = {'"', ')', ';'};
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final byte[] head;

    private Jsonp(String index) {
        this.head = ("___eio[" + index + "](\"").getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns how to answer a client, or null if it did not ask for scripts. Of its index only digits are kept. */
    static @Nullable Jsonp of(Map<String, String> query) {
        String index = query.get("j");
        return index == null ? null : new Jsonp(index.replaceAll("[^0-9]", ""));
    }

    /** Writes UTF-8 text as a script. */
    byte[] wrap(byte[] payload) {
        ByteArrayOutputStream script = new ByteArrayOutputStream(head.length + payload.length + payload.length / 4);
        script.writeBytes(head);
        for (int i = 0; i < payload.length; i++) {
            byte b = payload[i];
            if (b == '"' || b == '\\') {
                script.write('\\');
                script.write(b);
            } else if (b >= 0 && b < ' ') {
                escape(script, b);
            } else if (endsLine(payload, i)) {
                // JSON may hold these characters as they are, but scripts may not.
                escape(script, 0x2000 | (payload[i + 2] & 0x3f));
                i += 2;
            } else {
                script.write(b);
            }
        }
        script.writeBytes(FOOT);
        return script.toByteArray();
    }

    private static void escape(ByteArrayOutputStream script, int unit) {
        script.write('\\');
        script.write('u');
        for (int shift = 12; shift >= 0; shift -= 4) {
            script.write(HEX[(unit >> shift) & 0xf]);
        }
    }

    /** Whether U+2028 or U+2029 begins here. */
    private static boolean endsLine(byte[] text, int i) {
        return text[i] == (byte) 0xe2
                && i + 2 < text.length
                && text[i + 1] == (byte) 0x80
                && (text[i + 2] == (byte) 0xa8 || text[i + 2] == (byte) 0xa9);
    }

    /** Reads what a form brings, or null if that is nothing. */
    static @Nullable Utf8 unwrap(byte[] form) {
        String text = new String(form, StandardCharsets.UTF_8);
        int from = text.startsWith(FIELD) ? 0 : text.indexOf('&' + FIELD) + 1;
        if (!text.startsWith(FIELD, from)) {
            return null;
        }
        int end = text.indexOf('&', from);
        String data = text.substring(from + FIELD.length(), end < 0 ? text.length() : end);
        return Utf8.of(unescape(HttpRequest.decode(data)));
    }

    /**
     * Undoes what clients do to line breaks, which forms would change: a line break is written as {@code \n}, and these
     * two characters themselves with one more backslash in front.
     */
    private static String unescape(String data) {
        StringBuilder text = new StringBuilder(data.length());
        int backslashes = 0;
        for (int i = 0; i < data.length(); i++) {
            char c = data.charAt(i);
            if (c == 'n' && backslashes > 0) {
                text.setLength(text.length() - 1);
                text.append(backslashes == 1 ? '\n' : 'n');
            } else {
                text.append(c);
            }
            backslashes = c == '\\' ? backslashes + 1 : 0;
        }
        return text.toString();
    }
}
