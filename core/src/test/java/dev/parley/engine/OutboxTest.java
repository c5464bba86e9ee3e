package dev.parley.engine;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.protocol.PacketBundle;
import org.junit.jupiter.api.Test;

class OutboxTest {

    private final Outbox outbox = new Outbox();

    @Test
    void what_is_added_first_comes_out_first() {
        PacketBundle first = PacketBundle.text("a");
        PacketBundle second = PacketBundle.text("b");
        outbox.add(first);
        outbox.add(second);

        assertThat(outbox.poll()).isSameAs(first);
        assertThat(outbox.poll()).isSameAs(second);
        assertThat(outbox.poll()).isNull();
    }

    @Test
    void messages_and_bytes_are_counted_up_and_down() {
        outbox.add(PacketBundle.text("abc"));
        outbox.add(PacketBundle.binary(new byte[10]));
        assertThat(outbox.size()).isEqualTo(2);
        assertThat(outbox.bytes()).isEqualTo(14);

        outbox.poll();
        assertThat(outbox.bytes()).isEqualTo(10);
        assertThat(outbox.takeAll()).hasSize(1);
        assertThat(outbox.bytes()).isZero();
        assertThat(outbox.isEmpty()).isTrue();
    }

    @Test
    void it_works_on_after_it_was_large() {
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 1000; i++) {
                outbox.add(PacketBundle.text("a"));
            }
            for (int i = 0; i < 1000; i++) {
                assertThat(outbox.poll()).isNotNull();
            }
            assertThat(outbox.poll()).isNull();
            assertThat(outbox.bytes()).isZero();
        }
    }

    private static final EngineOptions EIGHT =
            EngineOptions.builder().maxQueuedMessages(8).maxQueuedBytes(80).build();

    private static PacketBundle message(String text) {
        return PacketBundle.text(text);
    }

    private String texts() {
        return outbox.takeAll().stream()
                .map(bundle -> bundle.text().toString().substring(1))
                .collect(joining(" "));
    }

    @Test
    void what_may_be_dropped_gives_way_oldest_first_until_a_quarter_of_the_room_is_free() {
        for (int i = 0; i < 4; i++) {
            outbox.add(message("kept" + i));
            outbox.addDroppable(message("lost" + i));
        }

        assertThat(outbox.makeRoomFor(message("new"), EIGHT)).isEqualTo(3);

        assertThat(outbox.size()).isEqualTo(5);
        assertThat(outbox.bytes()).isEqualTo(5 * 6);
        assertThat(texts()).isEqualTo("kept0 kept1 kept2 kept3 lost3");
        assertThat(outbox.makeRoomFor(message("new"), EIGHT)).isZero();
    }

    @Test
    void as_many_give_way_as_a_long_message_needs() {
        outbox.add(message("x"));
        for (int i = 0; i < 4; i++) {
            outbox.addDroppable(message("lost" + i));
        }

        assertThat(outbox.makeRoomFor(message("a".repeat(68)), EIGHT)).isEqualTo(3);

        assertThat(texts()).isEqualTo("x lost3");
    }

    @Test
    void what_is_about_to_be_sent_does_not_give_way() {
        outbox.addDroppable(message("first"));
        outbox.addDroppable(message("second"));
        outbox.addDroppable(message("third"));
        outbox.poll();

        assertThat(outbox.makeRoomFor(message("a".repeat(79)), EIGHT)).isEqualTo(1);

        assertThat(texts()).isEqualTo("second");
    }

    @Test
    void nobody_gives_way_to_what_can_never_fit() {
        outbox.add(message("x"));
        outbox.addDroppable(message("kept"));

        assertThat(outbox.makeRoomFor(message("a".repeat(80)), EIGHT)).isZero();

        assertThat(texts()).isEqualTo("x kept");
    }

    @Test
    void a_quarter_of_the_room_is_more_than_ample() {
        for (int i = 0; i < 6; i++) {
            assertThat(outbox.hasAmpleRoomFor(message("a"), EIGHT)).isTrue();
            outbox.add(message("a"));
        }

        assertThat(outbox.hasAmpleRoomFor(message("a"), EIGHT)).isFalse();
        assertThat(outbox.hasRoomFor(message("a"), EIGHT)).isTrue();
    }
}
