package dev.parley.msgpack;

import static dev.parley.msgpack.Wire.CODEC;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.protocol.Packet;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random packets survive encoding and decoding, and are relayed without a change. */
class MsgpackRoundTripTest {

    private static final String[] PIECES = {
        "a", "bc", "\"", "\n", "\u0000", "é", "€", "😀", " ", "0123456789".repeat(10)
    };

    @Test
    void events_survive_and_are_relayed_to_the_same_bytes() {
        for (int seed = 0; seed < 1_000; seed++) {
            Random random = new Random(seed);
            Packet.Event packet =
                    new Packet.Event(namespace(random), random.nextInt(5) - 1, "e" + text(random), args(random));
            byte[] message = Wire.bytes(CODEC.encode(packet));

            Packet.Event decoded = (Packet.Event) Wire.decode(message);

            assertThat(decoded.namespace()).isEqualTo(packet.namespace());
            assertThat(decoded.ackId()).isEqualTo(packet.ackId());
            assertThat(decoded.name()).isEqualTo(packet.name());
            assertThat(Wire.trees(decoded.args()))
                    .as("seed %d", seed)
                    .usingRecursiveComparison()
                    .isEqualTo(packet.args());
            assertThat(Wire.bytes(CODEC.encode(decoded))).as("seed %d", seed).isEqualTo(message);
        }
    }

    @Test
    void acks_survive() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            Packet.Ack packet = new Packet.Ack(namespace(random), random.nextInt(1_000_000), args(random));

            Packet.Ack decoded = (Packet.Ack) Wire.decode(Wire.bytes(CODEC.encode(packet)));

            assertThat(decoded.namespace()).isEqualTo(packet.namespace());
            assertThat(decoded.ackId()).isEqualTo(packet.ackId());
            assertThat(Wire.trees(decoded.args()))
                    .as("seed %d", seed)
                    .usingRecursiveComparison()
                    .isEqualTo(packet.args());
        }
    }

    private static String namespace(Random random) {
        return random.nextBoolean() ? "/" : "/n" + random.nextInt(100);
    }

    private static List<@Nullable Object> args(Random random) {
        List<@Nullable Object> args = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            args.add(value(random, 0));
        }
        return args;
    }

    private static @Nullable Object value(Random random, int depth) {
        return switch (random.nextInt(depth > 5 ? 9 : 11)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> random.nextInt();
            case 3 -> random.nextLong() | 1L << 40;
            case 4 -> random.nextInt(300) - 150;
            case 5 -> new BigInteger(63, random).setBit(63);
            case 6 -> random.nextGaussian() * 1e10;
            case 7 -> text(random);
            case 8 -> bytes(random);
            case 9 -> list(random, depth);
            default -> map(random, depth);
        };
    }

    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(random.nextInt(10) == 0 ? 10_000 : 20)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static List<@Nullable Object> list(Random random, int depth) {
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = random.nextInt(random.nextInt(10) == 0 ? 20 : 5); i > 0; i--) {
            list.add(value(random, depth + 2));
        }
        return list;
    }

    private static Map<String, @Nullable Object> map(Random random, int depth) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            map.put("k" + text(random), value(random, depth + 1));
        }
        return map;
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }
}
