package dev.parley.benchmarks.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Puts a server under load for minutes and looks what is left behind. Exit code 1: a bound was missed; 2: something
 * went wrong.
 */
public final class Soak {

    private static final String USAGE = "usage: soak churn|slow-clients|shutdown [options], see README.md";

    private final List<String> missed = new ArrayList<>();

    private Soak() {}

    /**
     * Runs a soak.
     *
     * @param args its name, then its options
     */
    @SuppressWarnings("SystemOut")
    public static void main(String[] args) {
        int status = 2;
        try {
            Soak soak = new Soak();
            soak.run(Arrays.asList(args));
            soak.missed.forEach(bound -> System.out.println("MISSED: " + bound));
            System.out.println(soak.missed.isEmpty() ? "all bounds were kept" : "some bounds were missed");
            status = soak.missed.isEmpty() ? 0 : 1;
        } catch (LoadFailure e) {
            System.out.println("FAILED: " + e.getMessage());
        }
        System.exit(status);
    }

    private void run(List<String> args) {
        List<String> options = args.isEmpty() ? args : args.subList(1, args.size());
        switch (args.isEmpty() ? "" : args.get(0)) {
            case "churn" -> new ChurnSoak(this, options).run();
            case "slow-clients" -> new SlowClientsSoak(this, options).run();
            case "shutdown" -> new ShutdownSoak(this, options).run();
            default -> throw new LoadFailure(USAGE);
        }
    }

    /** Prints a line of the report. */
    @SuppressWarnings("SystemOut")
    void say(String line) {
        System.out.println(line);
    }

    /** Notes that a bound was missed, if it was. */
    void expect(boolean kept, String bound) {
        if (!kept) {
            missed.add(bound);
        }
    }

    /** Expects a figure to be no greater than it may be. */
    void expectAtMost(String what, double figure, double most) {
        expect(figure <= most, "%s: %.1f (expected: <= %.1f)".formatted(what, figure, most));
    }
}
