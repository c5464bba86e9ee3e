package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Behaviour;
import dev.parley.engine.HttpExchange;
import dev.parley.engine.WebSocket;
import dev.parley.protocol.Utf8;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NettyServerTest {

    private static final String GET = "GET /parley/ HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final Duration LONG = Duration.ofMinutes(5);

    private static NettyOptions.Builder options() {
        return NettyOptions.builder().eventLoops(2);
    }

    private static Set<Thread> ioThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("parley-io"))
                .collect(Collectors.toSet());
    }

    private static void haveEnded(Set<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(30_000);
            assertThat(thread.isAlive()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void servesHttpAndWebSocketsOnEveryTransport(NettyTransport transport) throws Exception {
        assumeWorksHere(transport);
        TestEndpoint endpoint = TestEndpoint.webSockets(100, RecordingListener::new);
        NettyOptions options = options().transport(transport).build();
        try (NettyServer server = NettyServer.bind(endpoint, options);
                RawClient http = new RawClient(server.port());
                RawClient client = RawClient.upgraded(server.port())) {
            assertThat(http.send("GET /other HTTP/1.1\r\n\r\n").response().status())
                    .isEqualTo(404);
            assertThat(client.send(ClientFrame.frame(0x89, (byte) 1)).frame()).isEqualTo("pong 01");
        }
    }

    private static void assumeWorksHere(NettyTransport transport) {
        try {
            Transport.of(transport);
        } catch (IllegalStateException e) {
            org.junit.jupiter.api.Assumptions.abort(e.getMessage());
        }
    }

    @Test
    void saysWhatIsMissingWhereATransportDoesNotWork() {
        NettyTransport foreign =
                System.getProperty("os.name").startsWith("Mac") ? NettyTransport.EPOLL : NettyTransport.KQUEUE;
        NettyOptions options = options().transport(foreign).build();
        assertThatThrownBy(() -> NettyServer.bind(TestEndpoint.silent(), options))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("transport: " + foreign + " (expected: ")
                .hasMessageContaining("io.netty:netty-transport-native-");
    }

    @Test
    void saysWhichAddressCannotBeHad() throws Exception {
        try (NettyServer first = NettyServer.bind(TestEndpoint.silent(), 0)) {
            assertThatThrownBy(() -> NettyServer.bind(TestEndpoint.silent(), first.port()))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("cannot listen on")
                    .hasMessageContaining(":" + first.port());
        }
        haveEnded(ioThreads());
    }

    @Test
    @Behaviour("EIO-CLOSE-009")
    void startsAgainOnTheSamePort() throws Exception {
        TestEndpoint endpoint = TestEndpoint.webSockets(100, RecordingListener::new);
        int port = 0;
        for (int round = 0; round < 3; round++) {
            NettyServer server = NettyServer.bind(endpoint, options().port(port).build());
            port = server.port();
            try (RawClient client = RawClient.upgraded(port)) {
                assertThat(client.send(ClientFrame.frame(0x89)).frame()).isEqualTo("pong ");
                CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
                assertThat(client.frame()).isEqualTo("close 1001");
                client.send(ClientFrame.close(1001));
                Await.result(closing);
            }
        }
        assertThat(endpoint.closings).hasValue(3);
    }

    @Test
    void letsWhatTheEndpointSaysLastLeave() throws Exception {
        BlockingQueue<WebSocket> sockets = new LinkedBlockingQueue<>();
        TestEndpoint endpoint = new TestEndpoint(exchange -> {
            if (exchange.request().isWebSocketUpgrade()) {
                exchange.acceptWebSocket(dev.parley.engine.Headers.empty(), 100, null, webSocket -> {
                    sockets.add(webSocket);
                    return new RecordingListener(webSocket);
                });
            }
        });
        endpoint.closed = new CompletableFuture<>();
        NettyServer server =
                NettyServer.bind(endpoint, options().shutdownTimeout(LONG).build());
        try (RawClient polling = new RawClient(server.port());
                RawClient idle = new RawClient(server.port());
                RawClient webSocket = RawClient.upgraded(server.port())) {
            endpoint.nextExchange();
            polling.send(GET);
            HttpExchange poll = endpoint.nextExchange();
            CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
            WebSocket open = Await.next(sockets);
            poll.respond(TestEndpoint.text(200, "bye"));
            open.ioThread().execute(() -> {
                open.text(Utf8.of("bye"));
                open.close(1000);
            });
            endpoint.closed.complete(null);
            assertThat(polling.response().body()).isEqualTo("bye");
            assertThat(polling.isAtEnd()).isTrue();
            assertThat(idle.isAtEnd()).isTrue();
            assertThat(webSocket.frame()).isEqualTo("text bye");
            assertThat(webSocket.frame()).isEqualTo("close 1000");
            webSocket.send(ClientFrame.close(1000));
            assertThat(webSocket.isAtEnd()).isTrue();
            Await.result(closing);
        }
    }

    @Test
    void tellsWebSocketsThatTheEndpointForgot() throws Exception {
        BlockingQueue<RecordingListener> listeners = new LinkedBlockingQueue<>();
        TestEndpoint endpoint = TestEndpoint.webSockets(100, webSocket -> {
            RecordingListener listener = new RecordingListener(webSocket);
            listeners.add(listener);
            return listener;
        });
        NettyServer server =
                NettyServer.bind(endpoint, options().shutdownTimeout(LONG).build());
        try (RawClient client = RawClient.upgraded(server.port())) {
            CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
            assertThat(client.frame()).isEqualTo("close 1001");
            client.send(ClientFrame.close(1001));
            Await.result(closing);
            assertThat(Await.next(listeners).next()).isEqualTo("closed");
        }
    }

    @Test
    void letsWebSocketsEndHoweverLongTheEndpointTakes() throws Exception {
        TestEndpoint endpoint = TestEndpoint.webSockets(100, RecordingListener::new);
        endpoint.closed = new CompletableFuture<>();
        NettyServer server = NettyServer.bind(
                endpoint, options().shutdownTimeout(Duration.ofMillis(500)).build());
        try (RawClient client = RawClient.upgraded(server.port())) {
            CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
            assertThat(client.frame()).isEqualTo("close 1001");
            Await.result(closing);
        }
    }

    @Test
    void cutsConnectionsThatDoNotEndInTime() throws Exception {
        TestEndpoint endpoint = TestEndpoint.silent();
        endpoint.closed = new CompletableFuture<>();
        NettyServer server = NettyServer.bind(
                endpoint, options().shutdownTimeout(Duration.ofMillis(50)).build());
        Set<Thread> threads = ioThreads();
        try (RawClient client = new RawClient(server.port())) {
            client.send(GET);
            HttpExchange unanswered = endpoint.nextExchange();
            CompletableFuture<Void> aborted = new CompletableFuture<>();
            unanswered.onAbort(() -> aborted.complete(null));
            server.close();
            assertThat(client.isAtEnd()).isTrue();
            Await.result(aborted);
            unanswered.ioThread().execute(() -> {
                throw new AssertionError("the I/O thread is gone");
            });
        }
        assertThat(threads).isNotEmpty();
        haveEnded(threads);
    }

    @Test
    void closesEvenIfTheEndpointFails() throws Exception {
        TestEndpoint endpoint = TestEndpoint.silent();
        endpoint.closed = CompletableFuture.failedFuture(new IllegalStateException("on purpose"));
        NettyServer server = NettyServer.bind(endpoint, options().build());
        try (RawClient client = new RawClient(server.port())) {
            server.close();
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void closesOnceHoweverOftenItIsTold() throws Exception {
        TestEndpoint endpoint = TestEndpoint.silent();
        NettyServer server = NettyServer.bind(endpoint, options().build());
        CompletableFuture.allOf(Stream.generate(() -> CompletableFuture.runAsync(server::close))
                        .limit(4)
                        .toArray(CompletableFuture[]::new))
                .get();
        server.close();
        assertThat(endpoint.closings).hasValue(1);
    }

    @Test
    void drainsBeforeItCloses() throws Exception {
        TestEndpoint endpoint = TestEndpoint.echo(10);
        endpoint.drained = new CompletableFuture<>();
        NettyServer server = NettyServer.bind(endpoint, options().build());
        try (server;
                RawClient client = new RawClient(server.port())) {
            client.send(GET);
            assertThat(client.response().status()).isEqualTo(200);

            CompletableFuture<Void> closed = server.drain(100, Duration.ofMinutes(1));
            client.send(GET);
            assertThat(client.response().status())
                    .as("who is connected is still served")
                    .isEqualTo(200);
            assertThat(endpoint.closings).hasValue(0);
            assertThat(closed).isNotDone();

            endpoint.drained.complete(null);
            Await.result(closed);
            assertThat(client.isAtEnd()).isTrue();
            assertThat(endpoint.drainings).hasValue(1);
            assertThat(endpoint.closings).hasValue(1);
        }
    }

    @Test
    void drainsAtTheLastPaceThatItWasTold() {
        TestEndpoint endpoint = TestEndpoint.silent();
        CompletableFuture<Void> first = new CompletableFuture<>();
        CompletableFuture<Void> second = new CompletableFuture<>();
        try (NettyServer server = NettyServer.bind(endpoint, options().build())) {
            endpoint.drained = first;
            CompletableFuture<Void> closed = server.drain(100, Duration.ofMinutes(1));
            endpoint.drained = second;
            server.drain(10, Duration.ofMinutes(1));

            first.complete(null); // as the second has taken its place
            server.drain(5, Duration.ofMinutes(1));
            assertThat(endpoint.drainings).as("it is not being closed yet").hasValue(3);
            second.complete(null);
            closed.join();
            assertThat(endpoint.closings).hasValue(1);
        }
    }

    @Test
    void aDrainThatIsRefusedLeavesTheOneBeforeAlone() throws Exception {
        TestEndpoint endpoint = TestEndpoint.silent();
        endpoint.drained = new CompletableFuture<>();
        try (NettyServer server = NettyServer.bind(endpoint, options().build())) {
            CompletableFuture<Void> closed = server.drain(100, Duration.ofMinutes(1));
            assertThatIllegalArgumentException().isThrownBy(() -> server.drain(0, Duration.ofMinutes(1)));

            endpoint.drained.complete(null);
            Await.result(closed);
            assertThat(endpoint.closings).hasValue(1);
        }
    }

    @Test
    void drainsNothingMoreWhenItIsClosed() {
        TestEndpoint endpoint = TestEndpoint.silent();
        NettyServer server = NettyServer.bind(endpoint, options().build());
        server.close();

        assertThat(server.drain(100, Duration.ofMinutes(1))).isCompleted();
        assertThat(endpoint.drainings)
                .as("the endpoint may serve again, on another port")
                .hasValue(0);
    }

    @Test
    void canBeClosedOnItsOwnThread() throws Exception {
        TestEndpoint endpoint = TestEndpoint.silent();
        NettyServer server = NettyServer.bind(endpoint, options().eventLoops(1).build());
        try (RawClient client = new RawClient(server.port())) {
            client.send(GET);
            HttpExchange exchange = endpoint.nextExchange();
            exchange.ioThread().execute(() -> {
                server.close();
                exchange.respond(TestEndpoint.text(200, "closing"));
            });
            RawClient.Response response = client.response();
            assertThat(response.body()).isEqualTo("closing");
            assertThat(response.headers()).containsEntry("connection", "close");
            assertThat(client.isAtEnd()).isTrue();
            server.close();
        }
    }

    @Test
    void passesOnNoRequestWhileItCloses() throws Exception {
        TestEndpoint endpoint = TestEndpoint.echo(10);
        endpoint.closed = new CompletableFuture<>();
        NettyServer server =
                NettyServer.bind(endpoint, options().shutdownTimeout(LONG).build());
        try (RawClient client = new RawClient(server.port())) {
            assertThat(client.send(GET).response().status()).isEqualTo(200);
            CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
            RawClient.Response last = client.send(GET).response();
            while (last.status() == 200 && !"close".equals(last.headers().get("connection"))) {
                last = client.send(GET).response();
            }
            assertThat(client.isAtEnd()).isTrue();
            endpoint.closed.complete(null);
            Await.result(closing);
        }
    }

    @Test
    void leavesEventLoopsOfTheApplicationRunning() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            NettyOptions options = options().eventLoopGroup(group).build();
            for (int round = 0; round < 2; round++) {
                try (NettyServer server = NettyServer.bind(TestEndpoint.echo(10), options);
                        RawClient client = new RawClient(server.port())) {
                    assertThat(client.send(GET).response().status()).isEqualTo(200);
                }
            }
            assertThat(group.isShuttingDown()).isFalse();
        } finally {
            group.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS)
                    .sync();
        }
    }

    @Test
    void servesOtherPathsOnTheSamePort() throws Exception {
        NettyOptions options = options()
                .pipeline(pipeline -> pipeline.addLast(new HttpObjectAggregator(100), new Page()))
                .build();
        TestEndpoint endpoint = new TestEndpoint(exchange -> {
            if (exchange.request().isWebSocketUpgrade()) {
                exchange.acceptWebSocket(dev.parley.engine.Headers.empty(), 100, null, RecordingListener::new);
            } else {
                exchange.respond(TestEndpoint.text(200, "parley"));
            }
        });
        try (NettyServer server = NettyServer.bind(endpoint, options);
                RawClient client = new RawClient(server.port());
                RawClient webSocket = RawClient.upgraded(server.port())) {
            for (int i = 0; i < 3; i++) {
                client.send(GET + "POST /page HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc");
                assertThat(client.response().body()).isEqualTo("parley");
                assertThat(client.response().body()).isEqualTo("page abc");
            }
            assertThat(webSocket.send(ClientFrame.frame(0x89)).frame()).isEqualTo("pong ");
        }
    }

    private static final class Page extends SimpleChannelInboundHandler<FullHttpRequest> {

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
            ByteBuf content = Unpooled.copiedBuffer(
                    "page " + request.content().toString(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
            DefaultFullHttpResponse response =
                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, content);
            response.headers().set("content-length", content.readableBytes());
            ctx.writeAndFlush(response);
        }
    }

    @Test
    void survivesManyClientsThatComeAndGo() throws Exception {
        BlockingQueue<RecordingListener> listeners = new LinkedBlockingQueue<>();
        TestEndpoint endpoint = TestEndpoint.webSockets(100, webSocket -> {
            RecordingListener listener = new RecordingListener(webSocket);
            listeners.add(listener);
            return listener;
        });
        try (NettyServer server = NettyServer.bind(endpoint, options().build())) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                clients.add(RawClient.upgraded(server.port()).send(ClientFrame.text("hi")));
            }
            for (int i = 0; i < 100; i++) {
                clients.get(i).socket.setSoLinger(i % 2 == 0, 0);
                clients.get(i).close();
            }
            for (int i = 0; i < 100; i++) {
                RecordingListener listener = Await.next(listeners);
                List<String> events = List.of(listener.next());
                if (events.get(0).equals("text hi")) {
                    assertThat(listener.next()).isEqualTo("closed");
                } else {
                    assertThat(events).containsExactly("closed");
                }
            }
        }
    }
}
