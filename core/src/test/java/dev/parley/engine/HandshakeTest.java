package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.engine.CookieOptions.SameSite;
import dev.parley.protocol.PacketBundle;
import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryWebSocket;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How sessions are opened. */
class HandshakeTest extends EngineFixture {

    @Test
    @Behaviour({"EIO-HS-026", "EIO-HS-013", "EIO-HS-021", "SEC-002"})
    void a_polling_handshake_is_answered_with_the_open_packet() {
        MemoryExchange exchange = transport.get(POLLING);

        assertThat(exchange.status()).isEqualTo(200);
        assertThat(exchange.text())
                .isEqualTo("0{\"sid\":\"" + session().id() + "\",\"upgrades\":[\"websocket\"],"
                        + "\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000000}");
    }

    @Test
    @Behaviour({"EIO-HS-027", "EIO-HS-018"})
    void a_web_socket_handshake_is_answered_with_the_open_packet_and_offers_no_upgrade() {
        MemoryWebSocket webSocket = transport.upgrade(WEBSOCKET).webSocket();

        assertThat(webSocket.poll())
                .isEqualTo("0{\"sid\":\"" + session().id() + "\",\"upgrades\":[],"
                        + "\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000000}");
        assertThat(webSocket.poll()).isNull();
    }

    @Test
    @Behaviour("EIO-HS-014")
    void the_open_packet_tells_the_options() {
        serve(options -> options.pingInterval(Duration.ofMillis(77))
                .pingTimeout(Duration.ofMillis(123))
                .maxPayload(5));

        assertThat(transport.get(POLLING).text()).endsWith("\"pingInterval\":77,\"pingTimeout\":123,\"maxPayload\":5}");
    }

    @Test
    @Behaviour({"EIO-HS-019", "EIO-HS-020"})
    void only_what_is_switched_on_is_offered_as_an_upgrade() {
        serve(options -> options.transports(Set.of(TransportType.POLLING)));
        assertThat(transport.get(POLLING).text()).contains("\"upgrades\":[]");

        serve(options -> options.allowUpgrades(false));
        assertThat(transport.get(POLLING).text()).contains("\"upgrades\":[]");
    }

    @Test
    @Behaviour("EIO-HS-010")
    void open_sessions_are_counted_and_found() {
        assertThat(engine.sessionCount()).isZero();

        String sid = openPolling().sid;

        assertThat(engine.sessionCount()).isEqualTo(1);
        assertThat(engine.session(sid)).containsSame(session());
        assertThat(engine.sessions()).containsExactly(session());
        assertThat(engine.session("other")).isEmpty();
    }

    @Test
    @Behaviour("EIO-HS-034")
    void a_session_is_counted_until_it_is_closed() {
        openPolling();
        openWebSocket();

        session().abort();
        session().abort();

        assertThat(engine.sessionCount()).isEqualTo(1);
        assertThat(opened.get(1).closings()).isEqualTo(1);
    }

    @Test
    @Behaviour({"EIO-HS-015", "EIO-HS-016", "EIO-ATT-001"})
    void the_application_gets_the_session() {
        String sid = openPolling().sid;

        assertThat(session().id()).isEqualTo(sid);
        assertThat(session().protocol()).isEqualTo(4);
        assertThat(session().transport()).isEqualTo("polling");
        assertThat(session().isOpen()).isTrue();
    }

    @Test
    @Behaviour("EIO-HS-017")
    void a_session_may_begin_on_a_web_socket() {
        serve(options -> options.transports(Set.of(TransportType.WEBSOCKET)));

        openWebSocket();

        assertThat(session().transport()).isEqualTo("websocket");
    }

    @Test
    @Behaviour("EIO-CLOSE-019")
    void polling_is_refused_if_it_is_switched_off() {
        serve(options -> options.transports(Set.of(TransportType.WEBSOCKET)));

        assertRefused(transport.get(POLLING), 0, "Transport unknown");
    }

    @Test
    @Behaviour({"EIO-HS-022", "EIO-HS-023"})
    void the_query_of_the_first_request_is_kept() {
        transport.get(POLLING + "&token=a%20b&empty=&flag");

        assertThat(session().request().query())
                .containsEntry("EIO", "4")
                .containsEntry("transport", "polling")
                .containsEntry("token", "a b")
                .containsEntry("empty", "")
                .containsEntry("flag", "");
    }

    @Test
    @Behaviour({"EIO-HS-028", "EIO-HS-029", "EIO-HS-030", "EIO-HS-031"})
    void address_and_headers_of_the_first_request_are_kept() {
        transport.get(POLLING, "X-Custom", "1", "Cookie", "a=b");
        transport.upgrade(WEBSOCKET, "X-Custom", "1", "Cookie", "a=b");

        assertThat(opened).hasSize(2).allSatisfy(recorder -> {
            HttpRequest request = recorder.session().request();
            assertThat(request.remoteAddress()).isEqualTo("127.0.0.1");
            assertThat(request.header("x-custom")).isEqualTo("1");
            assertThat(request.header("cookie")).isEqualTo("a=b");
        });
    }

