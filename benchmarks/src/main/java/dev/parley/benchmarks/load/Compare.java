package dev.parley.benchmarks.load;

import dev.parley.benchmarks.load.Comparison.Verdict;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * Compares the CPU time that the servers of two trees take for the same work. Started by {@code benchmarks/compare},
 * which has built them.
 */
public final class Compare {

    private static final int SLOWER = 1;
    private static final int FAILED = 2;

    private static final String USAGE = """
            benchmarks/compare A B [options], where A and B are revisions, or . for the working tree
              --scenarios NAMES  of %s
              --rounds N         that count (5)
              --seconds S        of CPU time, for each server in each round (2)
              --warmup N         rounds before, at most; fewer if the servers have reached their speed (12)
              --starts N         times that all is done, with new servers (1)
              --tolerance P      what is less than P percent apart is similar (10)
              --serve OPTIONS    of benchmarks/serve, as one word: "--direct --loops 1"
            """.formatted(Scenario.labels());

    /** After connecting, until measuring begins. */
    private static final Duration LEAD_IN = Duration.ofMillis(300);

    private static final Duration SAMPLING = Duration.ofMillis(10);

    private final PrintStream log;
    private final Cores cores;
    private final Map<Scenario, Comparison> comparisons = new EnumMap<>(Scenario.class);
    private List<Scenario> scenarios = List.of(Scenario.values());
    private List<String> serverOptions = List.of();
    private int rounds = 5;
    private int warmupRounds = 12;
    private int starts = 1;
    private double tolerance = 0.1;
    private Duration time = Duration.ofSeconds(2);

    private Compare(Iterator<String> options, PrintStream log) throws IOException, InterruptedException {
        this.log = log;
        while (options.hasNext()) {
            String option = options.next();
            String value = options.hasNext() ? options.next() : "";
            switch (option) {
                case "--scenarios" ->
                    scenarios = words(value).map(Scenario::named).toList();
                case "--rounds" -> rounds = Integer.parseInt(value);
                case "--seconds" -> time = seconds(value);
                case "--warmup" -> warmupRounds = Integer.parseInt(value);
                case "--starts" -> starts = Integer.parseInt(value);
                case "--tolerance" -> tolerance = Double.parseDouble(value) / 100;
                case "--serve" -> serverOptions = words(value).toList();
                default -> throw new IllegalArgumentException("no option " + option);
            }
        }
        if (scenarios.isEmpty() || rounds < 1 || starts < 1 || time.isZero() || time.isNegative() || tolerance < 0) {
            throw new IllegalArgumentException("an option is out of range");
        }
        cores = Cores.separate();
    }

    /**
     * Prints the comparison. Exit code 1 says that some scenario is slower, 2 that something went wrong.
     *
     * @param args name and directory of A, name and directory of B, options
     */
    @SuppressWarnings("SystemOut")
    public static void main(String[] args) throws InterruptedException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream log = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        int exit = FAILED;
        try {
            Compare compare = new Compare(Arrays.asList(args).listIterator(4), log);
            compare.run(Path.of(args[1]), Path.of(args[3]));
            out.printf("%nA: %s%nB: %s%n%n%s", args[0], args[2], compare.table());
            exit = compare.anySlower() ? SLOWER : 0;
        } catch (LoadFailure e) {
            log.println("FAILED: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            log.println(e.getMessage() + "\n" + USAGE);
        } catch (IOException | RuntimeException e) {
            e.printStackTrace(log);
        }
        System.exit(exit);
    }

    private static Stream<String> words(String value) {
        return Arrays.stream(value.split("[ ,]", -1)).filter(word -> !word.isEmpty());
    }

    private static Duration seconds(String value) {
        return Duration.ofMillis(Math.round(Double.parseDouble(value) * 1000));
    }

    private void run(Path treeOfA, Path treeOfB) throws IOException, InterruptedException {
        if (!cores.areSeparate()) {
            log.println("Servers and load share the cores: expect more noise.");
        }
        for (Scenario scenario : scenarios) {
            comparisons.put(scenario, new Comparison(scenario));
        }
        for (int start = 0; start < starts; start++) {
            try (ServerProcess a = ServerProcess.start("A", treeOfA, serverOptions, cores);
                    ServerProcess b = ServerProcess.start("B", treeOfB, serverOptions, cores)) {
                a.pause();
                b.pause();
                for (Map.Entry<Scenario, Comparison> entry : comparisons.entrySet()) {
                    compare(entry.getKey(), entry.getValue(), a, b);
                }
            }
        }
    }

    private void compare(Scenario scenario, Comparison comparison, ServerProcess a, ServerProcess b)
            throws IOException, InterruptedException {
        Warmup warmup = new Warmup(warmupRounds);
        for (int round = 0; !warmup.isOver(); round++) {
            round(scenario, "warm-up", round, a, b, warmup::round);
        }
        for (int round = 0; round < rounds; round++) {
            round(scenario, "round", round, a, b, comparison::round);
        }
    }

    /** A B A, then B A B: what changes slowly hits both alike. */
    private void round(
            Scenario scenario,
            String kind,
            int round,
            ServerProcess a,
            ServerProcess b,
            BiConsumer<Measurement, Measurement> result)
            throws IOException, InterruptedException {
        boolean firstA = round % 2 == 0;
        Measurement outer = measure(scenario, firstA ? a : b, time.dividedBy(2));
        Measurement inner = measure(scenario, firstA ? b : a, time);
        outer = outer.plus(measure(scenario, firstA ? a : b, time.dividedBy(2)));
        Measurement ofA = firstA ? outer : inner;
        Measurement ofB = firstA ? inner : outer;
        log.printf(
                Locale.ROOT,
                "%s, %s %d: %.2f and %.2f µs per %s%n",
                scenario.label(),
                kind,
                round + 1,
                ofA.cpuMicrosPerUnit(),
                ofB.cpuMicrosPerUnit(),
                scenario.unit());
        result.accept(ofA, ofB);
    }

    private Measurement measure(Scenario scenario, ServerProcess server, Duration measured)
            throws IOException, InterruptedException {
        server.resume();
        try (LoadRun run = new LoadRun(scenario, scenario.clients(), server.port(), cores.areSeparate())) {
            run.connect();
            run.start();
            load(run, server, LEAD_IN);
            Measurement measurement = load(run, server, measured);
            run.finish();
            return measurement;
        } catch (LoadFailure e) {
            throw new LoadFailure(server.name() + ", " + scenario.label() + ": " + e.getMessage());
        } finally {
            server.pause();
        }
    }

    /** Loads the server until it has used so much CPU time: then a busy machine takes longer, and is as exact. */
    private static Measurement load(LoadRun run, ServerProcess server, Duration cpu) {
        long units = run.units();
        long start = System.nanoTime();
        Duration before = server.cpuTime();
        Duration used = Duration.ZERO;
        while (used.compareTo(cpu) < 0) {
            run.loadFor(SAMPLING);
            used = server.cpuTime().minus(before);
        }
        return new Measurement(run.units() - units, Duration.ofNanos(System.nanoTime() - start), used);
    }

    private String table() {
        return Comparison.table(new ArrayList<>(comparisons.values()), tolerance);
    }

    private boolean anySlower() {
        return comparisons.values().stream().anyMatch(comparison -> comparison.verdict(tolerance) == Verdict.SLOWER);
    }
}
