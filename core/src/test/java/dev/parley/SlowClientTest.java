package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Fixture.Client;
import dev.parley.engine.EngineIncident;
import dev.parley.engine.OutgoingQueueFullException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the application sees of clients that do not keep up. */
class SlowClientTest {

    private final Fixture server = new Fixture(options -> options.engine(engine -> engine.maxQueuedMessages(3)));
    private final List<Object> log = new ArrayList<>();

    @Test
    void what_waits_can_be_seen() {
        Client client = server.connect();
        Socket socket = server.io.sockets().get(0);
        client.webSocket.stopReading();

        socket.emit("a", "b");
        socket.asVolatile().emit("dropped");
        socket.emit("c");

        assertThat(socket.isWritable()).isFalse();
        assertThat(socket.queuedMessages()).isEqualTo(2);
        assertThat(socket.queuedBytes()).isEqualTo("42[\"a\",\"b\"]42[\"c\"]".length());
        client.webSocket.resumeReading();
        assertThat(socket.isWritable()).isTrue();
        assertThat(socket.queuedMessages()).isZero();
        assertThat(socket.queuedBytes()).isZero();
    }

    @Test
    @Behaviour("ABUSE-053")
    void a_client_beyond_the_limit_is_closed_and_the_application_told_why() {
        Client client = server.connect();
        Socket socket = server.io.sockets().get(0);
        Client other = server.connect();
        socket.onDisconnect((reason, cause) -> {
            log.add(reason);
            log.add(cause);
        });
        client.webSocket.stopReading();

        for (int i = 0; i < 4; i++) {
            server.io.emit("x");
        }

        assertThat(client.isClosed()).isTrue();
        assertThat(log)
                .satisfiesExactly(
                        reason -> assertThat(reason).isEqualTo(DisconnectReason.TRANSPORT_ERROR),
                        cause -> assertThat(cause).isInstanceOfSatisfying(OutgoingQueueFullException.class, full -> {
                            assertThat(full.queuedMessages()).isEqualTo(3);
                            assertThat(full.queuedBytes()).isEqualTo(3L * "42[\"x\"]".length());
                            assertThat(full).hasMessageContaining("3 messages");
                        }));
        assertThat(other.all()).hasSize(4);
    }

    @Test
    void more_than_may_wait_before_a_client_is_connected_is_told_to_the_error_hook() {
        server.io.use((socket, next) -> {
            for (int i = 0; i < 4; i++) {
                socket.emit("x");
            }
            next.accept();
        });
        Client client = server.open();

        client.send("0");

        assertThat(client.isClosed()).isTrue();
        assertThat(server.errors).singleElement().satisfies(error -> {
            assertThat(error.event()).isEqualTo("connect");
            assertThat(error.exception()).isInstanceOf(OutgoingQueueFullException.class);
        });
        assertThat(server.io.engine().incidents().count(EngineIncident.OUTGOING_QUEUE_FULL))
                .isEqualTo(1);
    }

    @Test
    void what_waits_for_a_client_to_be_connected_is_limited_in_bytes_too() {
        Fixture narrow = new Fixture(options -> options.engine(engine -> engine.maxQueuedBytes(100)));
        narrow.io.use((socket, next) -> {
            socket.emit("x", "a".repeat(200)); // a single one may be as long as it likes
            log.add(socket.conn().isOpen());
            socket.emit("x");
            next.accept();
        });
        Client client = narrow.open();

        client.send("0");

        assertThat(log).containsExactly(true);
        assertThat(client.isClosed()).isTrue();
        assertThat(narrow.errors)
                .singleElement()
                .satisfies(error -> assertThat(error.exception())
                        .isInstanceOfSatisfying(OutgoingQueueFullException.class, full -> {
                            assertThat(full.queuedMessages()).isEqualTo(1);
                            assertThat(full.queuedBytes()).isEqualTo(200 + "42[\"x\",\"\"]".length());
                        }));
    }

    @Test
    @Behaviour("SIO-SOCK-016")
    void all_sockets_of_a_client_share_its_connection() {
        server.io.of("/other");
        server.connect().join("/other");
        Socket main = server.io.sockets().get(0);
        Socket other = server.io.of("/other").sockets().get(0);

        assertThat(main.conn()).isSameAs(other.conn());
        assertThat(main.conn().transport()).isEqualTo("websocket");
        assertThat(main.conn().protocol()).isEqualTo(4);
    }

    @Test
    void handlers_hold_no_lock_when_a_broadcast_ends_a_client_that_may_recover() {
        Fixture recovering = recovering();
        Client client = recovering.open();
        client.send("0");
        client.webSocket.stopReading();
        recovering.io.sockets().get(0).onDisconnect(reason -> log.add(seenByOthers(recovering)));

        for (int i = 0; i < 4; i++) {
            recovering.io.emit("x");
        }

        assertThat(client.isClosed()).isTrue();
        assertThat(log).containsExactly(0);
    }

    @Test
    void the_error_hook_holds_no_lock_when_too_much_waits_for_a_client_that_may_recover() {
        Fixture recovering = recovering();
        recovering.io.onError(error -> log.add(seenByOthers(recovering)));
        recovering.io.use((socket, next) -> {
            for (int i = 0; i < 4; i++) {
                socket.emit("x");
            }
        });

        recovering.open().send("0");

        assertThat(log).containsExactly(0);
    }

    private static Fixture recovering() {
        return new Fixture(options -> options.engine(engine -> engine.maxQueuedMessages(3))
                .connectionStateRecovery(ConnectionStateRecovery.defaults()));
    }

    /** How many sockets another thread finds, which has to wait for the lock of the rooms. */
    private static int seenByOthers(Fixture server) {
        return CompletableFuture.supplyAsync(() -> server.io.sockets().size())
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }
}
