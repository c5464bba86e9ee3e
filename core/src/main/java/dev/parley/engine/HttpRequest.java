package dev.parley.engine;

import java.net.InetAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The head of an HTTP request. Immutable. */
public final class HttpRequest {

    private final String method;
    private final String uri;
    private final Headers headers;
    private final @Nullable InetAddress remoteAddress;
    private final boolean secure;

    /**
     * Creates a request head.
     *
     * @param method the method, in capitals
     * @param uri path and query as they were sent
     * @param headers the headers
     * @param remoteAddress the peer's IP address, or null if it has none
     * @param secure whether the connection is encrypted
     */
    public HttpRequest(
            String method, String uri, Headers headers, @Nullable InetAddress remoteAddress, boolean secure) {
        this.method = Objects.requireNonNull(method, "method");
        this.uri = Objects.requireNonNull(uri, "uri");
        this.headers = Objects.requireNonNull(headers, "headers");
        this.remoteAddress = remoteAddress;
        this.secure = secure;
    }

    /**
     * Returns the request's method.
     *
     * @return the method, in capitals
     */
    public String method() {
        return method;
    }

    /**
     * Returns path and query as they were sent.
     *
     * @return the raw request target
     */
    public String uri() {
        return uri;
    }

    /**
     * Returns the path as it was sent, nothing decoded.
     *
     * @return the raw path, without the query
     */
    public String path() {
        return uri.substring(0, pathEnd());
    }

    /**
     * Decodes the query string. Of a repeated name the last value counts; what cannot be decoded is taken as it is.
     *
     * @return a new map, in the order of the query
     */
    public Map<String, String> query() {
        return parse(uri, pathEnd() + 1);
    }

    private int pathEnd() {
        int mark = uri.indexOf('?');
        return mark < 0 ? uri.length() : mark;
    }

    /**
     * Decodes the text of a query, or of a form: parts separated by {@code &}. Of a repeated name the last value
     * counts; what cannot be decoded is taken as it is.
     *
     * @param query the text, without question mark
     * @return a new map, in the order of the text
     */
    public static Map<String, String> parseQuery(String query) {
        return parse(query, 0);
    }

    private static Map<String, String> parse(String text, int start) {
        Map<String, String> query = new LinkedHashMap<>();
        int from = start;
        while (from < text.length()) {
            int to = text.indexOf('&', from);
            if (to < 0) {
                to = text.length();
            }
            if (to > from) {
                int equals = text.indexOf('=', from);
                boolean named = equals >= 0 && equals < to;
                String name = decode(text.substring(from, named ? equals : to));
                query.remove(name);
                query.put(name, named ? decode(text.substring(equals + 1, to)) : "");
            }
            from = to + 1;
        }
        return query;
    }

    /**
     * Returns the headers.
     *
     * @return the headers
     */
    public Headers headers() {
        return headers;
    }

    /**
     * Returns the first value of a header.
     *
     * @param name the header's name, in any case
     * @return its first value, or null
     */
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    /**
     * Returns the IP address of the peer, in its textual form.
     *
     * @return the address, without port; empty if the peer has none
     */
    public String remoteAddress() {
        // Not kept as text: the transport holds the address anyway, and not many ask.
        return remoteAddress == null ? "" : remoteAddress.getHostAddress();
    }

    /** Returns what is of use as long as the connection lives: all but the key that only the handshake needs. */
    HttpRequest kept() {
        Headers rest = headers.without("Sec-WebSocket-Key");
        return rest == headers ? this : new HttpRequest(method, uri, rest, remoteAddress, secure);
    }

    @Nullable
    InetAddress peer() {
        return remoteAddress;
    }

    /**
     * Tells whether the connection is encrypted.
     *
     * @return true for TLS
     */
    public boolean isSecure() {
        return secure;
    }

    /**
     * Tells whether the client asks to switch to the WebSocket protocol.
     *
     * @return whether the {@code Upgrade} header names it
     */
    public boolean isWebSocketUpgrade() {
        return "websocket".equalsIgnoreCase(headers.get("upgrade"));
    }

    /** Decodes percent signs and plus signs; what cannot be decoded is taken as it is. */
    static String decode(String text) {
        if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
            return text;
        }
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
