package dev.parley.examples.cheatsheet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The page about sending events shows code that compiles, and tells what becomes of it. */
class EmitTourTest {

    private static final Pattern METHOD = Pattern.compile("    void \\w+\\(\\) \\{\n(.*?)\n    }\n", Pattern.DOTALL);
    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)\n```\n", Pattern.DOTALL);
    private static final Pattern ENTRY =
            Pattern.compile("\\*\\*([^\n]+)\\*\\*\n\n```java\n(.*?)\n```\n\n(Reaches [^\n]+)\n", Pattern.DOTALL);

    private static final List<String> LINES = new CopyOnWriteArrayList<>();
    private static List<EmitTour.Step> steps;

    private final String page = read("../docs/emit-cheatsheet.md");
    private final List<MatchResult> entries = ENTRY.matcher(page).results().toList();

    @BeforeAll
    static void take_the_tour() {
        steps = EmitTour.run(0, LINES::add);
    }

    @Test
    void each_block_of_the_page_is_a_method_of_the_tour() {
        String source = read("src/main/java/dev/parley/examples/cheatsheet/EmitCheatsheet.java");
        List<String> methods = METHOD.matcher(source)
                .results()
                .map(method -> method.group(1).stripIndent())
                .toList();

        assertThat(entries).extracting(entry -> entry.group(2)).isEqualTo(methods);
        assertThat(BLOCK.matcher(page).results()).hasSize(methods.size());
    }

    @Test
    void each_block_does_what_the_page_says() {
        assertThat(entries)
                .extracting(entry -> new EmitTour.Step(entry.group(1), entry.group(3)))
                .isEqualTo(steps);
    }

    @Test
    void values_arrive_as_they_were_sent() {
        assertThat(LINES).contains("    ann receives \"hello\", 1, \"2\", {3=[\"4\"], 5=bytes [6]}");
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new AssertionError(file, e);
        }
    }
}
