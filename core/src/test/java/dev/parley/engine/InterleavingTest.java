package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.testing.VirtualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Many threads at once, in orders that chance brings about. */
class InterleavingTest {

    private static final int SENDERS = 3;
    private static final int MESSAGES = 400;

    private final VirtualTime time = new VirtualTime();
    private final Map<String, Recorder> recorders = new ConcurrentHashMap<>();
    private final ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
    private EngineServer engine;
    private ThreadedTransport transport;

    @BeforeEach
    void start() {
        EngineOptions options = EngineOptions.builder().scheduler(time).build();
        engine = EngineServer.create(options, session -> {
            Recorder recorder = new Recorder(session, (from, message) -> {});
            recorders.put(session.id(), recorder);
            return recorder;
        });
        transport = new ThreadedTransport(engine, 3);
    }

    @AfterEach
    void nothing_is_left_over() throws InterruptedException {
        senders.shutdown();
        assertThat(senders.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        engine.close().join();
        transport.awaitQuiet();
        transport.shutDown();
        assertThat(transport.failures()).isEmpty();
        assertThat(engine.sessionCount()).isZero();
        assertThat(time.pendingTimers()).as("%s", time).isZero();
        assertThat(recorders.values()).allSatisfy(recorder -> {
            assertThat(recorder.closings()).isEqualTo(1);
            assertThat(recorder.violations()).isEmpty();
        });
    }

    @RepeatedTest(50)
    @Behaviour("ABUSE-073")
    void every_message_arrives_once_and_in_order_whatever_happens_to_the_transport(RepetitionInfo repetition)
            throws Exception {
        try (ThreadedClient client =
                new ThreadedClient(transport, time, repetition.getCurrentRepetition(), SENDERS * MESSAGES)) {
            Recorder recorder = recorders.get(client.open().get(10, TimeUnit.SECONDS));
            IntStream.range(0, MESSAGES).forEach(i -> client.send("up:" + i));
            List<CompletableFuture<Void>> sent = new ArrayList<>();
            for (int sender = 0; sender < SENDERS; sender++) {
                String name = sender + ":";
                sent.add(CompletableFuture.runAsync(
                        () -> IntStream.range(0, MESSAGES)
                                .forEach(i -> recorder.session().send(name + i)),
                        senders));
            }

            client.complete().get(20, TimeUnit.SECONDS);
            recorder.awaitMessages(MESSAGES);
            sent.forEach(CompletableFuture::join);

            List<String> received = client.received();
            assertThat(received).hasSize(SENDERS * MESSAGES);
            for (int sender = 0; sender < SENDERS; sender++) {
                String name = sender + ":";
                assertThat(received.stream().filter(message -> message.startsWith(name)))
                        .containsExactlyElementsOf(IntStream.range(0, MESSAGES)
                                .mapToObj(i -> name + i)
                                .toList());
            }
            assertThat(recorder.messages())
                    .isEqualTo(IntStream.range(0, MESSAGES)
                            .mapToObj(i -> "up:" + i)
                            .toList());
        }
    }

    @RepeatedTest(50)
    void a_session_that_is_closed_in_good_order_delivers_all_before(RepetitionInfo repetition) throws Exception {
        try (ThreadedClient client =
                new ThreadedClient(transport, time, repetition.getCurrentRepetition(), Integer.MAX_VALUE)) {
            Recorder recorder = recorders.get(client.open().get(10, TimeUnit.SECONDS));
            IntStream.range(0, MESSAGES).forEach(i -> recorder.session().send("" + i));
            recorder.session().close();

            client.over().get(20, TimeUnit.SECONDS);

            assertThat(client.received())
                    .containsExactlyElementsOf(
                            IntStream.range(0, MESSAGES).mapToObj(i -> "" + i).toList());
        }
    }

    @RepeatedTest(50)
    void a_session_that_is_aborted_while_messages_come_and_go_ends_once(RepetitionInfo repetition) throws Exception {
        Random random = new Random(repetition.getCurrentRepetition());
        try (ThreadedClient client =
                new ThreadedClient(transport, time, repetition.getCurrentRepetition(), Integer.MAX_VALUE)) {
            Recorder recorder = recorders.get(client.open().get(10, TimeUnit.SECONDS));
            IntStream.range(0, MESSAGES).forEach(i -> client.send("" + i));
            for (int sender = 0; sender < SENDERS - 1; sender++) {
                senders.execute(() -> IntStream.range(0, MESSAGES)
                        .forEach(i -> recorder.session().send("" + i)));
            }
            recorder.awaitMessages(random.nextInt(MESSAGES));

            CompletableFuture.allOf(
                            CompletableFuture.runAsync(recorder.session()::abort, senders),
                            CompletableFuture.runAsync(recorder.session()::close, senders))
                    .join();

            client.over().get(20, TimeUnit.SECONDS);
            assertThat(recorder.session().send("late")).isFalse();
        }
    }
}
