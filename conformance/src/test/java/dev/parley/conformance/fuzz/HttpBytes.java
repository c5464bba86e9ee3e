package dev.parley.conformance.fuzz;

import static dev.parley.conformance.fuzz.Inputs.expect;
import static dev.parley.conformance.fuzz.Inputs.expectSame;
import static dev.parley.conformance.fuzz.Inputs.latin1;

import dev.parley.engine.Endpoint;
import dev.parley.engine.Headers;
import dev.parley.engine.HttpExchange;
import dev.parley.engine.HttpRequest;
import dev.parley.engine.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What a client sends on a connection that speaks HTTP. */
public final class HttpBytes {

    private static final int LONGEST_BODY = 100;

    private HttpBytes() {}

    public static void fuzzerTestOneInput(byte[] data) {
        Server whole = new Server();
        Wire wire = new Wire(whole);
        wire.receive(data);
        String sent = latin1(wire.end());

        Server pieces = new Server();
        wire = new Wire(pieces);
        wire.receiveInPieces(data);
        String sentForPieces = latin1(wire.end());

        // What comes behind an upgrade without waiting for the answer is refused where it was taken for HTTP already.
        if (!whole.upgraded && !pieces.upgraded) {
            expectSame(pieces.events, whole.events, "requests, in pieces and at once");
            expectSame(sentForPieces, sent, "responses, in pieces and at once");
        }
        expect(sent.isEmpty() || sent.startsWith("HTTP/1.1 "), "no response: " + sent);
    }

    /** Answers each request with what was understood of it. */
    private static final class Server implements Endpoint {

        private final List<String> events = new ArrayList<>();
        private boolean upgraded;

        @Override
        public boolean handles(String path) {
            return path.startsWith("/");
        }

        @Override
        public void handle(HttpExchange exchange) {
            HttpRequest request = exchange.request();
            String head = request.method() + ' ' + request.uri() + ' ' + request.query() + '\n' + request.headers();
            events.add(head);
            upgraded |= request.isWebSocketUpgrade();
            exchange.onAbort(() -> events.add("gone"));
            exchange.readBody(LONGEST_BODY, new HttpExchange.BodyListener() {
                @Override
                public void complete(byte[] body) {
                    expect(body.length <= LONGEST_BODY, "a body that is too long");
                    events.add("body " + latin1(body));
                    answer(exchange, 200, head + latin1(body));
                }

                @Override
                public void tooLarge() {
                    events.add("too large");
                    answer(exchange, 413, "");
                }

                @Override
                public void aborted() {
                    events.add("aborted");
                }
            });
        }

        private static void answer(HttpExchange exchange, int status, String text) {
            exchange.respond(new HttpResponse(status, Headers.empty(), text.getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public CompletableFuture<Void> drain(int sessionsPerSecond, Duration limit) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> close() {
            return CompletableFuture.completedFuture(null);
        }
    }
}
