package dev.parley.benchmarks.load;

/** Says how long the rounds do not count: until none of the servers has got much cheaper for a while, or a limit. */
final class Warmup {

    private static final int QUIET_ROUNDS = 2;
    private static final double MUCH_CHEAPER = 0.9;

    private final int limit;
    private double cheapestA = Double.MAX_VALUE;
    private double cheapestB = Double.MAX_VALUE;
    private int rounds;
    private int quiet;

    Warmup(int limit) {
        this.limit = limit;
    }

    boolean isOver() {
        return rounds >= limit || quiet == QUIET_ROUNDS;
    }

    void round(Measurement a, Measurement b) {
        boolean cheaper =
                a.cpuMicrosPerUnit() < MUCH_CHEAPER * cheapestA || b.cpuMicrosPerUnit() < MUCH_CHEAPER * cheapestB;
        cheapestA = Math.min(cheapestA, a.cpuMicrosPerUnit());
        cheapestB = Math.min(cheapestB, b.cpuMicrosPerUnit());
        quiet = cheaper ? 0 : quiet + 1;
        rounds++;
    }
}
