package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.protocol.PacketBundle;
import dev.parley.protocol.Utf8;
import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryTransport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A session that polls. */
class PollingTest extends EngineFixture {

    @Test
    @Behaviour("EIO-POLL-001")
    void a_posted_message_is_handled_before_the_post_is_answered() {
        echo();
        PollingClient client = openPolling();

        MemoryExchange push = client.push("4hello");

        assertThat(push.status()).isEqualTo(200);
        assertThat(push.text()).isEqualTo("ok");
        assertThat(client.poll().text()).isEqualTo("4hello");
    }

    @Test
    @Behaviour("EIO-POLL-002")
    void several_messages_travel_in_one_body() {
        echo();
        PollingClient client = openPolling();

        client.push("4test1" + SEP + "4test2" + SEP + "4test3");

        assertThat(client.poll().text()).isEqualTo("4test1" + SEP + "4test2" + SEP + "4test3");
    }

    @Test
    @Behaviour({"EIO-POLL-003", "EIO-POLL-013"})
    void binary_messages_travel_as_base64() {
        echo();
        PollingClient client = openPolling();

        client.push("4hello" + SEP + "bAQIDBA==");

        assertThat(recorder().messages()).containsExactly("hello", new byte[] {1, 2, 3, 4});
        assertThat(client.poll().text()).isEqualTo("4hello" + SEP + "bAQIDBA==");
    }

    @Test
    void a_poll_waits_until_there_is_something_to_send() {
        PollingClient client = openPolling();

        MemoryExchange poll = client.poll();
        assertThat(poll.isAnswered()).isFalse();
        session().send("a");

        assertThat(poll.text()).isEqualTo("4a");
        assertThat(client.poll().isAnswered()).isFalse();
    }

