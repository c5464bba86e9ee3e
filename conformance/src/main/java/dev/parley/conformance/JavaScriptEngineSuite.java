package dev.parley.conformance;

import static java.util.concurrent.CompletableFuture.completedFuture;

import dev.parley.engine.CloseReason;
import dev.parley.engine.CorsOptions;
import dev.parley.engine.Endpoint;
import dev.parley.engine.EngineMiddleware.Outcome;
import dev.parley.engine.EngineOptions;
import dev.parley.engine.EngineServer;
import dev.parley.engine.Headers;
import dev.parley.engine.HttpRequest;
import dev.parley.engine.RequestFilter.Verdict;
import dev.parley.engine.Session;
import dev.parley.engine.SessionListener;
import dev.parley.protocol.Utf8;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Profile {@code eio-client}: what the suite of the JavaScript client for Engine.IO needs. */
final class JavaScriptEngineSuite {

    private static final Headers COOKIES = Headers.of(
            "Set-Cookie", "1=1; Max-Age=86400",
            "Set-Cookie", "2=2; Path=/; HttpOnly; Secure; SameSite=Strict",
            "Set-Cookie", "3=3; Max-Age=0",
            "Set-Cookie", "4=4; Expires=Thu, 01 Jan 1970 00:00:00 GMT");

    /** Headers of the last POST of each session. */
    private final Map<String, Headers> posts = new ConcurrentHashMap<>();

    private JavaScriptEngineSuite() {}

    static Endpoint create() {
        EngineOptions options = EngineOptions.builder()
                .path("/engine.io")
                .pingInterval(Duration.ofMillis(500))
                .maxPayload(100)
                .allowRequest(request ->
                        completedFuture(request.query().containsKey("deny") ? Verdict.refuse() : Verdict.admit()))
                .cors(CorsOptions.allow("*"))
                .build();
        JavaScriptEngineSuite suite = new JavaScriptEngineSuite();
        return EngineServer.create(options, suite::open)
                .use(suite::remember)
                .onInitialHeaders((headers, request) -> headers.and(COOKIES));
    }

    private CompletionStage<Outcome> remember(HttpRequest request) {
        String sid = request.query().get("sid");
        if (sid != null && request.method().equals("POST")) {
            posts.computeIfPresent(sid, (id, last) -> request.headers());
        }
        return completedFuture(Outcome.proceed());
    }

    private SessionListener open(Session session) {
        posts.put(session.id(), Headers.empty());
        session.send("hi");
        return new Answering(session);
    }

    private final class Answering implements SessionListener {

        private final Session session;

        Answering(Session session) {
            this.session = session;
        }

        @Override
        public void text(Utf8 message) {
            String text = message.toString();
            switch (text) {
                case "give binary" -> session.send(new byte[] {0, 1, 2, 3, 4});
                case "give utf8" -> session.send("пойду спать всем спокойной ночи");
                case "sendHeaders" -> session.send(json(posts.getOrDefault(session.id(), Headers.empty())));
                default -> session.send(text);
            }
        }

        @Override
        public void binary(byte[] message) {
            session.send(message);
        }

        @Override
        public void closed(CloseReason reason, @Nullable Throwable cause) {
            posts.remove(session.id());
        }
    }

    private static String json(Headers headers) {
        return HandshakeReport.headers(headers).entrySet().stream()
                .map(header -> quote(header.getKey()) + ':' + quote(header.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String quote(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\t", "\\t") + '"';
    }
}
