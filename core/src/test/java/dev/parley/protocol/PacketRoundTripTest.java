package dev.parley.protocol;

import static dev.parley.protocol.Wire.decode;
import static dev.parley.protocol.Wire.trees;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.parley.Behaviour;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random packets survive encoding and decoding, and are relayed without a change. */
class PacketRoundTripTest {

    private static final JsonPacketCodec CODEC =
            new JsonPacketCodec(new DecoderLimits(1000, 500, 1000, 4096, 1000), ValueConverter.none());

    private static final RecursiveComparisonConfiguration BY_VALUE = RecursiveComparisonConfiguration.builder()
            .withStrictTypeChecking(false)
            .build();

    private static final String[] PIECES = {
        "a",
        "bc",
        "\"",
        "\\",
        "\n",
        "\u0000",
        "é",
        "€",
        "😀",
        "\ud800",
        "\udfff",
        "_placeholder",
        "num",
        "{",
        "]",
        ",",
        " "
    };

    @Test
    @Behaviour({"PAR-004", "PAR-006", "PAR-028", "PAR-037", "PAR-038"})
    void events_survive() {
        for (int seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            Packet.Event packet =
                    new Packet.Event(namespace(random), random.nextInt(5) - 1, "e" + text(random), args(random));

            Packet decoded = decode(CODEC.encode(packet), CODEC);

            assertThat(decoded)
                    .as("seed %d", seed)
                    .asInstanceOf(type(Packet.Event.class))
                    .returns(packet.namespace(), Packet.Event::namespace)
                    .returns(packet.ackId(), Packet.Event::ackId)
                    .returns(packet.name(), Packet.Event::name)
                    .satisfies(event -> assertThat(trees(event.args()))
                            .usingRecursiveComparison(BY_VALUE)
                            .isEqualTo(packet.args()));
        }
    }

    @Test
    @Behaviour({"PAR-007", "PAR-029"})
    void acks_survive() {
        for (int seed = 0; seed < 1_000; seed++) {
            Random random = new Random(seed);
            Packet.Ack packet = new Packet.Ack(namespace(random), random.nextInt(1_000_000), args(random));

            assertThat(decode(CODEC.encode(packet), CODEC))
                    .as("seed %d", seed)
                    .asInstanceOf(type(Packet.Ack.class))
                    .returns(packet.namespace(), Packet.Ack::namespace)
                    .returns(packet.ackId(), Packet.Ack::ackId)
                    .satisfies(ack -> assertThat(trees(ack.args()))
                            .usingRecursiveComparison(BY_VALUE)
                            .isEqualTo(packet.args()));
        }
    }

    @Test
    void packets_are_relayed_to_the_same_bytes() {
        for (int seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            PacketBundle sent = CODEC.encode(
                    new Packet.Event(namespace(random), random.nextInt(5) - 1, "e" + text(random), args(random)));

            PacketBundle relayed = CODEC.encode(decode(sent, CODEC));

            assertThat(relayed.text())
                    .as("seed %d", seed)
                    .hasToString(sent.text().toString());
            assertThat(relayed.binaries()).isEqualTo(sent.binaries());
        }
    }

    @Test
    void bundles_survive_a_polling_payload() throws ProtocolException {
        List<PacketBundle> bundles = new ArrayList<>();
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            bundles.add(CODEC.encode(new Packet.Event(namespace(random), seed, "e", args(random))));
        }
        PacketDecoder decoder = CODEC.newDecoder();
        List<Long> ids = new ArrayList<>();

        EngineCodec.PacketReader reader = EngineCodecV4.INSTANCE.readPayload(
                Utf8.of(EngineCodecV4.INSTANCE.encodePayload(bundles, false).body()));
        for (EnginePacket packet = reader.next(); packet != null; packet = reader.next()) {
            Packet decoded = feed(decoder, packet);
            if (decoded instanceof Packet.Event event) {
                ids.add(event.ackId());
            }
        }

        assertThat(ids).hasSize(200).isSorted().doesNotHaveDuplicates();
    }

    private static @Nullable Packet feed(PacketDecoder decoder, EnginePacket packet) {
        try {
            return packet instanceof EnginePacket.Text text
                    ? decoder.text(text.data())
                    : decoder.binary(((EnginePacket.Binary) packet).data());
        } catch (ProtocolException e) {
            throw new AssertionError(e);
        }
    }

    private static Packet decode(PacketBundle bundle, PacketCodec codec) {
        Utf8 text = bundle.text();
        return Wire.decode(codec, text.slice(1, text.length()), bundle.binaries());
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
        return switch (random.nextInt(depth > 5 ? 8 : 10)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> random.nextInt();
            case 3 -> random.nextLong() | 1L << 40;
            case 4 -> new BigInteger(200, random).setBit(100);
            case 5 -> random.nextGaussian() * 1e10;
            case 6 -> text(random);
            case 7 -> bytes(random);
            case 8 -> list(random, depth);
            default -> map(random, depth);
        };
    }

    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(20)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static List<@Nullable Object> list(Random random, int depth) {
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            list.add(value(random, depth + 1));
        }
        return list;
    }

    private static Map<String, @Nullable Object> map(Random random, int depth) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            map.put("k" + text(random).replaceAll("\\p{Cs}", ""), value(random, depth + 1));
        }
        return map;
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(random.nextInt(10) == 0 ? 100 : 8); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }
}
