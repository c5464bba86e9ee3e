package dev.parley.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Behaviour;
import dev.parley.protocol.RawJson;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Records and beans, by either version of jackson-databind. */
class ObjectMappingTest {

    @SuppressWarnings("ArrayRecordComponent") // what applications write
    record Order(String id, int count, byte[] image, List<Item> items) {}

    record Item(String name, double price) {}

    public static final class Bean {
        private String name = "";

        public String getName() {
            return name;
        }

        public void setName(String name) {
            this.name = name;
        }
    }

    static Stream<ObjectMapping> mappings() {
        return Stream.of(Jackson3Mapping.create(null), Jackson2Mapping.create(null));
    }

    @ParameterizedTest
    @MethodSource("mappings")
    void records_are_read_from_json(ObjectMapping mapping) {
        RawJson json =
                RawJson.parse("{\"id\":\"a\",\"count\":2,\"items\":[{\"name\":\"x\",\"price\":1}],\"unknown\":[true]}");

        Order order = (Order) new TypedValues(mapping).read(json, Order.class);

        assertThat(order.id()).isEqualTo("a");
        assertThat(order.count()).isEqualTo(2);
        assertThat(order.items()).containsExactly(new Item("x", 1));
    }

    @ParameterizedTest
    @MethodSource("mappings")
    @Behaviour("ABUSE-017")
    void long_names_that_clients_make_up_are_refused_as_they_would_be_remembered(ObjectMapping mapping) {
        TypedValues values = new TypedValues(mapping);
        RawJson longest = RawJson.parse("{\"name\":\"x\",\"" + "n".repeat(4000) + "\":1}");
        RawJson tooLong = RawJson.parse("{\"name\":\"x\",\"" + "n".repeat(10_000) + "\":1}");

        assertThat(values.read(longest, Bean.class)).isInstanceOf(Bean.class);
        assertThatThrownBy(() -> values.read(tooLong, Bean.class)).isInstanceOf(MappingException.class);
    }

    @ParameterizedTest
    @MethodSource("mappings")
    void bytes_in_records_survive_both_ways(ObjectMapping mapping) {
        byte[] image = {1, 2, 3};
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("id", "a");
        tree.put("count", 1);
        tree.put("image", image);

        Order order = (Order) mapping.fromTree(tree, Order.class);
        Object back = mapping.toTree(order);

        assertThat(order.image()).isEqualTo(image);
        assertThat(back)
                .isInstanceOfSatisfying(
                        Map.class, map -> assertThat(map.get("image")).isEqualTo(image));
    }

    @ParameterizedTest
    @MethodSource("mappings")
    void objects_become_trees(ObjectMapping mapping) {
        Bean bean = new Bean();
        bean.setName("b");

        assertThat(mapping.toTree(bean)).isEqualTo(Map.of("name", "b"));
        assertThat(mapping.toTree(new Order("a", 1, new byte[0], List.of(new Item("x", 2.5)))))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("id", "a")
                .containsEntry("count", 1)
                .containsEntry("items", List.of(Map.of("name", "x", "price", 2.5)));
    }

    @ParameterizedTest
    @MethodSource("mappings")
    void beans_are_read(ObjectMapping mapping) {
        Bean bean = (Bean) mapping.fromJson(RawJson.parse("{\"name\":\"b\"}"), Bean.class);

        assertThat(bean.getName()).isEqualTo("b");
    }

    record Strict(int whole, String text, boolean flag) {}

