package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.engine.Scheduler.Timeout;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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
        AtomicBoolean ran = new AtomicBoolean();
        Timeout timeout = scheduler.schedule(Duration.ofMillis(20), () -> ran.set(true));

        timeout.cancel();
        timeout.cancel();

        waitFor(Duration.ofMillis(40));
        assertThat(ran).isFalse();
    }

    @Test
    void a_task_that_fails_does_not_keep_others_from_running() throws Exception {
        scheduler.schedule(Duration.ZERO, () -> {
            throw new IllegalStateException("on purpose");
        });

        waitFor(Duration.ofMillis(1));
    }

    private void waitFor(Duration delay) throws Exception {
        CompletableFuture<Void> later = new CompletableFuture<>();
        scheduler.schedule(delay, () -> later.complete(null));
        later.get(10, TimeUnit.SECONDS);
    }
}
