package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.parley.Behaviour;
import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryWebSocket;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of other origins. */
class CorsTest extends EngineFixture {

    private static final String PAGE = "http://page.example";

    @Test
    @Behaviour("EIO-CORS-001")
    void a_preflight_request_is_answered_without_a_session() {
        serve(options -> options.cors(CorsOptions.builder()
                .originIf(origin -> true)
                .allowedHeaders("my-header")
                .credentials(true)
                .build()));

        MemoryExchange exchange = preflight(POLLING, "Origin", PAGE);

        assertThat(exchange.status()).isEqualTo(204);
        assertThat(exchange.text()).isEmpty();
        assertHeader(exchange, "Access-Control-Allow-Origin", PAGE);
        assertHeader(exchange, "Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE");
        assertHeader(exchange, "Access-Control-Allow-Headers", "my-header");
        assertHeader(exchange, "Access-Control-Allow-Credentials", "true");
        assertThat(engine.sessionCount()).isZero();
        assertThat(time.pendingTimers()).isZero();
    }

    @Test
    @Behaviour({"EIO-CORS-002", "EIO-CORS-007"})
    void an_ordinary_answer_tells_which_origin_may_read_it() {
        serve(options -> options.cors(CorsOptions.builder()
                .originIf(origin -> true)
                .allowedHeaders("my-header")
                .credentials(true)
                .build()));

        MemoryExchange exchange = transport.get(POLLING, "Origin", PAGE);

        assertThat(exchange.status()).isEqualTo(200);
        assertHeader(exchange, "Access-Control-Allow-Origin", PAGE);
        assertHeader(exchange, "Access-Control-Allow-Credentials", "true");
        assertHeader(exchange, "Access-Control-Allow-Methods", null);
        assertHeader(exchange, "Access-Control-Allow-Headers", null);
    }

    @Test
    @Behaviour("EIO-CORS-003")
    void a_preflight_request_of_another_origin_is_answered_without_a_permission() {
        serve(options -> options.cors(CorsOptions.allow("http://friend.example")));

        MemoryExchange exchange = preflight(POLLING, "Origin", PAGE);

        assertThat(exchange.status()).isEqualTo(204);
        assertHeader(exchange, "Access-Control-Allow-Origin", null);
        assertHeader(exchange, "Access-Control-Allow-Credentials", null);
    }

    @Test
    @Behaviour({"EIO-CORS-004", "EIO-CORS-006"})
    void each_option_shows_in_the_answer_to_a_preflight_request() {
        serve(options -> options.path("/socket.io")
                .cors(CorsOptions.builder()
                        .origins(PAGE)
                        .methods("GET", "POST")
                        .allowedHeaders("a", "b")
                        .exposedHeaders("c", "d")
                        .credentials(true)
                        .maxAge(Duration.ofMinutes(2))
                        .optionsSuccessStatus(200)
                        .build()));

        MemoryExchange exchange = preflight("/socket.io/", "Origin", PAGE);

        assertThat(exchange.status()).isEqualTo(200);
        assertHeader(exchange, "Access-Control-Allow-Origin", PAGE);
        assertHeader(exchange, "Access-Control-Allow-Methods", "GET,POST");
        assertHeader(exchange, "Access-Control-Allow-Headers", "a,b");
        assertHeader(exchange, "Access-Control-Expose-Headers", "c,d");
        assertHeader(exchange, "Access-Control-Allow-Credentials", "true");
        assertHeader(exchange, "Access-Control-Max-Age", "120");
    }

    @Test
    @Behaviour("EIO-CORS-005")
    void a_session_of_another_origin_works_from_end_to_end() {
        serve(options -> options.cors(CorsOptions.allow(PAGE)));
        echo();
        PollingClient client = new PollingClient(
                POLLING, sidOf(transport.get(POLLING, "Origin", PAGE).text()));

        MemoryExchange push = client.push("4hello", "Origin", PAGE);
        MemoryExchange poll = client.poll("Origin", PAGE);

        assertThat(poll.text()).isEqualTo("4hello");
        assertHeader(push, "Access-Control-Allow-Origin", PAGE);
        assertHeader(poll, "Access-Control-Allow-Origin", PAGE);
        MemoryWebSocket webSocket = client.requestUpgrade("Origin", PAGE).webSocket();
        webSocket.send("2probe");
        webSocket.send("5");
        assertThat(session().transport()).isEqualTo("websocket");
    }

    @Test
    @Behaviour({"EIO-CORS-008", "ABUSE-077"})
    void requests_of_other_origins_are_served_by_polling_as_browsers_keep_the_answers_from_the_page() {
        serve(options -> options.cors(CorsOptions.allow("http://friend.example")));

        MemoryExchange exchange = transport.get(POLLING, "Origin", PAGE);

        assertThat(exchange.status()).isEqualTo(200);
        assertHeader(exchange, "Access-Control-Allow-Origin", null);
        assertHeader(exchange, "Vary", "Origin");
    }

    @Test
    @Behaviour({"EIO-CORS-009", "ABUSE-077"})
    void the_headers_that_a_page_asks_for_are_allowed_unless_others_are_named() {
        serve(options -> options.cors(CorsOptions.allow(PAGE)));

        MemoryExchange exchange = preflight(POLLING, "Origin", PAGE, "Access-Control-Request-Headers", "x-a, x-b");

        assertHeader(exchange, "Access-Control-Allow-Headers", "x-a, x-b");
        assertThat(exchange.response().headers().getAll("vary"))
                .containsExactly("Origin", "Access-Control-Request-Headers");
        assertThat(exchange.text()).isEmpty();
    }

