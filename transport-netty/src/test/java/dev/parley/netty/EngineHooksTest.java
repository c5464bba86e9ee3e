package dev.parley.netty;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.engine.CloseReason;
import dev.parley.engine.EngineMiddleware;
import dev.parley.engine.EngineMiddleware.Outcome;
import dev.parley.engine.EngineOptions;
import dev.parley.engine.EngineServer;
import dev.parley.engine.Headers;
import dev.parley.engine.HttpExchange;
import dev.parley.engine.HttpResponse;
import dev.parley.engine.SessionListener;
import dev.parley.protocol.Utf8;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Middlewares of the engine, and its hooks of headers, with requests that come over sockets. */
class EngineHooksTest {

    private static final String POLLING = TestEndpoint.PATH + "?EIO=4&transport=polling";
    private static final String WEBSOCKET = TestEndpoint.PATH + "?EIO=4&transport=websocket";
    private static final Pattern SID = Pattern.compile("\"sid\":\"([^\"]+)\"");

    private final BlockingQueue<Object> told = new LinkedBlockingQueue<>();
    private final EngineServer engine =
            EngineServer.create(EngineOptions.builder().path("/parley").build(), session -> new Telling());
    private final BlockingQueue<CompletableFuture<Outcome>> held = new LinkedBlockingQueue<>();
    private final List<RawClient> clients = new ArrayList<>();
    private NettyServer server;
    private volatile HttpExchange last;

    @BeforeEach
    void bind() {
        server = NettyServer.bind(
                new TestEndpoint(exchange -> {
                    last = exchange;
                    engine.handle(exchange);
                }),
                0);
    }

    @AfterEach
    void close() throws Exception {
        for (RawClient client : clients) {
            client.close();
        }
        engine.close();
        server.close();
    }

    private final class Telling implements SessionListener {

        @Override
        public void text(Utf8 message) {
            told.add(message.toString());
        }

        @Override
        public void binary(byte[] message) {
            told.add(message);
        }

        @Override
        public void closed(CloseReason reason, @Nullable Throwable cause) {
            told.add(reason);
        }
    }

    private RawClient connect() throws IOException {
        RawClient client = new RawClient(server.port());
        clients.add(client);
        return client;
    }

    private RawClient.Response get(String uri) throws IOException {
        return connect().send(request("GET", uri, "")).response();
    }

    private RawClient.Response post(String uri, String body) throws IOException {
        return connect().send(request("POST", uri, body)).response();
    }

    private RawClient.Response upgrade(String uri) throws IOException {
        return connect().send(RawClient.upgradeRequest(uri)).response();
    }

