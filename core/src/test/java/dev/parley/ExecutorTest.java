package dev.parley;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Fixture.Client;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** On which threads handlers run. */
class ExecutorTest {

    @Test
    void the_servers_own_executor_runs_handlers_on_daemon_threads_and_starts_anew_after_a_shutdown() throws Exception {
        LaneExecutor executor = new LaneExecutor(null);
        BlockingQueue<Thread> ran = new LinkedBlockingQueue<>();

        executor.execute(() -> ran.add(Thread.currentThread()));
        assertThat(ran.poll(10, TimeUnit.SECONDS).isDaemon()).isTrue();
        executor.shutDown();
        executor.shutDown();
        executor.execute(() -> ran.add(Thread.currentThread()));

        assertThat(ran.poll(10, TimeUnit.SECONDS)).isNotSameAs(Thread.currentThread());
        executor.shutDown();
    }

    @Test
    void from_java_21_on_the_threads_are_virtual() throws Exception {
        LaneExecutor executor = new LaneExecutor(null);
        BlockingQueue<String> ran = new LinkedBlockingQueue<>();

        executor.execute(() -> ran.add(Thread.currentThread().toString()));

        assertThat(ran.poll(10, TimeUnit.SECONDS))
                .startsWith(Runtime.version().feature() >= 21 ? "VirtualThread" : "Thread[");
        executor.shutDown();
    }

    @Test
    void before_that_they_are_a_pool_that_grows_while_handlers_wait_for_futures() throws Exception {
        ForkJoinPool pool = (ForkJoinPool) LaneExecutor.pool();
        int more = pool.getParallelism() + 5;
        CountDownLatch started = new CountDownLatch(more);
        CompletableFuture<Void> signal = new CompletableFuture<>();
        for (int i = 0; i < more; i++) {
            pool.execute(() -> {
                started.countDown();
                signal.join();
            });
        }

        assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
        signal.complete(null);
        pool.shutdown();
    }

    @Test
    void a_handler_may_wait_for_an_acknowledgement_of_its_own_client() throws Exception {
        ExecutorService pool = LaneExecutor.pool();
        Fixture server = new Fixture(options -> options.executor(pool));
        BlockingQueue<String> answers = new LinkedBlockingQueue<>();
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch connected = new CountDownLatch(1);
        server.io.onConnection(socket -> {
            socket.on("start", event -> {
                var answer = socket.emitWithAck(String.class, "question");
                asked.countDown();
                answers.add(answer.get());
            });
            connected.countDown();
        });
        Client client = server.open();
        client.send("0");
        assertThat(connected.await(10, TimeUnit.SECONDS)).isTrue();

        client.send("2[\"start\"]");
        assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
        client.send("30[\"answer\"]");

        assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo("answer");
        pool.shutdown();
    }

    @Test
    @Behaviour("ABUSE-089")
    void one_blocked_handler_holds_up_its_own_socket_only() throws Exception {
        ExecutorService pool = LaneExecutor.pool();
        Fixture server = new Fixture(options -> options.executor(pool));
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch connected = new CountDownLatch(2);
        BlockingQueue<String> handled = new LinkedBlockingQueue<>();
        server.io.onConnection(socket -> {
            socket.on("block", event -> release.await());
            socket.on("name", String.class, handled::add);
            connected.countDown();
        });
        Client first = server.open();
        Client second = server.open();
        first.send("0");
        second.send("0");
        assertThat(connected.await(10, TimeUnit.SECONDS)).isTrue();

        first.send("2[\"block\"]");
        first.send("2[\"name\",\"first\"]");
        second.send("2[\"name\",\"second\"]");

        assertThat(handled.poll(10, TimeUnit.SECONDS)).isEqualTo("second");
        release.countDown();
        assertThat(handled.poll(10, TimeUnit.SECONDS)).isEqualTo("first");
        pool.shutdown();
    }

    @Test
    void an_executor_that_refuses_costs_the_client_its_connection_and_its_end_is_still_told() throws Exception {
        List<Runnable> taken = new ArrayList<>();
        BlockingQueue<DisconnectReason> ended = new LinkedBlockingQueue<>();
        Fixture server = new Fixture(options -> options.executor(task -> {
            if (!taken.isEmpty()) {
                throw new RejectedExecutionException("full");
            }
            taken.add(task);
            task.run();
        }));
        server.io.onConnection(socket -> socket.onDisconnect(ended::add));
        Client client = server.connect();

        client.send("2[\"x\"]");

        assertThat(ended.poll(10, TimeUnit.SECONDS)).isEqualTo(DisconnectReason.FORCED_CLOSE);
        assertThat(client.isClosed()).isTrue();
        assertThat(server.io.engine().sessionCount()).isZero();
    }

    @Test
    void an_acknowledgement_is_told_even_if_the_executor_refuses() throws InterruptedException {
        Fixture server = new Fixture(options -> options.executor(new RefusingLater()));
        Client client = server.connect();
        var answer = server.io.sockets().get(0).emitWithAck(Integer.class, "x");

        client.send("30[1]");

        assertThat(answer).succeedsWithin(ofSeconds(10)).isEqualTo(1);
    }

    private static final class RefusingLater implements Executor {
        private boolean used;

        @Override
        public void execute(Runnable task) {
            if (used) {
                throw new RejectedExecutionException("full");
            }
            used = true;
            task.run();
        }
    }

    @Test
    void waiting_for_a_client_that_leaves_ends_at_once() throws Exception {
        Fixture server = new Fixture();
        Client client = server.connect();
        var answer = server.io.sockets().get(0).emitWithAck(Integer.class, "x");

        client.close();

        assertThat(answer).failsWithin(ofSeconds(10)).withThrowableOfType(ExecutionException.class);
    }
}
