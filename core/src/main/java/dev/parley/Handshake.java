package dev.parley;

import dev.parley.engine.Headers;
import dev.parley.engine.HttpRequest;
import dev.parley.engine.TrustedProxies;
import dev.parley.mapping.MappingException;
import dev.parley.mapping.TypedValues;
import dev.parley.protocol.RawJson;
import dev.parley.protocol.RawValue;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a client presented itself: the first HTTP request of its connection, and the {@code auth} object with which it
 * asked to join the namespace. Immutable; safe for use by any thread.
 */
public final class Handshake {

    /** As Date.prototype.toString of JavaScript. */
    private static final DateTimeFormatter JAVASCRIPT_DATE = DateTimeFormatter.ofPattern(
            "EEE MMM dd uuuu HH:mm:ss 'GMT'xx '(Coordinated Universal Time)'", Locale.ENGLISH);

    private final HttpRequest request;
    private final TrustedProxies proxies;
    private final long time;
    private final @Nullable Object auth;
    private final Map<String, @Nullable Object> authTree;
    private final TypedValues types;

    /**
     * Parses the client's {@code auth} object, once for all who ask for it.
     *
     * @param time when the connection was opened, in milliseconds since 1970
     * @throws IllegalArgumentException if it holds names that cannot be parsed
     */
    Handshake(HttpRequest request, TrustedProxies proxies, long time, @Nullable Object auth, TypedValues types) {
        this.request = request;
        this.proxies = proxies;
        this.time = time;
        this.auth = auth;
        this.authTree = tree(auth);
        this.types = types;
    }

    /**
     * Returns the headers of the connection's first request.
     *
     * @return the headers, but for {@code Sec-WebSocket-Key}, which has served its purpose
     */
    public Headers headers() {
        return request.headers();
    }

    /**
     * Returns when the connection was opened: Socket.IO's {@code time} and {@code issued}.
     *
     * @return the time, to the millisecond
     */
    public Instant time() {
        return Instant.ofEpochMilli(time);
    }

    /**
     * Returns where the client is: the address of the connection's peer or, where that is a
     * {@linkplain dev.parley.engine.EngineOptions#trustedProxies trusted proxy}, the one for which it speaks.
     *
     * @return the IP address in its textual form
     */
    public String address() {
        return proxies.clientAddress(request);
    }

    /**
     * Tells whether a browser sent the request for a page of some origin: Socket.IO's {@code xdomain}.
     *
     * @return whether the request has an {@code Origin} header
     */
    public boolean isCrossDomain() {
        return request.header("origin") != null;
    }

    /**
     * Tells whether the connection is encrypted.
     *
     * @return true for TLS
     */
    public boolean isSecure() {
        return request.isSecure();
    }

    /**
     * Returns path and query of the connection's first request, as they were sent.
     *
     * @return the raw request target
     */
    public String url() {
        return request.uri();
    }

    /**
     * Returns the query parameters of the connection's first request, decoded.
     *
     * @return an immutable map; of a repeated name the last value
     */
    public Map<String, String> query() {
        return Collections.unmodifiableMap(request.query());
    }

    /**
     * Returns the object that the client sent to be admitted to the namespace: its option {@code auth}.
     *
     * @return an immutable map of plain values, empty if the client sent none
     */
    public Map<String, @Nullable Object> auth() {
        return authTree;
    }

    @SuppressWarnings("unchecked") // the keys of a JSON object are strings
    private static Map<String, @Nullable Object> tree(@Nullable Object auth) {
        Object tree = auth instanceof RawValue raw ? raw.toTree() : auth;
        return tree instanceof Map<?, ?> map
                ? Collections.unmodifiableMap((Map<String, @Nullable Object>) map)
                : Map.of();
    }

    /**
     * Returns a part of the client's {@code auth} object.
     *
     * @param key its name
     * @param type the type to create
     * @param <T> the type to create
     * @return the value, or null if the client did not send it
     * @throws MappingException if the value does not fit the type
     */
    @SuppressWarnings("unchecked") // read() gives what was asked for
    public <T> @Nullable T auth(String key, Class<T> type) {
        Object value = auth().get(key);
        return value == null ? null : (T) types.read(value, type);
    }

    /**
     * Returns the client's {@code auth} object as a type of the application.
     *
     * @param type the type to create
     * @param <T> the type to create
     * @return the object; created from an empty one if the client sent none
     * @throws MappingException if the object does not fit the type
     */
    @SuppressWarnings("unchecked") // read() gives what was asked for
    public <T> T auth(Class<T> type) {
        Object value = auth == null ? RawJson.parse("{}") : auth;
        Object result = types.read(value, type);
        if (result == null) {
            throw new MappingException("auth: null (expected: " + type.getSimpleName() + ")");
        }
        return (T) result;
    }

    /** Describes this handshake for other servers, under the names of the reference. */
    Map<String, @Nullable Object> toTree() {
        Map<String, @Nullable Object> headers = new LinkedHashMap<>();
        request.headers().forEach((name, value) -> headers.putIfAbsent(name.toLowerCase(Locale.ROOT), value));
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("headers", headers);
        tree.put("time", JAVASCRIPT_DATE.format(time().atOffset(ZoneOffset.UTC)));
        tree.put("address", address());
        tree.put("xdomain", isCrossDomain());
        tree.put("secure", isSecure());
        tree.put("issued", time);
        tree.put("url", url());
        tree.put("query", query());
        tree.put("auth", auth());
        return tree;
    }
}
