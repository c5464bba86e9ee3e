package dev.parley.examples.encodings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.testing.TestClient;
import dev.parley.testing.TestEvent;
import dev.parley.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PhotosTest {

    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```\n", Pattern.DOTALL);

    @Test
    void photos_reach_the_others() {
        byte[] thumbnail = {1, 2, 3};
        try (TestServer server = TestServer.create(Photos::options)) {
            Photos.on(server.io());
            TestClient ann = server.connect();
            TestClient bob = server.connect();

            assertThat(ann.emitWithAck("photo", "me", thumbnail).get(Integer.class))
                    .isEqualTo(3);

            TestEvent photo = bob.expect("photo");
            assertThat(photo.get(0, String.class)).isEqualTo("me");
            assertThat(photo.get(1, byte[].class)).isEqualTo(thumbnail);
            assertThat(photo.get(2, Instant.class)).isBeforeOrEqualTo(Instant.now());
            ann.expectNothing();
        }
    }

    @Test
    void the_page_shows_this_code() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "encodings.md"));
        String source = Files.readString(Path.of("src/main/java/dev/parley/examples/encodings/Photos.java"));
        List<String> blocks = JAVA_BLOCK
                .matcher(page)
                .results()
                .map(block -> block.group(1).indent(4).replaceAll("(?m)^ +$", ""))
                .toList();

        assertThat(blocks).hasSize(2).allSatisfy(block -> assertThat(source).contains(block));
    }
}
