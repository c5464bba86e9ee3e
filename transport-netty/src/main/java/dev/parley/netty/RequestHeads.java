package dev.parley.netty;

import dev.parley.engine.Headers;
import dev.parley.engine.HttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the heads of Netty's requests. */
final class RequestHeads {

    private RequestHeads() {}

    /**
     * Converts a request's head.
     *
     * @throws IllegalArgumentException if a header is not valid, which a codec that validates does not let pass
     */
    static HttpRequest convert(
            io.netty.handler.codec.http.HttpRequest request, @Nullable InetAddress remoteAddress, boolean secure) {
        String target = SharedStrings.target(target(request.uri()));
        return new HttpRequest(request.method().name(), target, headers(request.headers()), remoteAddress, secure);
    }

    private static Headers headers(HttpHeaders headers) {
        String[] entries = new String[2 * headers.size()];
        int i = 0;
        Iterator<Map.Entry<CharSequence, CharSequence>> iterator = headers.iteratorCharSequence();
        while (iterator.hasNext()) {
            Map.Entry<CharSequence, CharSequence> entry = iterator.next();
            String name = HeaderNames.shared(entry.getKey());
            entries[i++] = name;
            entries[i++] = SharedStrings.headerValue(name, entry.getValue().toString());
        }
        return Headers.of(entries);
    }

    /** Returns path and query of a request target: the absolute form, meant for proxies, is cut to them. */
    static String target(String uri) {
        int scheme = uri.startsWith("/") ? -1 : uri.indexOf("://");
        if (scheme < 0) {
            return uri;
        }
        int from = scheme + 3;
        while (from < uri.length() && uri.charAt(from) != '/' && uri.charAt(from) != '?') {
            from++;
        }
        String target = uri.substring(from);
        return target.startsWith("/") ? target : "/" + target;
    }

    static String path(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    static boolean hasBody(io.netty.handler.codec.http.HttpRequest request) {
        return HttpUtil.isTransferEncodingChunked(request) || HttpUtil.getContentLength(request, 0L) > 0;
    }

    /** Tells whether the connection speaks WebSocket from here on, if that is granted. */
    static boolean isUpgrade(io.netty.handler.codec.http.HttpRequest request) {
        HttpHeaders headers = request.headers();
        return headers.contains(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
                && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                && request.method().equals(HttpMethod.GET)
                && request.protocolVersion().equals(HttpVersion.HTTP_1_1)
                && !hasBody(request);
    }
}
