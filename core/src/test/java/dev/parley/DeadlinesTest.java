package dev.parley;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.engine.Scheduler;
import dev.parley.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many timeouts of few durations. */
class DeadlinesTest {

    private final VirtualTime time = new VirtualTime();
    private final Deadlines deadlines = new Deadlines(time);
    private final List<String> log = new ArrayList<>();

    @Test
    void each_expires_at_its_own_time_in_the_order_of_its_start() {
        deadlines.schedule(ofSeconds(2), () -> log.add("a"));
        time.advance(ofMillis(500));
        deadlines.schedule(ofSeconds(2), () -> log.add("b"));
        deadlines.schedule(ofSeconds(2), () -> log.add("c"));
        deadlines.schedule(ofSeconds(1), () -> log.add("short"));

        time.advance(ofMillis(999));
        assertThat(log).isEmpty();
        time.advance(ofMillis(1));
        assertThat(log).containsExactly("short");
        time.advance(ofMillis(500));
        assertThat(log).containsExactly("short", "a");
        time.advance(ofMillis(500));
        assertThat(log).containsExactly("short", "a", "b", "c");
        assertThat(time.pendingTimers()).isZero();
    }

    @Test
    void one_timer_serves_all_of_a_duration() {
        for (int i = 0; i < 100; i++) {
            deadlines.schedule(ofSeconds(1), () -> log.add("a"));
            deadlines.schedule(ofSeconds(2), () -> log.add("b"));
        }

        assertThat(time.pendingTimers()).isEqualTo(2);
        time.advance(ofSeconds(2));
        assertThat(log).hasSize(200);
    }

    @Test
    void what_is_cancelled_does_not_run_wherever_it_stands() {
        List<Scheduler.Timeout> all = new ArrayList<>();
        for (String name : List.of("a", "b", "c", "d", "e")) {
            all.add(deadlines.schedule(ofSeconds(1), () -> log.add(name)));
        }
        all.get(0).cancel();
        all.get(2).cancel();
        all.get(4).cancel();
        all.get(4).cancel();

        time.advance(ofSeconds(1));
        all.get(1).cancel();

        assertThat(log).containsExactly("b", "d");
        assertThat(time.pendingTimers()).isZero();
    }

    @Test
    void a_line_that_was_emptied_is_used_again() {
        deadlines.schedule(ofSeconds(1), () -> log.add("a")).cancel();
        time.advance(ofMillis(400));
        deadlines.schedule(ofSeconds(1), () -> log.add("b"));
        time.advance(ofMillis(999));
        assertThat(log).isEmpty();
        time.advance(ofMillis(1));
        deadlines.schedule(ofSeconds(1), () -> log.add("c"));
        time.advance(ofSeconds(1));

        assertThat(log).containsExactly("b", "c");
    }

    @Test
    void one_that_fails_does_not_keep_the_others() {
        deadlines.schedule(ZERO, () -> {
            throw new IllegalStateException("expected in the log");
        });
        deadlines.schedule(ZERO, () -> log.add("a"));

        time.advance(ZERO);

        assertThat(log).containsExactly("a");
    }

    @Test
    void any_duration_is_accepted() {
        deadlines.schedule(Duration.ofSeconds(Long.MAX_VALUE), () -> log.add("never"));

        time.advance(ofSeconds(1_000_000));

        assertThat(log).isEmpty();
        deadlines.clear();
        assertThat(time.pendingTimers()).isZero();
    }

    @Test
    void after_a_clear_nothing_expires_and_new_ones_start() {
        Scheduler.Timeout old = deadlines.schedule(ofSeconds(1), () -> log.add("old"));
        deadlines.clear();
        deadlines.schedule(ofSeconds(1), () -> log.add("new"));
        old.cancel();

        time.advance(ofSeconds(1));

        assertThat(log).containsExactly("new");
    }
}
