package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The mailbox in which a socket's handlers run. */
class LaneTest {

    private final List<Integer> ran = new ArrayList<>();

    private static void refused() {
        throw new AssertionError("not refused");
    }

    private static void put(Lane lane, Runnable task) {
        lane.execute(Lane.task(task));
    }

    @Test
    void a_direct_executor_runs_a_task_before_put_returns() {
        Lane lane = new Lane(Runnable::run, LaneTest::refused);

        put(lane, () -> ran.add(1));

        assertThat(ran).containsExactly(1);
    }

    @Test
    void a_task_put_in_by_a_task_runs_after_it() {
        Lane lane = new Lane(Runnable::run, LaneTest::refused);

        put(lane, () -> {
            put(lane, () -> ran.add(2));
            ran.add(1);
        });

        assertThat(ran).containsExactly(1, 2);
    }

    @Test
    void a_long_run_on_a_direct_executor_needs_no_deep_stack() {
        Lane lane = new Lane(Runnable::run, LaneTest::refused);
        AtomicInteger left = new AtomicInteger(200_000);
        Runnable again = new Runnable() {
            @Override
            public void run() {
                if (left.decrementAndGet() > 0) {
                    put(lane, this);
                }
            }
        };

        put(lane, again);

        assertThat(left).hasValue(0);
    }

    @Test
    void a_burst_asks_the_executor_once() {
        Queue<Runnable> executor = new ArrayDeque<>();
        Lane lane = new Lane(executor::add, LaneTest::refused);

        for (int i = 0; i < 50; i++) {
            int number = i;
            put(lane, () -> ran.add(number));
        }
        assertThat(executor).hasSize(1);
        executor.remove().run();

        assertThat(ran).hasSize(50).isSorted();
        assertThat(executor).isEmpty();
        put(lane, () -> ran.add(99));
        assertThat(executor).hasSize(1);
    }

    @Test
    void a_busy_lane_lets_others_have_the_thread() {
        Queue<Runnable> executor = new ArrayDeque<>();
        Lane busy = new Lane(executor::add, LaneTest::refused);
        Lane other = new Lane(executor::add, LaneTest::refused);
        for (int i = 0; i < 1000; i++) {
            int number = i;
            put(busy, () -> ran.add(number));
        }
        put(other, () -> ran.add(-1));

        while (!executor.isEmpty()) {
            executor.remove().run();
        }

        assertThat(ran).hasSize(1001);
        assertThat(ran.indexOf(-1)).isBetween(1, 100);
        ran.remove(Integer.valueOf(-1));
        assertThat(ran).isSorted();
    }

    @Test
    void a_task_that_fails_does_not_stop_the_lane() {
        Lane lane = new Lane(Runnable::run, LaneTest::refused);

        put(lane, () -> {
            put(lane, () -> ran.add(2));
            throw new StackOverflowError();
        });

        assertThat(ran).containsExactly(2);
    }

    @Test
    void tasks_of_several_threads_run_one_at_a_time_and_in_the_order_of_each_thread() throws Exception {
        int threads = 4;
        int each = 20_000;
        ExecutorService pool = Executors.newFixedThreadPool(3);
        ExecutorService putters = Executors.newFixedThreadPool(threads);
        Lane lane = new Lane(pool, LaneTest::refused);
        int[] last = new int[threads];
        int[] inside = new int[1];
        AtomicInteger faults = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(threads * each);
        for (int t = 0; t < threads; t++) {
            int thread = t;
            putters.execute(() -> {
                for (int i = 1; i <= each; i++) {
                    int number = i;
                    put(lane, () -> {
                        // Plain fields: a second thread inside would be seen, or would make updates lost.
                        if (++inside[0] != 1 || last[thread] != number - 1) {
                            faults.incrementAndGet();
                        }
                        last[thread] = number;
                        inside[0]--;
                        done.countDown();
                    });
                }
            });
        }

        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(faults).hasValue(0);
        pool.shutdown();
        putters.shutdown();
    }

    @Test
    void an_executor_that_refuses_is_reported_and_the_tasks_still_run() throws Exception {
        CountDownLatch reported = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(2);
        Lane lane = new Lane(
                task -> {
                    throw new RejectedExecutionException("full");
                },
                reported::countDown);

        put(lane, done::countDown);
        put(lane, done::countDown);

        assertThat(reported.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    }
}
