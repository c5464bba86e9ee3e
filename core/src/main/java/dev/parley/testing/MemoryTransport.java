package dev.parley.testing;

import dev.parley.engine.Endpoint;
import dev.parley.engine.Headers;
import dev.parley.engine.HttpRequest;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Carries HTTP requests and WebSocket frames to an endpoint without a network. Everything that a call causes has
 * happened when it returns, unless the endpoint hands work to threads of its own.
 *
 * <p>This is the level of the wire; {@link TestClient} speaks Socket.IO on top of it.
 */
public final class MemoryTransport {

    private static final byte[] NO_BODY = new byte[0];

    private final Endpoint endpoint;
    private final MemoryThread ioThread = new MemoryThread();

    /**
     * Creates a transport.
     *
     * @param endpoint what to carry to: a Socket.IO server or a bare Engine.IO server
     */
    public MemoryTransport(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /**
     * Sends a GET request.
     *
     * @param uri path and query
     * @param headers names and values of headers, in turn
     * @return the request, answered or waiting for its answer
     */
    public MemoryExchange get(String uri, String... headers) {
        return request("GET", uri, NO_BODY, headers);
    }

    /**
     * Sends a POST request.
     *
     * @param uri path and query
     * @param body the body as text
     * @param headers names and values of headers, in turn
     * @return the request, answered or waiting for its answer
     */
    public MemoryExchange post(String uri, String body, String... headers) {
        return request("POST", uri, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    /**
     * Sends a request.
     *
     * @param method the method
     * @param uri path and query
     * @param body the whole body, or null to send the head only and leave the body to {@link MemoryExchange#sendBody}
     * @param headers names and values of headers, in turn
     * @return the request, answered or waiting for its answer
     */
    public MemoryExchange request(String method, String uri, byte @Nullable [] body, String... headers) {
        return send(new MemoryExchange(head(method, uri, Headers.of(headers)), ioThread, body));
    }

    /**
     * Asks for a WebSocket.
     *
     * @param uri path and query
     * @param headers names and values of headers, in turn
     * @return the request; {@link MemoryExchange#webSocket} tells whether it was granted
     */
    public MemoryExchange upgrade(String uri, String... headers) {
        Headers all =
                Headers.of("Connection", "Upgrade", "Upgrade", "websocket").and(Headers.of(headers));
        return send(new MemoryExchange(head("GET", uri, all), ioThread, NO_BODY));
    }

    private static HttpRequest head(String method, String uri, Headers headers) {
        Headers all = headers.get("host") == null ? headers.and("Host", "localhost") : headers;
        return new HttpRequest(method, uri, all, InetAddress.getLoopbackAddress(), false);
    }

    private MemoryExchange send(MemoryExchange exchange) {
        if (endpoint.handles(exchange.request().path())) {
            ioThread.execute(() -> endpoint.handle(exchange));
        } else {
            exchange.notFound();
        }
        return exchange;
    }
}
