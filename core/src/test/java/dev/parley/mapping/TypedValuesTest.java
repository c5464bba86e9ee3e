package dev.parley.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.protocol.RawJson;
import dev.parley.protocol.RawValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Plain types, which need no mapping library. */
class TypedValuesTest {

    private final TypedValues values = new TypedValues(ObjectMapping.none());

    static Stream<Arguments> readable() {
        return Stream.of(
                Arguments.of("\"text\"", String.class, "text"),
                Arguments.of("\"\"", String.class, ""),
                Arguments.of("\"a\\n\\u00e9\\\"\"", String.class, "a\n\u00e9\""),
                Arguments.of("\"\u00fc\u20ac\ud83d\ude00\"", String.class, "\u00fc\u20ac\ud83d\ude00"),
                Arguments.of("\"text\"", CharSequence.class, "text"),
                Arguments.of("\"x\"", Character.class, 'x'),
                Arguments.of("true", Boolean.class, true),
                Arguments.of("false", boolean.class, false),
                Arguments.of("0", Integer.class, 0),
                Arguments.of("-7", int.class, -7),
                Arguments.of("123456789", int.class, 123456789),
                Arguments.of("2147483647", int.class, Integer.MAX_VALUE),
                Arguments.of("-2147483648", int.class, Integer.MIN_VALUE),
                Arguments.of("5", Long.class, 5L),
                Arguments.of("9223372036854775807", long.class, Long.MAX_VALUE),
                Arguments.of("127", Byte.class, (byte) 127),
                Arguments.of("-32768", Short.class, Short.MIN_VALUE),
                Arguments.of("1", Double.class, 1.0),
                Arguments.of("1.5", double.class, 1.5),
                Arguments.of("1e3", float.class, 1000f),
                Arguments.of("7", Number.class, 7),
                Arguments.of("7", BigInteger.class, BigInteger.valueOf(7)),
                Arguments.of(
                        "123456789012345678901234567890",
                        BigInteger.class,
                        new BigInteger("123456789012345678901234567890")),
                Arguments.of(
                        "0.10000000000000000000001", BigDecimal.class, new BigDecimal("0.10000000000000000000001")),
                Arguments.of("{\"a\":[1,null]}", Object.class, Map.of("a", Arrays.asList(1, null))),
                Arguments.of("{\"a\":1}", Map.class, Map.of("a", 1)),
                Arguments.of("[1,\"b\"]", List.class, List.of(1, "b")),
                Arguments.of("[1]", Collection.class, List.of(1)),
                Arguments.of("\"SECONDS\"", TimeUnit.class, TimeUnit.SECONDS),
                Arguments.of(
                        "\"f81d4fae-7dec-11d0-a765-00a0c91e6bf6\"",
                        UUID.class,
                        UUID.fromString("f81d4fae-7dec-11d0-a765-00a0c91e6bf6")),
                Arguments.of("\"2026-11-22T19:50:17.000Z\"", Instant.class, Instant.parse("2026-11-22T19:50:17Z")));
    }

