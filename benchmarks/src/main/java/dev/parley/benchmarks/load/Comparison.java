package dev.parley.benchmarks.load;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The rounds of one scenario: in each, A and B were measured one right after the other. */
final class Comparison {

    enum Verdict {
        SLOWER,
        SIMILAR,
        FASTER
    }

    /** Median and range of some figures. */
    record Range(double least, double median, double most) {

        static Range of(List<Double> figures) {
            List<Double> sorted = new ArrayList<>(figures);
            Collections.sort(sorted);
            int middle = sorted.size() / 2;
            double median =
                    sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
            return new Range(sorted.get(0), median, sorted.get(sorted.size() - 1));
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.2f (%.2f-%.2f)", median, least, most);
        }
    }

    private static final String ROW = "%-21s %-7s %-24s %-24s %-18s %10s %10s  %s%n";

    private final Scenario scenario;
    private final List<Measurement> a = new ArrayList<>();
    private final List<Measurement> b = new ArrayList<>();

    Comparison(Scenario scenario) {
        this.scenario = scenario;
    }

    void round(Measurement ofA, Measurement ofB) {
        a.add(ofA);
        b.add(ofB);
    }

    /** CPU time per unit of B, with that of A in the same round as 1. */
    Range ratio() {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < a.size(); i++) {
            ratios.add(b.get(i).cpuMicrosPerUnit() / a.get(i).cpuMicrosPerUnit());
        }
        return Range.of(ratios);
    }

    /** B is slower or faster than A only if it was in every round, and by more than the tolerance, 0.1 for 10 %. */
    Verdict verdict(double tolerance) {
        Range ratio = ratio();
        if (ratio.least > 1 + tolerance) {
            return Verdict.SLOWER;
        }
        return ratio.most < 1 - tolerance ? Verdict.FASTER : Verdict.SIMILAR;
    }

    static String table(List<Comparison> comparisons, double tolerance) {
        StringBuilder table = new StringBuilder(
                ROW.formatted("scenario", "unit", "CPU µs/unit, A", "CPU µs/unit, B", "B/A", "units/s, A", "B", ""));
        for (Comparison comparison : comparisons) {
            table.append(comparison.row(tolerance));
        }
        return table.toString();
    }

    private String row(double tolerance) {
        Verdict verdict = verdict(tolerance);
        return ROW.formatted(
                scenario.label(),
                scenario.unit(),
                range(a, Measurement::cpuMicrosPerUnit),
                range(b, Measurement::cpuMicrosPerUnit),
                ratio(),
                String.format(Locale.ROOT, "%,.0f", range(a, Measurement::unitsPerSecond).median),
                String.format(Locale.ROOT, "%,.0f", range(b, Measurement::unitsPerSecond).median),
                verdict == Verdict.SIMILAR ? "" : verdict.name().toLowerCase(Locale.ROOT));
    }

    private static Range range(List<Measurement> measurements, ToDoubleFunction<Measurement> figure) {
        return Range.of(measurements.stream().map(figure::applyAsDouble).toList());
    }
}