    private static String request(String method, String uri, String body) {
        return method + ' ' + uri + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private String openPolling() throws IOException {
        return sid(get(POLLING));
    }

    private static String sid(RawClient.Response handshake) {
        Matcher matcher = SID.matcher(handshake.body());
        assertThat(matcher.find()).isTrue();
        return "&sid=" + matcher.group(1);
    }

    private void hold() {
        engine.use(request -> {
            CompletableFuture<Outcome> outcome = new CompletableFuture<>();
            held.add(outcome);
            return outcome;
        });
    }

    /** What a middleware may do: answer at once, or later and on another thread. */
    private static EngineMiddleware answering(Outcome outcome, boolean late) {
        return request -> late ? CompletableFuture.supplyAsync(() -> outcome) : completedFuture(outcome);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void headersOfMiddlewaresStandOnResponsesOfEveryKind(boolean late) throws Exception {
        engine.use(answering(Outcome.proceed(Headers.of("X-Frame-Options", "DENY")), late));

        RawClient.Response handshake = get(POLLING);
        String sid = sid(handshake);
        RawClient.Response push = post(POLLING + sid, "4a");
        RawClient.Response upgraded = upgrade(WEBSOCKET + sid);
        RawClient.Response direct = upgrade(WEBSOCKET);
        RawClient.Response refused = get(POLLING + "&sid=unknown");

        assertThat(List.of(handshake, push, upgraded, direct, refused))
                .allSatisfy(response -> assertThat(response.headers()).containsEntry("x-frame-options", "DENY"))
                .extracting(RawClient.Response::status)
                .containsExactly(200, 200, 101, 101, 400);
        assertThat(Await.next(told)).isEqualTo("a");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMiddlewareAnswersInPlaceOfTheEngine(boolean late) throws Exception {
        HttpResponse busy = new HttpResponse(503, Headers.of(), "busy".getBytes(StandardCharsets.UTF_8));
        engine.use(answering(Outcome.respond(busy), late));

        assertThat(List.of(get(POLLING), post(POLLING, "4a"), upgrade(WEBSOCKET)))
                .allSatisfy(response -> {
                    assertThat(response.status()).isEqualTo(503);
                    assertThat(response.body()).isEqualTo("busy");
                });
        assertThat(engine.sessionCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRequestWhoseMiddlewareFailsIsRefused(boolean late) throws Exception {
        engine.use(request -> {
            if (late) {
                return CompletableFuture.supplyAsync(() -> {
                    throw new IllegalStateException("on purpose");
                });
            }
            throw new IllegalStateException("on purpose");
        });

        assertThat(get(POLLING).status()).isEqualTo(400);
        RawClient webSocket = connect().send(RawClient.upgradeRequest(WEBSOCKET));
        assertThat(webSocket.response().status()).isEqualTo(400);
        assertThat(webSocket.isAtEnd()).isTrue();
        assertThat(engine.sessionCount()).isZero();
    }

    @Test
    void whatFollowsARequestWaitsAsLongAsAMiddlewareHoldsIt() throws Exception {
        String sid = openPolling();
        hold();
        RawClient client = connect().send(request("POST", POLLING + sid, "4a") + request("POST", POLLING + sid, "4b"));

        CompletableFuture<Outcome> first = Await.next(held);
        assertThat(held).isEmpty();
        first.complete(Outcome.proceed());
        assertThat(client.response().body()).isEqualTo("ok");
        Await.next(held).complete(Outcome.proceed());
        assertThat(client.response().body()).isEqualTo("ok");

        assertThat(Await.next(told)).isEqualTo("a");
        assertThat(Await.next(told)).isEqualTo("b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void aSessionEndsWhoseClientGoesWhileAMiddlewareHoldsItsRequest(String method) throws Exception {
        String sid = openPolling();
        hold();
        RawClient client = connect().send(request(method, POLLING + sid, method.equals("GET") ? "" : "4a"));
        CompletableFuture<Outcome> outcome = Await.next(held);

        giveUp(client);
        outcome.complete(Outcome.proceed());

        assertThat(Await.next(told)).isEqualTo(CloseReason.TRANSPORT_ERROR);
        assertThat(engine.sessionCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noSessionIsOpenedForAClientThatGoesWhileAMiddlewareHoldsItsRequest(boolean webSocket) throws Exception {
        hold();
        RawClient client =
                connect().send(webSocket ? RawClient.upgradeRequest(WEBSOCKET) : request("GET", POLLING, ""));
        CompletableFuture<Outcome> outcome = Await.next(held);

        giveUp(client);
        outcome.complete(Outcome.proceed());

        Await.result(CompletableFuture.runAsync(() -> {}, last.ioThread()));
        assertThat(engine.sessionCount()).isZero();
    }

    /** Closes the connection of the last request and waits until the server has noticed. */
    private void giveUp(RawClient client) throws Exception {
        CompletableFuture<Void> gone = new CompletableFuture<>();
        last.onAbort(() -> gone.complete(null));
        client.close();
        Await.result(gone);
    }

    @Test
    void hooksAddHeadersToTheResponsesOfSessions() throws Exception {
        engine.onInitialHeaders((headers, request) -> headers.and("X-Initial", "1"));
        engine.onHeaders((headers, request) -> headers.and("X-Each", "2"));

        RawClient.Response handshake = get(POLLING);
        String sid = sid(handshake);
        RawClient.Response push = post(POLLING + sid, "4a");
        RawClient.Response upgraded = upgrade(WEBSOCKET + sid);
        RawClient.Response direct = upgrade(WEBSOCKET);

        assertThat(List.of(handshake, direct))
                .allSatisfy(response -> assertThat(response.headers())
                        .containsEntry("x-initial", "1")
                        .containsEntry("x-each", "2"));
        assertThat(List.of(push, upgraded))
                .allSatisfy(response -> assertThat(response.headers())
                        .doesNotContainKey("x-initial")
                        .containsEntry("x-each", "2"));
    }
}
