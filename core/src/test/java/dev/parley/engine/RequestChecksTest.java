package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

import dev.parley.Behaviour;
import dev.parley.engine.RequestFilter.Verdict;
import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryWebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests are refused, and in which words. */
class RequestChecksTest extends EngineFixture {

    @Test
    @Behaviour({"EIO-VER-001", "ABUSE-039"})
    void an_unknown_transport_is_refused_and_reported() {
        MemoryExchange exchange = transport.get("/engine.io/?EIO=4&transport=tobi");

        assertRefused(exchange, 0, "Transport unknown");
        assertThat(error().code()).isZero();
        assertThat(error().message()).isEqualTo("Transport unknown");
        assertThat(error().request()).isSameAs(exchange.request());
        assertThat(error().context()).containsExactly(entry("transport", "tobi"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"constructor", "__proto__", "Polling", "polling%20", "websocket2", "toString"})
    @Behaviour({"EIO-VER-002", "EIO-VER-003", "SEC-005", "ABUSE-039"})
    void a_transport_is_known_by_its_exact_name_only(String name) {
        assertRefused(transport.get("/engine.io/?EIO=4&transport=" + name), 0, "Transport unknown");
        assertThat(error().context()).containsExactly(entry("transport", name.replace("%20", " ")));
    }

    @Test
    @Behaviour("EIO-VER-004")
    void an_unknown_transport_is_refused_for_a_web_socket_too() {
        MemoryExchange exchange = transport.upgrade("/engine.io/?EIO=4&transport=__proto__");

        assertThat(exchange.status()).isEqualTo(400);
        assertThat(error().code()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/engine.io/", "/engine.io/?EIO=4", "/engine.io/?EIO=4&transport=abc"})
    @Behaviour({"EIO-VER-018", "EIO-VER-020", "EIO-ATT-007", "ABUSE-039"})
    void a_handshake_has_to_name_a_transport(String uri) {
        assertRefused(transport.get(uri), 0, "Transport unknown");
        assertThat(transport.upgrade(uri).status()).isEqualTo(400);
    }

    @Test
    @Behaviour("EIO-VER-023")
    void a_request_for_a_web_socket_without_a_query_is_answered() {
        MemoryExchange exchange = transport.upgrade("/engine.io/");

        assertThat(exchange.status()).isEqualTo(400);
        assertThat(exchange.text()).isEqualTo("Transport unknown");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&sid=1234", "&sid=__proto__"})
    @Behaviour("EIO-VER-033")
    void web_transport_never_comes_as_a_request(String sid) {
        assertRefused(transport.get("/engine.io/?EIO=4&transport=webtransport" + sid), 0, "Transport unknown");
    }

    @Test
    @Behaviour({"EIO-ATT-015", "EIO-HS-020"})
    void a_web_socket_is_refused_if_the_transport_is_switched_off() {
        serve(options -> options.transports(Set.of(TransportType.POLLING)));

        assertThat(transport.upgrade(WEBSOCKET).text()).isEqualTo("Transport unknown");
        assertThat(error().code()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"test", "__proto__", "constructor", "%0d%0aX-Injected:%201", "%25", "%zz"})
    @Behaviour({"EIO-VER-005", "EIO-VER-029", "SEC-005", "ABUSE-040"})
    void an_unknown_session_id_is_refused(String sid) {
        assertRefused(transport.get(POLLING + "&sid=" + sid), 1, "Session ID unknown");
        assertThat(error().code()).isEqualTo(1);
        assertThat(error().context()).containsOnlyKeys("sid");
    }

    @Test
    @Behaviour("ABUSE-040")
    void a_session_id_of_any_length_is_refused_without_being_repeated() {
        MemoryExchange exchange = transport.get(POLLING + "&sid=" + "x".repeat(10_000));

        assertRefused(exchange, 1, "Session ID unknown");
    }

    @Test
    @Behaviour("ABUSE-041")
    void the_last_of_several_equal_parameters_counts_in_every_check() {
        PollingClient client = openPolling();

        assertThat(transport
                        .post(POLLING + "&sid=unknown&sid=" + client.sid, "4a")
                        .status())
                .isEqualTo(200);
        assertThat(transport
                        .post(POLLING + "&sid=" + client.sid + "&sid=unknown", "4b")
                        .status())
                .isEqualTo(400);
        assertThat(transport
                        .get("/engine.io/?transport=x&EIO=3&transport=polling&EIO=4")
                        .status())
                .isEqualTo(200);
        assertThat(opened.get(0).messages()).containsExactly("a");
    }

    @Test
    @Behaviour("EIO-VER-006")
    void the_filter_may_refuse_with_a_message() {
        serve(options -> options.allowRequest(
                request -> CompletableFuture.completedFuture(Verdict.refuse("Thou shall \"not\" pass"))));

        assertRefused(transport.get(POLLING), 4, "Thou shall \\\"not\\\" pass");
        assertThat(error().message()).isEqualTo("Forbidden");
        assertThat(error().context()).containsExactly(entry("message", "Thou shall \"not\" pass"));
    }

    @Test
    @Behaviour({"EIO-VER-007", "EIO-VER-024", "ABUSE-056"})
    void a_refused_web_socket_is_answered_in_plain_text_before_it_is_opened() {
        serve(options ->
                options.allowRequest(request -> CompletableFuture.completedFuture(Verdict.refuse("<no> & never"))));

        MemoryExchange exchange = transport.upgrade(WEBSOCKET);

        // The reference answers 400 here, though 403 over polling.
        assertThat(exchange.status()).isEqualTo(403);
        assertThat(exchange.text()).isEqualTo("&lt;no&gt; &amp; never");
        assertThat(exchange.response().headers().get("connection")).isEqualTo("close");
        assertThat(exchange.response().headers().get("content-type")).startsWith("text/html");
        assertThat(engine.sessionCount()).isZero();
    }

    @Test
    @Behaviour("EIO-VER-030")
    void the_filter_is_asked_about_handshakes_only() {
        List<HttpRequest> asked = new ArrayList<>();
        serve(options -> options.allowRequest(request -> {
            asked.add(request);
            return CompletableFuture.completedFuture(Verdict.admit());
        }));

        PollingClient client = openPolling();
        client.push("4a");
        client.poll();
        client.upgrade();

        assertThat(asked).hasSize(1);
    }

    @Test
    @Behaviour({"EIO-VER-010", "EIO-UPG-006", "ABUSE-070"})
    void a_second_web_socket_is_closed_once_a_session_has_upgraded() {
        echo();
        PollingClient client = openPolling();
        MemoryWebSocket first = client.upgrade();

        assertThat(client.requestUpgrade().webSocket().isClosed()).isTrue();
        first.send("4hello");
        assertThat(first.poll()).isEqualTo("4hello");
    }

    @Test
    @Behaviour("ABUSE-071")
    void a_session_that_began_on_a_web_socket_cannot_be_taken_over() {
        MemoryWebSocket victim = openWebSocket();

        // The reference lets the second WebSocket take the session over.
        MemoryExchange attack =
                transport.upgrade(WEBSOCKET + "&sid=" + session().id());

        assertThat(attack.webSocket().isClosed()).isTrue();
        session().send("secret");
        assertThat(victim.poll()).isEqualTo("4secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://evil\n", "http://evil\r\nX: 1", "http://e\u0000vil", "\u007f"})
    @Behaviour({"EIO-VER-011", "ABUSE-056"})
    void no_header_holds_a_control_character(String origin) {
        // The reference checks the origin of each request; here no request with such a header comes into being.
        assertThatIllegalArgumentException().isThrownBy(() -> transport.get(POLLING, "Origin", origin));
    }

    @Test
    @Behaviour({"EIO-VER-012", "ABUSE-042"})
    void a_preflight_request_is_refused_where_other_origins_are_not_served() {
        assertRefused(transport.request("OPTIONS", POLLING, new byte[0]), 2, "Bad handshake method");
        assertThat(error().context()).containsExactly(entry("method", "OPTIONS"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "HEAD", "DELETE", "PATCH"})
    @Behaviour({"EIO-VER-013", "EIO-VER-028", "ABUSE-042"})
    void a_handshake_is_a_get_request(String method) {
        assertRefused(transport.request(method, POLLING, new byte[0]), 2, "Bad handshake method");
        assertThat(engine.sessionCount()).isZero();
    }

    @Test
    @Behaviour({"EIO-VER-014", "ABUSE-043"})
    void a_web_socket_handshake_has_to_ask_for_a_web_socket() {
        serve(options -> options.cors(
                CorsOptions.builder().originIf(origin -> true).credentials(true).build()));

        MemoryExchange exchange = transport.get(WEBSOCKET, "Origin", "http://a.example");

        assertRefused(exchange, 3, "Bad request");
        assertThat(error().context()).containsEntry("name", "TRANSPORT_HANDSHAKE_ERROR");
        assertThat(exchange.response().headers().get("Access-Control-Allow-Origin"))
                .isEqualTo("http://a.example");
        assertThat(exchange.response().headers().get("Access-Control-Allow-Credentials"))
                .isEqualTo("true");
    }

    @Test
    @Behaviour("EIO-VER-015")
    void a_plain_request_cannot_change_the_transport() {
        serve(options -> options.allowUpgrades(false));
        PollingClient client = openPolling();

        assertRefused(transport.get(WEBSOCKET + "&sid=" + client.sid), 3, "Bad request");

        assertThat(error().context())
                .containsOnly(
                        entry("name", "TRANSPORT_MISMATCH"),
                        entry("transport", "websocket"),
                        entry("previousTransport", "polling"));
        client.push("4still here");
        assertThat(recorder().messages()).containsExactly("still here");
    }

    @ParameterizedTest
    @ValueSource(strings = {"&EIO=3", "&EIO=abc", "&EIO=", "&EIO=04", "&EIO=4.0", ""})
    @Behaviour({"EIO-VER-016", "EIO-VER-017", "EIO-VER-019", "EIO-VER-025", "ABUSE-044"})
    void only_revision_4_is_spoken(String revision) {
        assertRefused(transport.get("/engine.io/?transport=polling" + revision), 5, "Unsupported protocol version");
        // As the client sent it; the reference says 3 whatever it was.
        assertThat(error().context()).containsExactly(entry("protocol", revision.replace("&EIO=", "")));

        // The reference refuses a WebSocket only after it was opened.
        MemoryExchange webSocket = transport.upgrade("/engine.io/?transport=websocket" + revision);
        assertThat(webSocket.status()).isEqualTo(400);
        assertThat(webSocket.text()).isEqualTo("Unsupported protocol version");
    }

    @ParameterizedTest
    @ValueSource(strings = {"&EIO=3", "&EIO=5", "&EIO=abc", ""})
    @Behaviour({"EIO-VER-032", "ABUSE-069"})
    void later_requests_name_the_revision_of_the_session(String revision) {
        String sid = openPolling().sid;

        // The reference takes a request without revision for one of revision 3; either way it is refused.
        assertRefused(transport.get("/engine.io/?transport=polling&sid=" + sid + revision), 3, "Bad request");
        assertThat(error().context())
                .containsOnly(
                        entry("name", "PROTOCOL_MISMATCH"),
                        entry("protocol", revision.replace("&EIO=", "")),
                        entry("previousProtocol", 4));
        assertThat(transport
                        .upgrade("/engine.io/?transport=websocket&sid=" + sid + revision)
                        .status())
                .isEqualTo(400);
        assertThat(session().isOpen()).isTrue();
    }

    @Test
    @Behaviour({"EIO-VER-021", "EIO-VER-022"})
    void a_handshake_without_a_session_id_is_refused() {
        serve(options -> options.idGenerator(
                request -> CompletableFuture.failedFuture(new IllegalStateException("no ids today"))));

        assertRefused(transport.get(POLLING), 3, "Bad request");
        // The reference refuses a WebSocket only after it was opened.
        assertThat(transport.upgrade(WEBSOCKET).status()).isEqualTo(400);
        assertThat(errors).hasSize(2).allSatisfy(error -> {
            assertThat(error.code()).isEqualTo(3);
            assertThat(error.context()).containsEntry("name", "ID_GENERATION_ERROR");
        });
    }

    @Test
    @Behaviour("EIO-VER-026")
    void a_web_socket_named_polling_is_refused() {
        // The reference opens it and closes it at once.
        assertThat(transport.upgrade(POLLING).status()).isEqualTo(400);
        assertThat(transport.upgrade(openPolling().uri()).status()).isEqualTo(400);
        assertThat(engine.sessionCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"})
    @Behaviour({"EIO-VER-027", "ABUSE-051"})
    void other_methods_are_not_allowed_and_do_no_harm(String method) {
        PollingClient client = openPolling();

        MemoryExchange exchange = transport.request(method, client.uri(), new byte[0]);

        // The reference answers 500.
        assertThat(exchange.status()).isEqualTo(405);
        assertThat(exchange.response().headers().get("allow")).isEqualTo("GET, POST");
        assertThat(exchange.text()).isEmpty();
        client.push("4still here");
        assertThat(recorder().messages()).containsExactly("still here");
    }

    @Test
    @Behaviour("EIO-VER-031")
    void an_upgrade_is_refused_where_it_is_not_offered() {
        serve(options -> options.allowUpgrades(false));
        PollingClient client = openPolling();

        // The reference only leaves it out of the offer.
        assertThat(client.requestUpgrade().status()).isEqualTo(400);
        client.push("4still here");
        assertThat(recorder().messages()).containsExactly("still here");
    }

    @Test
    @Behaviour("EIO-VER-034")
    void an_empty_session_id_asks_for_a_new_session() {
        assertThat(transport.get(POLLING + "&sid=").text()).startsWith("0{");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/engine.io", "/engine.io/x", "//engine.io/", "/engine.io/../engine.io/", "/Engine.io/", "/"})
    @Behaviour({"EIO-ATT-013", "EIO-ATT-014", "ABUSE-060"})
    void the_path_is_matched_exactly(String path) {
        // The reference compares the beginning only.
        assertThat(engine.handles(path)).isFalse();
        assertThat(transport.get(path + "?EIO=4&transport=polling").status()).isEqualTo(404);
    }
}
