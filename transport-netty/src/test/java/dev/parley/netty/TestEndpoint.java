package dev.parley.netty;

import dev.parley.engine.Compression;
import dev.parley.engine.Endpoint;
import dev.parley.engine.EngineIncident;
import dev.parley.engine.Headers;
import dev.parley.engine.HttpExchange;
import dev.parley.engine.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Serves one path the way a test says, and keeps the exchanges it got. */
final class TestEndpoint implements Endpoint {

    static final String PATH = "/parley/";

    final BlockingQueue<HttpExchange> exchanges = new LinkedBlockingQueue<>();
    /** What the transport has refused by itself. */
    final List<EngineIncident> refusals = new CopyOnWriteArrayList<>();

    final AtomicInteger closings = new AtomicInteger();
    final AtomicInteger drainings = new AtomicInteger();
    volatile CompletableFuture<Void> drained = CompletableFuture.completedFuture(null);
    volatile CompletableFuture<Void> closed = CompletableFuture.completedFuture(null);
    private final Consumer<HttpExchange> handler;

    TestEndpoint(Consumer<HttpExchange> handler) {
        this.handler = handler;
    }

    /** Keeps exchanges unanswered. */
    static TestEndpoint silent() {
        return new TestEndpoint(exchange -> {});
    }

    /** Answers with the request's body, or with method and URI if there is none. */
    static TestEndpoint echo(int limit) {
        return new TestEndpoint(exchange -> exchange.readBody(limit, new HttpExchange.BodyListener() {
            @Override
            public void complete(byte[] body) {
                String head =
                        exchange.request().method() + ' ' + exchange.request().uri();
                exchange.respond(body.length == 0 ? text(200, head) : new HttpResponse(200, Headers.empty(), body));
            }

            @Override
            public void tooLarge() {
                exchange.respond(text(413, ""));
            }

            @Override
            public void aborted() {}
        }));
    }

    /** Makes each request a WebSocket. */
    static TestEndpoint webSockets(int maxMessageBytes, HttpExchange.WebSocketAcceptor acceptor) {
        return webSockets(maxMessageBytes, null, acceptor);
    }

    /** Makes each request a WebSocket that compresses. */
    static TestEndpoint webSockets(
            int maxMessageBytes, @Nullable Compression compression, HttpExchange.WebSocketAcceptor acceptor) {
        return new TestEndpoint(
                exchange -> exchange.acceptWebSocket(Headers.empty(), maxMessageBytes, compression, acceptor));
    }

    static HttpResponse text(int status, String text) {
        return new HttpResponse(
                status, Headers.of("Content-Type", "text/plain"), text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void refused(EngineIncident incident) {
        refusals.add(incident);
    }

    @Override
    public boolean handles(String path) {
        return path.equals(PATH);
    }

    @Override
    public void handle(HttpExchange exchange) {
        handler.accept(exchange);
        exchanges.add(exchange);
    }

    @Override
    public CompletableFuture<Void> drain(int sessionsPerSecond, Duration limit) {
        if (sessionsPerSecond <= 0) {
            throw new IllegalArgumentException("sessionsPerSecond");
        }
        drainings.incrementAndGet();
        return drained;
    }

    @Override
    public CompletableFuture<Void> close() {
        closings.incrementAndGet();
        return closed;
    }

    HttpExchange nextExchange() throws InterruptedException {
        return Await.next(exchanges);
    }
}
