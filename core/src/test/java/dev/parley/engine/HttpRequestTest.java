package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpRequestTest {

    @Test
    void the_query_is_decoded() {
        assertThat(request("/p/?a=1&b=a%20b+c&%C3%A4=%F0%9F%9A%80&flag&=x&&e=f=g")
                        .query())
                .containsExactly(
                        entry("a", "1"),
                        entry("b", "a b c"),
                        entry("ä", "\uD83D\uDE80"),
                        entry("flag", ""),
                        entry("", "x"),
                        entry("e", "f=g"));
    }

    @Test
    void of_a_repeated_name_the_last_value_counts() {
        assertThat(request("/?a=1&b=2&a=3").query()).containsExactly(entry("b", "2"), entry("a", "3"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "%2", "%zz", "%-1", "a%"})
    void what_cannot_be_decoded_is_taken_as_it_is(String value) {
        assertThat(request("/?a=" + value).query()).containsExactly(entry("a", value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/p", "/p?", "/p?&", "/p?&&"})
    void a_query_may_be_empty(String uri) {
        assertThat(request(uri).query()).isEmpty();
        assertThat(request(uri).path()).isEqualTo("/p");
    }

    @Test
    void the_path_is_left_as_it_was_sent() {
        assertThat(request("/a%2Fb/../c?d=/e").path()).isEqualTo("/a%2Fb/../c");
        assertThat(request("/a?b").uri()).isEqualTo("/a?b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "WebSocket"})
    void a_request_may_ask_for_a_web_socket(String upgrade) {
        assertThat(request("/", "Upgrade", upgrade).isWebSocketUpgrade()).isTrue();
        assertThat(request("/", "Upgrade", "h2c").isWebSocketUpgrade()).isFalse();
        assertThat(request("/").isWebSocketUpgrade()).isFalse();
    }

    @Test
    void of_a_handshake_all_but_its_key_is_kept() {
        HttpRequest kept = request("/a?b", "Host", "h", "sec-websocket-key", "k", "Cookie", "c")
                .kept();

        assertThat(kept.headers().toString()).isEqualTo("Host: h\nCookie: c\n");
        assertThat(kept.uri()).isEqualTo("/a?b");
        assertThat(kept.peer()).isEqualTo(InetAddress.getLoopbackAddress());
    }

    private static HttpRequest request(String uri, String... headers) {
        return new HttpRequest("GET", uri, Headers.of(headers), InetAddress.getLoopbackAddress(), false);
    }
}
