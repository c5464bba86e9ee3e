package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryWebSocket;
import dev.parley.testing.TestClient;
import dev.parley.testing.TestServer;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients, handlers and executors that misbehave harm nobody but themselves. */
class HostileClientTest {

    private static final String POLLING = "/socket.io/?EIO=4&transport=polling";
    private static final String WEBSOCKET = "/socket.io/?EIO=4&transport=websocket";

    private final TestServer server = TestServer.create();
    private final SocketIoServer io = server.io();

    @AfterEach
    void nothingIsLeftOver() {
        server.close();
        assertThat(io.engine().sessionCount()).isZero();
        assertThat(server.time().pendingTimers()).as(server.time().toString()).isZero();
    }

    private MemoryWebSocket open(String connect) {
        MemoryWebSocket webSocket = server.transport().upgrade(WEBSOCKET).webSocket();
        webSocket.send(connect);
        return webSocket;
    }

    @Test
    void authThatCannotBeParsedDoesNotGetIn() {
        MemoryWebSocket bad = open("40{\"\\ud800\":1}");

        assertThat(bad.isClosed()).isTrue();
        assertThat(io.fetchSockets().join()).isEmpty();
    }

    @Test
    void anAnswerThatCannotBeReadFailsTheFutureAtOnce() {
        List<CompletableFuture<BigDecimal>> answers = new ArrayList<>();
        io.onConnection(socket -> answers.add(socket.emitWithAck(BigDecimal.class, "how much?")));
        MemoryWebSocket client = open("40");

        client.send("430[1e99999999999]");

        assertThat(answers.get(0)).isCompletedExceptionally();
    }

    @Test
    void anAnswerThatCannotBeReadFailsTheFutureOfABroadcast() {
        MemoryWebSocket client = open("40");
        CompletableFuture<List<BigDecimal>> answers = io.emitWithAck(BigDecimal.class, "how much?");

        client.send("430[1e99999999999]");

        assertThat(answers).isCompletedExceptionally();
    }

    @Test
    void aClientThatSendsFasterThanItsHandlersFollowHasToWait() {
        List<Runnable> held = new ArrayList<>();
        Executor stuck = held::add;
        try (TestServer slow = TestServer.create(options -> options.maxUnhandledBytes(10_000), stuck)) {
            List<String> handled = new ArrayList<>();
            slow.io().onConnection(socket -> socket.on("x", String.class, handled::add));
            MemoryWebSocket client = slow.transport().upgrade(WEBSOCKET).webSocket();
            client.send("40");
            held.remove(0).run();

            for (int i = 0; i < 1000; i++) {
                client.send("42[\"x\",\"" + "y".repeat(900) + "\"]");
            }
            slow.time().advance(Duration.ofMinutes(10));
            assertThat(client.isClosed()).as("it may have answered all pings").isFalse();
            assertThat(handled).isEmpty();

            while (!held.isEmpty()) {
                held.remove(0).run();
            }
            assertThat(handled).hasSize(1000);
        }
    }

    @Test
    void aPollingClientThatSendsMoreAtATimeThanItsHandlersFollowHasToWait() {
        List<Runnable> held = new ArrayList<>();
        Executor stuck = held::add;
        try (TestServer slow = TestServer.create(options -> options.maxUnhandledBytes(10_000), stuck)) {
            List<String> handled = new ArrayList<>();
            slow.io().onConnection(socket -> socket.on("x", () -> handled.add("x")));
            String open = slow.transport().get(POLLING).text();
            String session = POLLING + "&sid=" + open.substring(9, open.indexOf("\",\"upgrades"));
            slow.transport().post(session, "40");
            held.remove(0).run();

            MemoryExchange push = slow.transport().post(session, "42[\"x\"]" + "\u001e42[\"x\"]".repeat(999));
            int bursts = 0;
            while (!held.isEmpty()) {
                int before = handled.size();
                held.remove(0).run();
                assertThat(handled.size() - before)
                        .as("what waited at once, each event as 134 bytes")
                        .isLessThan(100);
                bursts++;
            }

            assertThat(bursts).isGreaterThan(10);
            assertThat(handled).hasSize(1000);
            assertThat(push.text()).isEqualTo("ok");
        }
    }