    @Test
    void a_poll_takes_with_it_all_that_was_sent_in_one_turn_of_its_thread() {
        onMessage = (session, message) -> List.of("a", "b", "c").forEach(session::send);
        PollingClient client = openPolling();

        MemoryExchange poll = client.poll();
        client.push("4now");

        assertThat(poll.text()).isEqualTo("4a" + SEP + "4b" + SEP + "4c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "", "4a\u001e", "\u001e4a", "bAAA", "b&&&&", "7", "\u001e"})
    @Behaviour({"EIO-POLL-004", "EIO-POLL-005", "EIO-CLOSE-026", "ABUSE-049"})
    void a_malformed_body_closes_the_session(String body) {
        PollingClient client = openPolling();
        MemoryExchange poll = client.poll();

        // The reference answers 200 ok.
        MemoryExchange push = client.push(body);

        assertThat(push.status()).isEqualTo(400);
        assertThat(push.text()).isEmpty();
        assertThat(recorder().reason()).isEqualTo(CloseReason.PARSE_ERROR);
        assertThat(poll.text()).isEqualTo("1");
        assertRefused(client.poll(), 1, "Session ID unknown");
    }

    @Test
    void packets_in_front_of_a_malformed_one_are_handled_and_those_behind_it_are_not() {
        PollingClient client = openPolling();

        client.push("4a" + SEP + "4b" + SEP + "x" + SEP + "4c");

        assertThat(recorder().messages()).containsExactly("a", "b");
    }

    @Test
    @Behaviour("ABUSE-050")
    void a_body_of_nothing_but_separators_is_refused_at_the_first() {
        PollingClient client = openPolling();

        assertThat(client.push(SEP.repeat(1_000_000)).status()).isEqualTo(400);

        assertThat(recorder().reason()).isEqualTo(CloseReason.PARSE_ERROR);
    }

    @Test
    @Behaviour("ABUSE-050")
    void a_body_of_more_packets_than_anybody_needs_is_refused() {
        PollingClient client = openPolling();

        client.push(("4" + SEP).repeat(200_000) + "4");

        assertThat(recorder().messages()).hasSize(100_000);
        assertThat(recorder().reason()).isEqualTo(CloseReason.PARSE_ERROR);
    }

    @Test
    @Behaviour("ABUSE-028")
    void text_that_is_not_utf_8_is_refused() {
        PollingClient client = openPolling();

        byte[] body = {'4', (byte) 0xc3, (byte) 0x28};
        assertThat(transport.request("POST", client.uri(), body).status()).isEqualTo(400);

        assertThat(recorder().reason()).isEqualTo(CloseReason.PARSE_ERROR);
    }

    @Test
    @Behaviour({"EIO-POLL-006", "EIO-POLL-007", "ABUSE-045"})
    void a_second_poll_closes_the_session() {
        PollingClient client = openPolling();
        MemoryExchange first = client.poll();

        MemoryExchange second = client.poll();

        assertThat(first.text()).isEqualTo("1");
        assertThat(second.status()).isEqualTo(400);
        assertThat(second.text()).isEmpty();
        assertThat(recorder().reason()).isEqualTo(CloseReason.TRANSPORT_ERROR);
        assertThat(recorder().cause()).hasMessage("overlap from client");
        assertThat(client.poll().status()).isEqualTo(400);
    }

    @Test
    @Behaviour({"EIO-POLL-008", "ABUSE-046"})
    void a_second_post_closes_the_session() {
        PollingClient client = openPolling();
        MemoryExchange first = client.beginPush();

        MemoryExchange second = client.push("4b");

        assertThat(second.status()).isEqualTo(400);
        assertThat(second.text()).isEmpty();
        assertThat(first.status()).isEqualTo(400);
        assertThat(recorder().reason()).isEqualTo(CloseReason.TRANSPORT_ERROR);
        assertThat(recorder().cause()).hasMessage("data request overlap from client");
        first.sendBody("4a".getBytes(StandardCharsets.UTF_8));
        assertThat(recorder().messages()).isEmpty();
    }

    @Test
    void a_poll_and_a_post_do_not_disturb_each_other() {
        PollingClient client = openPolling();
        MemoryExchange poll = client.poll();
        MemoryExchange push = client.beginPush();

        session().send("down");
        push.sendBody("4up".getBytes(StandardCharsets.UTF_8));

        assertThat(poll.text()).isEqualTo("4down");
        assertThat(push.text()).isEqualTo("ok");
        assertThat(recorder().messages()).containsExactly("up");
    }

    @Test
    @Behaviour({"EIO-POLL-009", "EIO-POLL-011", "ABUSE-048"})
    void a_body_over_the_limit_is_refused_and_closes_the_session() {
        serve(options -> options.maxPayload(5));
        PollingClient client = openPolling();

        MemoryExchange push = client.push("4hello");

        assertThat(push.status()).isEqualTo(413);
        assertThat(push.text()).isEmpty();
        assertThat(push.response().headers().get("connection")).isEqualTo("close");
        // The reference leaves the session open.
        assertThat(recorder().messages()).isEmpty();
        assertThat(recorder().reason()).isEqualTo(CloseReason.TRANSPORT_ERROR);
        assertThat(recorder().cause()).hasMessage("Max payload size exceeded");
    }

    /** It has to see the status of the POST before a poll could tell it less. */
    @Test
    void a_client_whose_body_is_refused_learns_nothing_of_the_end_by_the_poll_that_waits_or_is_on_its_way() {
        serve(options -> options.maxPayload(5));
        PollingClient waiting = openPolling();
        MemoryExchange pending = waiting.poll();
        PollingClient between = openPolling();

        waiting.push("4hello");
        between.push("4hello");

        assertThat(pending.text()).isEqualTo("6");
        assertThat(between.poll().text()).isEqualTo("6");
        assertRefused(waiting.poll(), 1, "Session ID unknown");
        assertRefused(between.poll(), 1, "Session ID unknown");
    }

    @Test
    @Behaviour("EIO-POLL-012")
    void a_body_within_the_limit_is_taken() {
        serve(options -> options.maxPayload(5));
        PollingClient client = openPolling();

        assertThat(client.push("4four").status()).isEqualTo(200);

        assertThat(recorder().messages()).containsExactly("four");
    }

    @Test
    @Behaviour("EIO-POLL-017")
    void text_beyond_ascii_survives_both_ways() {
        echo();
        PollingClient client = openPolling();
        String text = "utf8 — 中文 \uD83D\uDE80 \u2028\u0000";

        client.push("4" + text);

        assertThat(recorder().messages()).containsExactly(text);
        assertThat(client.poll().text()).isEqualTo("4" + text);
    }

    @Test
    @Behaviour("EIO-POLL-018")
    void the_answer_to_a_post_is_not_cached() {
        Headers headers = openPolling().push("4a").response().headers();

        assertThat(headers.get("content-type")).isEqualTo("text/html");
        assertThat(headers.get("cache-control")).isEqualTo("no-store");
        assertThat(headers.get("connection")).isNull();
    }

    @Test
    @Behaviour("EIO-POLL-019")
    void the_answer_to_a_poll_is_not_cached() {
        PollingClient client = openPolling();
        session().send("a");
        Headers headers = client.poll().response().headers();

        assertThat(headers.get("content-type")).isEqualTo("text/plain; charset=UTF-8");
        assertThat(headers.get("cache-control")).isEqualTo("no-store");
        assertThat(headers.get("connection")).isNull();
    }

    @Test
    @Behaviour("EIO-POLL-020")
    void a_post_that_breaks_off_closes_the_session() {
        PollingClient client = openPolling();

        client.beginPush().cut();

        assertThat(recorder().reason()).isEqualTo(CloseReason.TRANSPORT_ERROR);
        assertThat(recorder().cause()).hasMessage("data request connection closed prematurely");
    }

    @Test
    @Behaviour("EIO-POLL-021")
    void a_poll_of_a_session_that_closes_is_answered_with_the_close_packet() {
        PollingClient client = openPolling();
        session().close();
        assertThat(recorder().reason()).isNull();

        assertThat(client.poll().text()).isEqualTo("6" + SEP + "1");

        assertThat(recorder().reason()).isEqualTo(CloseReason.FORCED_CLOSE);
    }

    @Test
    @Behaviour("EIO-POLL-022")
    void nothing_behind_a_close_packet_is_handled() {
        PollingClient client = openPolling();

        assertThat(client.push("4a" + SEP + "1" + SEP + "4b").text()).isEqualTo("ok");

        assertThat(recorder().messages()).containsExactly("a");
        assertThat(recorder().reason()).isEqualTo(CloseReason.TRANSPORT_CLOSE);
    }

    @Test
    void packets_that_mean_nothing_are_ignored() {
        PollingClient client = openPolling();

        client.push("0{}" + SEP + "5" + SEP + "6" + SEP + "3" + SEP + "4a");

        assertThat(recorder().messages()).containsExactly("a");
        assertThat(session().isOpen()).isTrue();
    }

    @Test
    void a_bundle_is_never_torn_apart() {
        PollingClient client = openPolling();

        session().send(PacketBundle.message(Utf8.of("451-[\"e\"]"), List.of(new byte[] {1}, new byte[] {2})));
        session().send("next");

        assertThat(client.poll().text()).isEqualTo("451-[\"e\"]" + SEP + "bAQ==" + SEP + "bAg==" + SEP + "4next");
    }

    @Test
    void a_request_that_crosses_the_end_of_its_session_hears_that_there_is_none() {
        openPolling();
        PollingTransport polling = (PollingTransport) session().current();
        session().abort();

        assertRefused(passOn(polling::onPoll), 1, "Session ID unknown");
        assertRefused(passOn(polling::onPush), 1, "Session ID unknown");
    }

    /** Brings a request to where it would have come if its session had ended a moment later. */
    private static MemoryExchange passOn(Consumer<HttpExchange> to) {
        return new MemoryTransport(new Endpoint() {
                    @Override
                    public boolean handles(String path) {
                        return true;
                    }

                    @Override
                    public void handle(HttpExchange exchange) {
                        to.accept(exchange);
                    }

                    @Override
                    public CompletableFuture<Void> drain(int sessionsPerSecond, Duration limit) {
                        return close();
                    }

                    @Override
                    public CompletableFuture<Void> close() {
                        return CompletableFuture.completedFuture(null);
                    }
                })
                .get("/");
    }
}
