package dev.parley.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.DisconnectReason;
import dev.parley.mapping.TypeRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TestServerTest {

    private final TestServer server = TestServer.create();

    @AfterEach
    void nothingIsLeftOver() {
        server.close();
        assertThat(server.io().engine().sessionCount()).isZero();
        assertThat(server.time().pendingTimers()).as(server.time().toString()).isZero();
    }

    @Test
    void clientsTalkToEachOther() {
        server.io()
                .onConnection(socket -> socket.on(
                        "chat message", String.class, text -> server.io().emit("chat message", text)));
        TestClient alice = server.connect();
        TestClient bob = server.connect();

        alice.emit("chat message", "hello");

        alice.expect("chat message", "hello");
        bob.expect("chat message", "hello");
        bob.expectNothing();
    }

    @Test
    void acknowledgementsGoBothWays() {
        List<String> names = new ArrayList<>();
        server.io().onConnection(socket -> {
            socket.on("add", Integer.class, Integer.class, (a, b, ack) -> ack.send(a + b));
            CompletableFuture<String> name = socket.emitWithAck(String.class, "name?");
            name.thenAccept(names::add);
        });
        TestClient client = server.connect();

        assertThat(client.emitWithAck("add", 1, 2).get(Integer.class)).isEqualTo(3);
        client.expect("name?").ack("Alice");
        assertThat(names).containsExactly("Alice");
    }

    @Test
    void binaryDataArrivesAsBytes() {
        server.io().onConnection(socket -> socket.on("echo", event -> socket.emit("echo", event.args())));
        TestClient client = server.connect();

        client.emit("echo", Map.of("picture", new byte[] {1, 2, 3}), "text", new byte[0]);

        client.expect("echo", Map.of("picture", new byte[] {1, 2, 3}), "text", new byte[0]);
    }

    @Test
    void oneConnectionServesSeveralNamespaces() {
        server.io()
                .of("/admin")
                .onConnection(socket -> socket.emit("auth", socket.handshake().auth()));
        TestClient client = server.connect();

        TestClient admin = client.of("/admin", Map.of("token", "x"));

        admin.expect("auth", Map.of("token", "x"));
        assertThat(admin.id()).isNotEqualTo(client.id());
    }

    @Test
    void aRefusalTellsMessageAndData() {
        server.io().of("/admin").use((socket, next) -> next.reject("not you", Map.of("code", 7)));

        TestRefusal refusal = server.expectRefusal("/admin", null);

        assertThat(refusal.message()).isEqualTo("not you");
        assertThat((Object) refusal.data(Map.class)).isEqualTo(Map.of("code", 7));
        assertThat(server.expectRefusal("/unknown", null).message()).isEqualTo("Invalid namespace");
    }

    @Test
    void theServerLearnsWhyAClientLeft() {
        List<DisconnectReason> reasons = new ArrayList<>();
        server.io().onConnection(socket -> socket.onDisconnect(reasons::add));

        server.connect().disconnect();
        server.connect().cut();
        TestClient silent = server.connect();
        silent.stopAnsweringPings();
        server.advance(Duration.ofSeconds(45));

        assertThat(reasons.stream().map(DisconnectReason::toString))
                .containsExactly("client namespace disconnect", "transport close", "ping timeout");
        assertThat(silent.expectDisconnect()).isEqualTo("transport close");
    }

    @Test
    void aClientLearnsThatItWasThrownOut() {
        server.io().onConnection(socket -> socket.on("leave", () -> socket.disconnect()));
        TestClient client = server.connect();

        client.emit("leave");

        assertThat(client.expectDisconnect()).isEqualTo("io server disconnect");
    }

    @Test
    void connectionsOutliveHeartbeats() {
        server.io().onConnection(socket -> socket.on("echo", String.class, text -> socket.emit("echo", text)));
        TestClient client = server.connect();

        server.advance(Duration.ofHours(1));
        client.emit("echo", "still here");

        client.expect("echo", "still here");
    }

    @Test
    void failedExpectationsSayWhatDidArrive() {
        server.io().onConnection(socket -> socket.emit("welcome", "Alice", 1));
        TestClient client = server.connect();

        assertThatThrownBy(() -> client.expect("goodbye"))
                .isInstanceOf(AssertionError.class)
                .hasMessage("expected \"goodbye\", but this has arrived: \"welcome\", \"Alice\", 1");
        assertThatThrownBy(() -> client.expect("welcome", "Bob", 1))
                .hasMessage("expected \"welcome\", \"Bob\", 1, but this has arrived: \"welcome\", \"Alice\", 1");
        assertThatThrownBy(client::expectNothing).hasMessageContaining("\"welcome\", \"Alice\", 1");
        client.expect("welcome");
        assertThatThrownBy(() -> client.expect("welcome")).hasMessage("expected \"welcome\", but nothing has arrived");
        assertThatThrownBy(client::expectDisconnect).hasMessageStartingWith("expected to be disconnected");
    }

    @Test
    void lateAnswersOfMiddlewareAreWaitedFor() {
        List<Runnable> answers = new ArrayList<>();
        server.io().use((socket, next) -> answers.add(next::accept));
        TestClient client = server.begin("/", null);

        assertThat(client.isConnected()).isFalse();
        answers.get(0).run();
        assertThat(client.isConnected()).isTrue();
    }

    @Test
    void argumentsAndAcknowledgementsAreReadAsGenericTypes() {
        server.io()
                .onConnection(socket -> socket.on("numbers", event -> {
                    socket.emit("twice", event.require(0, new TypeRef<List<Integer>>() {}), 2);
                    event.ack().send(event.require(0, List.class));
                }));
        TestClient client = server.connect();

        TestAck ack = client.emitWithAck("numbers", List.of(1, 2));

        assertThat(ack.get(0, new TypeRef<List<Long>>() {})).containsExactly(1L, 2L);
        assertThat(client.expect("twice").get(0, new TypeRef<List<Integer>>() {}))
                .containsExactly(1, 2);
    }
}
