package dev.parley.examples.namespaces;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.netty.NettyServer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class NamespacesExampleTest {

    private static final List<String> LINES = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void run_the_demo() {
        try (NettyServer server = NamespacesExample.start(0)) {
            NamespacesExample.demo(server.port(), LINES::add);
        }
    }

    @Test
    void admits_everyone_to_the_open_namespace() {
        assertThat(LINES).contains("    rita is connected", "    rob is connected");
    }

    @Test
    void admits_only_clients_with_a_token_to_the_other() {
        assertThat(LINES)
                .contains("    ada is connected", "    ben is connected")
                .anyMatch(line -> line.startsWith("    eve is refused") && line.contains("\"missing\":\"token\""))
                .anyMatch(line -> line.startsWith("    mallory is refused") && line.contains("not authorized"))
                .doesNotContain("    eve is connected", "    mallory is connected");
    }

    @Test
    void refuses_a_reader_of_a_topic_that_does_not_exist() {
        assertThat(LINES).anyMatch(line -> line.startsWith("    ron is refused") && line.contains("no such topic"));
    }

    @Test
    void keeps_rooms_of_the_same_name_apart() {
        int published = LINES.indexOf("ada sends publish [\"sport\",\"Home team wins\"]");
        assertThat(LINES.subList(published + 1, published + 3))
                .containsExactlyInAnyOrder(
                        "    rita receives [\"headline\",\"sport\",\"Home team wins\"]",
                        "    ben receives [\"published\",\"sport\",\"ada\"]");
    }

    @Test
    void reaches_readers_who_subscribe_later() {
        assertThat(LINES)
                .containsSubsequence(
                        "ada sends publish [\"weather\",\"Rain is on its way\"]",
                        "    rob receives [\"headline\",\"weather\",\"Rain is on its way\"]")
                .last()
                .asString()
                .startsWith("    rob");
    }
}
