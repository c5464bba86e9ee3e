package dev.parley.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WarmupTest {

    @Test
    void lasts_as_long_as_a_server_gets_cheaper() {
        Warmup warmup = new Warmup(20);
        round(warmup, 100, 100);
        round(warmup, 85, 100);
        round(warmup, 84, 100);
        round(warmup, 84, 50);
        round(warmup, 90, 46);
        assertThat(warmup.isOver()).isFalse();
        round(warmup, 84, 60);
        assertThat(warmup.isOver()).isTrue();
    }

    @Test
    void ends_at_the_limit() {
        Warmup warmup = new Warmup(2);
        round(warmup, 100, 100);
        assertThat(warmup.isOver()).isFalse();
        round(warmup, 50, 50);
        assertThat(warmup.isOver()).isTrue();
    }

    private static void round(Warmup warmup, int a, int b) {
        warmup.round(measurement(a), measurement(b));
    }

    private static Measurement measurement(int microsPerUnit) {
        return new Measurement(1000, Duration.ofSeconds(1), Duration.ofMillis(microsPerUnit));
    }
}
