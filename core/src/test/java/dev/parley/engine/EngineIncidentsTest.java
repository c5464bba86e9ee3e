package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.engine.RequestFilter.Verdict;
import dev.parley.protocol.PacketBundle;
import dev.parley.testing.MemoryWebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever is refused, ended or ignored is counted once, under a name of its own. */
class EngineIncidentsTest extends EngineFixture {

    /** Does what a client, or an application, has to do so that an incident happens once. */
    private void cause(EngineIncident incident) {
        switch (incident) {
            case UNKNOWN_TRANSPORT -> transport.get("/engine.io/?EIO=4&transport=smoke");
            case UNKNOWN_SID -> transport.get(POLLING + "&sid=nobody");
            case BAD_HANDSHAKE_METHOD -> transport.post(POLLING, "");
            case TRANSPORT_HANDSHAKE_ERROR -> transport.get(WEBSOCKET);
            case TRANSPORT_MISMATCH -> {
                openWebSocket();
                transport.get(POLLING + "&sid=" + session().id());
            }
            case PROTOCOL_MISMATCH -> transport.get(openPolling().uri().replace("EIO=4", "EIO=3"));
            case UNSUPPORTED_PROTOCOL_VERSION -> transport.get("/engine.io/?EIO=5&transport=polling");
            case ORIGIN_NOT_ALLOWED -> transport.upgrade(WEBSOCKET, "Origin", "https://evil.example");
            case FORBIDDEN -> {
                serve(options ->
                        options.allowRequest(request -> CompletableFuture.completedFuture(Verdict.refuse("no"))));
                transport.get(POLLING);
            }
            case ID_GENERATION_ERROR -> {
                serve(options -> options.idGenerator(request -> CompletableFuture.completedFuture("a b")));
                transport.get(POLLING);
            }
            case MIDDLEWARE_FAILURE -> {
                engine.use(request -> CompletableFuture.failedFuture(new IllegalStateException("broken")));
                transport.get(POLLING);
            }
            case TOO_MANY_SESSIONS -> {
                serve(options -> options.maxSessions(1));
                openPolling();
                transport.get(POLLING);
            }
            case TOO_MANY_SESSIONS_OF_ADDRESS -> {
                serve(options -> options.maxSessionsPerAddress(1));
                openPolling();
                transport.get(POLLING);
            }
            case HANDSHAKE_RATE_EXCEEDED -> {
                serve(options -> options.maxHandshakesPerSecond(1));
                openPolling();
                transport.get(POLLING);
            }
            case SHUTTING_DOWN -> {
                engine.drain(1, Duration.ofSeconds(1));
                transport.get(POLLING);
            }
            case METHOD_NOT_ALLOWED -> transport.request("DELETE", openPolling().uri(), new byte[0]);
            case UPGRADE_FAILED -> openPolling().requestUpgrade().webSocket().send("4hello");
            case UPGRADE_TIMEOUT -> {
                openPolling().requestUpgrade();
                time.advance(Duration.ofSeconds(10));
            }
            case PING_TIMEOUT -> {
                openWebSocket();
                time.advance(PING_INTERVAL.plus(PING_TIMEOUT));
            }
            case INVALID_PACKET -> openWebSocket().send("x");
            case TOO_MANY_PACKETS -> {
                serve(options -> options.maxPacketsPerPayload(2));
                openPolling().push("4a" + SEP + "4b" + SEP + "4c");
            }
            case INVALID_HEARTBEAT -> openWebSocket().send("2");
            case OVERLAPPING_REQUESTS -> {
                PollingClient client = openPolling();
                client.poll();
                client.poll();
            }
            case INVALID_CONTENT_TYPE -> openPolling().push("4x", "Content-Type", "application/octet-stream");
            case PAYLOAD_TOO_LARGE -> {
                serve(options -> options.maxPayload(3));
                openPolling().push("4hello");
            }
            case OUTGOING_QUEUE_FULL -> {
                serve(options -> options.maxQueuedMessages(1));
                openPolling();
                session().send("a");
                session().send("b");
            }
            case MESSAGE_DROPPED -> {
                openPolling();
                session().sendVolatile(PacketBundle.text("news"));
            }
            case IGNORED_PACKET -> openWebSocket().send("6");
            default -> throw new AssertionError("how does " + incident + " happen?");
        }
    }

    /** What has happened, and how often. */
    private Map<EngineIncident, Long> counts() {
        return engine.incidents().counts().entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {
                // counted by what carries bytes; its tests show them
                "MALFORMED_REQUEST",
                "REQUEST_LINE_TOO_LONG",
                "HEADERS_TOO_LARGE",
                "UNKNOWN_PATH",
                "INVALID_WEBSOCKET_HANDSHAKE",
                "HEADERS_TIMEOUT",
                "BODY_TIMEOUT",
                "WRITE_TIMEOUT",
                "INVALID_FRAME"
            })
    void each_is_counted_once_and_nothing_else_with_it(EngineIncident incident) {
        cause(incident);

        assertThat(counts()).isEqualTo(Map.of(incident, 1L));
        assertThat(engine.incidents().count(incident)).isEqualTo(1);
        assertThat(errors).allSatisfy(error -> assertThat(error.incident()).isEqualTo(incident));
    }

    @Test
    void clients_that_keep_to_the_rules_are_not_counted() {
        PollingClient client = openPolling();
        client.push("4hello");
        MemoryWebSocket webSocket = client.upgrade();
        time.advance(PING_INTERVAL);
        webSocket.send("3");
        webSocket.send("1");
        openWebSocket().close();
        openPolling();
        engine.close();

        assertThat(opened)
                .hasSize(3)
                .allSatisfy(session -> assertThat(session.closings()).isEqualTo(1));
        assertThat(counts()).isEmpty();
    }

    @Test
    void the_same_fault_counts_the_same_on_either_transport() {
        serve(options -> options.maxPayload(3));

        openWebSocket().send("4hello");
        openPolling().push("4hello");
        openPolling().push("x");
        openWebSocket().send("x");

        assertThat(counts()).isEqualTo(Map.of(EngineIncident.PAYLOAD_TOO_LARGE, 2L, EngineIncident.INVALID_PACKET, 2L));
    }

    @Test
    void a_second_upgrade_and_one_that_vanishes_are_given_up() {
        PollingClient client = openPolling();
        MemoryWebSocket first = client.probe();

        client.requestUpgrade();
        first.close();

        assertThat(counts()).isEqualTo(Map.of(EngineIncident.UPGRADE_FAILED, 2L));
    }

    @Test
    @Behaviour("ABUSE-023")
    void pongs_that_nobody_has_asked_for_are_counted() {
        MemoryWebSocket webSocket = openWebSocket();

        List.of("3", "3", "5", "0").forEach(webSocket::send);

        assertThat(counts()).isEqualTo(Map.of(EngineIncident.IGNORED_PACKET, 4L));
    }

    @Test
    void what_the_transport_refuses_is_counted_too() {
        engine.refused(EngineIncident.HEADERS_TOO_LARGE);

        assertThat(counts()).isEqualTo(Map.of(EngineIncident.HEADERS_TOO_LARGE, 1L));
    }

    @Test
    void a_copy_of_the_counts_does_not_change() {
        Map<EngineIncident, Long> before = engine.incidents().counts();

        openWebSocket().send("x");

        assertThat(before).hasSize(EngineIncident.values().length).allSatisfy((incident, count) -> {
            assertThat(count).isZero();
        });
    }
}
