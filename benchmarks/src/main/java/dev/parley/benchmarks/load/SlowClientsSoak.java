package dev.parley.benchmarks.load;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.ToDoubleFunction;

/**
 * A broadcast to many clients, of which some stop reading after a while. Those are closed sooner or later, and others
 * come that do the same. The others must not notice, and memory must not grow.
 */
final class SlowClientsSoak {

    private static final Map<String, String> DEFAULTS = Map.of(
            "--clients", "500",
            "--percent", "5",
            "--bytes", "10000",
            "--rate", "100",
            "--minutes", "5",
            "--queue", "1048576");

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long WARM_UP = TimeUnit.SECONDS.toNanos(15);
    /** Between two looks at the server's memory. */
    private static final long WINDOW = TimeUnit.SECONDS.toNanos(10);
    /** After each of them, as the server collects garbage then and has to catch up. */
    private static final long PAUSE = TimeUnit.SECONDS.toNanos(2);

    /** A p99 below this is not worth an argument. */
    private static final double LEAST_P99 = 5;

    /** With a p99 beyond this the machine has too much to do. */
    private static final double MOST_P99 = 100;

    private final Soak soak;
    private final SoakOptions options;
    /** Those that do not read, the first to stop in front. */
    private final Queue<Reader> slowReaders = new ArrayDeque<>();

    private final List<Reader> readers = new ArrayList<>();
    private int lost;
    /** Counts whatever comes from the server. */
    private long progress;

    private long replaced;
    private Latencies latencies = new Latencies();
    /** Messages sent before are not counted. */
    private long countedFrom = Long.MAX_VALUE;

    SlowClientsSoak(Soak soak, List<String> arguments) {
        this.soak = soak;
        this.options = new SoakOptions(arguments, DEFAULTS);
    }

    void run() {
        int all = options.number("--clients");
        int slow = all * options.number("--percent") / 100;
        long nanos = TimeUnit.SECONDS.toNanos(options.seconds("--minutes"));
        try (SoakedServer server = new SoakedServer(
                        options.text("--jvm"),
                        List.of("--queue", options.text("--queue"), "--transport", options.text("--transport")));
                LoadLoop loop = new LoadLoop(false)) {
            loop.patience(PATIENCE);
            int rate = findRate(loop, server);
            soak.say("all %d clients read, each %.2f MB/s"
                    .formatted(all, (double) rate * options.number("--bytes") / 1_000_000));
            Phase before = measure(loop, server, nanos / 2);
            soak.say("%d of them have stopped reading".formatted(slow));
            for (Reader reader : readers.subList(0, slow)) {
                reader.turnSlow();
                slowReaders.add(reader);
            }
            Phase during = measure(loop, server, nanos);
            Vitals last = during.samples.get(during.samples.size() - 1);
            soak.say("%d slow clients were closed, and others came in their place".formatted(replaced));
            judge(before, during);
            soak.expectAtMost("sessions", last.count("sessions"), all + slow);
            soak.expect(replaced > 0, "not one of the slow clients was closed");
            soak.expect(lost == 0, "%d clients that read were closed".formatted(lost));
        }
    }

    /** Warms up, and finds the rate at which the machine keeps up: where it does not, all clients are slow. */
    private int findRate(LoadLoop loop, SoakedServer server) {
        int all = options.number("--clients");
        for (int rate = options.number("--rate"); rate > 0; rate /= 2) {
            lost = 0;
            server.tell("broadcast 0 0");
            while (readers.size() < all) {
                readers.add(new Reader(loop, server));
            }
            runUntil(loop, () -> readers.stream().allMatch(reader -> reader.connected));
            server.tell("broadcast " + options.text("--bytes") + ' ' + rate);
            latencies = new Latencies();
            long start = System.nanoTime();
            countedFrom = start + WARM_UP / 2;
            runUntil(loop, () -> System.nanoTime() - start > WARM_UP);
            if (lost == 0 && latencies.millis(0.99) < MOST_P99) {
                return rate;
            }
            soak.say("%d messages a second are too many here: %s".formatted(rate, latencies));
        }
        throw new LoadFailure("this machine does not keep up at all");
    }

    private record Phase(List<Latencies> windows, List<Vitals> samples) {

        /** In milliseconds: the median of all windows, as other work on the machine strikes some of them. */
        double p99() {
            double[] all = windows.stream()
                    .mapToDouble(window -> window.millis(0.99))
                    .sorted()
                    .toArray();
            return all[all.length / 2];
        }