    @Test
    @Behaviour("EIO-CORS-010")
    void any_origin_may_be_allowed() {
        serve(options -> options.cors(CorsOptions.allow("*")));

        MemoryExchange exchange = transport.get(POLLING, "Origin", PAGE);
        assertHeader(exchange, "Access-Control-Allow-Origin", "*");
        assertHeader(exchange, "Vary", null);
        assertThat(transport.upgrade(WEBSOCKET, "Origin", PAGE).webSocket().isClosed())
                .isFalse();
    }

    @Test
    @Behaviour({"EIO-CORS-010", "SEC-001"})
    void nothing_is_said_about_other_origins_by_default() {
        StringBuilder names = new StringBuilder();
        transport.get(POLLING, "Origin", PAGE).response().headers().forEach((name, value) -> names.append(name));

        assertThat(names.toString())
                .doesNotContainIgnoringCase("access-control")
                .doesNotContain("Vary");
        assertThat(preflight(POLLING, "Origin", PAGE).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://evil.example",
                "https://page.example",
                "http://page.example:8080",
                "http://page.example.evil.example",
                "http://evilpage.example",
                "http://page.example@evil.example",
                "null",
                "",
                "http://",
                "page.example",
                "http://[",
                "http://page.example/",
            })
    @Behaviour({"ABUSE-076", "ABUSE-077"})
    void a_web_socket_of_an_origin_that_is_not_allowed_is_refused_before_it_is_opened(String origin) {
        serve(options -> options.cors(CorsOptions.allow(PAGE)));
        PollingClient client = openPolling();

        // The reference opens it.
        assertThat(transport.upgrade(WEBSOCKET, "Origin", origin).status()).isEqualTo(403);
        assertThat(client.requestUpgrade("Origin", origin).status()).isEqualTo(403);
        assertThat(errors)
                .hasSize(2)
                .allSatisfy(error -> assertThat(error.code()).isEqualTo(4));
        assertThat(transport.upgrade(WEBSOCKET, "Origin", PAGE).webSocket().isClosed())
                .isFalse();
    }

    @Test
    @Behaviour("ABUSE-076")
    void a_web_socket_of_the_same_origin_is_opened_whatever_else_is_allowed() {
        assertThat(isOpened("http://chat.example:3000", "chat.example:3000")).isTrue();
        assertThat(isOpened("https://chat.example", "CHAT.example")).isTrue();
        assertThat(isOpened("https://chat.example", "chat.example:3000")).isFalse();
        assertThat(isOpened("https://user@chat.example", "chat.example")).isFalse();
        assertThat(isOpened("null", "null")).isFalse();
    }

    private boolean isOpened(String origin, String host) {
        MemoryExchange exchange = transport.upgrade(WEBSOCKET, "Origin", origin, "Host", host);
        boolean refused = errors.removeIf(error -> error.request() == exchange.request());
        return !refused && !exchange.webSocket().isClosed();
    }

    @Test
    void a_client_that_is_no_browser_sends_no_origin_and_is_not_concerned() {
        serve(options -> options.cors(CorsOptions.allow(PAGE)));

        assertThat(transport.upgrade(WEBSOCKET).webSocket().isClosed()).isFalse();
        assertHeader(transport.get(POLLING), "Vary", "Origin");
    }

    @Test
    @Behaviour("ABUSE-077")
    void origins_may_be_given_by_a_pattern_that_has_to_match_as_a_whole() {
        CorsOptions cors = CorsOptions.builder()
                .originMatching(Pattern.compile("https://[a-z]+\\.page\\.example"))
                .build();

        assertThat(cors.allows("https://a.page.example")).isTrue();
        assertThat(cors.allows("https://a.page.example.evil.example")).isFalse();
        assertThat(cors.allows("xhttps://a.page.example")).isFalse();
    }

    @Test
    void a_condition_for_origins_that_fails_allows_nothing() {
        serve(options -> options.cors(CorsOptions.builder()
                .originIf(origin -> {
                    throw new IllegalStateException("no answer");
                })
                .build()));

        assertThat(preflight(POLLING, "Origin", PAGE).status()).isEqualTo(204);
        MemoryExchange exchange = transport.get(POLLING, "Origin", PAGE);
        assertThat(exchange.status()).isEqualTo(200);
        assertHeader(exchange, "Access-Control-Allow-Origin", null);
        assertThat(transport.upgrade(WEBSOCKET, "Origin", PAGE).status()).isEqualTo(403);
    }

    @Test
    @Behaviour("ABUSE-077")
    void credentials_with_any_origin_are_rejected_as_browsers_would() {
        CorsOptions.Builder builder = CorsOptions.builder().origins("*").credentials(true);

        assertThatIllegalArgumentException().isThrownBy(builder::build).withMessageContaining("credentials: true");
    }

    @Test
    void a_status_that_is_no_success_is_rejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CorsOptions.builder().optionsSuccessStatus(404))
                .withMessage("optionsSuccessStatus: 404 (expected: 200 to 299)");
    }

    @Test
    void an_origin_may_be_named_with_a_slash_at_its_end() {
        assertThat(CorsOptions.allow(PAGE + "/").allows(PAGE)).isTrue();
    }

    private MemoryExchange preflight(String uri, String... headers) {
        return transport.request("OPTIONS", uri, new byte[0], headers);
    }

    private static void assertHeader(MemoryExchange exchange, String name, String value) {
        assertThat(exchange.response().headers().get(name)).as(name).isEqualTo(value);
    }
}
