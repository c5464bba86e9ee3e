package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.parley.Fixture.Client;
import dev.parley.testing.MemoryExchange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A client that sends more packets than it may has to wait; nothing gets lost. */
class PacketRateTest {

    private static final int RATE = 10;
    private static final String POLLING = "/socket.io/?EIO=4&transport=polling";

    private final List<Integer> handled = new ArrayList<>();
    private Fixture server = new Fixture();

    @AfterEach
    void nothing_is_left_over() {
        server.io.close();
        assertThat(server.time.pendingTimers()).as("%s", server.time).isZero();
    }

    private void serve(Consumer<SocketIoOptions.Builder> options) {
        server = new Fixture(builder -> options.accept(builder.maxPacketsPerSecond(RATE)));
        server.io.onConnection(socket -> socket.on("x", Integer.class, handled::add));
    }

    private static void send(Client client, int count) {
        for (int i = 0; i < count; i++) {
            client.send("2[\"x\"," + i + "]");
        }
    }

    @Test
    void events_beyond_the_rate_are_handled_later_and_in_order() {
        serve(options -> {});
        Client client = server.connect();

        send(client, 100);
        assertThat(handled).hasSizeBetween(RATE - 1, RATE + 1);
        server.advance(Duration.ofSeconds(3));
        assertThat(handled).hasSizeBetween(4 * RATE - 3, 4 * RATE + 3);
        server.advance(Duration.ofSeconds(7));

        assertThat(handled).isEqualTo(IntStream.range(0, 100).boxed().toList());
        assertThat(client.isClosed()).isFalse();
    }

    @Test
    void a_client_that_keeps_to_the_rate_never_waits() {
        serve(options -> {});
        Client client = server.connect();

        for (int second = 1; second <= 20; second++) {
            server.advance(Duration.ofSeconds(1));
            send(client, RATE);
            assertThat(handled).hasSize(second * RATE);
        }

        assertThat(server.io.incidents().count(Incident.PACKET_RATE_EXCEEDED)).isZero();
    }

    @Test
    void a_client_that_waits_does_not_time_out() {
        serve(options -> {});
        Client client = server.connect();

        send(client, 5000);
        server.advance(Duration.ofMinutes(5));

        assertThat(client.isClosed()).isFalse();
        assertThat(handled).hasSizeGreaterThan(290 * RATE);
    }

    @Test
    void other_clients_do_not_wait() {
        serve(options -> {});
        send(server.connect(), 1000);
        handled.clear();

        send(server.connect(), RATE - 1);

        assertThat(handled).hasSize(RATE - 1);
    }

    @Test
    void acknowledgements_count_as_well() {
        serve(options -> {});
        Client client = server.connect();

        for (int i = 0; i < 2 * RATE; i++) {
            client.send("37[]");
        }
        client.send("2[\"x\",1]");

        assertThat(handled).isEmpty();
        server.advance(Duration.ofSeconds(2));
        assertThat(handled).containsExactly(1);
    }

    @Test
    void what_a_client_that_polls_sends_at_a_time_is_read_at_that_rate_too() {
        serve(options -> {});
        String sid = server.transport.get(POLLING).text().substring(9, 29);

        MemoryExchange push =
                server.transport.post(POLLING + "&sid=" + sid, "40" + "\u001e42[\"x\",1]".repeat(3 * RATE));

        assertThat(handled).as("what may come at once").hasSize(RATE);
        server.advance(Duration.ofSeconds(1));
        assertThat(handled).hasSizeBetween(2 * RATE - 1, 2 * RATE + 1);
        assertThat(push.isAnswered()).isFalse();
        server.advance(Duration.ofSeconds(2));
        assertThat(handled).hasSize(3 * RATE);
        assertThat(push.text()).isEqualTo("ok");
    }

    @Test
    void the_client_waits_for_its_handlers_even_if_it_has_paid_for_what_it_sent() {
        List<Runnable> held = new ArrayList<>();
        AtomicBoolean holds = new AtomicBoolean();
        Executor executor = task -> {
            if (holds.get()) {
                held.add(task);
            } else {
                task.run();
            }
        };
        serve(options -> options.executor(executor).maxUnhandledBytes(1400));
        Client client = server.connect();
        holds.set(true);

        send(client, 100);
        server.advance(Duration.ofMinutes(1));
        assertThat(held).hasSize(1);
        assertThat(handled).isEmpty();

        for (int i = 0; i < 1000 && handled.size() < 100; i++) {
            server.advance(Duration.ofMillis(100));
            List<Runnable> ready = List.copyOf(held);
            held.clear();
            ready.forEach(Runnable::run);
        }
        assertThat(handled).hasSize(100);
        holds.set(false);
    }

    @Test
    void the_client_is_read_again_even_if_its_time_was_over_before_reading_had_been_paused() {
        AtomicBoolean reads = new AtomicBoolean(true);
        Runnable slowly = () -> {
            server.advance(Duration.ofSeconds(5));
            reads.set(false);
        };
        ServerContext context = new ServerContext(
                SocketIoOptions.builder().scheduler(server.time).build());
        PacketRate rate = new PacketRate(context, 1, slowly, () -> reads.set(true));

        rate.count();
        rate.count();

        assertThat(context.incidents().count(Incident.PACKET_RATE_EXCEEDED)).isEqualTo(1);
        assertThat(reads).isTrue();
    }

    @Test
    void a_rate_has_to_be_positive() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SocketIoOptions.builder().maxPacketsPerSecond(0))
                .withMessage("maxPacketsPerSecond: 0 (expected: > 0)");
    }
}
