package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.engine.Headers;
import dev.parley.engine.HttpExchange;
import dev.parley.engine.HttpResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpOverSocketsTest {

    private static final int LIMIT = 2_000_000;
    private static final String GET = "GET /parley/?a=b HTTP/1.1\r\nHost: x\r\n\r\n";

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : opened) {
            closeable.close();
        }
    }

    private RawClient connect(TestEndpoint endpoint) throws IOException {
        NettyServer server = NettyServer.bind(endpoint, 0);
        RawClient client = new RawClient(server.port());
        opened.add(client);
        opened.add(server);
        return client;
    }

    private RawClient connectToEcho() throws IOException {
        return connect(TestEndpoint.echo(LIMIT));
    }

    private static String post(String headers, String body) {
        return "POST /parley/ HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n" + body;
    }

    @Test
    void tellsTheEndpointWhoAsksForWhat() throws Exception {
        TestEndpoint endpoint = TestEndpoint.silent();
        connect(endpoint).send("GET /parley/?a=b%20c HTTP/1.1\r\nHost: x\r\nX-Twice: 1\r\nx-twice: 2\r\n\r\n");
        HttpExchange exchange = endpoint.nextExchange();
        assertThat(exchange.request().method()).isEqualTo("GET");
        assertThat(exchange.request().uri()).isEqualTo("/parley/?a=b%20c");
        assertThat(exchange.request().path()).isEqualTo("/parley/");
        assertThat(exchange.request().headers().getAll("X-TWICE")).containsExactly("1", "2");
        assertThat(exchange.request().remoteAddress()).isEqualTo("127.0.0.1");
        assertThat(exchange.request().isSecure()).isFalse();
    }

    @Test
    void keepsAConnectionForManyRequests() throws Exception {
        RawClient client = connectToEcho();
        for (int i = 0; i < 5; i++) {
            RawClient.Response got = client.send(GET).response();
            assertThat(got.status()).isEqualTo(200);
            assertThat(got.body()).isEqualTo("GET /parley/?a=b");
            assertThat(got.headers()).doesNotContainKey("connection");
            RawClient.Response posted =
                    client.send(post("Content-Length: 2\r\n", "4" + i)).response();
            assertThat(posted.body()).isEqualTo("4" + i);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1, keep-alive, true",
        "HTTP/1.1, close, false",
        "HTTP/1.0, keep-alive, true",
        "HTTP/1.0, close, false",
        "HTTP/1.0, '', false"
    })
    void keepsOrClosesAConnectionAsTheClientWants(String version, String connection, boolean kept) throws Exception {
        RawClient client = connectToEcho();
        client.send("GET /parley/ " + version + "\r\nHost: x\r\nConnection: " + connection + "\r\n\r\n");
        RawClient.Response response = client.response();
        assertThat(response.status()).isEqualTo(200);
        if (kept) {
            assertThat(client.send(GET).response().status()).isEqualTo(200);
        } else {
            assertThat(response.headers()).containsEntry("connection", "close");
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void closesTheConnectionIfTheEndpointSaysSo() throws Exception {
        RawClient client = connect(new TestEndpoint(
                exchange -> exchange.respond(new HttpResponse(400, Headers.of("Connection", "Close", "X-More", "1")))));
        RawClient.Response response = client.send(GET).response();
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.headers())
                .containsEntry("connection", "close")
                .containsEntry("x-more", "1")
                .containsEntry("content-length", "0");
        assertThat(client.isAtEnd()).isTrue();
    }

    @Test
    void answersPipelinedRequestsInOrder() throws Exception {
        RawClient client = connectToEcho();
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            requests.append(post("Content-Length: 3\r\n", String.valueOf(100 + i)));
        }
        client.send(requests.toString());
        for (int i = 0; i < 100; i++) {
            assertThat(client.response().body()).isEqualTo(String.valueOf(100 + i));
        }
    }

    @Test
    void sendsNoBodyToHead() throws Exception {
        RawClient client = connectToEcho();
        RawClient.Response response = client.send(GET.replace("GET", "HEAD")).responseWithoutBody();
        assertThat(response.headers()).containsEntry("content-length", "17");
        assertThat(client.send(GET).response().body()).isEqualTo("GET /parley/?a=b");
    }

    @Test
    @Behaviour("EIO-POLL-014")
    void readsABodyOfOneMegabyteInManyPieces() throws Exception {
        RawClient client = connectToEcho();
        String body = "0123456789".repeat(100_000);
        client.send(post("Content-Length: 1000000\r\n", ""));
        for (int i = 0; i < body.length(); i += 10_000) {
            client.send(body.substring(i, i + 10_000));
        }
        assertThat(client.response().body()).isEqualTo(body);
    }

    @Test
    @Behaviour("EIO-POLL-015")
    void readsABodyInChunks() throws Exception {
        RawClient client = connectToEcho();
        client.send(post("Transfer-Encoding: chunked\r\n", "2\r\n41\r\n"));
        client.send("1;x=y\r\n2\r\n1\r\n3\r\n0\r\nTrailer: 1\r\n\r\n");
        assertThat(client.response().body()).isEqualTo("4123");
        assertThat(client.send(GET).response().status()).isEqualTo(200);
    }

    @Test
    @Behaviour("ABUSE-048")
    void refusesABodyByItsAnnouncedLength() throws Exception {
        RawClient client = connectToEcho();
        client.send(post("Content-Length: " + (LIMIT + 1) + "\r\n", ""));
        assertThat(client.response().status()).isEqualTo(413);
        assertThat(client.isAtEnd()).isTrue();
    }

    @Test
    @Behaviour("ABUSE-048")
    void refusesABodyInChunksAsSoonAsItIsTooLong() throws Exception {
        RawClient client = connect(TestEndpoint.echo(10));
        client.send(post("Transfer-Encoding: chunked\r\n", "b\r\n0123456789A"));
        RawClient.Response response = client.response();
        assertThat(response.status()).isEqualTo(413);
        assertThat(response.headers()).containsEntry("connection", "close");
        assertThat(client.isAtEnd()).isTrue();
    }

    @Test
    void acceptsABodyOfExactlyTheLimit() throws Exception {
        RawClient client = connect(TestEndpoint.echo(10));
        assertThat(client.send(post("Content-Length: 10\r\n", "0123456789"))
                        .response()
                        .body())
                .isEqualTo("0123456789");
        assertThat(client.send(post("Transfer-Encoding: chunked\r\n", "a\r\n0123456789\r\n0\r\n\r\n"))
                        .response()
                        .body())
                .isEqualTo("0123456789");
    }

    @Test
    void aRefusalReachesAClientThatIsStillSending() throws Exception {
        RawClient client = connect(TestEndpoint.echo(10));
        client.send(post("Content-Length: 5000000\r\n", ""));
        for (int i = 0; i < 500; i++) {
            client.send(new byte[10_000]);
        }
        assertThat(client.response().status()).isEqualTo(413);
        assertThat(client.isAtEnd()).isTrue();
    }

    @Test
    void closesTheConnectionAfterABodyThatNobodyRead() throws Exception {
        RawClient client = connect(new TestEndpoint(exchange -> exchange.respond(TestEndpoint.text(400, "no"))));
        RawClient.Response response =
                client.send(post("Content-Length: 3\r\n", "abc")).response();
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.headers()).containsEntry("connection", "close");
        assertThat(client.isAtEnd()).isTrue();
    }

    @Test
    void readsABodyThatIsAskedForLater() throws Exception {
        TestEndpoint endpoint = TestEndpoint.silent();
        RawClient client = connect(endpoint);
        client.send(post("Content-Length: 3\r\n", "abc"));
        HttpExchange exchange = endpoint.nextExchange();
        CompletableFuture<String> body = new CompletableFuture<>();
        exchange.readBody(3, new BodyProbe(body::complete));
        assertThat(Await.result(body)).isEqualTo("complete abc");
        exchange.respond(TestEndpoint.text(200, "late"));
        assertThat(client.response().body()).isEqualTo("late");
        assertThat(client.send(GET).socket.isClosed()).isFalse();
    }

    @Test
    void tellsAClientThatWaitsWhenToSendItsBody() throws Exception {
        TestEndpoint endpoint = TestEndpoint.silent();
        RawClient client = connect(endpoint);
        client.send(post("Content-Length: 3\r\nExpect: 100-continue\r\n", ""));
        HttpExchange exchange = endpoint.nextExchange();
        CompletableFuture<String> body = new CompletableFuture<>();
        exchange.readBody(3, new BodyProbe(body::complete));
        assertThat(client.response().status()).isEqualTo(100);
        client.send("abc");
        assertThat(Await.result(body)).isEqualTo("complete abc");
        exchange.respond(TestEndpoint.text(200, "ok"));
        assertThat(client.response().body()).isEqualTo("ok");
    }

    @Test
    void doesNotAskForABodyThatIsTooLong() throws Exception {
        RawClient client = connect(TestEndpoint.echo(10));
        client.send(post("Content-Length: 11\r\nExpect: 100-continue\r\n", ""));
        assertThat(client.response().status()).isEqualTo(413);
    }

    /** The rows of what smugglers send; each has more than one reading. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                "Content-Length: 5\r\nContent-Length: 6\r\n",
                "Content-Length: 5\r\nContent-Length: 5\r\n",
                "Content-Length: 5, 5\r\n",
                "Content-Length: +5\r\n",
                "Content-Length: -5\r\n",
                "Content-Length: 0x5\r\n",
                "Content-Length: 99999999999999999999\r\n",
                "Content-Length:\r\n",
                "Transfer-Encoding: chunked, identity\r\n",
                "Transfer-Encoding: identity\r\n",
                "Transfer-Encoding: gzip\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: xchunked\r\n",
                "Transfer-Encoding : chunked\r\n",
                "Transfer-Encoding\r\n",
                " Folded: before any header\r\n",
                "X: a\r\n b\r\n",
                "X: a\r\n\tb\r\n",
                "X: a\n b\r\n",
                "X: a\r\n \r\n",
                "Transfer-Encoding:\r\n chunked\r\n",
                "Content-Length:\r\n 5\r\n",
                "X: \u0000\r\n",
                "X: a\rb\r\n",
                "X: bare line feed\n",
                "(name): 1\r\n",
                ": 1\r\n",
            })
    @Behaviour("ABUSE-055")
    void refusesHeadersThatCanBeReadInTwoWays(String headers) throws Exception {
        TestEndpoint endpoint = TestEndpoint.echo(LIMIT);
        RawClient client = connect(endpoint);
        String request = headers.startsWith(" ")
                ? "POST /parley/ HTTP/1.1\r\n" + headers + "\r\n"
                : post(headers, "0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n");
        client.send(request);
        RawClient.Response response = client.response();
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.headers()).containsEntry("connection", "close");
        assertThat(client.isAtEnd()).isTrue();
        assertThat(endpoint.exchanges).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "100000004\r\nabcd\r\n0\r\n\r\n",
                "-1\r\n",
                "+1\r\n",
                "0x1\r\n",
                "1 \r\na\r\n",
                "\r\n",
                "g\r\n",
                "1;a\nb\r\na\r\n0\r\n\r\n",
                "1;a=\"\r\n\"\r\na\r\n0\r\n\r\n",
                "1\r\nab\r\n0\r\n\r\n",
                "1\na\r\n0\r\n\r\n",
            })
    @Behaviour("ABUSE-055")
    void refusesChunksThatCanBeReadInTwoWays(String body) throws Exception {
        TestEndpoint endpoint = TestEndpoint.silent();
        RawClient client = connect(endpoint);
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        client.send(post("Transfer-Encoding: chunked\r\n", ""));
        HttpExchange exchange = endpoint.nextExchange();
        exchange.readBody(LIMIT, new BodyProbe(told::add));
        exchange.onAbort(() -> told.add("abort"));
        client.send(body);
        assertThat(Await.next(told)).isEqualTo("aborted");
        assertThat(Await.next(told)).isEqualTo("abort");
        RawClient.Response response = client.response();
        assertThat(response.status()).isEqualTo(400);
        assertThat(client.isAtEnd()).isTrue();
        assertThat(told).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "400, 'GET /parley/\r\n\r\n'",
        "400, 'GET /parley/ HTTP/x\r\n\r\n'",
        "400, '\u0001GET /parley/ HTTP/1.1\r\n\r\n'",
        "400, '\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n'",
        "505, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'",
    })
    @Behaviour("ABUSE-055")
    void refusesWhatIsNotARequest(int status, String request) throws Exception {
        RawClient client = connectToEcho().send(request);
        assertThat(client.response().status()).isEqualTo(status);
        assertThat(client.isAtEnd()).isTrue();
    }

    @Test
    @Behaviour("ABUSE-055")
    void refusesAFoldedHeaderWhereverItIsCut() throws Exception {
        String head = "GET /parley/ HTTP/1.1\r\nX: a\r\n b\r\n\r\n";
        for (int cut = 1; cut < head.length(); cut++) {
            EmbeddedChannel channel = new EmbeddedChannel(HttpCodec.handlers(new HttpDecoderConfig()));
            channel.writeInbound(Unpooled.copiedBuffer(head.substring(0, cut), StandardCharsets.US_ASCII));
            channel.writeInbound(Unpooled.copiedBuffer(head.substring(cut), StandardCharsets.US_ASCII));
            HttpRequest request = channel.readInbound();
            assertThat(request.decoderResult().isFailure()).as("cut at %d", cut).isTrue();
            channel.finishAndReleaseAll();
        }
    }

    @Test
    void takesLinesOfABodyForNoHeaders() throws Exception {
        RawClient client = connectToEcho();
        for (String body : List.of(" x\r\n y\n\tz", "\n ", " ")) {
            for (String rest : List.of("", GET)) {
                client.send(post("Content-Length: " + body.length() + "\r\n", body + rest));
                assertThat(client.response().body()).isEqualTo(body);
                if (!rest.isEmpty()) {
                    assertThat(client.response().body()).isEqualTo("GET /parley/?a=b");
                }
            }
        }
    }

    @Test
    void dropsTheBodyOfAnotherHandlersResponseToHead() {
        EmbeddedChannel channel = new EmbeddedChannel(HttpCodec.handlers(new HttpDecoderConfig()));
        channel.writeInbound(
                Unpooled.copiedBuffer("HEAD / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n", StandardCharsets.US_ASCII));
        for (HttpResponseStatus status :
                List.of(HttpResponseStatus.CONTINUE, HttpResponseStatus.OK, HttpResponseStatus.OK)) {
            channel.writeOutbound(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer("body", StandardCharsets.US_ASCII)));
        }
        StringBuilder sent = new StringBuilder();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            sent.append(out.toString(StandardCharsets.US_ASCII));
            out.release();
        }
        assertThat(sent.toString().split("body", -1)).hasSize(2);
        assertThat(sent).endsWith("\r\n\r\nbody");
        channel.finishAndReleaseAll();
    }

    @Test
    @Behaviour("ABUSE-057")
    void refusesAFirstLineThatIsTooLong() throws Exception {
        RawClient client = connectToEcho().send("GET /parley/?" + "x".repeat(65_536) + " HTTP/1.1\r\n\r\n");
        assertThat(client.response().status()).isEqualTo(414);
        assertThat(client.isAtEnd()).isTrue();
    }

    @Test
    @Behaviour("ABUSE-057")
    void refusesAFirstLineThatIsTooLongForThatWhateverFollows() throws Exception {
        RawClient client = connectToEcho().send("GET /" + "x".repeat(5000) + " HTTP/1.1\r\nX: a\r\n b\r\n\r\n");
        assertThat(client.response().status()).isEqualTo(414);
        assertThat(client.isAtEnd()).isTrue();
    }

    @Test
    @Behaviour("ABUSE-057")
    void refusesHeadersThatAreTooLarge() throws Exception {
        RawClient client = connectToEcho().send("GET /parley/ HTTP/1.1\r\nX: " + "x".repeat(9000) + "\r\n\r\n");
        assertThat(client.response().status()).isEqualTo(431);
        assertThat(client.isAtEnd()).isTrue();
    }

    @Test
    @Behaviour("ABUSE-057")
    void refusesTooManyHeaders() throws Exception {
        RawClient client = connectToEcho().send("GET /parley/ HTTP/1.1\r\n" + "a:b\r\n".repeat(10_000) + "\r\n");
        assertThat(client.response().status()).isEqualTo(431);
        assertThat(client.isAtEnd()).isTrue();
    }

    @Test
    void understandsTheAbsoluteFormOfTargets() throws Exception {
        RawClient client = connectToEcho();
        assertThat(client.send(GET.replace("/parley/", "http://host:80/parley/"))
                        .response()
                        .body())
                .isEqualTo("GET /parley/?a=b");
        assertThat(client.send(GET.replace("/parley/?a=b", "http://host"))
                        .response()
                        .status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "host:80", "//parley/", "/parley", "/parley/x", "/parley/../parley/", "/%70arley/"})
    @Behaviour("ABUSE-060")
    void answers404ToEveryOtherTarget(String target) throws Exception {
        RawClient client = connectToEcho();
        String request = "OPTIONS " + target + " HTTP/1.1\r\nHost: x\r\n\r\n";
        assertThat(client.send(request).response().status()).isEqualTo(404);
        assertThat(client.send(GET).response().status()).isEqualTo(200);
    }

    @Test
    void tellsOnceThatThePeerIsGone() throws Exception {
        TestEndpoint endpoint = TestEndpoint.silent();
        RawClient client = connect(endpoint);
        client.send(post("Content-Length: 10\r\n", "abc"));
        HttpExchange exchange = endpoint.nextExchange();
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        exchange.readBody(10, new BodyProbe(told::add));
        exchange.onAbort(() -> told.add("replaced"));
        exchange.onAbort(() -> told.add("abort"));
        client.close();
        assertThat(Await.next(told)).isEqualTo("aborted");
        assertThat(Await.next(told)).isEqualTo("abort");
        exchange.onAbort(() -> told.add("at once"));
        assertThat(Await.next(told)).isEqualTo("at once");
        exchange.respond(TestEndpoint.text(200, "nobody listens"));
        assertThat(told).isEmpty();
    }

    @Test
    void takesAPeerThatSendsNoMoreForGone() throws Exception {
        TestEndpoint endpoint = TestEndpoint.silent();
        RawClient client = connect(endpoint).send(GET);
        HttpExchange exchange = endpoint.nextExchange();
        CompletableFuture<Void> gone = new CompletableFuture<>();
        exchange.onAbort(() -> gone.complete(null));
        client.socket.shutdownOutput();
        Await.result(gone);
        assertThat(client.isAtEnd()).isTrue();
    }

    @Test
    void takesTheFirstAnswerOnly() throws Exception {
        TestEndpoint endpoint = TestEndpoint.silent();
        RawClient client = connect(endpoint).send(GET);
        HttpExchange exchange = endpoint.nextExchange();
        exchange.respond(TestEndpoint.text(200, "first"));
        exchange.respond(TestEndpoint.text(200, "second"));
        exchange.acceptWebSocket(Headers.empty(), 1, null, webSocket -> null);
        exchange.onAbort(() -> endpoint.exchanges.add(exchange));
        assertThat(client.response().body()).isEqualTo("first");
        client.send(GET);
        endpoint.nextExchange().respond(TestEndpoint.text(200, "third"));
        assertThat(client.response().body()).isEqualTo("third");
        assertThat(endpoint.exchanges).isEmpty();
    }

    @Test
    @Behaviour("ABUSE-056")
    void cannotBeMadeToSplitAResponse() throws Exception {
        RawClient client = connect(new TestEndpoint(
                exchange -> exchange.respond(new HttpResponse(200, Headers.of("X-Echo", "a\u010d\u010aX-Evil: 1")))));
        assertThat(client.send(GET).response().headers())
                .containsEntry("x-echo", "a??X-Evil: 1")
                .doesNotContainKey("x-evil");
    }

    @Test
    void servesAConnectionAfterAnAnswerFromAnotherThread() throws Exception {
        RawClient client = connect(new TestEndpoint(exchange -> CompletableFuture.runAsync(
                () -> exchange.respond(new HttpResponse(200, Headers.empty(), bytes("elsewhere"))))));
        assertThat(client.send(GET).response().body()).isEqualTo("elsewhere");
        assertThat(client.send(GET + GET).response().body()).isEqualTo("elsewhere");
        assertThat(client.response().body()).isEqualTo("elsewhere");
    }

    @Test
    void listensOnTheAddressThatItIsGiven() throws Exception {
        NettyServer server = NettyServer.bind(
                TestEndpoint.echo(1), NettyOptions.builder().host("127.0.0.1").build());
        opened.add(server);
        assertThat(server.port()).isPositive();
        assertThat(server.address().getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
