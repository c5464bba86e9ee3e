package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Fixture.Client;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that come and go under all sorts of threads at once. */
class RaceTest {

    private static final int ROUNDS = 400;

    private final ExecutorService handlers = Executors.newFixedThreadPool(3);
    private final ExecutorService others = Executors.newFixedThreadPool(4);
    private final Fixture server = new Fixture(options -> options.executor(handlers));
    private final Queue<Life> lives = new ConcurrentLinkedQueue<>();

    /** What the handlers of one socket saw. Plain fields: they run one after another. */
    private static final class Life {
        int connected;
        int disconnecting;
        int disconnected;
        int late;
        int outOfOrder;
        int lastEvent = -1;
        int roomsAtEnd;
    }

    @AfterEach
    void stop() {
        handlers.shutdownNow();
        others.shutdownNow();
    }

    private void watch(Socket socket) {
        Life life = new Life();
        lives.add(life);
        life.connected++;
        socket.join("room", socket.id() + "-own");
        socket.on("n", Integer.class, n -> {
            life.late += life.disconnecting;
            life.outOfOrder += n == life.lastEvent + 1 ? 0 : 1;
            life.lastEvent = n;
            socket.join("room");
        });
        socket.onDisconnecting(reason -> life.disconnecting++);
        socket.onDisconnect(reason -> {
            life.disconnected++;
            life.roomsAtEnd += socket.rooms().size();
        });
    }

    @Test
    void every_socket_connects_and_disconnects_exactly_once_and_leaves_nothing_behind() throws Exception {
        Queue<Middleware.Next> pending = new ConcurrentLinkedQueue<>();
        server.io.use((socket, next) -> {
            socket.join("early");
            pending.add(next);
        });
        server.io.onConnection(this::watch);
        Random random = new Random(1);
        for (int round = 0; round < ROUNDS; round++) {
            Client client = server.open();
            client.send("0");
            int cut = random.nextInt(60);
            together(
                    () -> answer(pending),
                    () -> send(client, cut),
                    () -> server.io.sockets().forEach(Socket::disconnect),
                    () -> server.io.disconnectSockets(true));
            client.close();
            answerAll(pending);
        }
        settle();

        assertThat(lives).allSatisfy(life -> {
            assertThat(life.connected).isOne();
            assertThat(life.disconnecting).isOne();
            assertThat(life.disconnected).isOne();
            assertThat(life.late).isZero();
            assertThat(life.outOfOrder).isZero();
            assertThat(life.roomsAtEnd).isZero();
        });
        assertThat(lives).isNotEmpty();
        assertThat(server.io.sockets()).isEmpty();
        assertThat(server.io.room("room").size()).isZero();
        assertThat(server.io.room("early").size()).isZero();
        assertThat(server.io.engine().sessionCount()).isZero();
        assertThat(server.io.pendingTimeouts()).isZero();
        assertThat(server.errors).isEmpty();
    }

    private static void answer(Queue<Middleware.Next> pending) {
        Middleware.Next next = pending.poll();
        if (next != null) {
            next.accept();
        }
    }

    private static void answerAll(Queue<Middleware.Next> pending) {
        while (!pending.isEmpty()) {
            answer(pending);
        }
    }

    /** Events as soon as the client is connected, then the end. */
    private static void send(Client client, int cut) {
        for (int i = 0; i < 1000 && !client.isClosed(); i++) {
            String packet = client.next();
            if (packet != null && packet.startsWith("0")) {
                for (int n = 0; n < cut; n++) {
                    client.send("2[\"n\"," + n + "]");
                }
                client.close();
                return;
            }
            Thread.onSpinWait();
        }
    }

    private void together(Runnable... tasks) throws InterruptedException {
        Phaser start = new Phaser(tasks.length);
        CountDownLatch done = new CountDownLatch(tasks.length);
        AtomicInteger failures = new AtomicInteger();
        for (Runnable task : tasks) {
            others.execute(() -> {
                start.arriveAndAwaitAdvance();
                try {
                    task.run();
                } catch (RuntimeException | Error e) {
                    failures.incrementAndGet();
                    throw e;
                } finally {
                    done.countDown();
                }
            });
        }
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(failures).hasValue(0);
    }

