package dev.parley.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HttpResponseTest {

    private static final String RESPONSE = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nx: Y\r\n\r\nok";

    @Test
    void is_read_when_it_is_complete_and_not_before() {
        for (int length = 0; length < RESPONSE.length(); length++) {
            assertThat(read(RESPONSE.substring(0, length))).isNull();
        }
        HttpResponse response = read(RESPONSE + "more");
        assertThat(response.body()).isEqualTo("ok");
        assertThat(response.size()).isEqualTo(RESPONSE.length());
        assertThat(response.header("x")).isEqualTo("Y");
        assertThat(response.header("y")).isNull();
    }

    @Test
    void names_the_status_that_was_not_due() {
        HttpResponse response = read("HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\n\r\nwhy");
        assertThatExceptionOfType(LoadFailure.class)
                .isThrownBy(() -> response.expectStatus(200))
                .withMessageContaining("400 Bad Request why");
    }

    private static HttpResponse read(String text) {
        return HttpResponse.read(text.getBytes(StandardCharsets.ISO_8859_1), text.length());
    }
}
