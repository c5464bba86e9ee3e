package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.parley.Fixture.Client;
import dev.parley.engine.EngineIncident;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever is refused, ended, dropped, ignored or delayed is counted once, under a name of its own. */
class IncidentsTest {

    private Fixture server = new Fixture();

    @AfterEach
    void nothing_is_left_over() {
        // Where the executor refuses, the last handlers run on another thread.
        server.io.close().orTimeout(10, TimeUnit.SECONDS).join();
        assertThat(server.io.engine().sessionCount()).isZero();
        assertThat(server.time.pendingTimers()).as("%s", server.time).isZero();
    }

    private void serve(Consumer<SocketIoOptions.Builder> options) {
        server = new Fixture(options);
    }

    private Socket socket() {
        return server.io.sockets().get(0);
    }

    /** Does what a client, or an application, has to do so that an incident happens once. */
    private void cause(Incident incident) {
        switch (incident) {
            case INVALID_NAMESPACE -> server.open().send("0/nowhere,");
            case AUTH_TOO_LARGE -> {
                serve(options -> options.maxAuthBytes(10));
                server.open().send("0{\"token\":\"secret\"}");
            }
            case TOO_MANY_CHILD_NAMESPACES -> {
                serve(options -> options.maxChildNamespaces(1));
                server.io.of(Pattern.compile("/\\d"));
                server.open().join("/1").send("0/2,");
            }
            case REJECTED_BY_MIDDLEWARE -> {
                server.io.use((socket, next) -> next.reject("no"));
                server.open().send("0");
            }
            case MIDDLEWARE_TIMEOUT -> {
                serve(options -> options.middlewareTimeout(Duration.ofSeconds(1)));
                server.io.use((socket, next) -> {});
                server.open().send("0");
                server.advance(Duration.ofSeconds(1));
            }
            case CONNECT_TIMEOUT -> {
                serve(options -> options.connectTimeout(Duration.ofSeconds(1)));
                server.open();
                server.advance(Duration.ofSeconds(1));
            }
            case INVALID_PACKET -> server.connect().send("9");
            case LIMIT_EXCEEDED -> server.connect().send("511-[\"x\"]");
            case ATTACHMENT_TIMEOUT -> {
                serve(options -> options.attachmentTimeout(Duration.ofSeconds(1)));
                Client client = server.connect();
                client.send("51-[\"x\",{\"_placeholder\":true,\"num\":0}]");
                server.advance(Duration.ofSeconds(25));
                client.all();
            }
            case EXECUTOR_REFUSED -> {
                CompletableFuture<DisconnectReason> ended = new CompletableFuture<>();
                serve(options -> options.executor(new RefusingLater()));
                server.io.onConnection(socket -> socket.onDisconnect(ended::complete));
                server.connect().send("2[\"x\"]");
                assertThat(ended).succeedsWithin(Duration.ofSeconds(10));
            }
            case EVENT_DROPPED -> {
                Client client = server.connect();
                socket().disconnect();
                client.send("2[\"x\"]");
            }
            case UNKNOWN_ACK -> server.connect().send("399[]");
            case HANDLERS_BEHIND -> {
                Holding executor = new Holding();
                serve(options -> options.executor(executor).maxUnhandledBytes(200));
                Client client = server.connect();
                executor.holds = true;
                client.send("2[\"x\"]");
                client.send("2[\"x\"]");
                client.send("2[\"x\"]");
                executor.release();
            }
            case PACKET_RATE_EXCEEDED -> {
                serve(options -> options.maxPacketsPerSecond(2));
                Client client = server.connect();
                client.send("2[\"x\"]");
                client.send("2[\"x\"]");
                client.send("2[\"x\"]");
            }
            case TOO_MANY_PENDING_ACKS -> {
                serve(options -> options.maxPendingAcks(1));
                server.connect();
                socket().emitWithAck(String.class, "x");
                assertThat(socket().emitWithAck(String.class, "x")).isCompletedExceptionally();
            }
            case TOO_MANY_ROOMS -> {
                serve(options -> options.maxRoomsPerSocket(1));
                server.connect();
                assertThatIllegalStateException().isThrownBy(() -> socket().join("a", "b"));
            }
        }
    }

    /** Runs what comes first. */
    private static final class RefusingLater implements Executor {

        private boolean used;

        @Override
        public void execute(Runnable task) {
            if (used) {
                throw new RejectedExecutionException("full");
            }
            used = true;
            task.run();
        }
    }

    /** Runs everything at once, but for a time. */
    private static final class Holding implements Executor {

        private final List<Runnable> held = new ArrayList<>();
        private boolean holds;

        @Override
        public void execute(Runnable task) {
            if (holds) {
                held.add(task);
            } else {
                task.run();
            }
        }

        void release() {
            holds = false;
            held.forEach(Runnable::run);
        }
    }

    /** What has happened, and how often. */
    private Map<Incident, Long> counts() {
        return server.io.incidents().counts().entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @ParameterizedTest
    @EnumSource
    void each_is_counted_once_and_nothing_else_with_it(Incident incident) {
        cause(incident);

        assertThat(counts()).isEqualTo(Map.of(incident, 1L));
    }

    @Test
    void clients_that_keep_to_the_rules_are_not_counted() {
        server.io.onConnection(socket -> {
            socket.on("ask", String.class, (text, ack) -> ack.send(text));
            socket.emitWithAck(String.class, "who?");
        });
        Client client = server.connect();
        client.send("21[\"ask\",\"x\"]");
        client.send("51-[\"bytes\",{\"_placeholder\":true,\"num\":0}]");
        client.send(new byte[] {1});
        client.send("30[\"me\"]");
        server.io.asVolatile().emit("news");
        server.advance(Duration.ofSeconds(25));
        client.all();
        client.send("1");
        client.close();

        assertThat(counts()).isEmpty();
        assertThat(server.io.engine().incidents().counts().values()).containsOnly(0L);
    }

    @Test
    @Behaviour("ABUSE-025")
    void an_acknowledgement_that_comes_twice_counts_the_second_time() {
        server.io.onConnection(socket -> socket.emitWithAck(String.class, "who?"));
        Client client = server.connect();

        client.send("30[\"me\"]");
        client.send("30[\"me again\"]");

        assertThat(counts()).isEqualTo(Map.of(Incident.UNKNOWN_ACK, 1L));
        assertThat(client.isClosed()).isFalse();
    }

    @Test
    @Behaviour("ABUSE-080")
    void volatile_events_are_counted_for_each_client_that_does_not_get_them() {
        server.connect().webSocket.stopReading();
        server.connect().webSocket.stopReading();
        Client keepsUp = server.connect();

        server.io.asVolatile().emit("news");

        assertThat(keepsUp.next()).isEqualTo("2[\"news\"]");
        assertThat(server.io.engine().incidents().count(EngineIncident.MESSAGE_DROPPED))
                .isEqualTo(2);
    }

    @Test
    void what_the_layer_below_counts_is_reached_through_the_engine() {
        server.transport.get("/socket.io/?EIO=4&transport=smoke");

        assertThat(server.io.engine().incidents().count(EngineIncident.UNKNOWN_TRANSPORT))
                .isEqualTo(1);
    }
}
