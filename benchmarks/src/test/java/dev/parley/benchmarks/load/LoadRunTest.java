package dev.parley.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.Socket;
import dev.parley.SocketIoServer;
import dev.parley.benchmarks.BenchmarkServer;
import dev.parley.netty.NettyOptions;
import dev.parley.netty.NettyServer;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Right servers pass, wrong ones are noticed; no word about speed. */
class LoadRunTest {

    private static final int CLIENTS = 60; // more than there are rooms
    private static final int UNITS = 300;

    private static NettyServer rightServer;

    @BeforeAll
    static void start() {
        rightServer = BenchmarkServer.start("--port", "0");
    }

    @AfterAll
    static void stop() {
        rightServer.close();
    }

    @ParameterizedTest
    @EnumSource
    void the_benchmark_server_passes(Scenario scenario) {
        try (LoadRun run = run(scenario, rightServer)) {
            run.connect();
            run.start();
            run.loadUntil(UNITS);
            run.finish();
            assertThat(run.units()).isGreaterThanOrEqualTo(UNITS);
            assertThat(run.clients()).isEmpty();
        }
    }

    @Test
    void a_changed_text_is_noticed() {
        assertNoticed(
                Scenario.ECHO_32,
                (io, socket) -> socket.on("echo", String.class, (text, ack) -> ack.send(text.replace("q", "Q"))),
                "not a packet that was due: <30[");
    }

    @Test
    void the_acknowledgement_of_another_event_is_noticed() {
        assertNoticed(
                Scenario.ECHO_1K,
                (io, socket) -> socket.on("echo", String.class, (text, ack) -> {
                    // The number of the event, which is its acknowledgement id too, in eight digits.
                    String next = "%08x".formatted(Integer.parseInt(text.substring(8, 16), 16) ^ 1);
                    ack.send(text.substring(0, 8) + next + text.substring(16));
                }),
                "not a packet that was due: <30[");
    }

    @Test
    void a_changed_attachment_is_noticed() {
        assertNoticed(
                Scenario.BINARY_1K,
                (io, socket) -> socket.on("echo", byte[].class, (bytes, ack) -> {
                    bytes[bytes.length - 1]++;
                    ack.send(bytes);
                }),
                "a wrong attachment of 1024 bytes for 61-0[");
    }

    @Test
    void a_text_instead_of_an_attachment_is_noticed() {
        assertNoticed(
                Scenario.BINARY_1K,
                (io, socket) -> socket.on("echo", byte[].class, (bytes, ack) -> ack.send("")),
                "not a packet that was due: <30[\"\"]>");
    }

    @Test
    void a_changed_text_is_noticed_over_polling() {
        assertNoticed(
                Scenario.POLLING_100,
                (io, socket) -> socket.on("echo", String.class, (text, ack) -> ack.send(text + '!')),
                "not a packet that was due: <30[");
    }

    @Test
    void a_lost_acknowledgement_is_noticed() {
        assertMissed(
                Scenario.ECHO_32,
                (io, socket) -> socket.on("echo", String.class, (text, ack) -> {
                    if (!text.startsWith("0000000300000002")) {
                        ack.send(text);
                    }
                }),
                UNITS);
    }

    @Test
    void a_lost_copy_is_noticed() {
        assertMissed(
                Scenario.BROADCAST_100,
                (io, socket) -> socket.on(
                        "broadcast", String.class, text -> socket.broadcast().emit("broadcast", text)),
                CLIENTS - 1);
    }

    @Test
    void a_standstill_is_noticed_by_many_short_waits_too() {
        try (NettyServer server = serve((io, socket) -> {});
                LoadRun run = run(Scenario.ECHO_32, server)) {
            run.connect();
            run.start();
            run.loop().patience(Duration.ofMillis(200));
            assertThatExceptionOfType(LoadFailure.class)
                    .isThrownBy(() -> {
                        for (int i = 0; i < 1000; i++) {
                            run.loadFor(Duration.ofMillis(10));
                        }
                    })
                    .withMessageContaining("no progress for 0.2 s: 60 of 60 clients ready");
        }
    }

    @Test
    void a_copy_that_comes_twice_is_noticed() {
        assertNoticed(
                Scenario.BROADCAST_100,
                (io, socket) -> socket.on("broadcast", String.class, text -> {
                    socket.emit("broadcast", text);
                    io.emit("broadcast", text);
                }),
                "got twice <2[");
    }

    @Test
    void the_last_copy_is_noticed_when_it_comes_twice() {
        // The second copy comes when all that was missing is there, and the next message has begun its way.
        assertNoticed(
                Scenario.BROADCAST_100,
                (io, socket) -> socket.on("broadcast", String.class, text -> {
                    io.emit("broadcast", text);
                    io.emit("broadcast", text);
                }),
                "<2[");
    }

    @Test
    void a_copy_for_another_room_is_noticed() {
        assertNoticed(
                Scenario.ROOMS_50X20,
                (io, socket) -> {
                    socket.on("join", String.class, (room, ack) -> ack.send());
                    socket.on("room", String.class, String.class, (room, text) -> io.emit("room", text));
                },
                "is in room-");
    }

    @Test
    void a_server_that_disconnects_is_noticed() {
        assertNoticed(
                Scenario.ECHO_32,
                (io, socket) -> socket.on("echo", event -> socket.disconnect(true)),
                "not a packet that was due: <1>");
    }

    private static void assertNoticed(Scenario scenario, BiConsumer<SocketIoServer, Socket> wrong, String message) {
        try (NettyServer server = serve(wrong);
                LoadRun run = run(scenario, server)) {
            assertThatExceptionOfType(LoadFailure.class)
                    .isThrownBy(() -> {
                        run.connect();
                        run.start();
                        run.loadUntil(UNITS);
                        run.finish();
                    })
                    .withMessageContaining(message);
        }
    }

    /** After so many units something is missing that will never come. */
    private static void assertMissed(Scenario scenario, BiConsumer<SocketIoServer, Socket> wrong, int units) {
        try (NettyServer server = serve(wrong);
                LoadRun run = run(scenario, server)) {
            run.connect();
            run.start();
            run.loadUntil(units);
            run.loop().patience(Duration.ofMillis(200));
            assertThatExceptionOfType(LoadFailure.class).isThrownBy(run::finish).withMessageContaining("no progress");
        }
    }

    private static NettyServer serve(BiConsumer<SocketIoServer, Socket> wrong) {
        SocketIoServer io = SocketIoServer.create();
        io.onConnection(socket -> wrong.accept(io, socket));
        return NettyServer.bind(
                io,
                NettyOptions.builder().host("127.0.0.1").port(0).eventLoops(1).build());
    }

    private static LoadRun run(Scenario scenario, NettyServer server) {
        return new LoadRun(scenario, CLIENTS, server.port(), false);
    }
}
