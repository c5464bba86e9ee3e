package dev.parley.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.benchmarks.load.Comparison.Range;
import dev.parley.benchmarks.load.Comparison.Verdict;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {

    private final Comparison comparison = new Comparison(Scenario.ECHO_32);

    @Test
    void says_slower_when_every_round_is_beyond_the_tolerance() {
        round(100, 120);
        round(200, 222);
        assertThat(comparison.ratio()).isEqualTo(new Range(1.11, 1.155, 1.2));
        assertThat(comparison.verdict(0.1)).isEqualTo(Verdict.SLOWER);
        assertThat(Comparison.table(List.of(comparison), 0.1))
                .contains("echo-32", "150.00 (100.00-200.00)", "171.00 (120.00-222.00)", "1.16 (1.11-1.20)", "slower");
    }

    @Test
    void says_faster_when_every_round_is_beyond_the_tolerance() {
        round(100, 80);
        round(100, 89);
        assertThat(comparison.verdict(0.1)).isEqualTo(Verdict.FASTER);
    }

    @Test
    void says_neither_when_one_round_is_within_the_tolerance() {
        round(100, 200);
        round(100, 200);
        round(100, 109);
        assertThat(comparison.verdict(0.1)).isEqualTo(Verdict.SIMILAR);
    }

    private void round(int microsOfA, int microsOfB) {
        comparison.round(measurement(microsOfA), measurement(microsOfB));
    }

    private static Measurement measurement(int microsPerUnit) {
        return new Measurement(1000, Duration.ofSeconds(1), Duration.ofMillis(microsPerUnit));
    }
}
