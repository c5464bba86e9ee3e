package dev.parley.engine;

import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Sees every HTTP request before the engine does, and decides whether it goes on: those of new sessions and of open
 * ones, polling and WebSocket handshakes. Registered by {@link EngineServer#use}. Middlewares run in the order in which
 * they were registered, each after the one before has let the request pass. Preflight requests are answered before.
 *
 * <pre>{@code
 * Headers security = Headers.of("X-Content-Type-Options", "nosniff");
 * io.engine().use(request -> completedFuture(Outcome.proceed(security)));
 * io.engine().use(request -> limits.allow(request.remoteAddress())
 *         .thenApply(allowed -> allowed ? Outcome.proceed() : Outcome.respond(TOO_MANY_REQUESTS)));
 * }</pre>
 *
 * <p>Only the request that opens a session has no {@code sid} in its query.
 */
@FunctionalInterface
public interface EngineMiddleware {

    /**
     * Decides about a request.
     *
     * @param request its head; called on its I/O thread, so this must not block
     * @return completes with the decision, on any thread. Failing, or taking longer than the
     *     {@linkplain EngineOptions#upgradeTimeout upgrade timeout}, answers the request with 400 and code 3, Bad
     *     request. A client that goes away meanwhile is noticed behind the middlewares
     */
    CompletionStage<Outcome> handle(HttpRequest request);

    /** What becomes of a request. Immutable. */
    final class Outcome {

        private static final Outcome PROCEED = new Outcome(Headers.empty(), null);
        private static final Set<String> OF_THE_TRANSPORT =
                Set.of("connection", "content-length", "transfer-encoding", "upgrade");

        private final Headers headers;
        private final @Nullable HttpResponse response;

        private Outcome(Headers headers, @Nullable HttpResponse response) {
            this.headers = headers;
            this.response = response;
        }

        /**
         * Lets the request pass.
         *
         * @return the outcome
         */
        public static Outcome proceed() {
            return PROCEED;
        }

        /**
         * Lets the request pass and adds headers to its response, whatever that may be: also to the 101 response of a
         * WebSocket handshake, and to refusals.
         *
         * @param headers stand behind those that the response has anyway
         * @return the outcome
         * @throws IllegalArgumentException if one of them is for the transport to set, such as {@code Content-Length}
         */
        public static Outcome proceed(Headers headers) {
            headers.forEach((name, value) -> check(name));
            return new Outcome(headers, null);
        }

        private static void check(String name) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (OF_THE_TRANSPORT.contains(lower) || lower.startsWith("sec-websocket-")) {
                throw new IllegalArgumentException("headers: " + name + " (expected: none that the transport sets)");
            }
        }

        /**
         * Answers the request in place of the engine: no further middleware runs, and no session is opened or touched.
         *
         * @param response the answer; it gets the headers that middlewares before have added
         * @return the outcome
         */
        public static Outcome respond(HttpResponse response) {
            return new Outcome(Headers.empty(), Objects.requireNonNull(response, "response"));
        }

        Headers headers() {
            return headers;
        }

        @Nullable
        HttpResponse response() {
            return response;
        }
    }
}
