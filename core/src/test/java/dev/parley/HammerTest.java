package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.HammerModel.Emission;
import dev.parley.HammerModel.Life;
import dev.parley.engine.Session;
import dev.parley.testing.VirtualTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Many short scenarios: a few clients over all transports, a few namespaces and rooms, and several threads that do what
 * chance tells them, at once and on both sides. {@link HammerModel} says what must and what may come of it; and nothing
 * may be left behind. {@code -Dhammer.seed=...} repeats the scenarios of a run, though not how the threads were
 * interleaved.
 */
class HammerTest {

    private static final int SCENARIOS = 10_000;
    private static final int DRIVERS = 2;

    @Test
    void nothing_is_lost_doubled_out_of_order_too_late_or_left_behind() throws Exception {
        long seed = Long.getLong("hammer.seed", System.nanoTime());
        ExecutorService drivers = Executors.newFixedThreadPool(DRIVERS);
        try {
            List<CompletableFuture<Void>> runs = IntStream.range(0, DRIVERS)
                    .mapToObj(driver -> CompletableFuture.runAsync(() -> drive(seed, driver), drivers))
                    .toList();
            CompletableFuture.allOf(runs.toArray(CompletableFuture[]::new)).get();
        } finally {
            drivers.shutdownNow();
        }
    }

    private static void drive(long seed, int driver) {
        try (Server plain = new Server(false);
                Server recovering = new Server(true)) {
            for (int i = driver; i < SCENARIOS; i += DRIVERS) {
                Random random = new Random(seed + i * 7919L);
                Server server = random.nextInt(5) == 0 ? recovering : plain;
                try {
                    new Scenario(server, random).run();
                } catch (Throwable e) {
                    throw new AssertionError("-Dhammer.seed=" + seed + ", scenario " + i, e);
                }
            }
        }
    }

    /** A server with handlers that tell the model of the present scenario, and threads to hammer it with. */
    private static final class Server implements AutoCloseable {

        static final int THREADS = 3;

        final boolean recovering;
        final VirtualTime time = new VirtualTime();
        final Queue<HandlerError> errors = new ConcurrentLinkedQueue<>();
        final SocketIoServer io;
        /** The namespaces, or those that stand for them; the last one for children that come and go. */
        final List<Namespace> namespaces;

        final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        volatile Scenario scenario;

        Server(boolean recovering) {
            this.recovering = recovering;
            this.io = SocketIoServer.create(options -> {
                options.scheduler(time);
                if (recovering) {
                    options.connectionStateRecovery(ConnectionStateRecovery.defaults());
                }
            });
            this.namespaces = List.of(io.mainNamespace(), io.of("/a"), io.of(Pattern.compile("/child")));
            io.onError(errors::add);
            for (Namespace namespace : namespaces) {
                namespace.use((socket, next) -> scenario.admit(socket, next));
                namespace.onConnection(socket -> scenario.connected(socket));
            }
        }

        @Override
        public void close() {
            io.close().join();
            threads.shutdownNow();
        }
    }

    private static final class Scenario {

        private static final String[] NAMES = {"/", "/a", "/child"};
        private static final String[] ROOMS = {"red", "green", "blue"};

        private final Server server;
        private final SocketIoServer io;
        private final Random random;
        private final long seed;
        private final HammerModel model = new HammerModel();
        private final List<HammerClient> clients = new CopyOnWriteArrayList<>();
        private final Queue<Session> sessions = new ConcurrentLinkedQueue<>();
        private final Queue<Middleware.Next> held = new ConcurrentLinkedQueue<>();
        private final Queue<CompletableFuture<?>> futures = new ConcurrentLinkedQueue<>();
        /** What has been disconnected concerns those too who come while that happens. */
        private final Queue<Runnable> dangers = new ConcurrentLinkedQueue<>();

        /** What was sent before this has arrived. */
        private long settledAt;

        private final boolean mayDisconnect;
        private final boolean mayClose;

        Scenario(Server server, Random random) {
            this.server = server;
            this.io = server.io;
            this.random = random;
            this.seed = random.nextLong();
            this.mayDisconnect = random.nextBoolean();
            this.mayClose = random.nextInt(5) == 0;
        }

        void run() throws Exception {
            server.scenario = this;
            try {
                play();
            } catch (Throwable e) {
                throw new AssertionError(
                        "violations: " + model.check() + "\nlives: " + model.lives() + "\nclients: "
                                + clients.stream().map(HammerClient::toString).collect(Collectors.joining("\n")),
                        e);
            }
        }