    /** Waits until the handlers have nothing to do any more: lanes hand on work only to the executor. */
    private void settle() throws InterruptedException {
        handlers.shutdown();
        assertThat(handlers.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void clients_that_come_and_go_are_never_in_a_child_namespace_that_was_removed() throws Exception {
        AtomicInteger admitted = new AtomicInteger();
        AtomicInteger orphans = new AtomicInteger();
        AtomicInteger created = new AtomicInteger();
        server.io.onNewNamespace(namespace -> created.incrementAndGet());
        server.io
                .of((name, handshake) -> CompletableFuture.supplyAsync(() -> true, others))
                .onConnection(socket -> {
                    admitted.incrementAndGet();
                    boolean known = server.io.namespaces().contains(socket.namespace());
                    orphans.addAndGet(socket.connected() && !known ? 1 : 0);
                });
        for (int round = 0; round < ROUNDS; round++) {
            List<Client> clients = List.of(server.open(), server.open(), server.open());
            together(
                    () -> joinAndGo(clients.get(0), true),
                    () -> joinAndGo(clients.get(1), false),
                    () -> joinAndGo(clients.get(2), true));
        }
        others.shutdown();
        assertThat(others.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        settle();

        assertThat(orphans).hasValue(0);
        assertThat(created).hasPositiveValue();
        assertThat(admitted).hasPositiveValue();
        assertThat(server.io.namespaces()).containsExactly(server.io.mainNamespace());
        assertThat(server.io.pendingTimeouts()).isZero();
        assertThat(server.errors).isEmpty();
    }

    private static void joinAndGo(Client client, boolean patient) {
        client.send("0/dynamic,");
        for (int i = 0; i < (patient ? 100_000 : 1) && client.next() == null; i++) {
            Thread.onSpinWait();
        }
        client.close();
    }

    @Test
    void events_of_many_threads_reach_a_client_in_the_order_of_each_thread() throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        server.io.onConnection(socket -> {
            socket.join("room");
            connected.countDown();
        });
        Client client = server.open();
        client.send("0");
        assertThat(connected.await(20, TimeUnit.SECONDS)).isTrue();
        Socket socket = server.io.sockets().get(0);
        List<Runnable> senders = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int thread = t;
            senders.add(() -> {
                for (int i = 0; i < 999; i += 3) {
                    socket.emit("n", thread, i);
                    server.io.emit("n", thread, i + 1);
                    server.io.to("room").emit("n", thread, i + 2);
                }
            });
        }

        together(senders.toArray(Runnable[]::new));

        int[] next = new int[4];
        assertThat(client.next()).startsWith("0{");
        for (String packet : client.all()) {
            String[] parts = packet.substring(1).replaceAll("[\\[\\]\"n]", "").split(",", -1);
            int thread = Integer.parseInt(parts[1]);
            assertThat(Integer.parseInt(parts[2])).isEqualTo(next[thread]++);
        }
        assertThat(next).containsOnly(999);
    }

    @Test
    void a_broadcast_reaches_a_client_as_soon_as_it_knows_that_it_is_connected() throws Exception {
        AtomicInteger missed = new AtomicInteger();
        for (int round = 0; round < ROUNDS; round++) {
            Client client = server.open();
            together(() -> client.send("0"), () -> {
                awaitPacket(client);
                server.io.emit("hello");
            });
            // Whatever is on its way to the client is in front of this.
            server.io.emit("end");
            missed.addAndGet(awaitPacket(client).equals("2[\"hello\"]") ? 0 : 1);
            client.close();
        }
        settle();

        assertThat(missed).hasValue(0);
    }

    private static String awaitPacket(Client client) {
        String packet = client.next();
        while (packet == null) {
            Thread.onSpinWait();
            packet = client.next();
        }
        return packet;
    }
}
