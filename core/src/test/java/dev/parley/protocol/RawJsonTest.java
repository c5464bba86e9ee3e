package dev.parley.protocol;

import static dev.parley.protocol.Wire.decodeEvent;
import static dev.parley.protocol.Wire.raw;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.parley.Behaviour;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RawJsonTest {

    @Test
    void becomes_the_plain_value_that_its_text_describes() {
        assertThat(tree("null")).isNull();
        assertThat(tree("true")).isEqualTo(true);
        assertThat(tree("false")).isEqualTo(false);
        assertThat(tree("\"a\"")).isEqualTo("a");
        assertThat(tree("\"\"")).isEqualTo("");
        assertThat(tree("\"\\u0041\\n\\\"é😀\\ud800\"")).isEqualTo("A\n\"é😀\ud800");
        assertThat(tree("[1,[\"b\"],{}]")).isEqualTo(List.of(1, List.of("b"), Map.of()));
        assertThat(tree("{\"a\":{\"b\":[null]}}").toString()).isEqualTo("{a={b=[null]}}");
    }

    @Test
    void becomes_the_smallest_type_that_holds_a_whole_number() {
        assertThat(tree("0")).isEqualTo(0);
        assertThat(tree("123456789")).isEqualTo(123456789);
        assertThat(tree("2147483647")).isEqualTo(Integer.MAX_VALUE);
        assertThat(tree("-2147483648")).isEqualTo(Integer.MIN_VALUE);
        assertThat(tree("2147483648")).isEqualTo(2147483648L);
        assertThat(tree("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
        assertThat(tree("9223372036854775808")).isEqualTo(new BigInteger("9223372036854775808"));
        assertThat(tree("9".repeat(1_000))).isEqualTo(new BigInteger("9".repeat(1_000)));
    }

    @Test
    void becomes_a_double_for_all_other_numbers() {
        assertThat(tree("1.0")).isEqualTo(1.0);
        assertThat(tree("-1.5e-3")).isEqualTo(-0.0015);
        assertThat(tree("1e5")).isEqualTo(1e5);
    }

    /** As in JavaScript; encoded again, it becomes null. */
    @Test
    @Behaviour("ABUSE-018")
    void becomes_infinity_beyond_the_range_of_a_double() {
        assertThat(tree("1e400")).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(tree("[-1e400]")).isEqualTo(List.of(Double.NEGATIVE_INFINITY));
        assertThat(tree("1e-400")).isEqualTo(0.0);
        assertThat(tree("1e999999999999")).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    @Behaviour("ABUSE-018")
    void keeps_members_in_order_and_of_equal_names_the_last() {
        Object tree = tree("{\"b\":1,\"a\":2,\"b\":3}");

        assertThat(tree).isInstanceOf(LinkedHashMap.class).isEqualTo(Map.of("b", 3, "a", 2));
        assertThat(tree.toString()).isEqualTo("{b=3, a=2}");
    }

    @Test
    @Behaviour("ABUSE-017")
    void takes_special_names_for_plain_ones() {
        assertThat(tree("{\"__proto__\":{\"x\":1},\"constructor\":2,\"\":3,\"a\\u0000\":4}"))
                .isEqualTo(Map.of("__proto__", Map.of("x", 1), "constructor", 2, "", 3, "a\0", 4));
    }

    /** Only JavaScript takes it for text; the JSON library does not. */
    @Test
    @Behaviour("ABUSE-018")
    void is_sent_on_but_not_parsed_if_a_name_holds_half_of_a_surrogate_pair() {
        RawJson json = RawJson.parse("{\"\\ud800\":1}");

        assertThat(Wire.json(json)).isEqualTo("{\"\\ud800\":1}");
        assertThatIllegalArgumentException().isThrownBy(json::toTree);
    }

    @Test
    void becomes_a_new_tree_each_time_which_may_be_changed() {
        RawJson json = RawJson.parse("{\"a\":[]}");
        Map<?, ?> first = (Map<?, ?>) json.toTree();
        assertThat(first).isNotNull();
        first.clear();

        assertThat(json.toTree()).isEqualTo(Map.of("a", new ArrayList<>()));
    }

    @Test
    void puts_attachments_in_place_of_placeholders_at_any_depth() {
        byte[] bytes = {1};
        RawJson json = raw(decodeEvent("51-[\"e\",{\"a\":[{\"_placeholder\":true,\"num\":0}]}]", bytes)
                .args()
                .get(0));

        assertThat(json.toTree()).usingRecursiveComparison().isEqualTo(Map.of("a", List.of(bytes)));
    }

    @Test
    @Behaviour("ABUSE-007")
    void hands_out_a_copy_of_an_attachment_for_each_placeholder() {
        Packet.Event event = decodeEvent(
                "51-[\"e\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":0}]", new byte[] {1});
        byte[] first = (byte[]) Objects.requireNonNull(raw(event.args().get(0)).toTree());
        first[0] = 99;

        assertThat(raw(event.args().get(0)).toTree()).isEqualTo(new byte[] {1});
        assertThat(raw(event.args().get(1)).toTree()).isEqualTo(new byte[] {1});
    }

    @Test
    void tells_null_and_whether_there_are_attachments() {
        assertThat(RawJson.parse("null").isNull()).isTrue();
        assertThat(RawJson.parse("\"null\"").isNull()).isFalse();
        assertThat(RawJson.parse("{}").hasAttachments()).isFalse();
        assertThat(RawJson.parse("{}").attachments()).isEmpty();
    }

    @Test
    void is_created_from_text_without_the_white_space_around_it() {
        assertThat(RawJson.parse(" \n[1, 2] ")).hasToString("[1, 2]");
        assertThat(Wire.json(RawJson.parse("{ \"a\":1 }"))).isEqualTo("{ \"a\":1 }");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "[", "1 2", "undefined", "{a:1}", "\u00a01", "\u20031"})
    void is_not_created_from_malformed_text(String json) {
        assertThatIllegalArgumentException().isThrownBy(() -> RawJson.parse(json));
    }

    @Test
    void is_not_created_from_text_beyond_the_default_limits() {
        assertThat(RawJson.parse("[".repeat(500) + "]".repeat(500)).toTree()).isInstanceOf(List.class);
        assertThatIllegalArgumentException().isThrownBy(() -> RawJson.parse("[".repeat(501) + "]".repeat(501)));
        assertThatIllegalArgumentException().isThrownBy(() -> RawJson.parse("1".repeat(1001)));
    }

    @Test
    @Timeout(value = 10, unit = TimeUnit.SECONDS)
    @Behaviour("ABUSE-020")
    void takes_no_longer_for_names_whose_hash_codes_collide() {
        int bits = 16;
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; i < 1 << bits; i++) {
            json.append(i == 0 ? "\"" : ",\"");
            for (int bit = 0; bit < bits; bit++) {
                json.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            json.append("\":0");
        }

        Object tree = tree(json.append('}').toString());

        assertThat(tree).asInstanceOf(InstanceOfAssertFactories.MAP).hasSize(1 << bits);
    }

    @Test
    @Behaviour("ABUSE-017")
    void keeps_no_long_names_of_what_it_has_read() {
        long before = usedBytes();

        for (int i = 0; i < 200; i++) {
            assertThat(tree("{\"" + i + "x".repeat(500_000) + "\":0}")).isNotNull();
        }

        assertThat(usedBytes() - before).isLessThan(20_000_000);
    }

    private static long usedBytes() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static @Nullable Object tree(String json) {
        return RawJson.parse(json).toTree();
    }
}