    @ParameterizedTest
    @MethodSource("mappings")
    void nothing_is_bent_into_a_property(ObjectMapping mapping) {
        for (String json : List.of(
                "{\"whole\":1.5}",
                "{\"whole\":\"1\"}",
                "{\"whole\":null,\"text\":\"a\",\"flag\":true}",
                "{\"text\":1}",
                "{\"text\":true}",
                "{\"flag\":1}",
                "{\"flag\":\"true\"}",
                "[]",
                "\"text\"")) {
            RawJson raw = RawJson.parse(json);
            assertThatThrownBy(() -> mapping.fromJson(raw, Strict.class))
                    .as(json)
                    .isInstanceOf(MappingException.class)
                    .hasMessageContaining("(expected: " + Strict.class.getName() + ")");
            assertThatThrownBy(() -> mapping.fromTree(raw.toTree(), Strict.class))
                    .as(json)
                    .isInstanceOf(MappingException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("mappings")
    void a_mismatch_says_where_but_not_what(ObjectMapping mapping) {
        RawJson raw = RawJson.parse("{\"items\":[{\"price\":\"secret\"}]}");

        assertThatThrownBy(() -> mapping.fromJson(raw, Order.class))
                .hasMessageStartingWith("found an object (expected: " + Order.class.getName() + ") at ")
                .hasMessageContaining("[\"items\"]")
                .hasMessageEndingWith("[\"price\"]")
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @MethodSource("mappings")
    void generic_types_are_read(ObjectMapping mapping) throws NoSuchMethodException {
        var type = getClass().getDeclaredMethod("items").getGenericReturnType();

        assertThat(mapping.fromJson(RawJson.parse("[{\"name\":\"x\",\"price\":1}]"), type))
                .isEqualTo(List.of(new Item("x", 1)));
    }

    @SuppressWarnings("unused")
    private static List<Item> items() {
        return List.of();
    }

    @Test
    void version_3_knows_times_and_optionals() {
        record Dated(Instant at, Optional<String> note) {}
        ObjectMapping mapping = Jackson3Mapping.create(null);
        Dated dated = new Dated(Instant.parse("2026-01-02T03:04:05Z"), Optional.of("n"));

        Object tree = mapping.toTree(dated);

        assertThat(tree).isEqualTo(Map.of("at", "2026-01-02T03:04:05Z", "note", "n"));
        assertThat(mapping.fromTree(tree, Dated.class)).isEqualTo(dated);
    }

    @Test
    void the_newest_version_is_found_first() {
        assertThat(ObjectMapping.detect()).isInstanceOf(Jackson3Mapping.class);
    }

    @Test
    void an_object_mapper_of_the_application_is_used() {
        var own = tools.jackson.databind.json.JsonMapper.builder()
                .propertyNamingStrategy(tools.jackson.databind.PropertyNamingStrategies.SNAKE_CASE)
                .build();
        var old = new com.fasterxml.jackson.databind.ObjectMapper()
                .setPropertyNamingStrategy(com.fasterxml.jackson.databind.PropertyNamingStrategies.SNAKE_CASE);
        record Named(String firstName) {}

        assertThat(ObjectMapping.jackson(own).toTree(new Named("a"))).isEqualTo(Map.of("first_name", "a"));
        assertThat(ObjectMapping.jackson(old).toTree(new Named("a"))).isEqualTo(Map.of("first_name", "a"));
        assertThatThrownBy(() -> ObjectMapping.jackson("mapper"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("mapper: java.lang.String (expected: an ObjectMapper of jackson-databind 3 or 2)");
    }

    @Test
    void without_version_3_version_2_is_found() throws Exception {
        assertThat(detectWithout("/tools/jackson/core/jackson-databind/")).isEqualTo("Jackson2Mapping");
    }

    @Test
    void without_any_library_all_but_pojos_still_works() throws Exception {
        assertThat(detectWithout("jackson-databind")).isEqualTo("NoMapping");
    }

    /** Looks for a mapping in a class loader of its own that lacks some jars of the class path. */
    private static String detectWithout(String jar) throws IOException, ReflectiveOperationException {
        URL[] urls = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(path -> !path.contains(jar))
                .map(ObjectMappingTest::url)
                .toArray(URL[]::new);
        try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            Class<?> type = loader.loadClass(ObjectMapping.class.getName());
            Method detect = type.getMethod("detect");
            Object values = loader.loadClass(TypedValues.class.getName())
                    .getConstructor(type)
                    .newInstance(detect.invoke(null));
            Object text = values.getClass()
                    .getMethod("read", Object.class, Type.class)
                    .invoke(values, "plain", String.class);
            assertThat(text).isEqualTo("plain");
            return detect.invoke(null).getClass().getSimpleName();
        }
    }

    private static URL url(String path) {
        try {
            return Path.of(path).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }
}
