package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.engine.RequestFilter.Verdict;
import dev.parley.engine.ThreadedTransport.Connection;
import dev.parley.engine.ThreadedTransport.Exchange;
import dev.parley.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * Clients that keep no rule at all, several threads of them at each session, while the application closes and sends.
 */
class ChaosTest {

    private static final int THREADS = 4;
    private static final int STEPS = 150;
    private static final int PACE = 50;
    private static final String[] PACKETS = {"4a", "4b\u001e4c", "3", "1", "2", "x", "", "5", "6", "bAQ==", "b!"};
    private static final String[] FRAMES = {"2probe", "2probe", "2probe", "5", "5", "4a", "3", "1", "2", "x", ""};

    private final VirtualTime time = new VirtualTime();
    private final Queue<Recorder> recorders = new ConcurrentLinkedQueue<>();
    private final Queue<Exchange> exchanges = new ConcurrentLinkedQueue<>();
    private final Queue<Connection> connections = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final ExecutorService verdicts = Executors.newSingleThreadExecutor();

    private final EngineServer engine = EngineServer.create(
            EngineOptions.builder()
                    .scheduler(time)
                    .maxQueuedMessages(50)
                    .allowRequest(request -> CompletableFuture.supplyAsync(Verdict::admit, verdicts))
                    .build(),
            this::accept);
    private final ThreadedTransport transport = new ThreadedTransport(engine, 3);

    private SessionListener accept(Session session) {
        Recorder recorder = new Recorder(session, (from, message) -> {
            from.send("echo");
            if (message.equals("c")) {
                from.close();
            }
        });
        recorders.add(recorder);
        return recorder;
    }

    @RepeatedTest(30)
    void each_session_ends_once_and_nothing_is_left_over(RepetitionInfo repetition) throws Exception {
        List<CompletableFuture<Void>> done = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            Random random = new Random(repetition.getCurrentRepetition() * 31L + thread);
            done.add(CompletableFuture.runAsync(() -> rage(random), threads));
        }
        done.forEach(CompletableFuture::join);

        finish();

        assertThat(failures).isEmpty();
        assertThat(transport.failures()).isEmpty();
        assertThat(engine.sessionCount()).isZero();
        assertThat(time.pendingTimers()).as("%s", time).isZero();
        assertThat(exchanges).allMatch(Exchange::isOver);
        assertThat(recorders).hasSizeGreaterThan(3).allSatisfy(recorder -> {
            assertThat(recorder.closings()).isEqualTo(1);
            assertThat(recorder.violations()).isEmpty();
            assertThat(recorder.session().queuedBytes()).isZero();
        });
    }

    private void finish() throws InterruptedException {
        transport.awaitQuiet();
        threads.shutdown();
        verdicts.shutdown();
        assertThat(verdicts.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        transport.awaitQuiet();
        engine.close().join();
        transport.awaitQuiet();
        transport.shutDown();
    }

    private void rage(Random random) {
        try {
            for (int i = 0; i < STEPS; i++) {
                if (i % PACE == 0) {
                    // or else all is done before slow I/O threads have begun
                    transport.awaitQuiet();
                }
                List<Session> sessions = List.copyOf(engine.sessions());
                if (sessions.size() < 3) {
                    open(random);
                } else {
                    step(sessions.get(random.nextInt(sessions.size())), random);
                }
            }
        } catch (Throwable e) {
            failures.add(e);
        }
    }

    private void step(Session session, Random random) {
        String sid = "&sid=" + session.id();
        String polling = EngineFixture.POLLING + sid;
        switch (random.nextInt(11)) {
            case 0, 1, 2 -> exchanges.add(transport.get(polling));
            case 3, 4 -> exchanges.add(transport.post(polling, PACKETS[random.nextInt(PACKETS.length)]));
            case 5 -> connect(EngineFixture.WEBSOCKET + sid);
            case 6, 7 ->
                each(connections, random, connection -> connection.send(FRAMES[random.nextInt(FRAMES.length)]));
            case 8 ->
                each(exchanges, random, exchange -> {
                    if (random.nextInt(4) == 0) {
                        exchange.cut();
                    }
                });
            case 9 -> act(session, random);
            default -> time.advance(Duration.ofMillis(random.nextInt(200)));
        }
    }

    private void connect(String uri) {
        Exchange exchange = transport.upgrade(uri);
        exchanges.add(exchange);
        exchange.webSocket().thenAccept(connection -> {
            connection.onFrame(frame -> {});
            connections.add(connection);
        });
    }

    private void open(Random random) {
        if (random.nextBoolean()) {
            exchanges.add(transport.get(EngineFixture.POLLING));
        } else {
            connect(EngineFixture.WEBSOCKET);
        }
    }

    private static void act(Session session, Random random) {
        switch (random.nextInt(20)) {
            case 0 -> session.close();
            case 1 -> session.abort();
            default -> session.send("down");
        }
    }

    private static <T> void each(Queue<T> all, Random random, Consumer<T> action) {
        int skip = all.isEmpty() ? 0 : random.nextInt(all.size());
        all.stream().skip(skip).limit(2).forEach(action);
    }
}
