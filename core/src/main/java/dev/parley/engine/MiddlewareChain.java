package dev.parley.engine;

import dev.parley.engine.EngineMiddleware.Outcome;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Leads one request through the middlewares. Used on the request's I/O thread. */
final class MiddlewareChain {

    private static final System.Logger LOG = System.getLogger(MiddlewareChain.class.getName());

    private final EngineServer server;
    private final HttpExchange exchange;
    private final List<EngineMiddleware> middlewares;
    private final Inquiry inquiry;

    /** What the middlewares have added so far. */
    private Headers headers = Headers.empty();

    MiddlewareChain(EngineServer server, HttpExchange exchange, List<EngineMiddleware> middlewares) {
        this.server = server;
        this.exchange = exchange;
        this.middlewares = middlewares;
        this.inquiry = new Inquiry(server, exchange);
    }

    void start() throws Refusal {
        ask(0);
    }

    private void ask(int index) throws Refusal {
        if (index < middlewares.size()) {
            inquiry.ask(middlewares.get(index)::handle, (outcome, failure) -> take(index, outcome, failure));
        } else {
            HttpExchange complete = complete();
            server.handle(complete, () -> server.route(complete));
        }
    }

    private void take(int index, @Nullable Outcome outcome, @Nullable Throwable failure) throws Refusal {
        if (outcome == null) {
            server.warnings().give(LOG, "a middleware failed; the request is refused", failure);
            Refusal refusal = new Refusal(EngineIncident.MIDDLEWARE_FAILURE, Map.of("error", String.valueOf(failure)));
            server.handle(complete(), () -> {
                throw refusal;
            });
            return;
        }
        headers = headers.and(outcome.headers());
        HttpResponse response = outcome.response();
        if (response == null) {
            ask(index + 1);
        } else {
            server.respond(complete(), response);
        }
    }

    private HttpExchange complete() {
        return headers.isEmpty() ? exchange : new WithHeaders(exchange, headers);
    }

    /** An exchange whose answer, of either kind, gets more headers. */
    private record WithHeaders(HttpExchange exchange, Headers headers) implements HttpExchange {

        @Override
        public HttpRequest request() {
            return exchange.request();
        }

        @Override
        public Executor ioThread() {
            return exchange.ioThread();
        }

        @Override
        public void readBody(int limit, BodyListener listener) {
            exchange.readBody(limit, listener);
        }

        @Override
        public void respond(HttpResponse response) {
            exchange.respond(response.with(headers));
        }

        @Override
        public void acceptWebSocket(
                Headers more, int maxMessageBytes, @Nullable Compression compression, WebSocketAcceptor acceptor) {
            exchange.acceptWebSocket(more.and(headers), maxMessageBytes, compression, acceptor);
        }

        @Override
        public void onAbort(Runnable listener) {
            exchange.onAbort(listener);
        }
    }
}
