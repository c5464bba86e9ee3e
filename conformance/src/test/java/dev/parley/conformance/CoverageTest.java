package dev.parley.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.properties.HasAnnotations;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.parley.Behaviour;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Keeps docs/coverage/README.md, which tells for each row of the behaviour list which tests prove it. Java tests name
 * rows with {@link Behaviour}, the Node tests below conformance/js in square brackets: {@code [EIO-POLL-001]}. What
 * clients do on purpose are rows as well, those of abuse.tsv; none of them may be without a test.
 */
class CoverageTest {

    private static final System.Logger LOG = System.getLogger(CoverageTest.class.getName());

    private static final String UPDATE = "mvn -pl conformance -am test -Dtest=CoverageTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dcoverage.update";
    /** The outcome of a case of abuse that nobody has looked into yet. */
    private static final String OPEN = "open";

    private static final Pattern ID_IN_JS = Pattern.compile("\\[([A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*-\\d{3})]");

    private static Path root;
    private static List<String> ids;
    /** What happens in each case of abuse, and what becomes of it. */
    private static Map<String, String[]> abuse;

    private static Map<String, String> areas;
    private static Map<String, String> notApplicable;
    private static Map<String, Set<String>> testsById;

    @BeforeAll
    static void collect() throws IOException {
        root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("docs/coverage/ids.tsv"))) {
            root = root.getParent();
        }
        abuse = rows("abuse.tsv")
                .map(row -> row.split("\t", 3))
                .collect(Collectors.toMap(row -> row[0], row -> row, (a, b) -> a, LinkedHashMap::new));
        ids = Stream.concat(rows("ids.tsv"), abuse.keySet().stream()).toList();
        areas = rows("areas.tsv")
                .map(row -> row.split("\t", 2))
                .collect(Collectors.toMap(row -> row[0], row -> row[1]));
        notApplicable = rows("not-applicable.tsv")
                .map(row -> row.split("\t", 2))
                .collect(Collectors.toMap(row -> row[0], row -> row.length == 2 ? row[1].strip() : ""));
        testsById = new TreeMap<>();
        for (String module : List.of("core", "codec-msgpack", "transport-netty", "conformance")) {
            Path classes = root.resolve(module).resolve("target/test-classes");
            new ClassFileImporter().importPath(classes).forEach(CoverageTest::collect);
        }
        Path js = root.resolve("conformance/js");
        try (Stream<Path> files = Files.exists(js) ? Files.walk(js) : Stream.empty()) {
            for (Path file : files.filter(CoverageTest::isNodeTest).toList()) {
                ID_IN_JS.matcher(Files.readString(file))
                        .results()
                        .forEach(id -> add(id.group(1), "js/" + slashes(js.relativize(file))));
            }
        }
    }

    @Test
    void tests_name_only_rows_that_exist() {
        assertThat(testsById.keySet()).isSubsetOf(ids);
    }

    @Test
    void rows_that_do_not_apply_exist_and_have_a_reason_and_no_test() {
        assertThat(notApplicable.keySet()).isSubsetOf(ids);
        assertThat(notApplicable.keySet()).noneMatch(testsById::containsKey);
        assertThat(notApplicable.values()).doesNotContain("");
    }

    @Test
    void each_case_of_abuse_has_an_outcome_and_a_test_or_a_reason() {
        assertThat(abuse.values()).allSatisfy(row -> assertThat(row).hasSize(3).doesNotContain(""));
        List<String> missing = abuse.keySet().stream()
                .filter(id -> !testsById.containsKey(id) && !notApplicable.containsKey(id))
                .toList();
        List<String> open =
                missing.stream().filter(id -> abuse.get(id)[2].equals(OPEN)).toList();
        LOG.log(System.Logger.Level.INFO, "open cases of abuse: {0}", open);
        assertThat(missing).isEqualTo(open);
    }

    @Test
    void table_is_up_to_date() throws IOException {
        Path file = root.resolve("docs/coverage/README.md");
        String table = table();
        if (Boolean.getBoolean("coverage.update")) {
            Files.writeString(file, table);
        }
        String found = Files.exists(file) ? Files.readString(file).replace("\r\n", "\n") : "";
        // Without the two texts: a thousand lines would hide the remedy.
        assertThat(found.equals(table))
                .as("docs/coverage/README.md is up to date; to write it anew: " + UPDATE)
                .isTrue();
    }

    private static void collect(JavaClass type) {
        String name =
                type.getFullName().substring(type.getPackageName().length() + 1).replace('$', '.');
        collect(type, name);
        type.getMethods().forEach(method -> collect(method, name + "." + method.getName()));
    }

    private static void collect(HasAnnotations<?> element, String name) {
        element.tryGetAnnotationOfType(Behaviour.class)
                .ifPresent(behaviour -> Stream.of(behaviour.value()).forEach(id -> add(id, name)));
    }

    private static void add(String id, String test) {
        testsById.computeIfAbsent(id, key -> new TreeSet<>()).add(test);
    }

    private static Stream<String> rows(String file) throws IOException {
        return Files.readAllLines(root.resolve("docs/coverage").resolve(file)).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"));
    }

    private static boolean isNodeTest(Path file) {
        String path = slashes(file);
        return path.matches(".*\\.m?js") && !path.contains("/node_modules/");
    }

    private static String slashes(Path path) {
        return path.toString().replace('\\', '/');
    }

    private static String table() {
        Map<String, List<String>> idsByArea = ids.stream()
                .collect(Collectors.groupingBy(CoverageTest::area, LinkedHashMap::new, Collectors.toList()));
        StringBuilder out = new StringBuilder("# Behaviours and the tests that prove them\n\n");
        out.append("Generated by `").append(UPDATE).append("`; do not edit.\n");
        out.append("Rows that do not apply, and why, stand in not-applicable.tsv.\n\n");
        out.append("| area | covered | not applicable | open |\n|---|---:|---:|---:|\n");
        idsByArea.forEach((area, rows) ->
                out.append("| ").append(title(area)).append(" | ").append(counts(rows)));
        out.append("| **all** | ").append(counts(ids));
        idsByArea.forEach((area, rows) -> {
            out.append("\n## ").append(title(area)).append("\n\n| row | status | tests or reason |\n|---|---|---|\n");
            rows.forEach(id -> out.append("| ")
                    .append(row(id))
                    .append(" | ")
                    .append(status(id))
                    .append(" |\n"));
        });
        return out.toString();
    }

    private static String row(String id) {
        String[] row = abuse.get(id);
        return row == null ? id : id + ": " + row[1] + " → " + row[2];
    }

    private static String counts(List<String> rows) {
        long covered = rows.stream().filter(testsById::containsKey).count();
        long excluded = rows.stream().filter(notApplicable::containsKey).count();
        return covered + " | " + excluded + " | " + (rows.size() - covered - excluded) + " |\n";
    }

    private static String status(String id) {
        if (testsById.containsKey(id)) {
            return "covered | " + String.join("<br>", testsById.get(id));
        }
        return notApplicable.containsKey(id) ? "not applicable | " + notApplicable.get(id) : "open |";
    }

    private static String area(String id) {
        return id.substring(0, id.lastIndexOf('-'));
    }

    private static String title(String area) {
        return area + ": " + areas.get(area);
    }
}