    @Test
    void moreArgumentsThanAllowedEndTheConnection() {
        MemoryWebSocket client = open("40");

        client.send("42[\"x\"" + ",0".repeat(1000) + "]");
        assertThat(client.isClosed()).isFalse();
        client.send("42[\"x\"" + ",0".repeat(1001) + "]");

        assertThat(client.isClosed()).isTrue();
    }

    @Test
    void aClientThatIsAdmittedWhileItsConnectionClosesIsNotConnected() {
        List<String> connected = new ArrayList<>();
        List<Middleware.Next> waiting = new ArrayList<>();
        io.of("/slow").use((socket, next) -> waiting.add(next));
        io.of("/slow").onConnection(socket -> connected.add("/slow"));
        String polling = "/socket.io/?EIO=4&transport=polling";
        String handshake = server.transport().get(polling).text();
        String session = polling + "&sid=" + handshake.substring(9, 29);
        server.transport().post(session, "40\u001e40/slow,");

        io.disconnectSockets(true);
        waiting.get(0).accept();

        assertThat(connected).isEmpty();
        assertThat(io.of("/slow").sockets()).isEmpty();
    }

    @Test
    void aRefusalThatCannotBeEncodedStillRefuses() {
        List<Throwable> errors = new ArrayList<>();
        io.onError(error -> errors.add(error.exception()));
        List<Object> circular = new ArrayList<>();
        circular.add(circular);
        io.use((socket, next) -> next.reject("no", circular));

        assertThat(server.expectRefusal("/", null).message()).isEqualTo("Internal server error");
        assertThat(errors).hasSize(1);
    }

    @Test
    void anEmptyListOfRoomsMeansNobody() {
        TestClient client = server.connect();

        io.to(List.of()).emit("secret");
        io.to(List.of()).to(client.id()).emit("public");

        client.expect("public");
        client.expectNothing();
        assertThat(io.to(List.of()).fetchSockets().join()).isEmpty();
    }

    @Test
    void aBroadcastReachesAClientAsSoonAsItKnowsThatItIsConnected() {
        TestClient client = server.connect();
        List<String> reached = new ArrayList<>();
        io.onConnection(socket -> {
            io.to(socket.id()).emit("hello", Map.of("id", socket.id()));
            reached.add(socket.id());
        });

        TestClient other = server.connect();

        other.expect("hello", Map.of("id", other.id()));
        client.expectNothing();
        assertThat(reached).containsExactly(other.id());
    }

    @Test
    void aHandlerOfAnAnswerThatFailsRunsOnce() {
        List<String> runs = new ArrayList<>();
        io.onConnection(socket -> socket.emitWithAck(String.class, "name?").thenAccept(name -> {
            runs.add(name);
            throw new IllegalStateException("failed");
        }));

        server.connect().expect("name?").ack("Ada");

        assertThat(runs).containsExactly("Ada");
    }

    @Test
    @Behaviour({"SEC-006", "ABUSE-016", "ABUSE-024"})
    void anEventNamedErrorIsLikeAnyOtherAndAnErrorPacketHarmsNobodyElse() {
        List<String> handled = new ArrayList<>();
        io.onConnection(socket -> socket.on("x", () -> handled.add("x")));
        MemoryWebSocket client = open("40");
        MemoryWebSocket bystander = open("40");

        client.send("42[\"error\",\"boom\"]");
        client.send("42[\"x\"]");
        assertThat(client.isClosed()).isFalse();
        client.send("44{\"message\":\"boom\"}");
        bystander.send("42[\"x\"]");

        assertThat(client.isClosed()).isTrue();
        assertThat(bystander.isClosed()).isFalse();
        assertThat(handled).containsExactly("x", "x");
    }
}
