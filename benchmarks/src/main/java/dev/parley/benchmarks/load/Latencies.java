package dev.parley.benchmarks.load;

/** How long messages were on their way: a histogram whose classes are 3 % wide. */
final class Latencies {

    private static final int STEPS = 24;
    private static final double LOG = Math.log(2) / STEPS;

    private final long[] counts = new long[STEPS * 64];
    private long total;

    void add(long nanos) {
        counts[(int) (Math.log((double) Math.max(1, nanos)) / LOG)]++;
        total++;
    }

    long total() {
        return total;
    }

    /** The time in milliseconds that such a part of the messages did not exceed. */
    double millis(double part) {
        long left = (long) Math.ceil((double) total * part);
        int index = 0;
        while (index < counts.length - 1 && left > counts[index]) {
            left -= counts[index++];
        }
        return Math.exp((index + 1) * LOG) / 1e6;
    }

    @Override
    public String toString() {
        return "%d messages, p50 %.1f ms, p99 %.1f ms, p99.9 %.1f ms"
                .formatted(total, millis(0.5), millis(0.99), millis(0.999));
    }
}