    @Test
    @Behaviour("EIO-HS-024")
    void an_initial_packet_travels_with_the_handshake() {
        serve(options -> options.initialPacket(PacketBundle.text("faster!")));

        assertThat(transport.get(POLLING).text()).startsWith("0{").endsWith("}" + SEP + "4faster!");
        assertThat(openWebSocket().poll()).isEqualTo("4faster!");
    }

    @Test
    @Behaviour({"EIO-HS-033", "ABUSE-075"})
    void session_ids_are_20_characters_that_need_no_escaping_and_do_not_repeat() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            String sid = openPolling().sid;
            assertThat(sid).matches("[A-Za-z0-9_-]{20}");
            ids.add(sid);
        }
        // The reference ends each id with a counter; here all 120 bits are random.
        assertThat(ids).hasSize(1000);
    }

    @Test
    void a_client_cannot_choose_its_session_id() {
        serve(options -> options.cookie(CookieOptions.builder().build()));

        String first = sidOf(transport.get(POLLING, "Cookie", "io=chosen").text());
        String second = sidOf(transport.get(POLLING, "Cookie", "io=" + first).text());

        assertThat(first).isNotEqualTo("chosen");
        assertThat(second).isNotEqualTo(first);
        assertThat(engine.sessionCount()).isEqualTo(2);
        assertThat(transport.get(POLLING + "&sid=chosen").status()).isEqualTo(400);
    }

    @Test
    @Behaviour({"EIO-HS-011", "EIO-HS-012"})
    void the_application_may_make_the_ids() {
        CompletableFuture<String> id = new CompletableFuture<>();
        serve(options -> options.idGenerator(request -> id));

        MemoryExchange exchange = transport.get(POLLING);
        assertThat(exchange.isAnswered()).isFalse();
        id.complete("abc");

        assertThat(sidOf(exchange.text())).isEqualTo("abc");
        assertThat(session().id()).isEqualTo("abc");
        assertThat(engine.session("abc")).containsSame(session());
    }

    @Test
    @Behaviour("EIO-HS-025")
    void the_path_may_end_without_a_slash() {
        serve(options -> options.addTrailingSlash(false));

        assertThat(transport.get("/engine.io?EIO=4&transport=polling").status()).isEqualTo(200);
        // The reference answers whatever begins with the path.
        assertThat(transport.get("/engine.io/foo/bar/?EIO=4&transport=polling").status())
                .isEqualTo(404);
    }

    @Test
    @Behaviour("EIO-HS-001")
    void a_cookie_carries_the_session_id() {
        assertThat(cookie(options -> options)).isEqualTo("io=" + session().id() + "; Path=/; HttpOnly; SameSite=Lax");
    }

    @Test
    @Behaviour({"EIO-HS-002", "EIO-HS-005"})
    void the_cookie_may_have_another_name() {
        assertThat(cookie(options -> options.name("woot").httpOnly(true)))
                .isEqualTo("woot=" + session().id() + "; Path=/; HttpOnly; SameSite=Lax");
    }

    @Test
    @Behaviour({"EIO-HS-003", "EIO-HS-004"})
    void the_cookie_may_have_another_path_or_none() {
        assertThat(cookie(options -> options.path("/custom"))).endsWith("; Path=/custom; HttpOnly; SameSite=Lax");
        assertThat(cookie(options -> options.path(null))).endsWith(session().id() + "; HttpOnly; SameSite=Lax");
    }

    @Test
    @Behaviour({"EIO-HS-006", "EIO-HS-007"})
    void the_cookie_may_have_other_attributes() {
        assertThat(cookie(options -> options.sameSite(SameSite.STRICT).httpOnly(false)))
                .endsWith("; Path=/; SameSite=Strict");
        assertThat(cookie(options -> options.domain("a.example")
                        .maxAge(Duration.ofMinutes(2))
                        .secure(true)
                        .partitioned(true)
                        .sameSite(null)))
                .endsWith("; Max-Age=120; Domain=a.example; Path=/; HttpOnly; Secure; Partitioned");
    }

    @Test
    @Behaviour("EIO-HS-009")
    void there_is_no_cookie_by_default() {
        assertThat(transport.get(POLLING).response().headers().get("Set-Cookie"))
                .isNull();
    }

    @Test
    @Behaviour("EIO-HS-032")
    void only_the_answer_to_a_polling_handshake_sets_the_cookie() {
        serve(options -> options.cookie(CookieOptions.builder().build()));

        PollingClient client = openPolling();
        session().send("a");
        assertThat(client.poll().response().headers().get("Set-Cookie")).isNull();
        assertThat(client.push("4b").response().headers().get("Set-Cookie")).isNull();
        assertThat(transport.upgrade(WEBSOCKET).webSocket().responseHeaders().get("Set-Cookie"))
                .isNull();
    }

    private @Nullable String cookie(UnaryOperator<CookieOptions.Builder> attributes) {
        CookieOptions cookie = attributes.apply(CookieOptions.builder()).build();
        serve(options -> options.cookie(cookie));
        return transport.get(POLLING).response().headers().get("Set-Cookie");
    }
}