        private void play() throws Exception {
            int count = 2 + random.nextInt(3);
            for (int i = 0; i < count; i++) {
                HammerClient client = open(random);
                client.connect(NAMES[random.nextInt(NAMES.length)]);
                client.connect(NAMES[random.nextInt(NAMES.length)]);
            }
            if (random.nextInt(4) > 0) {
                settle();
            }
            hammer();
            settle();
            markSurvivors();
            part();
            nothingIsLeft();
            assertThat(model.check()).isEmpty();
        }

        private HammerClient open(Random by) {
            HammerClient client = new HammerClient(model, io, server.time, by.nextBoolean(), mayClose);
            io.engine().session(client.sid()).ifPresent(sessions::add);
            clients.add(client);
            return client;
        }

        // What the handlers do, on the server's executor.

        private Life lifeOf(Socket socket) {
            Integer number = socket.handshake().auth("life", Integer.class);
            return model.life(number);
        }

        private void admit(Socket socket, Middleware.Next next) {
            Life life = lifeOf(socket);
            Random chance = new Random(seed + life.number);
            life.enter("a middleware");
            join(life, socket, ROOMS[chance.nextInt(ROOMS.length)]);
            emitDirectly("middleware " + life.number, 0, life, socket, chance);
            life.exit();
            switch (chance.nextInt(12)) {
                case 0 -> next.reject("no");
                case 1, 2 -> held.add(next);
                default -> next.accept();
            }
        }

        private void connected(Socket socket) {
            Life life = lifeOf(socket);
            Random chance = new Random(seed - life.number);
            life.enter("the connection handler");
            life.connected(socket);
            socket.on("say", event -> {
                Integer number = event.get(0, Integer.class);
                life.enter("a handler");
                life.handled(number);
                event.ack().send(number);
                long from = model.tick();
                String room = ROOMS[number % ROOMS.length];
                String sender = "life " + life.number;
                socket.to(room).emit("m", sender, number);
                model.sent(emission(sender, number, life.namespace, null, Set.of(room), Set.of(), life, false, from));
                life.exit();
            });
            socket.on("sync", event -> socket.emit("synced", event.args()));
            socket.onDisconnecting(reason -> {
                life.enter("disconnecting");
                life.farewell(false);
                life.exit();
            });
            socket.onDisconnect(reason -> {
                life.enter("disconnect");
                life.farewell(true);
                if (!socket.rooms().isEmpty()) {
                    model.violated("rooms are left: " + socket.rooms());
                }
                life.exit();
            });
            join(life, socket, ROOMS[chance.nextInt(ROOMS.length)]);
            emitDirectly("connection " + life.number, 0, life, socket, chance);
            life.exit();
        }

        private void join(Life life, Socket socket, String room) {
            long from = model.tick();
            socket.join(room);
            model.roomChanged(life, life.namespace, room, true, true, from);
        }

        private void emitDirectly(String sender, int number, Life life, Socket socket, Random chance) {
            long from = model.tick();
            boolean droppable = false;
            String id = sender + ':' + number;
            switch (chance.nextInt(6)) {
                case 0 -> socket.emit("b", sender, number, id.getBytes(StandardCharsets.UTF_8));
                case 1 -> {
                    socket.asVolatile().emit("m", sender, number);
                    droppable = true;
                }
                case 2 -> {
                    futures.add(socket.emitWithAck(Integer.class, "m", sender, number)
                            .thenAccept(answer -> answered(number, answer)));
                    droppable = server.recovering;
                }
                default -> socket.emit("m", sender, number);
            }
            model.sent(emission(sender, number, life.namespace, life, null, Set.of(), null, droppable, from));
        }

        private Emission emission(
                String sender,
                int number,
                String namespace,
                Life to,
                Set<String> rooms,
                Set<String> except,
                Life but,
                boolean droppable,
                long from) {
            return new Emission(sender, number, namespace, to, rooms, except, but, droppable, from, model.tick());
        }

        private void answered(int number, Integer answer) {
            if (answer != number) {
                model.violated(number + " was acknowledged with " + answer);
            }
        }

        // What the threads do.

        private void hammer() throws Exception {
            CyclicBarrier start = new CyclicBarrier(Server.THREADS);
            List<CompletableFuture<Void>> done = new ArrayList<>();
            for (int t = 0; t < Server.THREADS; t++) {
                Actor actor = new Actor("thread " + t, new Random(random.nextLong()), 3 + random.nextInt(8));
                done.add(CompletableFuture.runAsync(() -> actor.run(start), server.threads));
            }
            CompletableFuture.allOf(done.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);
        }

        /** One of the threads: a sender of its own. */
        private final class Actor {

            private final String name;
            private final Random chance;
            private final int acts;
            private int number;

            Actor(String name, Random chance, int acts) {
                this.name = name;
                this.chance = chance;
                this.acts = acts;
            }