    @ParameterizedTest
    @MethodSource("readable")
    void plain_types_are_read_from_json_and_from_trees(String json, Class<?> type, Object expected) {
        RawJson raw = RawJson.parse(json);

        assertThat(values.read(raw, type)).isEqualTo(expected);
        if (type != BigDecimal.class) {
            assertThat(values.read(raw.toTree(), type)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
            1                    | java.lang.String    | found a number (expected: String)
            true                 | java.lang.String    | found a boolean (expected: String)
            [1]                  | java.lang.String    | found an array (expected: String)
            "1"                  | java.lang.Integer   | found a string (expected: Integer)
            1.5                  | java.lang.Integer   | found a number with a fraction or exponent (expected: Integer)
            1e3                  | java.lang.Long      | found a number with a fraction or exponent (expected: Long)
            2147483648           | java.lang.Integer   | found a number out of range (expected: Integer)
            -2147483649          | java.lang.Integer   | found a number out of range (expected: Integer)
            9223372036854775808  | java.lang.Long      | found a number out of range (expected: Long)
            128                  | java.lang.Byte      | found a number out of range (expected: Byte)
            1                    | java.lang.Boolean   | found a number (expected: Boolean)
            "x"                  | java.lang.Double    | found a string (expected: Double)
            {}                   | java.util.List      | found an object (expected: List)
            []                   | java.util.Map       | found an array (expected: Map)
            "ab"                 | java.lang.Character | found a string (expected: Character)
            "NEVER"              | java.util.concurrent.TimeUnit | found a string (expected: TimeUnit)
            "x"                  | java.util.UUID      | found a string (expected: UUID)
            "x"                  | java.time.Instant   | found a string (expected: Instant)
            1.5                  | java.math.BigInteger | found a number with a fraction or exponent (expected: BigInteger)
            "1"                  | java.math.BigDecimal | found a string (expected: BigDecimal)
            """)
    void nothing_is_bent_into_a_type(String json, Class<?> type, String message) {
        RawJson raw = RawJson.parse(json);

        assertThatThrownBy(() -> values.read(raw, type))
                .isInstanceOf(MappingException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> values.read(raw.toTree(), type)).hasMessage(message);
    }

    @Test
    void null_is_null_but_for_primitive_types() {
        RawJson nothing = RawJson.parse("null");

        assertThat(values.read(nothing, String.class)).isNull();
        assertThat(values.read(nothing, Integer.class)).isNull();
        assertThat(values.read(nothing, Map.class)).isNull();
        assertThat(values.read(nothing, TypedValuesTest.class)).isNull();
        assertThat(values.read(null, TypedValuesTest.class)).isNull();
        assertThatThrownBy(() -> values.read(nothing, int.class)).hasMessage("found null (expected: int)");
    }

    @Test
    void a_value_can_be_taken_as_it_came() {
        RawJson raw = RawJson.parse("{\"a\" : 1}");

        assertThat(values.read(raw, RawJson.class)).isSameAs(raw);
        assertThat(values.read(raw, RawValue.class)).isSameAs(raw);
    }

    @Test
    void values_of_other_encodings_are_read_like_trees() {
        RawValue raw = () -> Map.of("a", List.of(1));

        assertThat(values.read(raw, RawValue.class)).isSameAs(raw);
        assertThat(values.read(raw, Map.class)).isEqualTo(Map.of("a", List.of(1)));
        assertThat(values.read(raw, Object.class)).isEqualTo(Map.of("a", List.of(1)));
        assertThatThrownBy(() -> values.read(raw, String.class)).hasMessage("found an object (expected: String)");
        assertThatThrownBy(() -> values.read(raw, RawJson.class))
                .hasMessage("found an object (expected: dev.parley.protocol.RawJson)");
        assertThat(values.read((RawValue) () -> null, String.class)).isNull();
        assertThat(values.read((RawValue) () -> null, TypedValuesTest.class)).isNull();
    }

    @Test
    void binary_data_is_read_as_bytes() {
        byte[] bytes = {1, 2};

        assertThat(values.read(bytes, byte[].class)).isSameAs(bytes);
        assertThat(values.read(bytes, ByteBuffer.class)).isEqualTo(ByteBuffer.wrap(bytes));
        assertThatThrownBy(() -> values.read(bytes, String.class)).hasMessage("found binary data (expected: String)");
    }

    @Test
    void other_types_need_a_mapping_and_the_message_says_where_to_get_it() {
        assertThatThrownBy(() -> values.read(RawJson.parse("{}"), TypedValuesTest.class))
                .isInstanceOf(MappingException.class)
                .hasMessage("no mapping for " + TypedValuesTest.class.getName()
                        + " (add tools.jackson.core:jackson-databind to the class path, or set the option mapping)");
        assertThatThrownBy(() -> values.toTree(this)).isInstanceOf(IllegalArgumentException.class);
    }
}
