package dev.parley.examples.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReadmeTest {

    private static final Path SOURCES = Path.of("src");
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```\n", Pattern.DOTALL);

    private final String readme = read(Path.of("..", "README.md"));
    private final List<MatchResult> blocks =
            JAVA_BLOCK.matcher(readme).results().toList();

    @Test
    void shows_a_program_that_compiles() {
        String program = read(SOURCES.resolve("main/java/dev/parley/examples/readme/ChatServer.java"));

        assertThat(program).isEqualTo("package dev.parley.examples.readme;\n\n" + code(0));
    }

    @Test
    void shows_the_program_within_its_first_20_lines() {
        String upToItsEnd = readme.substring(0, blocks.get(0).end());

        assertThat(upToItsEnd.lines()).hasSizeLessThanOrEqualTo(20);
    }

    @Test
    void shows_a_test_that_runs() {
        String test = read(SOURCES.resolve("test/java/dev/parley/examples/chat/ChatTest.java"));

        assertThat(test).contains(indented(code(1)));
    }

    @Test
    void shows_no_other_code() {
        assertThat(blocks).hasSize(2);
    }

    private String code(int block) {
        return blocks.get(block).group(1);
    }

    private static String indented(String code) {
        return code.indent(4).replaceAll("(?m)^ +$", "");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(file.toAbsolutePath().toString(), e);
        }
    }
}
