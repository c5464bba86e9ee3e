package dev.parley.engine;

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
}
