package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryWebSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers of the responses that sessions give. */
class HeadersHookTest extends EngineFixture {

    private final List<String> log = new ArrayList<>();

    private static List<String> cookies(MemoryExchange exchange) {
        return exchange.response().headers().getAll("set-cookie");
    }

    @Test
    @Behaviour("EIO-HDR-004")
    void initial_headers_stand_on_the_response_that_opens_a_session_only() {
        serve(options -> options.cookie(CookieOptions.builder().build()));
        engine.onInitialHeaders((headers, request) -> {
            log.add(request.method() + " " + headers.getAll("set-cookie").size());
            return headers.and("test", "123").and("Set-Cookie", "mycookie=456");
        });

        MemoryExchange handshake = transport.get(POLLING);
        PollingClient client = new PollingClient(POLLING, sidOf(handshake.text()));
        MemoryExchange push = client.push("4a");

        assertThat(log).containsExactly("GET 1");
        assertThat(handshake.response().headers().get("test")).isEqualTo("123");
        assertThat(cookies(handshake))
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("io=" + client.sid),
                        second -> assertThat(second).isEqualTo("mycookie=456"));
        assertThat(push.response().headers().get("test")).isNull();
        assertThat(cookies(push)).isEmpty();
    }

    @Test
    @Behaviour("EIO-HDR-005")
    void headers_stand_on_every_polling_response() {
        serve(options -> options.cookie(CookieOptions.builder().build()));
        engine.onHeaders((headers, request) -> headers.and("Set-Cookie", "mycookie=456"));

        MemoryExchange handshake = transport.get(POLLING);
        PollingClient client = new PollingClient(POLLING, sidOf(handshake.text()));
        MemoryExchange push = client.push("4a");
        MemoryExchange poll = client.poll();
        session().send("b");
        MemoryExchange refused = transport.get(POLLING + "&sid=unknown");

        assertThat(cookies(handshake)).hasSize(2).last().isEqualTo("mycookie=456");
        assertThat(cookies(push)).containsExactly("mycookie=456");
        assertThat(cookies(poll)).containsExactly("mycookie=456");
        assertThat(cookies(refused)).isEmpty();
    }

    @Test
    @Behaviour("EIO-HDR-006")
    void initial_headers_stand_on_the_handshake_of_a_web_socket() {
        serve(options -> options.cookie(CookieOptions.builder().build()));
        engine.onInitialHeaders((headers, request) -> headers.and("test", "123").and("Set-Cookie", "mycookie=456"));

        MemoryWebSocket webSocket = openWebSocket();

        assertThat(webSocket.responseHeaders().get("test")).isEqualTo("123");
        assertThat(webSocket.responseHeaders().getAll("set-cookie")).containsExactly("mycookie=456");
    }

    @Test
    @Behaviour({"EIO-HDR-007", "EIO-HDR-008"})
    void hooks_are_called_once_for_the_session_and_once_for_each_response_of_an_upgrade() {
        engine.onInitialHeaders((headers, request) -> {
            log.add("initial");
            return headers;
        });
        engine.onHeaders((headers, request) -> {
            log.add("headers");
            return headers;
        });
        PollingClient client = openPolling();
        client.poll();

        MemoryWebSocket webSocket = client.probe();
        webSocket.send("5");

        assertThat(session().transport()).isEqualTo("websocket");
        assertThat(log).containsExactly("initial", "headers", "headers", "headers");
    }

    @Test
    void hooks_see_what_those_before_have_made_of_the_headers() {
        engine.onHeaders((headers, request) -> headers.and("a", "1"));
        engine.onHeaders((headers, request) -> Headers.of("b", headers.get("a") + headers.get("cache-control")));

        Headers headers = transport.get(POLLING).response().headers();

        assertThat(headers.get("a")).isNull();
        assertThat(headers.get("b")).isEqualTo("1no-store");
    }

    @Test
    void a_hook_that_fails_leaves_the_headers_as_they_were() {
        engine.onHeaders((headers, request) -> {
            throw new IllegalStateException("on purpose");
        });
        engine.onHeaders((headers, request) -> null);
        engine.onHeaders((headers, request) -> headers.and("a", "1"));

        Headers headers = transport.get(POLLING).response().headers();

        assertThat(headers.get("cache-control")).isEqualTo("no-store");
        assertThat(headers.get("a")).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)",
                "Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko"
            })
    @Behaviour({"EIO-HDR-001", "EIO-HDR-002"})
    void internet_explorer_is_told_not_to_filter_scripts(String agent) {
        MemoryExchange handshake = transport.get(POLLING, "User-Agent", agent);
        MemoryExchange push = new PollingClient(POLLING, sidOf(handshake.text())).push("4a");

        assertThat(handshake.response().headers().get("X-XSS-Protection")).isEqualTo("0");
        assertThat(push.response().headers().get("X-XSS-Protection")).isEqualTo("0");
        assertThat(transport.get(POLLING).response().headers().get("X-XSS-Protection"))
                .isNull();
    }
}
