package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.SocketIoOptions;
import dev.parley.SocketIoServer;
import dev.parley.testing.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Handlers that do not keep up with their client, and clients of which nothing is heard, over real connections. */
class SlowPeersTest {

    private static final String POLLING = "/socket.io/?EIO=4&transport=polling";
    private static final String WEBSOCKET = "/socket.io/?EIO=4&transport=websocket";
    private static final int PINGS = 5;

    private final CountDownLatch release = new CountDownLatch(1);
    private final BlockingQueue<Integer> handled = new LinkedBlockingQueue<>();
    private final VirtualTime time = new VirtualTime();
    private SocketIoServer io;
    private NettyServer server;

    private void serve(Consumer<SocketIoOptions.Builder> options) {
        io = SocketIoServer.create(options);
        io.onConnection(socket -> {
            socket.on("slow", event -> {
                release.await();
                handled.add(event.get(0, Integer.class));
            });
            socket.on("echo", event -> event.ack().send(event.args()));
        });
        server = NettyServer.bind(io, NettyOptions.builder().eventLoops(1).build());
    }

    private void serveWithLittleRoom() {
        serve(options -> options.pingInterval(Duration.ofMillis(50))
                .pingTimeout(Duration.ofMinutes(1))
                .maxUnhandledBytes(64 * 1024));
    }

    @AfterEach
    void close() {
        release.countDown();
        server.close();
        assertThat(io.engine().sessionCount()).isZero();
    }

    private static String slow(int number, int size) {
        return "42[\"slow\"," + number + ",\"" + "a".repeat(size) + "\"]";
    }

    private RawClient connect() throws IOException {
        RawClient client = new RawClient(server.port());
        client.send(RawClient.upgradeRequest(WEBSOCKET));
        assertThat(client.response().status()).isEqualTo(101);
        assertThat(client.frame()).startsWith("text 0{");
        client.send(ClientFrame.text("40"));
        while (!client.frame().startsWith("text 40")) {
            // a ping
        }
        return client;
    }

    private static void echo(RawClient client, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            client.send(ClientFrame.text("42" + i + "[\"echo\"," + i + "]"));
            String answer = client.frame();
            while (answer.equals("text 2")) {
                client.send(ClientFrame.text("3"));
                answer = client.frame();
            }
            assertThat(answer).isEqualTo("text 43" + i + "[" + i + "]");
        }
    }

    @Test
    @Behaviour("ABUSE-089")
    void aSlowHandlerStopsItsOwnWebSocketOnlyAndHeartbeatsGoOn() throws Exception {
        serveWithLittleRoom();
        int events = 3_000;
        try (RawClient client = connect();
                RawClient other = connect()) {
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> sendAll(client, events));

            for (int i = 0; i < PINGS; i++) {
                assertThat(client.frame()).isEqualTo("text 2");
            }
            echo(other, 100);
            assertThat(sent).as("more than all buffers of the system take").isNotDone();
            release.countDown();

            for (int i = 0; i < events; i++) {
                assertThat(Await.next(handled)).isEqualTo(i);
            }
            Await.result(sent);
        }
    }

    /** 30 MB. */
    private static void sendAll(RawClient client, int events) {
        try {
            for (int i = 0; i < events; i++) {
                client.send(ClientFrame.text(slow(i, 10_000)));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Behaviour("ABUSE-089")
    void aSlowHandlerStopsItsOwnPollingClientOnlyAndHeartbeatsGoOn() throws Exception {
        serveWithLittleRoom();
        try (RawClient post = new RawClient(server.port());
                RawClient poll = new RawClient(server.port());
                RawClient other = connect()) {
            String open = get(poll, POLLING);
            String session = POLLING + "&sid=" + open.substring(open.indexOf("sid\":\"") + 6, open.indexOf("\",\"up"));
            assertThat(post(post, session, "40").response().body()).isEqualTo("ok");
            while (!get(poll, session).contains("40{")) {
                // a ping
            }
            post(post, session, slow(0, 10) + "\u001e" + slow(1, 70_000));

            int pings = 0;
            while (pings < PINGS) {
                assertThat(get(poll, session)).isEqualTo("2");
                pings++;
            }
            echo(other, 100);
            assertThat(post.socket.getInputStream().available())
                    .as("the answer to the POST")
                    .isZero();
            release.countDown();

            assertThat(post.response().body()).isEqualTo("ok");
            assertThat(List.of(Await.next(handled), Await.next(handled))).containsExactly(0, 1);
            post(post, session, "3\u001e" + slow(2, 10));
            assertThat(post.response().body()).isEqualTo("ok");
            assertThat(Await.next(handled)).isEqualTo(2);
        }
    }

    private static String get(RawClient client, String uri) throws IOException {
        RawClient.Response response =
                client.send("GET " + uri + " HTTP/1.1\r\nHost: x\r\n\r\n").response();
        assertThat(response.status()).isEqualTo(200);
        return response.body();
    }

    private static RawClient post(RawClient client, String uri, String body) throws IOException {
        return client.send("POST " + uri + " HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body);
    }

    @Test
    @Behaviour("ABUSE-082")
    void aClientThatSendsPingsOfWebSocketButAnswersNoneOfEngineIoIsClosed() throws Exception {
        serve(options -> options.scheduler(time));
        try (RawClient client = connect()) {
            Duration step = Duration.ofSeconds(5);
            for (int i = 0; i < 8; i++) {
                time.advance(step);
                client.send(ClientFrame.frame(0x89, (byte) i)).send(ClientFrame.frame(0x8a));
                String frame = client.frame();
                assertThat(frame.equals("text 2") ? client.frame() : frame).isEqualTo("pong 0" + i);
            }
            assertThat(io.engine().sessionCount()).isOne();

            time.advance(step);

            assertThat(io.engine().sessionCount()).isZero();
            assertThat(client.frame()).startsWith("close");
        }
    }

    @Test
    @Behaviour("ABUSE-081")
    void aClientWhoseCableWasPulledIsGoneAfterIntervalAndTimeoutWithAllThatWaitsForIt() throws Exception {
        serve(options -> options.scheduler(time).engine(engine -> engine.maxQueuedBytes(1L << 30)));
        AtomicInteger left = new AtomicInteger();
        try (RawClient client = connect()) {
            io.sockets().forEach(socket -> socket.onDisconnect(reason -> left.incrementAndGet()));
            var session = io.sockets().get(0).conn();
            String text = "a".repeat(1_000_000);
            IntStream.range(0, 40).forEach(i -> io.emit("x", text));
            assertThat(session.queuedBytes()).isPositive();

            time.advance(Duration.ofSeconds(45).minusMillis(1));
            assertThat(session.isOpen()).isTrue();
            time.advance(Duration.ofMillis(1));

            assertThat(session.isOpen()).isFalse();
            assertThat(session.queuedBytes()).isZero();
            assertThat(io.sockets()).isEmpty();
            assertThat(time.pendingTimers())
                    .as("lines of timeouts that wait for nothing")
                    .isLessThanOrEqualTo(1);
            assertThat(client.socket.isClosed()).isFalse();
        }
    }
}
