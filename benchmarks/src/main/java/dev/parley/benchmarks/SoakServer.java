package dev.parley.benchmarks;

import dev.parley.Socket;
import dev.parley.SocketIoServer;
import dev.parley.engine.Scheduler;
import dev.parley.netty.NettyOptions;
import dev.parley.netty.NettyServer;
import dev.parley.netty.NettyTransport;
import io.netty.util.internal.PlatformDependent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The server that is soaked, in a process of its own. Commands come on standard input, one a line, and each is answered
 * with a line on standard output; the process ends with its input.
 *
 * <ul>
 *   <li>{@code vitals}: collects garbage, then tells how much there is of everything
 *   <li>{@code broadcast BYTES RATE}: from now on emits so many {@code news} a second to all, each with the time
 *   <li>{@code close}: closes the server, and tells how many milliseconds that took
 *   <li>{@code drain RATE}: the same, so many sessions a second
 * </ul>
 */
public final class SoakServer {

    private static final String USAGE = "usage: SoakServer [--transport T] [--queue BYTES] [--ping MILLIS]";

    private final CountingScheduler scheduler = new CountingScheduler();
    private final AtomicLong pendingAcks = new AtomicLong();
    private final AtomicLong connected = new AtomicLong();
    private final AtomicLong disconnected = new AtomicLong();
    private final SocketIoServer io;
    private final NettyServer server;

    private volatile News news = new News("", 0);

    private record News(String filler, int perSecond) {}

    private SoakServer(Map<String, String> options) {
        long ping = Long.parseLong(options.getOrDefault("--ping", "25000"));
        io = SocketIoServer.create(builder -> builder.scheduler(scheduler)
                .pingInterval(Duration.ofMillis(ping))
                .pingTimeout(Duration.ofMillis(ping))
                .engine(engine -> engine.maxQueuedBytes(Long.parseLong(options.getOrDefault("--queue", "16777216")))));
        io.onConnection(this::connected);
        String transport = options.getOrDefault("--transport", "auto").toUpperCase(Locale.ROOT);
        server = NettyServer.bind(
                io,
                NettyOptions.builder()
                        .host("127.0.0.1")
                        .transport(NettyTransport.valueOf(transport))
                        .build());
    }

    /**
     * Starts the server and does what it is told until there is nothing more to read.
     *
     * @param args see the usage message
     * @throws IOException if standard input fails
     */
    @SuppressWarnings("SystemOut") // this is how the load generator learns of anything
    public static void main(String[] args) throws IOException {
        Map<String, String> options = new TreeMap<>();
        for (int i = 0; i < args.length; i += 2) {
            if (i + 1 == args.length || !args[i].startsWith("--")) {
                throw new IllegalArgumentException(USAGE);
            }
            options.put(args[i], args[i + 1]);
        }
        SoakServer soaked = new SoakServer(options);
        System.out.println("listening " + soaked.server.port());
        Thread broadcaster = new Thread(soaked::broadcast, "broadcaster");
        broadcaster.setDaemon(true);
        broadcaster.start();
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            System.out.println(soaked.answer(line.split(" ", -1)));
        }
        System.exit(0);
    }

    private String answer(String[] command) throws IOException {
        return switch (command[0]) {
            case "vitals" -> vitals();
            case "broadcast" -> {
                news = new News("x".repeat(Integer.parseInt(command[1])), Integer.parseInt(command[2]));
                yield "ok";
            }
            case "close" -> timed(CompletableFuture.runAsync(server::close));
            case "drain" -> timed(server.drain(Integer.parseInt(command[1]), Duration.ofMinutes(1)));
            default -> "unknown";
        };
    }

    private static String timed(CompletableFuture<Void> end) {
        long start = System.nanoTime();
        end.join();
        return Long.toString(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    }

    /** What an application does: rooms, broadcasts, and acknowledgements that come or do not come. */
    private void connected(Socket socket) {
        connected.incrementAndGet();
        socket.onDisconnect(reason -> disconnected.incrementAndGet());
        socket.on("join", String.class, (room, ack) -> {
            socket.join(room);
            ack.send();
        });
        socket.on("say", String.class, String.class, (room, text) -> io.to(room).emit("said", text));
        pendingAcks.incrementAndGet();
        socket.timeout(Duration.ofSeconds(2))
                .emitWithAck(String.class, "question")
                .whenComplete((answer, failure) -> pendingAcks.decrementAndGet());
    }

    private void broadcast() {
        long next = System.nanoTime();
        while (true) {
            News now = news;
            if (now.perSecond == 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
                next = System.nanoTime();
                continue;
            }
            io.emit("news", System.nanoTime(), now.filler);
            next += TimeUnit.SECONDS.toNanos(1) / now.perSecond;
            long wait = next - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
            } else {
                next -= wait; // what could not be sent in time is not sent in a burst
            }
        }
    }

    private String vitals() throws IOException {
        // What the first collection finds to be finished, the second one frees.
        System.gc();
        System.gc();
        StringJoiner line = new StringJoiner(" ");
        line.add("sessions=" + io.engine().sessionCount());
        line.add("sockets=" + io.sockets().size());
        line.add("rooms=" + io.rooms().size());
        line.add("acks=" + pendingAcks);
        line.add("timers=" + scheduler.pending);
        line.add("connects=" + connected);
        line.add("disconnects=" + disconnected);
        line.add("threads=" + ManagementFactory.getThreadMXBean().getThreadCount());
        line.add("descriptors=" + descriptors());
        line.add("heap="
                + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        line.add("direct=" + PlatformDependent.usedDirectMemory());
        line.add("objects=" + Histogram.take().instances("dev.parley."));
        line.add("dropped=" + io.engine().droppedMessages());
        return line.toString();
    }

    private static long descriptors() throws IOException {
        Path folder = Path.of("/proc/self/fd");
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }

    /** Real time, and how many timers wait. */
    private static final class CountingScheduler implements Scheduler {

        private final Scheduler real = Scheduler.system();
        private final AtomicLong pending = new AtomicLong();

        @Override
        public long nanoTime() {
            return real.nanoTime();
        }

        @Override
        public long currentTimeMillis() {
            return real.currentTimeMillis();
        }

        @Override
        public Timeout schedule(Duration delay, Runnable task) {
            AtomicBoolean over = new AtomicBoolean();
            pending.incrementAndGet();
            Runnable end = () -> pending.addAndGet(over.compareAndSet(false, true) ? -1 : 0);
            Timeout timeout = real.schedule(delay, () -> {
                end.run();
                task.run();
            });
            return () -> {
                end.run();
                timeout.cancel();
            };
        }
    }
}
