package dev.parley;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Fixture.Client;
import dev.parley.engine.Scheduler;
import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryTransport;
import dev.parley.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Thousands at once: of clients that come, that go, or that are there when the server ends. And odd clocks. */
class OverloadTest {

    private static final int THREADS = 4;
    private static final String POLLING = "/socket.io/?EIO=4&transport=polling";

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final ExecutorService handlers = Executors.newFixedThreadPool(2);
    private final AtomicInteger left = new AtomicInteger();

    @AfterEach
    void stop() {
        threads.shutdownNow();
        handlers.shutdownNow();
    }

    private interface Work {
        void on(int index) throws Exception;
    }

    /** Does something so many times, on several threads. */
    private void inParallel(int times, Work work) throws Exception {
        AtomicInteger next = new AtomicInteger();
        List<Future<?>> workers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            workers.add(threads.submit(() -> {
                for (int index = next.getAndIncrement(); index < times; index = next.getAndIncrement()) {
                    work.on(index);
                }
                return null;
            }));
        }
        for (Future<?> worker : workers) {
            worker.get(60, TimeUnit.SECONDS);
        }
    }

    private List<Client> connect(Fixture server, int count) throws Exception {
        CountDownLatch joined = new CountDownLatch(count);
        server.io.onConnection(socket -> {
            socket.join("everybody", "room-" + socket.id().charAt(0));
            socket.onDisconnect(reason -> left.incrementAndGet());
            joined.countDown();
        });
        Client[] clients = new Client[count];
        inParallel(count, i -> {
            clients[i] = server.open();
            clients[i].send("0");
        });
        assertThat(joined.await(60, TimeUnit.SECONDS)).isTrue();
        return List.of(clients);
    }

    private void runHandlers() throws InterruptedException {
        handlers.shutdown();
        assertThat(handlers.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @Behaviour("ABUSE-084")
    void a_storm_of_disconnects_leaves_nothing_and_those_who_stay_are_served() throws Exception {
        int count = 15_000;
        Fixture server = new Fixture(options -> options.executor(handlers));
        List<Client> clients = connect(server, count);
        Client faithful = clients.get(0);

        inParallel(count - 1, i -> clients.get(i + 1).close());
        server.io.to("everybody").emit("still here");
        runHandlers();

        assertThat(left).hasValue(count - 1);
        assertThat(faithful.all()).endsWith("2[\"still here\"]");
        assertThat(server.io.sockets()).hasSize(1);
        assertThat(server.io.room("everybody").size()).isOne();
        assertThat(server.io.rooms()).as("its own, and that of all").hasSize(2);
        assertThat(server.io.engine().sessionCount()).isOne();
        assertThat(server.io.pendingTimeouts()).isZero();
        assertThat(server.errors).isEmpty();
    }

    @Test
    @Behaviour("ABUSE-085")
    void a_storm_of_handshakes_is_let_in_up_to_the_limit_and_disturbs_nobody() throws Exception {
        int most = 1_000;
        Fixture server = new Fixture(options -> options.engine(engine -> engine.maxSessions(most)));
        server.io.onConnection(socket -> socket.on("echo", event -> event.ack().send()));
        Client old = server.connect();
        AtomicInteger refused = new AtomicInteger();
        server.io.engine().onConnectionError(error -> refused.incrementAndGet());
        AtomicInteger echoes = new AtomicInteger();

        inParallel(15_000, i -> {
            MemoryTransport transport = new MemoryTransport(server.io);
            if (i % 2 == 0) {
                transport.get(POLLING);
            } else {
                transport.upgrade("/socket.io/?EIO=4&transport=websocket");
            }
            if (i % 100 == 0) {
                old.send("2" + i + "[\"echo\"]");
                echoes.incrementAndGet();
            }
        });

        assertThat(server.io.engine().sessionCount()).isEqualTo(most);
        assertThat(refused).hasValue(15_000 - (most - 1));
        assertThat(old.all()).hasSize(echoes.get());
        server.io.close().get(60, TimeUnit.SECONDS);
        assertThat(server.time.pendingTimers()).isZero();
    }

    @Test
    @Behaviour("ABUSE-090")
    void closing_with_ten_thousand_sessions_parked_polls_and_broadcasts_in_flight_leaves_nothing() throws Exception {
        int count = 10_000;
        Fixture server = new Fixture(options -> options.executor(handlers));
        MemoryExchange[] polls = new MemoryExchange[count / 4];
        List<Client> clients = connect(server, count - polls.length);
        inParallel(polls.length, i -> polls[i] = park(server));
        AtomicBoolean over = new AtomicBoolean();
        List<Future<?>> senders = new ArrayList<>();
        CountDownLatch sending = new CountDownLatch(2);
        for (String target : List.of("everybody", "room-a")) {
            senders.add(threads.submit(() -> {
                while (!over.get()) {
                    server.io.to(target).emit("news");
                    server.io.timeout(ofSeconds(20)).emitWithAck(String.class, "question");
                    sending.countDown();
                }
            }));
        }
        assertThat(sending.await(60, TimeUnit.SECONDS)).isTrue();

        CompletableFuture<Void> closed = server.io.close();
        closed.get(60, TimeUnit.SECONDS);
        over.set(true);
        for (Future<?> sender : senders) {
            sender.get(60, TimeUnit.SECONDS);
        }
        runHandlers();

        assertThat(clients).allMatch(Client::isClosed);
        assertThat(polls).allSatisfy(poll -> assertThat(poll.isAnswered()).isTrue());
        assertThat(left).as("those that have joined the namespace").hasValue(clients.size());
        assertThat(server.io.engine().sessionCount()).isZero();
        assertThat(server.io.sockets()).isEmpty();
        assertThat(server.io.rooms()).isEmpty();
        assertThat(server.io.pendingTimeouts()).isZero();
        assertThat(server.time.pendingTimers()).isZero();
        assertThat(server.errors).isEmpty();
    }

    /** Opens a session whose poll waits. */
    private static MemoryExchange park(Fixture server) {
        MemoryTransport transport = new MemoryTransport(server.io);
        String open = transport.get(POLLING).text();
        String sid = open.substring(open.indexOf("\"sid\":\"") + 7, open.indexOf("\",\"upgrades"));
        return transport.get(POLLING + "&sid=" + sid);
    }

    /** A clock that is set while the server runs, as by somebody who corrects it. */
    private static final class OddClock implements Scheduler {

        private final VirtualTime real;
        private final AtomicLong shift = new AtomicLong();

        OddClock(VirtualTime real) {
            this.real = real;
        }

        @Override
        public long nanoTime() {
            return real.nanoTime();
        }

        @Override
        public long currentTimeMillis() {
            return real.currentTimeMillis() + shift.get();
        }

        @Override
        public Timeout schedule(Duration delay, Runnable task) {
            return real.schedule(delay, task);
        }
    }

    @Test
    @Behaviour("ABUSE-091")
    void a_clock_that_is_set_ends_no_session_no_acknowledgement_and_no_recovery() {
        OddClock clock = new OddClock(new VirtualTime());
        Fixture server = new Fixture(
                options -> options.scheduler(clock).connectionStateRecovery(ConnectionStateRecovery.defaults()));
        for (Duration step : List.of(ofHours(1), ofHours(-2), ofHours(1))) {
            Client client = server.open();
            client.send("0");
            String welcome = client.next();
            Socket socket = server.io.sockets().get(0);
            server.io.emit("first");
            String first = client.next();
            var answer = socket.emitWithAck(String.class, "question");

            clock.shift.addAndGet(step.toMillis());
            clock.real.advance(ofSeconds(25));
            server.io.emit("second");
            String question = client.next();
            String second = client.next();

            assertThat(client.isClosed()).isFalse();
            assertThat(second).startsWith("2[\"second\",").isNotEqualTo(first);
            assertThat(answer.isDone()).isFalse();
            client.send("3" + question.substring(1, question.indexOf('[')) + "[\"answer\"]");
            assertThat(answer).isCompletedWithValue("answer");

            client.close();
            server.io.emit("missed");
            String pid = welcome.substring(welcome.indexOf("\"pid\":\"") + 7, welcome.lastIndexOf('"'));
            String offset = second.substring(second.lastIndexOf(',') + 1, second.length() - 1);
            Client back = server.open();
            back.send("0{\"pid\":\"" + pid + "\",\"offset\":" + offset + "}");
            assertThat(back.all()).anySatisfy(packet -> assertThat(packet).startsWith("2[\"missed\","));
            server.io.disconnectSockets(true);
        }
        server.io.close();
        assertThat(clock.real.pendingTimers()).isZero();
    }
}