        @Override
        public String toString() {
            return "p99 %.1f ms, the median of %d windows".formatted(p99(), windows.size());
        }

        double worst(ToDoubleFunction<Vitals> figure) {
            return samples.stream().mapToDouble(figure).max().orElseThrow();
        }

        /** The mean of the first or the second half of the samples. */
        double mean(boolean later, ToDoubleFunction<Vitals> figure) {
            int half = samples.size() / 2;
            return (later ? samples.subList(half, samples.size()) : samples.subList(0, half))
                    .stream().mapToDouble(figure).average().orElseThrow();
        }
    }

    private Phase measure(LoadLoop loop, SoakedServer server, long nanos) {
        List<Latencies> windows = new ArrayList<>();
        List<Vitals> samples = new ArrayList<>();
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() - end < 0) {
            long start = System.nanoTime();
            latencies = new Latencies();
            windows.add(latencies);
            countedFrom = start + PAUSE;
            runUntil(loop, () -> System.nanoTime() - start > WINDOW);
            countedFrom = Long.MAX_VALUE;
            server.begin("vitals");
            runUntil(loop, server::hasAnswered);
            Vitals vitals = Vitals.parse(server.answer());
            samples.add(vitals);
            replace(options.number("--clients") - (int) vitals.get("sessions"), loop, server);
            soak.say("  %s; %s".formatted(latencies, vitals));
        }
        return new Phase(windows, samples);
    }

    /** A client that does not read would not see its end; the server tells how many have come to it. */
    private void replace(int missing, LoadLoop loop, SoakedServer server) {
        for (int i = 0; i < missing && !slowReaders.isEmpty(); i++) {
            slowReaders.remove().reset();
            Reader next = new Reader(loop, server);
            next.slow = true;
            slowReaders.add(next);
            replaced++;
        }
    }

    private void judge(Phase before, Phase during) {
        double fast = before.p99();
        double slow = during.p99();
        soak.say("without slow clients: %s".formatted(before));
        soak.say("with slow clients:    %s".formatted(during));
        soak.expectAtMost("p99 of the clients that read, ms", slow, 2 * Math.max(LEAST_P99, fast));
        ToDoubleFunction<Vitals> heap = vitals -> vitals.mib("heap");
        ToDoubleFunction<Vitals> direct = vitals -> vitals.mib("direct");
        soak.say(
                "heap, MiB: at most %.1f before, %.1f with slow clients (mean of the first half %.1f, of the second %.1f)"
                        .formatted(
                                before.worst(heap),
                                during.worst(heap),
                                during.mean(false, heap),
                                during.mean(true, heap)));
        soak.say("direct memory, MiB: at most %.1f before, %.1f with slow clients (%.1f, then %.1f)"
                .formatted(
                        before.worst(direct),
                        during.worst(direct),
                        during.mean(false, direct),
                        during.mean(true, direct)));
        // All slow clients wait for the same messages, which are kept once.
        double queue = Long.parseLong(options.text("--queue")) / 1024.0 / 1024;
        soak.expectAtMost("heap, MiB", during.worst(heap), before.worst(heap) + 2 * queue + 8);
        soak.expectAtMost(
                "heap of the second half, MiB", during.mean(true, heap), during.mean(false, heap) * 1.1 + queue);
        soak.expectAtMost(
                "direct memory of the second half, MiB",
                during.mean(true, direct),
                during.mean(false, direct) * 1.1 + 4);
    }

    private void runUntil(LoadLoop loop, BooleanSupplier condition) {
        loop.runUntil(condition, () -> progress, () -> "%d clients, %d lost".formatted(readers.size(), lost));
    }

    /** A client that reads the news, until it stops. */
    private final class Reader extends Peer {

        private static final String NEWS = "2[\"news\",";

        private boolean slow;
        private boolean connected;

        Reader(LoadLoop loop, SoakedServer server) {
            super(loop, server.address(), Way.WEBSOCKET);
        }

        @Override
        void connected() {
            progress++;
            connected = true;
            if (slow) {
                fallSilent();
            }
        }

        void turnSlow() {
            slow = true;
            fallSilent();
        }

        @Override
        void message(String packet) {
            progress++;
            if (packet.startsWith(NEWS) && !slow) {
                long sent = Long.parseLong(packet.substring(NEWS.length(), packet.indexOf(',', NEWS.length())));
                if (sent - countedFrom >= 0) {
                    latencies.add(System.nanoTime() - sent);
                }
            }
        }

        @Override
        void ended(String how) {
            if (!slow) {
                lost++;
                readers.remove(this);
            }
        }
    }
}
