package dev.parley.contract;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.AckTimeoutException;
import dev.parley.Broadcaster;
import dev.parley.RemoteSocket;
import dev.parley.SocketIoServer;
import dev.parley.testing.TestClient;
import dev.parley.testing.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every broadcaster does: written once, run for the server, a namespace, a room, an operator, and what a socket
 * sends to others. Whatever it stands for, its audience are the clients {@code first}, {@code second} and
 * {@code third}; one more is connected that does not belong to it.
 */
abstract class BroadcasterContract {

    private final TestServer server = TestServer.create();
    private Broadcaster broadcaster;
    private List<TestClient> audience;
    private TestClient stranger;

    /** A server in which the audience can be told from others. */
    interface Stage {

        /** Connects a client of the audience. */
        TestClient member();

        /** Connects a client that does not belong to the audience. */
        TestClient stranger();

        /** Returns what is tested. */
        Broadcaster broadcaster();
    }

    abstract Stage stage(TestServer server);

    @BeforeEach
    void start() {
        Stage stage = stage(server);
        audience = List.of(stage.member(), stage.member(), stage.member());
        stranger = stage.stranger();
        broadcaster = stage.broadcaster();
        server.io().of(audience.get(0).namespace()).to(audience.get(0).id()).socketsJoin("sub");
    }

    @AfterEach
    void nothingIsLeftOver() {
        stranger.expectNothing();
        server.close();
        assertThat(server.io().engine().sessionCount()).isZero();
        assertThat(server.time().pendingTimers()).isZero();
    }

    private void eachReceivesOnce(String event, Object... args) {
        for (TestClient client : audience) {
            client.expect(event, args);
            client.expectNothing();
        }
    }

    @Test
    void an_event_reaches_everybody_once() {
        broadcaster.emit("news", 1, "two", List.of(3));

        eachReceivesOnce("news", 1, "two", List.of(3));
    }

    @Test
    void send_is_an_event_named_message() {
        broadcaster.send("hi");

        eachReceivesOnce("message", "hi");
    }

    @Test
    void bytes_reach_everybody() {
        broadcaster.emit("image", new byte[] {1, 2});

        eachReceivesOnce("image", (Object) new byte[] {1, 2});
    }

    @Test
    void modifiers_may_be_combined_in_any_order() {
        List<Function<Broadcaster, Broadcaster>> modifiers = List.of(
                Broadcaster::asVolatile,
                Broadcaster::local,
                each -> each.compress(false),
                each -> each.timeout(ofSeconds(1)),
                each -> each.except("sub"));
        for (int start = 0; start < modifiers.size(); start++) {
            Broadcaster modified = broadcaster;
            for (int i = 0; i < modifiers.size(); i++) {
                modified = modifiers.get((start + i) % modifiers.size()).apply(modified);
            }
            modified.emit("news", start);

            audience.get(0).expectNothing();
            audience.get(1).expect("news", start);
            audience.get(2).expect("news", start);
        }
    }

    @Test
    void modifiers_change_nothing_but_their_result() {
        broadcaster.except("sub").asVolatile();

        broadcaster.emit("news");

        eachReceivesOnce("news");
    }

    @Test
    void ids_can_be_left_out() {
        broadcaster
                .except(audience.get(1).id(), "unknown")
                .except(List.of(audience.get(2).id()))
                .emit("news");

        audience.get(0).expect("news");
        audience.get(1).expectNothing();
        audience.get(2).expectNothing();
    }

    @Test
    void answers_of_everybody_are_collected() {
        CompletableFuture<List<Integer>> answers = broadcaster.emitWithAck(Integer.class, "ask", "x");
        for (int i = 0; i < 3; i++) {
            assertThat(answers).isNotDone();
            audience.get(i).expect("ask", "x").ack(i);
        }

        assertThat(answers).isCompletedWithValue(List.of(0, 1, 2));
    }

    @Test
    void answers_of_any_type_are_collected() {
        CompletableFuture<List<dev.parley.Arguments>> answers = broadcaster.emitWithAck("ask");
        audience.forEach(client -> client.expect("ask").ack("a", client.id()));

        assertThat(answers.join())
                .extracting(each -> each.get(1, String.class))
                .containsExactlyElementsOf(audience.stream().map(TestClient::id).toList());
    }

    @Test
    void answers_that_are_missing_fail_the_future_in_time() {
        CompletableFuture<List<Integer>> answers =
                broadcaster.timeout(ofMillis(50)).emitWithAck(Integer.class, "ask");
        audience.get(1).expect("ask").ack(7);
        audience.get(0).expect("ask");
        audience.get(2).expect("ask");

        server.advance(ofMillis(50));

        assertThat(answers).isCompletedExceptionally();
        assertThat(answers.handle((all, failure) -> ((AckTimeoutException) failure).responses())
                        .join())
                .isEqualTo(List.of(7));
    }

    @Test
    void sockets_are_found() {
        assertThat(broadcaster.fetchSockets().join())
                .extracting(RemoteSocket::id)
                .containsExactlyInAnyOrderElementsOf(
                        audience.stream().map(TestClient::id).toList());
    }

    @Test
    void sockets_are_moved() {
        broadcaster.socketsJoin("a", "b");
        broadcaster.except("sub").socketsLeave("b", "unknown");

        broadcaster.except("a").emit("nobody");
        broadcaster.except("b").emit("without b");
        audience.get(0).expectNothing();
        audience.get(1).expect("without b");
        audience.get(2).expect("without b");
    }

    @Test
    void sockets_are_disconnected() {
        broadcaster.except("sub").disconnectSockets();
        assertThat(audience).extracting(TestClient::isConnected).containsExactly(true, false, false);

        broadcaster.disconnectSockets(true);
        assertThat(audience).extracting(TestClient::isConnected).containsOnly(false);
        assertThat(stranger.isConnected()).isTrue();
        broadcaster.emit("nobody");
    }

    @Test
    void reserved_names_are_refused() {
        assertThatThrownBy(() -> broadcaster.emit("disconnect"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"disconnect\" is a reserved event name");
        assertThatThrownBy(() -> broadcaster.emitWithAck("connect")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> broadcaster.timeout(ofMillis(-1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void what_cannot_be_encoded_is_refused_and_nothing_is_sent() {
        List<Object> circular = new ArrayList<>();
        circular.add(circular);

        assertThatThrownBy(() -> broadcaster.emit("x", circular)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> broadcaster.emitWithAck("x", circular)).isInstanceOf(IllegalArgumentException.class);

        audience.forEach(TestClient::expectNothing);
    }

    @Test
    void events_keep_their_order() {
        for (int i = 0; i < 100; i++) {
            broadcaster.emit("n", i);
        }

        for (TestClient client : audience) {
            for (int i = 0; i < 100; i++) {
                client.expect("n", i);
            }
        }
    }

    /** The audience are those in a room. */
    static Stage room(TestServer server, Function<SocketIoServer, Broadcaster> broadcaster) {
        return new Stage() {
            @Override
            public TestClient member() {
                TestClient client = server.connect();
                server.io().to(client.id()).socketsJoin("audience");
                return client;
            }

            @Override
            public TestClient stranger() {
                return server.connect();
            }

            @Override
            public Broadcaster broadcaster() {
                return broadcaster.apply(server.io());
            }
        };
    }
}
