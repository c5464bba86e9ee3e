package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.engine.Scheduler.Timeout;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class SystemSchedulerTest {

    private final Scheduler scheduler = Scheduler.system();

    @Test
    void a_task_runs_after_its_delay_on_a_daemon_thread() throws Exception {
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        long start = scheduler.nanoTime();

        scheduler.schedule(Duration.ofMillis(20), () -> ran.complete(Thread.currentThread()));

        assertThat(ran.get(10, TimeUnit.SECONDS).isDaemon()).isTrue();
        assertThat(scheduler.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
    }

    @Test
    void a_task_that_is_cancelled_does_not_run() throws Exception {
        CountDownLatch cancelled = new CountDownLatch(1);
        AtomicBoolean ran = new AtomicBoolean();
        scheduler.schedule(Duration.ZERO, () -> awaitQuietly(cancelled));
        Timeout timeout = scheduler.schedule(Duration.ZERO, () -> ran.set(true));

        timeout.cancel();
        timeout.cancel();
        cancelled.countDown();

        waitFor(Duration.ZERO);
        assertThat(ran).isFalse();
    }

    @Test
    void a_task_may_cancel_one_that_is_due_at_the_same_time() throws Exception {
        Duration delay = Duration.ofMillis(200); // that of heartbeats and the like, whose ends are rounded
        CountDownLatch set = new CountDownLatch(1);
        List<Timeout> timeouts = new CopyOnWriteArrayList<>();
        List<Integer> ran = new CopyOnWriteArrayList<>();
        scheduler.schedule(Duration.ZERO, () -> awaitQuietly(set));
        for (int i = 0; i < 100; i++) {
            int number = i;
            timeouts.add(scheduler.schedule(delay, () -> {
                ran.add(number);
                timeouts.forEach(Timeout::cancel);
            }));
        }
        CompletableFuture<Void> later = new CompletableFuture<>();
        scheduler.schedule(delay.multipliedBy(2), () -> later.complete(null));
        set.countDown();

        later.get(10, TimeUnit.SECONDS);

        assertThat(ran).as("the first one ran, and cancelled the others").containsExactly(0);
    }

    @Test
    void a_task_that_fails_does_not_keep_others_from_running() throws Exception {
        scheduler.schedule(Duration.ZERO, () -> {
            throw new IllegalStateException("on purpose");
        });

        waitFor(Duration.ofMillis(1));
    }

    @Test
    void long_delays_that_would_end_nearly_together_end_together() {
        long now = 1_234_567_891_011_121_314L;
        long interval = Duration.ofSeconds(25).toNanos();

        long one = SystemScheduler.rounded(now, interval);
        long later = SystemScheduler.rounded(now + 1_000, interval) + 1_000;
        long shorter = SystemScheduler.rounded(now, interval - 2_000);

        assertThat(later).isEqualTo(one).isEqualTo(shorter);
        assertThat(one).isBetween(interval, interval + Duration.ofMillis(100).toNanos());
    }

    @Test
    void a_delay_is_never_cut_and_a_short_one_hardly_prolonged() {
        for (long delay : new long[] {0, 1, 63, 64, 999, 1_000_000, 20_000_000, 5_000_000_000L}) {
            for (long now = -3; now < 1_000; now += 7) {
                assertThat(SystemScheduler.rounded(now, delay)).isBetween(delay, delay + delay / 64);
            }
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void waitFor(Duration delay) throws Exception {
        CompletableFuture<Void> later = new CompletableFuture<>();
        scheduler.schedule(delay, () -> later.complete(null));
        later.get(10, TimeUnit.SECONDS);
    }
}
