package dev.parley.netty;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The syntax of the header {@code Sec-WebSocket-Extensions} (RFC 6455, section 9.1). */
final class ExtensionHeader {

    private static final String SEPARATORS = "()<>@,;:\\\"/[]?={}";

    private final String text;
    private int at;

    private ExtensionHeader(String text) {
        this.text = text;
    }

    /** One extension that a client offers, which may offer it several times in the order of its liking. */
    record Extension(String name, List<Parameter> parameters) {}

    record Parameter(String name, @Nullable String value) {}

    /**
     * Reads all lines of the header.
     *
     * @throws IllegalArgumentException if this is no such header
     */
    static List<Extension> parse(List<String> lines) {
        return new ExtensionHeader(String.join(",", lines)).extensions();
    }

    private List<Extension> extensions() {
        List<Extension> extensions = new ArrayList<>();
        skipSpace();
        while (at < text.length()) {
            if (!take(',')) {
                extensions.add(extension());
                if (at < text.length() && text.charAt(at) != ',') {
                    throw malformed();
                }
            }
        }
        return extensions;
    }

    private Extension extension() {
        String name = token();
        List<Parameter> parameters = new ArrayList<>();
        while (take(';')) {
            parameters.add(new Parameter(token(), take('=') ? value() : null));
        }
        return new Extension(name, parameters);
    }

    private String value() {
        if (!take('"')) {
            return token();
        }
        // What is in quotes has to be a token, too.
        StringBuilder value = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '"') {
            if (text.charAt(at) == '\\') {
                at++;
            }
            if (at == text.length() || !isTokenCharacter(text.charAt(at))) {
                throw malformed();
            }
            value.append(text.charAt(at++));
        }
        if (value.isEmpty() || !take('"')) {
            throw malformed();
        }
        return value.toString();
    }

    private String token() {
        int start = at;
        while (at < text.length() && isTokenCharacter(text.charAt(at))) {
            at++;
        }
        if (at == start) {
            throw malformed();
        }
        String token = text.substring(start, at);
        skipSpace();
        return token;
    }

    private static boolean isTokenCharacter(char c) {
        return c > ' ' && c < 0x7f && SEPARATORS.indexOf(c) < 0;
    }

    private boolean take(char c) {
        if (at == text.length() || text.charAt(at) != c) {
            return false;
        }
        at++;
        skipSpace();
        return true;
    }

    private void skipSpace() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }

    private static IllegalArgumentException malformed() {
        return new IllegalArgumentException("Sec-WebSocket-Extensions: malformed");
    }
}
