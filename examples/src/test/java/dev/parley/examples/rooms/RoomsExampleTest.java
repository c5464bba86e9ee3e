package dev.parley.examples.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.netty.NettyServer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RoomsExampleTest {

    private static final List<String> LINES = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void run_the_demo() {
        try (NettyServer server = RoomsExample.start(0)) {
            RoomsExample.demo(server.port(), LINES::add);
        }
    }

    @Test
    void tells_the_others_in_a_room_who_joins_and_leaves() {
        assertThat(LINES)
                .containsSubsequence("bob sends join [\"music\"]", "    ann receives [\"joined\",\"music\",\"bob\"]")
                .containsSubsequence("bob sends leave [\"music\"]", "    ann receives [\"left\",\"music\",\"bob\"]");
    }

    @Test
    void sends_to_a_room_except_the_sender() {
        assertThat(receivers("[\"said\",\"music\",\"ann\",\"to all in the room but me\"]"))
                .containsExactly("bob");
    }

    @Test
    void sends_to_a_room_and_the_sender() {
        assertThat(receivers("[\"announced\",\"music\",\"ann\",\"to all in the room\"]"))
                .containsExactlyInAnyOrder("ann", "bob");
    }

    @Test
    void lets_nobody_speak_to_a_room_from_outside() {
        assertThat(LINES)
                .contains("cid sends say [\"music\",\"to a room that I am not in\"]")
                .noneMatch(line -> line.contains("receives [\"said\",\"music\",\"cid\""));
    }

    @Test
    void sends_nothing_to_those_who_have_left() {
        assertThat(LINES).last().isEqualTo("ann sends say [\"music\",\"is anybody still here?\"]");
    }

    private static List<String> receivers(String event) {
        String end = " receives " + event;
        return LINES.stream()
                .filter(line -> line.endsWith(end))
                .map(line -> line.substring(0, line.length() - end.length()).strip())
                .toList();
    }
}
