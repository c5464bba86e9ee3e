package dev.parley.benchmarks.load;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * A server with many clients, polling and on WebSockets, is closed or drained while it broadcasts: in bounded time, and
 * all clients learn of it.
 */
final class ShutdownSoak {

    private static final Map<String, String> DEFAULTS =
            Map.of("--clients", "10000", "--polling", "20", "--rate", "2", "--drain", "0", "--seconds", "10");

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CONNECTING_AT_ONCE = 64;
    private static final int NEWS_BYTES = 100;

    /**
     * Of the clients that poll, how many may just find that the connection is gone: those whose next poll comes as it
     * is being closed.
     */
    private static final int UNTOLD_PERCENT = 5;

    private final Soak soak;
    private final SoakOptions options;
    private final Map<String, Integer> ends = new TreeMap<>();
    private int opened;
    private int connected;
    private int ended;

    ShutdownSoak(Soak soak, List<String> arguments) {
        this.soak = soak;
        this.options = new SoakOptions(arguments, DEFAULTS);
    }

    void run() {
        int clients = options.number("--clients");
        int drain = options.number("--drain");
        try (SoakedServer server =
                        new SoakedServer(options.text("--jvm"), List.of("--transport", options.text("--transport")));
                LoadLoop loop = new LoadLoop(false)) {
            loop.patience(PATIENCE);
            Vitals idle = server.vitals();
            soak.say("idle: %s".formatted(idle));
            runUntil(loop, () -> {
                while (opened < clients && opened - connected < CONNECTING_AT_ONCE) {
                    open(loop, server);
                }
                return connected == clients;
            });
            server.tell("broadcast " + NEWS_BYTES + ' ' + options.text("--rate"));
            long start = System.nanoTime();
            runUntil(
                    loop,
                    () -> System.nanoTime() - start > Duration.ofSeconds(2).toNanos());
            soak.say("loaded: %s".formatted(server.vitals()));

            server.begin(drain == 0 ? "close" : "drain " + drain);
            runUntil(loop, server::hasAnswered);
            long millis = Long.parseLong(server.answer());
            runUntil(loop, () -> ended == clients);
            soak.say("closed after %d ms; the clients saw: %s".formatted(millis, ends));
            server.tell("broadcast 0 0");
            Vitals after = server.vitals();
            soak.say("closed: %s".formatted(after));

            double seconds = drain == 0 ? 0 : (double) clients / drain;
            soak.expectAtMost("time to close, s", millis / 1e3, seconds + options.number("--seconds"));
            soak.expectAtMost("clients on WebSockets that were not told", untold(ends, Peer.Way.WEBSOCKET), 0);
            soak.expectAtMost(
                    "clients that poll and were not told",
                    untold(ends, Peer.Way.POLLING),
                    total(ends, Peer.Way.POLLING) * UNTOLD_PERCENT / 100.0);
            for (String gone : List.of("sessions", "sockets", "rooms", "acks")) {
                soak.expectAtMost(gone, after.count(gone), 0);
            }
            soak.expectAtMost("timers", after.count("timers"), idle.count("timers") + 8);
            // Those of the pool of handlers come to their end by themselves.
            soak.expectAtMost("threads", after.count("threads"), idle.count("threads") + 20);
            soak.expectAtMost("file descriptors", after.count("descriptors"), idle.count("descriptors") + 8);
        }
    }

    /** How many clients that came this way have seen an end by which they cannot tell that the server has closed. */
    static int untold(Map<String, Integer> ends, Peer.Way way) {
        return ends.entrySet().stream()
                .filter(end -> end.getKey().startsWith(way + " ") && !tells(end.getKey()))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    static int total(Map<String, Integer> ends, Peer.Way way) {
        return ends.entrySet().stream()
                .filter(end -> end.getKey().startsWith(way + " "))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    /** Who comes to poll as the server is being closed is refused. */
    private static boolean tells(String end) {
        return end.startsWith("WEBSOCKET close frame ")
                || end.equals("POLLING close packet")
                || end.startsWith("POLLING HTTP HTTP/1.1 400 ")
                || end.startsWith("POLLING HTTP HTTP/1.1 503 ");
    }

    private void open(LoadLoop loop, SoakedServer server) {
        boolean polls = opened++ % 100 < options.number("--polling");
        new Peer(loop, server.address(), polls ? Peer.Way.POLLING : Peer.Way.WEBSOCKET) {
            @Override
            void connected() {
                connected++;
            }

            @Override
            void ended(String how) {
                ended++;
                ends.merge(way() + " " + how, 1, Integer::sum);
            }
        };
    }

    private void runUntil(LoadLoop loop, BooleanSupplier condition) {
        loop.runUntil(
                condition,
                () -> connected + ended,
                () -> "%d clients connected, %d ended: %s".formatted(connected, ended, ends));
    }
}
