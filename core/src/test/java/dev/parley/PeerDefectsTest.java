package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.engine.CorsOptions;
import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryTransport;
import dev.parley.testing.MemoryWebSocket;
import dev.parley.testing.TestClient;
import dev.parley.testing.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Faults that were found in other Socket.IO servers for the JVM, one test each: none of them can happen here. */
class PeerDefectsTest {

    private static final String POLLING = "/socket.io/?EIO=4&transport=polling";
    private static final String WEBSOCKET = "/socket.io/?EIO=4&transport=websocket";
    private static final Pattern SID = Pattern.compile("\"sid\":\"([^\"]+)\"");

    private final TestServer server =
            TestServer.create(options -> options.cors(CorsOptions.allow("https://example.com")));
    private final SocketIoServer io = server.io();
    private final MemoryTransport transport = server.transport();

    @AfterEach
    void nothingIsLeftOver() {
        server.close();
        assertThat(io.engine().sessionCount()).isZero();
        assertThat(server.time().pendingTimers()).as(server.time().toString()).isZero();
    }

    private String handshake(String... headers) {
        Matcher matcher = SID.matcher(transport.get(POLLING, headers).text());
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    private String connectByPolling() {
        String session = POLLING + "&sid=" + handshake();
        transport.post(session, "40");
        assertThat(transport.get(session).text()).startsWith("40{");
        return session;
    }

    @Test
    void aBinaryBroadcastIsTheSameForEveryClient() {
        List<TestClient> clients =
                IntStream.range(0, 3).mapToObj(i -> server.connect()).toList();

        io.emit("picture", "first", new byte[] {1, 2}, new byte[] {3});

        clients.forEach(client -> client.expect("picture", "first", new byte[] {1, 2}, new byte[] {3}));
    }

    @Test
    void binaryFramesHoldNothingButTheData() {
        io.onConnection(socket -> socket.emit("data", new byte[] {7}));
        MemoryWebSocket webSocket = transport.upgrade(WEBSOCKET).webSocket();
        webSocket.send("40");
        String session = POLLING + "&sid=" + handshake();
        transport.post(session, "40");

        assertThat((String) webSocket.poll()).startsWith("0{");
        assertThat((String) webSocket.poll()).startsWith("40{");
        assertThat(webSocket.poll()).isEqualTo("451-[\"data\",{\"_placeholder\":true,\"num\":0}]");
        assertThat((byte[]) webSocket.poll()).containsExactly(7);
        assertThat(transport.get(session).text())
                .endsWith("\u001e451-[\"data\",{\"_placeholder\":true,\"num\":0}]\u001ebBw==");
    }

    @Test
    void aPollDeliversHoweverMuchWaits() {
        String session = connectByPolling();

        IntStream.range(0, 160).forEach(i -> io.emit("n", i));

        List<String> expected =
                IntStream.range(0, 160).mapToObj(i -> "42[\"n\"," + i + "]").toList();
        assertThat(transport.get(session).text().split("\u001e")).containsExactlyElementsOf(expected);
    }

    @Test
    @Behaviour("ABUSE-030")
    void aRefusedClientIsInNoNamespaceAndAClientWithoutConnectIsNotHeard() {
        List<String> handled = new ArrayList<>();
        io.onConnection(socket -> socket.onAny(event -> handled.add(event.name())));
        io.use((socket, next) -> next.reject("no"));

        assertThat(server.expectRefusal("/", null).message()).isEqualTo("no");
        MemoryWebSocket webSocket = transport.upgrade(WEBSOCKET).webSocket();
        webSocket.send("42[\"hello\"]");

        assertThat(io.sockets()).isEmpty();
        assertThat(handled).isEmpty();
        assertThat(webSocket.isClosed()).isTrue();
    }

    @Test
    @Behaviour({"ABUSE-042", "ABUSE-077"})
    void aPreflightRequestOpensNoSession() {
        for (int i = 0; i < 5; i++) {
            MemoryExchange preflight =
                    transport.request("OPTIONS", POLLING, new byte[0], "Origin", "https://example.com");
            assertThat(preflight.status()).isEqualTo(204);
        }

        assertThat(io.engine().sessionCount()).isZero();
    }

    @Test
    @Behaviour("ABUSE-072")
    void aFailedProbeLeavesPollingUnharmed() {
        io.onConnection(socket -> socket.on("echo", event -> socket.emit("echo", event.args())));
        String session = connectByPolling();
        String sid = session.substring(session.indexOf("&sid="));

        transport.upgrade(WEBSOCKET + sid).webSocket().close();
        transport.upgrade(WEBSOCKET + sid).webSocket().send("nonsense");

        assertThat(transport.post(session, "42[\"echo\",1]").text()).isEqualTo("ok");
        assertThat(transport.get(session).text()).isEqualTo("42[\"echo\",1]");
    }

    @Test
    void aClientCannotChooseItsSessionId() {
        String first = handshake("Cookie", "io=chosen");
        String second = handshake("Cookie", "io=chosen", "io", "chosen");

        assertThat(List.of(first, second)).doesNotContain("chosen").doesNotHaveDuplicates();
    }

    @Test
    @Behaviour("ABUSE-040")
    void aMalformedSessionIdIsAnsweredLikeAnUnknownOne() {
        for (String sid : List.of("x", "%00", "../..", "null", "a".repeat(10_000), "%zz")) {
            MemoryExchange exchange = transport.get(POLLING + "&sid=" + sid);
            assertThat(exchange.status()).isEqualTo(400);
            assertThat(exchange.text()).isEqualTo("{\"code\":1,\"message\":\"Session ID unknown\"}");
        }
    }

    @Test
    void aDisconnectedClientIsNotHeardEvenIfItStays() {
        List<String> handled = new ArrayList<>();
        io.onConnection(socket -> {
            socket.onAny(event -> handled.add(event.name()));
            socket.disconnect();
        });
        MemoryWebSocket stubborn = transport.upgrade(WEBSOCKET).webSocket();

        stubborn.send("40");
        stubborn.send("42[\"hello\"]");

        assertThat(handled).isEmpty();
        assertThat(io.sockets()).isEmpty();
    }

    @Test
    void aMembershipIsNotLostWhenAJoinMeetsTheLastLeave() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        io.onConnection(sockets::add);
        server.connect();
        server.connect();
        CyclicBarrier together = new CyclicBarrier(2);
        CompletableFuture<Void> other = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 20_000; i++) {
                meet(together);
                sockets.get(0).join("room");
                meet(together);
                sockets.get(0).leave("room");
            }
        });

        for (int i = 0; i < 20_000; i++) {
            meet(together);
            sockets.get(1).leave("room");
            meet(together);
            sockets.get(1).join("room");
            assertThat(io.room("room").contains(sockets.get(1))).isTrue();
        }

        other.get(30, TimeUnit.SECONDS);
        assertThat(io.room("room").sockets()).containsExactly(sockets.get(1));
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aMemberOfTwoRoomsGetsOneCopy() {
        io.onConnection(socket -> socket.join("a", "b"));
        TestClient client = server.connect();

        io.to("a", "b").emit("news");

        client.expect("news");
        client.expectNothing();
    }

    @Test
    void aSocketEndsOnceHoweverManyCausesMeet() throws Exception {
        AtomicInteger ends = new AtomicInteger();
        io.onConnection(socket -> socket.onDisconnect(reason -> ends.incrementAndGet()));
        for (int i = 0; i < 200; i++) {
            TestClient client = server.connect();
            Socket socket = io.sockets().get(0);
            CyclicBarrier together = new CyclicBarrier(2);
            CompletableFuture<Void> cut = CompletableFuture.runAsync(() -> {
                meet(together);
                client.cut();
            });
            meet(together);
            socket.disconnect(true);
            cut.get(30, TimeUnit.SECONDS);
            assertThat(ends).hasValue(i + 1);
        }
    }

    @Test
    @Behaviour("ABUSE-073")
    void nothingThatIsSentDuringAnUpgradeIsLost() {
        String session = connectByPolling();
        MemoryWebSocket webSocket = transport
                .upgrade(WEBSOCKET + session.substring(session.indexOf("&sid=")))
                .webSocket();
        io.emit("n", 0);
        webSocket.send("2probe");
        io.emit("n", 1);
        assertThat(transport.get(session).text()).isEqualTo("42[\"n\",0]\u001e42[\"n\",1]");
        io.emit("n", 2);
        webSocket.send("5");
        io.emit("n", 3);

        assertThat(webSocket.poll()).isEqualTo("3probe");
        assertThat(webSocket.poll()).isEqualTo("42[\"n\",2]");
        assertThat(webSocket.poll()).isEqualTo("42[\"n\",3]");
    }

    @Test
    void acknowledgementsLeaveNothingBehindAndTheirIdsAreTheServersOwn() {
        io.onConnection(socket -> socket.on("late", event -> {
            socket.disconnect();
            event.ack().send("too late");
        }));
        MemoryWebSocket webSocket = transport.upgrade(WEBSOCKET).webSocket();
        webSocket.send("40");
        Socket socket = io.sockets().get(0);
        CompletableFuture<Arguments> answer = socket.emitWithAck("question");
        webSocket.send("42999[\"late\"]");
        webSocket.send("430[\"answer after the end\"]");

        assertThat(answer).isCompletedExceptionally();
        assertThat(webSocket.poll()).isNotNull();
        assertThat(webSocket.poll()).isNotNull();
        assertThat(webSocket.poll()).isEqualTo("420[\"question\"]");
        assertThat(webSocket.poll()).isEqualTo("41");
        assertThat(webSocket.poll()).isNull();
    }

    @Test
    void whatCannotBeEncodedIsTheCallersErrorAndHarmsNobody() {
        TestClient client = server.connect();
        List<Object> circular = new ArrayList<>();
        circular.add(circular);

        assertThatThrownBy(() -> io.emit("news", circular)).isInstanceOf(IllegalArgumentException.class);
        io.emit("news", "fine");

        client.expect("news", "fine");
        client.expectNothing();
    }

    @Test
    void binaryDataOfClientsReachesTheHandlers() {
        List<byte[]> received = new ArrayList<>();
        io.onConnection(socket -> socket.on("upload", byte[].class, bytes -> received.add(bytes)));
        TestClient client = server.connect();

        client.emit("upload", new byte[] {4, 5, 6});

        assertThat(received).hasSize(1);
        assertThat(received.get(0)).containsExactly(4, 5, 6);
    }

    @Test
    void binaryDataThatIsPassedOnIsTheSameForEveryClient() {
        io.onConnection(socket -> socket.on("upload", event -> io.emit("picture", event.args())));
        List<TestClient> clients =
                IntStream.range(0, 3).mapToObj(i -> server.connect()).toList();

        clients.get(0).emit("upload", "name", new byte[] {4, 5, 6});

        clients.forEach(client -> client.expect("picture", "name", new byte[] {4, 5, 6}));
    }

    @Test
    void aServerThatWasClosedServesAgainWithHeartbeats() {
        io.onConnection(socket -> socket.on("echo", event -> socket.emit("echo", event.args())));
        TestClient before = server.connect();
        io.close().join();
        assertThat(before.isConnected()).isFalse();

        TestClient after = server.connect();
        server.advance(Duration.ofMinutes(5));
        after.emit("echo", 1);
        after.expect("echo", 1);
        after.stopAnsweringPings();
        server.advance(Duration.ofMinutes(1));

        assertThat(after.isConnected()).isFalse();
    }

    @Test
    void aHandlerThatBlocksHoldsUpNobodyElse() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        SocketIoServer threaded = SocketIoServer.create();
        threaded.onConnection(socket -> socket.on("block", () -> {
            entered.countDown();
            leave.await();
        }));
        MemoryTransport wire = new MemoryTransport(threaded);
        Matcher matcher = SID.matcher(wire.get(POLLING).text());
        assertThat(matcher.find()).isTrue();
        String session = POLLING + "&sid=" + matcher.group(1);
        CompletableFuture<Void> connected = new CompletableFuture<>();
        threaded.onConnection(socket -> connected.complete(null));
        wire.post(session, "40");
        connected.get(30, TimeUnit.SECONDS);

        MemoryExchange push = wire.post(session, "42[\"block\"]");
        assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
        threaded.emit("news");

        assertThat(push.text()).isEqualTo("ok");
        assertThat(Arrays.asList(wire.get(session).text().split("\u001e"))).contains("42[\"news\"]");
        leave.countDown();
        threaded.close().join();
    }
}
