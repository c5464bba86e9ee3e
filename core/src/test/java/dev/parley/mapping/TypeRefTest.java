package dev.parley.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Types with their arguments. */
class TypeRefTest {

    @Test
    void a_type_is_known_with_its_arguments() {
        assertThat(new TypeRef<List<String>>() {}).hasToString("java.util.List<java.lang.String>");
        assertThat(new TypeRef<List<? extends Number>[]>() {}.type().getTypeName())
                .isEqualTo("java.util.List<? extends java.lang.Number>[]");
        assertThat(new TypeRef<String>() {}.type()).isEqualTo(String.class);
    }

    @Test
    void a_type_variable_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(TypeRefTest::<String>variable)
                .withMessage("type: java.util.Map<java.lang.String, T[]> (expected: no type variable)");
    }

    private static <T> TypeRef<Map<String, T[]>> variable() {
        return new TypeRef<>() {};
    }

    @Test
    @SuppressWarnings("rawtypes") // the mistake
    void a_reference_without_a_type_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TypeRef() {})
                .withMessageEndingWith("(expected: new TypeRef<the type>() {})");
    }
}
