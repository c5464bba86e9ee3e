package dev.parley.examples.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class DeliveryPageTest {

    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```\n", Pattern.DOTALL);

    @Test
    void shows_code_that_is_compiled_and_tested() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "delivery.md"));
        String source = Files.readString(Path.of("src/main/java/dev/parley/examples/delivery/ReliableChat.java"));
        List<String> blocks = JAVA_BLOCK
                .matcher(page)
                .results()
                .map(block -> block.group(1).indent(4).replaceAll("(?m)^ +$", ""))
                .toList();

        assertThat(blocks).hasSize(2).allSatisfy(block -> assertThat(source).contains(block));
    }
}
