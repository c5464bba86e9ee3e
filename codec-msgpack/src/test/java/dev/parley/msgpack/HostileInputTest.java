package dev.parley.msgpack;

import static dev.parley.msgpack.Wire.CODEC;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.parley.protocol.Packet;
import dev.parley.protocol.ProtocolException;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever arrives becomes a packet that can be read, or a ProtocolException; and it costs no more than its size. */
class HostileInputTest {

    private static final List<Packet> PACKETS = List.of(
            new Packet.Connect("/chat", Map.of("token", "123", "n", List.of(1, 2.5))),
            new Packet.Disconnect("/"),
            new Packet.Event(
                    "/",
                    70_000,
                    "event",
                    Arrays.asList(
                            null,
                            true,
                            -1,
                            1L << 40,
                            1.5,
                            "é€🦜",
                            "x".repeat(300),
                            new byte[] {1, 2, 3},
                            Instant.EPOCH,
                            nested(),
                            Collections.nCopies(20, "a"))),
            new Packet.Ack("/chat", 5, List.of("answer", Map.of())),
            new Packet.ConnectError("/", Map.of("message", "no")));

    private static Map<String, Object> nested() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("a", List.of(Map.of("b", List.of(List.of(), Map.of()))));
        map.put("c", new byte[] {9});
        return map;
    }

    @Test
    void packets_cut_short_anywhere_are_refused() {
        for (Packet packet : PACKETS) {
            byte[] message = message(packet);
            for (int length = 0; length < message.length; length++) {
                assertThat(outcome(Arrays.copyOf(message, length)))
                        .as("%s, %d of %d bytes", packet.type(), length, message.length)
                        .isNull();
            }
            assertThat(outcome(message)).isNotNull();
        }
    }

    @Test
    void packets_with_each_byte_replaced_by_each_other_do_no_harm() {
        for (Packet packet : PACKETS) {
            byte[] message = message(packet);
            for (int i = 0; i < message.length; i++) {
                byte original = message[i];
                for (int value = 0; value < 256; value++) {
                    message[i] = (byte) value;
                    outcome(message);
                }
                message[i] = original;
            }
        }
    }

    @Test
    void packets_with_random_changes_do_no_harm() {
        Random random = new Random(7);
        for (int round = 0; round < 100_000; round++) {
            byte[] message = message(PACKETS.get(random.nextInt(PACKETS.size())));
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                message = changed(message, random);
            }
            outcome(message);
        }
    }

    private static byte[] changed(byte[] message, Random random) {
        if (message.length == 0) {
            return message;
        }
        int at = random.nextInt(message.length);
        byte[] other = message.clone();
        switch (random.nextInt(4)) {
            case 0 -> other[at] = (byte) random.nextInt(256);
            case 1 -> other[at] = (byte) (0xc0 + random.nextInt(32)); // a header
            case 2 -> {
                // a part of the message comes twice
                int length = random.nextInt(message.length - at);
                other = Arrays.copyOf(message, message.length + length);
                System.arraycopy(message, at, other, message.length, length);
            }
            default -> {
                // a part of the message is missing
                int length = random.nextInt(message.length - at);
                other = new byte[message.length - length];
                System.arraycopy(message, 0, other, 0, at);
                System.arraycopy(message, at + length, other, at, message.length - at - length);
            }
        }
        return other;
    }

    @Test
    void noise_does_no_harm() {
        Random random = new Random(11);
        for (int round = 0; round < 100_000; round++) {
            byte[] message = new byte[random.nextInt(40)];
            random.nextBytes(message);
            if (message.length > 0) {
                message[0] = (byte) (0x80 + random.nextInt(16)); // a map, or it would be over at once
            }
            outcome(message);
        }
    }

    @Test
    void what_is_announced_and_not_there_is_not_allocated() {
        for (String announced : List.of("dd7fffffff", "df3fffffff", "dbffffffff", "c6ffffffff", "c9ffffffff00")) {
            byte[] message = Wire.bytes("83a47479706502a36e7370a12fa46461746192a165" + announced);
            outcome(message);

            assertThat(allocated(() -> outcome(message))).as(announced).isLessThan(10_000);
        }
    }

    @Test
    void a_message_costs_no_more_than_its_size_until_somebody_asks_for_it() throws ProtocolException {
        byte[] empty = Wire.bytes("83a47479706502a36e7370a12fa464617461" + "92a165" + "dd000f4240");
        byte[] message = Arrays.copyOf(empty, empty.length + 1_000_000);
        Arrays.fill(message, empty.length, message.length, (byte) 0x80); // a million maps
        CODEC.newDecoder().binary(message);

        long bytes = allocated(() -> {
            try {
                CODEC.newDecoder().binary(message);
            } catch (ProtocolException e) {
                throw new AssertionError(e);
            }
        });

        assertThat(bytes).isLessThan(10_000);
    }

    private static long allocated(Runnable task) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        task.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static byte[] message(Packet packet) {
        return Wire.bytes(CODEC.encode(packet));
    }

    /** The packet, read to the last value and written again; null if it was refused. */
    private static @Nullable Packet outcome(byte[] message) {
        Packet packet;
        try {
            packet = Objects.requireNonNull(CODEC.newDecoder().binary(message));
        } catch (ProtocolException e) {
            return null;
        }
        if (packet instanceof Packet.Event event) {
            Wire.trees(event.args());
        } else if (packet instanceof Packet.Ack ack) {
            Wire.trees(ack.args());
        } else if (packet instanceof Packet.Connect connect) {
            Wire.tree(connect.data());
        } else if (packet instanceof Packet.ConnectError error) {
            Wire.tree(error.data());
        }
        assertThat(Wire.decode(message(packet)).type()).isEqualTo(packet.type());
        return packet;
    }
}
