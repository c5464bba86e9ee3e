package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.parley.Behaviour;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadersTest {

    @Test
    void names_are_compared_without_regard_to_case() {
        Headers headers = Headers.of("Vary", "Origin", "vary", "Accept", "X", "");

        assertThat(headers.get("VARY")).isEqualTo("Origin");
        assertThat(headers.getAll("Vary")).containsExactly("Origin", "Accept");
        assertThat(headers.get("x")).isEmpty();
        assertThat(headers.get("y")).isNull();
        assertThat(headers.getAll("y")).isEmpty();
    }

    @Test
    void headers_keep_their_order_and_case() {
        List<String> lines = new ArrayList<>();

        Headers.of("B", "1").and("a", "2").and(Headers.of("B", "3")).forEach((name, value) -> lines.add(name + value));

        assertThat(lines).containsExactly("B1", "a2", "B3");
    }

    @Test
    void adding_makes_other_headers() {
        Headers headers = Headers.of("a", "1");

        assertThat(headers.and(Headers.empty())).isSameAs(headers);
        assertThat(Headers.empty().and(headers)).isSameAs(headers);
        assertThat(headers.and("b", "2").toString()).isEqualTo("a: 1\nb: 2\n");
        assertThat(headers.toString()).isEqualTo("a: 1\n");
        assertThat(Headers.of().isEmpty()).isTrue();
        assertThat(headers.isEmpty()).isFalse();
    }

    @Test
    void headers_can_be_left_out_by_name() {
        Headers headers = Headers.of("a", "1", "B", "2", "b", "3", "c", "4");

        assertThat(headers.without("b").toString()).isEqualTo("a: 1\nc: 4\n");
        assertThat(headers.without("d")).isSameAs(headers);
    }

    @Test
    void the_array_given_may_be_written_to_afterwards() {
        String[] entries = {"a", "1"};
        Headers headers = Headers.of(entries);

        entries[1] = "2";

        assertThat(headers.get("a")).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:", "a\n", "ä", "\u007f"})
    @Behaviour("ABUSE-056")
    void a_name_that_cannot_stand_in_a_line_is_rejected(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> Headers.of(name, "1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nb", "\n", "\u0000", "a\u007f"})
    @Behaviour("ABUSE-056")
    void a_value_that_cannot_stand_in_a_line_is_rejected_without_being_shown(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Headers.of("name", value))
                .withMessage("value of header name (expected: no control characters)");
    }

    @Test
    void a_name_needs_a_value() {
        assertThatIllegalArgumentException().isThrownBy(() -> Headers.of("a", "1", "b"));
    }
}