            void run(CyclicBarrier start) {
                try {
                    start.await(20, TimeUnit.SECONDS);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                for (int i = 0; i < acts; i++) {
                    act();
                }
            }

            private void act() {
                switch (chance.nextInt(20)) {
                    case 0, 1, 2 -> emitToOne();
                    case 3, 4, 5, 6 -> emitToMany();
                    case 7, 8 -> changeRoom();
                    case 9 -> changeRoomOfAll();
                    case 10, 11, 12 -> say();
                    case 13 -> client().connect(anyName());
                    case 14 -> client().upgrade();
                    case 15 -> answer();
                    case 16 -> client().leave(anyName());
                    case 17 -> loseConnection();
                    case 18 -> disconnect();
                    default -> client().pump();
                }
            }

            private HammerClient client() {
                return clients.get(chance.nextInt(clients.size()));
            }

            private String anyName() {
                return NAMES[chance.nextInt(NAMES.length)];
            }

            private String anyRoom() {
                return ROOMS[chance.nextInt(ROOMS.length)];
            }

            /** A client that the handlers have seen. */
            private Life anyLife() {
                List<Life> known = model.lives().stream()
                        .filter(life -> life.socket != null)
                        .toList();
                return known.isEmpty() ? null : known.get(chance.nextInt(known.size()));
            }

            private void say() {
                HammerClient client = client();
                String namespace = anyName();
                for (int i = chance.nextInt(3); i >= 0; i--) {
                    client.say(namespace, chance.nextBoolean(), chance.nextInt(4) == 0);
                }
            }

            private void emitToOne() {
                Life life = anyLife();
                if (life != null) {
                    emitDirectly(name, number++, life, life.socket, chance);
                }
            }

            private void emitToMany() {
                int which = chance.nextInt(NAMES.length);
                Broadcaster to = server.namespaces.get(which);
                Set<String> rooms = null;
                Set<String> except = Set.of();
                Life but = null;
                String namespace = NAMES[which];
                boolean droppable = false;
                if (chance.nextInt(4) == 0) {
                    but = anyLife();
                    if (but != null) {
                        to = but.socket.broadcast();
                        namespace = but.namespace;
                        // Its child namespace may have ended with it, and another one of this name begun.
                        droppable = namespace.equals("/child");
                    }
                }
                if (chance.nextInt(3) > 0) {
                    rooms = chance.nextBoolean() ? Set.of(anyRoom()) : Set.of("red", "green");
                    to = to.to(rooms);
                }
                if (chance.nextInt(4) == 0) {
                    except = Set.of(anyRoom());
                    to = to.except(except);
                }
                int mine = number++;
                long from = model.tick();
                switch (chance.nextInt(6)) {
                    case 0 -> to.emit("b", name, mine, (name + ':' + mine).getBytes(StandardCharsets.UTF_8));
                    case 1 -> {
                        to.asVolatile().emit("m", name, mine);
                        droppable = true;
                    }
                    case 2 -> {
                        futures.add(to.emitWithAck(Integer.class, "m", name, mine)
                                .thenAccept(answers -> answers.forEach(answer -> answered(mine, answer))));
                        droppable |= server.recovering;
                    }
                    default -> to.emit("m", name, mine);
                }
                model.sent(emission(name, mine, namespace, null, rooms, except, but, droppable, from));
            }

            private void changeRoom() {
                Life life = anyLife();
                if (life == null) {
                    return;
                }
                String room = anyRoom();
                if (chance.nextBoolean()) {
                    join(life, life.socket, room);
                } else {
                    long from = model.tick();
                    life.socket.leave(room);
                    model.roomChanged(life, life.namespace, room, false, true, from);
                }
            }

            private void changeRoomOfAll() {
                int which = chance.nextInt(NAMES.length);
                Namespace namespace = server.namespaces.get(which);
                String room = anyRoom();
                boolean join = chance.nextBoolean();
                boolean some = chance.nextBoolean();
                Broadcaster of = some ? namespace.to(anyRoom()) : namespace;
                long from = model.tick();
                if (join) {
                    of.socketsJoin(room);
                } else {
                    of.socketsLeave(room);
                }
                model.roomChanged(null, NAMES[which], room, join, !some, from);
            }

            private void answer() {
                Middleware.Next next = held.poll();
                if (next != null) {
                    next.accept();
                }
            }

            /** A client loses its connection, and most often opens another one. */
            private void loseConnection() {
                HammerClient lost = client();
                if (lost.isOver()) {
                    return;
                }
                lost.cut();
                if (chance.nextInt(4) > 0) {
                    HammerClient next = open(chance);
                    if (server.recovering) {
                        next.comeBack(lost);
                    } else {
                        next.connect(anyName());
                    }
                }
            }

            private void disconnect() {
                Life life = anyLife();
                if (life == null || !mayDisconnect) {
                    return;
                }
                int kind = chance.nextInt(mayClose ? 5 : 4);
                long from = model.tick();
                Runnable danger = () -> endangered(kind, life).forEach(each -> each.serverMayEnd(from));
                danger.run();
                switch (kind) {
                    case 0 -> life.socket.disconnect();
                    case 1 -> life.socket.disconnect(true);
                    case 2 -> life.socket.namespace().to(life.socket.id()).disconnectSockets(chance.nextBoolean());
                    case 3 -> life.socket.namespace().to(anyRoom()).disconnectSockets();
                    default -> io.close().join();
                }
                danger.run();
                dangers.add(danger);
            }

            /** Those whom it may concern. */
            private List<Life> endangered(int kind, Life life) {
                return model.lives().stream()
                        .filter(each -> switch (kind) {
                            case 0 -> each == life;
                            case 1 -> each.client == life.client;
                            case 2 -> each.client == life.client || server.recovering;
                            case 3 -> each.namespace.equals(life.namespace);
                            default -> true;
                        })
                        .toList();
            }
        }

