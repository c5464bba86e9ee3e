package dev.parley.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.parley.Behaviour;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

class JsonScannerTest {

    private static final JsonFactory JACKSON = new JsonFactory();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "true",
                "false",
                "0",
                "-0",
                "-1",
                "12",
                "1.5",
                "-0.0e-10",
                "1E+5",
                "1e400",
                "\"\"",
                "\"a\"",
                "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\\ud800\"",
                "\"é€😀\u007f\u2028\"",
                "[]",
                "{}",
                "[ ]",
                "{\n}",
                "[1,[2,[3]],{}]",
                "{\"a\":{\"b\":[]},\"a\":null,\"\":0}",
                "[1 , 2\t]",
                "{ \"a\" : 1 }  ",
                "[\"]\",\"}\",\"\\\"\"]"
            })
    void accepts(String json) {
        assertThat(isAccepted(bytes(json))).isTrue();
        assertThat(jacksonAccepts(bytes(json))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "nul",
                "nulll",
                "True",
                "+1",
                "01",
                "-",
                "-a",
                "1.",
                ".5",
                "1e",
                "1e+",
                "0x1",
                "1a",
                "--1",
                "NaN",
                "Infinity",
                "\"",
                "\"a",
                "\"\\\"",
                "\"\\a\"",
                "\"\\u12\"",
                "\"\\u12g4\"",
                "\"\n\"",
                "\"\u0000\"",
                "\"\u001f\"",
                "'a'",
                "[",
                "]",
                "[1",
                "[1,",
                "[1,]",
                "[,1]",
                "[1 2]",
                "[1}",
                "{",
                "}",
                "{\"a\"",
                "{\"a\":",
                "{\"a\":1",
                "{\"a\":1,}",
                "{a:1}",
                "{1:1}",
                "{\"a\" 1}",
                "{\"a\":1]",
                "{,}",
                "{\"a\"}",
                "[]]",
                "[][]",
                "1 2",
                "[1]x",
                "{}{}",
                "// c\n1",
                "[/**/]",
                "\u00a01",
                "\ufeff1",
                "[:]",
                "[1:2]",
                "{\"a\":1:2}",
                "{\"a\",1}"
            })
    void refuses(String json) {
        assertThat(isAccepted(bytes(json))).isFalse();
    }

    @Test
    void agrees_with_jackson_about_random_documents() {
        Random random = new Random(42);
        for (int i = 0; i < 10_000; i++) {
            byte[] json = bytes(document(random, 0));

            assertVerdict(json, true);
            if (!jacksonAccepts(json)) {
                fail("Jackson refuses " + show(json));
            }
        }
    }

    @Test
    void agrees_with_jackson_about_damaged_documents() {
        Random random = new Random(43);
        int accepted = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] json = damaged(random, bytes(document(random, 0)));
            boolean expected = startsWithValue(json) && isUtf8(json) && jacksonAccepts(json);

            assertVerdict(json, expected);
            accepted += expected ? 1 : 0;
        }
        assertThat(accepted).isBetween(1_000, 19_000);
    }

    @Test
    void finds_the_elements_of_the_outermost_array() throws ProtocolException {
        String json = "[ 1,\"a,]\" , [2,[3]],{\"b\":[4,5]} ,null]";
        JsonScanner scanner = new JsonScanner(DecoderLimits.DEFAULT);

        scanner.scan(bytes(json), 0, json.length(), 0);

        assertThat(scanner.elementCount()).isEqualTo(5);
        String[] elements = new String[5];
        Arrays.setAll(elements, i -> json.substring(scanner.elementStart(i), scanner.elementEnd(i)));
        assertThat(elements).containsExactly("1", "\"a,]\"", "[2,[3]]", "{\"b\":[4,5]}", "null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":[1,2]}", "1", "\"[1]\"", "[]"})
    void finds_no_elements_elsewhere(String json) throws ProtocolException {
        JsonScanner scanner = new JsonScanner(DecoderLimits.DEFAULT);
        scanner.scan(bytes("[1,2,3]"), 0, 7, 0);

        scanner.scan(bytes(json), 0, json.length(), 0);

        assertThat(scanner.elementCount()).isZero();
    }

    @Test
    void goes_on_after_a_text_that_it_refused() throws ProtocolException {
        JsonScanner scanner = new JsonScanner(DecoderLimits.DEFAULT);
        assertThatThrownBy(() -> scanner.scan(bytes("[[[[1"), 0, 5, 0)).isInstanceOf(ProtocolException.class);

        scanner.scan(bytes("[7]"), 0, 3, 0);

        assertThat(scanner.elementCount()).isEqualTo(1);
    }

    @Test
    @Behaviour("ABUSE-019")
    void counts_depth_including_the_outermost_bracket() {
        DecoderLimits limits = new DecoderLimits(10, 3, 10, 10, 1000);

        assertThat(isAccepted(limits, "[[[1]],[[{}]]]".replace("{}", "2"))).isTrue();
        assertThat(isAccepted(limits, "[{\"a\":[]}]")).isTrue();
        assertThat(isAccepted(limits, "[[[[]]]]")).isFalse();
        assertThat(isAccepted(limits, "[{\"a\":{\"b\":{}}}]")).isFalse();
    }

    @Test
    @Behaviour("ABUSE-018")
    void limits_the_characters_of_numbers() {
        DecoderLimits limits = new DecoderLimits(10, 3, 5, 10, 1000);

        assertThat(isAccepted(limits, "[12345,-1234,1.234,1e-10]")).isTrue();
        for (String number : List.of("123456", "-12345", "1.2345", "1e1000")) {
            assertThat(isAccepted(limits, number)).as(number).isFalse();
        }
        assertThat(isAccepted(DecoderLimits.DEFAULT, "9".repeat(1_000))).isTrue();
        assertThat(isAccepted(DecoderLimits.DEFAULT, "9".repeat(1_000_000))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":", "[{\"a\":[0,"})
    @Behaviour("ABUSE-019")
    void refuses_extreme_nesting_on_a_thread_with_little_stack(String open) throws InterruptedException {
        byte[] json = bytes(open.repeat(100_000));
        AtomicReference<@Nullable Object> result = new AtomicReference<>();

        Thread thread = new Thread(null, () -> result.set(isAccepted(json)), "little stack", 160 * 1024);
        thread.setUncaughtExceptionHandler((t, e) -> result.set(e));
        thread.start();
        thread.join();

        assertThat(result.get()).isEqualTo(false);
    }

    @Test
    @Behaviour("ABUSE-019")
    void passes_extreme_nesting_where_it_is_allowed_on_a_thread_with_little_stack() throws InterruptedException {
        DecoderLimits limits = new DecoderLimits(10, 1_000_000, 10, 10, 1000);
        byte[] json = bytes("[".repeat(100_000) + "]".repeat(100_000));
        AtomicReference<@Nullable Object> result = new AtomicReference<>();

        Runnable parse = () ->
                result.set(isAccepted(limits, json) ? Json.parse(Utf8.of(json), List.of(new byte[0])) : "refused");
        Thread thread = new Thread(null, parse, "little stack", 160 * 1024);
        thread.setUncaughtExceptionHandler((t, e) -> result.set(e));
        thread.start();
        thread.join();

        assertThat(result.get()).isInstanceOf(List.class);
    }

    private static String document(Random random, int depth) {
        return switch (random.nextInt(depth > 4 ? 7 : 10)) {
            case 0 -> new String[] {"null", "true", "false"}[random.nextInt(3)];
            case 1 -> Integer.toString(random.nextInt(2_000) - 1_000);
            case 2 -> Double.toString(random.nextGaussian() * Math.pow(10, random.nextInt(30)));
            case 3 -> new String[] {"-0", "0.10", "1E+2", "5e-7", "123456789012345678901"}[random.nextInt(5)];
            case 4, 5, 6 -> string(random);
            case 7, 8 -> list(random, depth);
            default -> object(random, depth);
        };
    }

    private static String list(Random random, int depth) {
        StringBuilder json = new StringBuilder("[").append(space(random));
        for (int i = random.nextInt(4); i > 0; i--) {
            json.append(document(random, depth + 1)).append(space(random)).append(i > 1 ? "," : "");
            json.append(space(random));
        }
        return json.append(']').toString();
    }

    private static String object(Random random, int depth) {
        StringBuilder json = new StringBuilder("{").append(space(random));
        for (int i = random.nextInt(4); i > 0; i--) {
            json.append(name(random)).append(space(random)).append(':').append(space(random));
            json.append(document(random, depth + 1)).append(space(random)).append(i > 1 ? "," : "");
            json.append(space(random));
        }
        return json.append('}').toString();
    }

    private static String space(Random random) {
        return random.nextInt(6) > 0 ? "" : new String[] {" ", "\n", "\t", "\r\n"}[random.nextInt(4)];
    }

    private static String string(Random random) {
        String[] pieces = {
            "a", "bcdefghijk", "é", "€", "😀", "\\n", "\\\"", "\\\\", "\\/", "\\u00e9", "\\uD800", "{", "]", "\u007f"
        };
        StringBuilder json = new StringBuilder("\"");
        for (int i = random.nextInt(5); i > 0; i--) {
            json.append(pieces[random.nextInt(pieces.length)]);
        }
        return json.append('"').toString();
    }

    /** Jackson refuses names with half of a surrogate pair. */
    private static String name(Random random) {
        return string(random).replace("\\uD800", "");
    }

    private static byte[] damaged(Random random, byte[] json) {
        byte[] interesting = bytes("\"\\{}[]:,0123456789-+.eEtfnu \n\t\u0000\u001f/'");
        byte any = random.nextInt(4) > 0 ? interesting[random.nextInt(interesting.length)] : (byte) random.nextInt(256);
        int at = random.nextInt(json.length);
        switch (random.nextInt(4)) {
            case 0 -> {
                byte[] replaced = json.clone();
                replaced[at] = any;
                return replaced;
            }
            case 1 -> {
                byte[] longer = Arrays.copyOf(json, json.length + 1);
                System.arraycopy(json, at, longer, at + 1, json.length - at);
                longer[at] = any;
                return longer;
            }
            case 2 -> {
                byte[] shorter = Arrays.copyOf(json, json.length - 1);
                System.arraycopy(json, at + 1, shorter, at, json.length - at - 1);
                return shorter;
            }
            default -> {
                return Arrays.copyOf(json, at);
            }
        }
    }

    /** Without an assertion object for each of very many documents. */
    private static void assertVerdict(byte[] json, boolean expected) {
        if (isAccepted(json) != expected) {
            fail("expected %s: %s", expected ? "accepted" : "refused", show(json));
        }
    }

    private static boolean startsWithValue(byte[] json) {
        return json.length > 0 && " \t\r\n".indexOf(json[0]) < 0;
    }

    /** Zeros make Jackson try UTF-16. */
    private static boolean isUtf8(byte[] json) {
        String text = new String(json, StandardCharsets.UTF_8);
        return text.indexOf(0) < 0 && Arrays.equals(text.getBytes(StandardCharsets.UTF_8), json);
    }

    private static boolean isAccepted(byte[] json) {
        return isAccepted(DecoderLimits.DEFAULT, json);
    }

    private static boolean isAccepted(DecoderLimits limits, String json) {
        return isAccepted(limits, bytes(json));
    }

    private static boolean isAccepted(DecoderLimits limits, byte[] json) {
        byte[] surrounded = new byte[json.length + 6];
        Arrays.fill(surrounded, (byte) '"');
        System.arraycopy(json, 0, surrounded, 3, json.length);
        try {
            int end = new JsonScanner(limits).scan(surrounded, 3, 3 + json.length, 0);
            int same = new JsonScanner(limits).scan(json, 0, json.length, 1) + 3;
            if (end != same || end > 3 + json.length) {
                fail("ends at %d and %d: %s", end, same, show(json));
            }
            return true;
        } catch (ProtocolException e) {
            return false;
        }
    }

    private static boolean jacksonAccepts(byte[] json) {
        try (JsonParser parser = JACKSON.createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() == null) {
                return false;
            }
            int depth = 0;
            do {
                if (parser.currentToken().isStructStart()) {
                    depth++;
                } else if (parser.currentToken().isStructEnd()) {
                    depth--;
                } else {
                    parser.getString(); // strings are not looked at before
                }
            } while ((depth > 0 ? parser.nextToken() : null) != null);
            return parser.nextToken() == null;
        } catch (JacksonException e) {
            return false;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String show(byte[] json) {
        return new String(json, StandardCharsets.ISO_8859_1);
    }
}