        // The end.

        @SuppressWarnings("ThreadPriorityCheck") // those who are waited for need the processor
        private void await(String what, BooleanSupplier condition) {
            long start = System.nanoTime();
            while (!condition.getAsBoolean()) {
                if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(20) || model.hasViolations()) {
                    throw new AssertionError("in vain awaited: " + what);
                }
                Thread.yield();
            }
        }

        /** Waits until each client knows where it is, and has all that was sent to it. */
        private void settle() {
            await("answers to CONNECT", () -> {
                for (Middleware.Next next = held.poll(); next != null; next = held.poll()) {
                    next.accept();
                }
                return clients.stream().allMatch(HammerClient::isSettled);
            });
            for (int round = 1; round <= 2; round++) {
                settledAt = model.tick();
                int number = round + clients.size() * 10 + (int) model.tick() * 100;
                clients.forEach(client -> client.sync(number));
                await("answers of the handlers", () -> clients.stream().allMatch(client -> client.isSynced(number)));
            }
        }

        private void markSurvivors() {
            dangers.forEach(Runnable::run);
            await("agreement of clients and server", () -> {
                List<Life> present = present();
                return model.lives().stream()
                        .allMatch(life -> life.client.isOver() || life.isConnectedOnServer() == present.contains(life));
            });
            present().forEach(life -> life.survived(settledAt));
        }

        private List<Life> present() {
            return clients.stream().flatMap(client -> client.present().stream()).toList();
        }

        /** All leave, in one way or another. */
        private void part() {
            for (HammerClient client : clients) {
                List<Life> present = client.present();
                switch (random.nextInt(3)) {
                    case 0 -> present.forEach(life -> client.leave(life.namespace));
                    case 1 -> {
                        long from = model.tick();
                        present.forEach(life -> life.serverMayEnd(from));
                        present.forEach(life -> life.socket.disconnect());
                    }
                    default -> {}
                }
                client.cut();
            }
        }

        private void nothingIsLeft() throws Exception {
            // The silent ones, whom nobody has told that they are gone.
            server.time.advance(Duration.ofMinutes(1));
            await("the end of all sessions", () -> io.engine().sessionCount() == 0);
            await(
                    "the end of all sockets",
                    () -> io.namespaces().stream().allMatch(each -> each.clients == 0)
                            && model.lives().stream().allMatch(Life::hasEnded));
            await("the end of all that waits for time to pass", () -> {
                server.time.advance(Duration.ofHours(1));
                return io.namespaces().size() == 2 && io.pendingTimeouts() == 0 && server.time.pendingTimers() == 0;
            });
            CompletableFuture.allOf(futures.stream()
                            .map(future -> future.exceptionally(failure -> null))
                            .toArray(CompletableFuture[]::new))
                    .get(20, TimeUnit.SECONDS);
            assertThat(sessions).allSatisfy(session -> {
                assertThat(session.isOpen()).isFalse();
                assertThat(session.queuedMessages()).isZero();
                assertThat(session.queuedBytes()).isZero();
            });
            for (Life life : model.lives()) {
                if (life.socket != null) {
                    assertThat(life.socket.acks().size()).isZero();
                    assertThat(life.socket.rooms()).isEmpty();
                }
            }
            assertThat(io.namespaces()).containsExactlyInAnyOrder(io.mainNamespace(), io.of("/a"));
            for (Namespace namespace : io.namespaces()) {
                assertThat(namespace.sockets()).isEmpty();
                assertThat(namespace.rooms()).isEmpty();
                Arrays.stream(ROOMS)
                        .forEach(room -> assertThat(namespace.room(room).size()).isZero());
                assertThat(namespace.isAwaitingClients()).isFalse();
            }
            assertThat(server.errors).isEmpty();
        }
    }
}
