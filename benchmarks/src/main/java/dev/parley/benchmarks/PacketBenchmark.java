package dev.parley.benchmarks;

import dev.parley.protocol.JsonPacketCodec;
import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketBundle;
import dev.parley.protocol.PacketDecoder;
import dev.parley.protocol.ProtocolException;
import dev.parley.protocol.RawJson;
import dev.parley.protocol.Utf8;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.infra.Blackhole;

/** Socket.IO packets to and from the messages that carry them. One operation is one event. */
@SuppressWarnings("NullAway.Init") // JMH calls the setup
public class PacketBenchmark extends MicroBenchmark {

    @Param({"text", "unicode", "object", "manyArguments", "binary"})
    String kind;

    private final JsonPacketCodec codec = new JsonPacketCodec();
    private final PacketDecoder decoder = codec.newDecoder();
    private Packet.Event event;
    private Packet.Event received;
    private Utf8 text;
    private List<byte[]> attachments;

    private static List<Object> arguments(String kind) {
        return switch (kind) {
            case "text" -> List.of("x".repeat(100));
            case "unicode" -> List.of("Grüße aus Köln \uD83D\uDC4B ".repeat(5));
            case "object" ->
                List.of(Map.of(
                        "id",
                        4_711,
                        "name",
                        "a name of some length",
                        "tags",
                        List.of("red", "green", "blue"),
                        "position",
                        Map.of("x", 12.5, "y", -3.25),
                        "active",
                        true));
            case "manyArguments" ->
                Collections.nCopies(10, List.of(1, "two", true)).stream()
                        .flatMap(List::stream)
                        .map(Object.class::cast)
                        .toList();
            case "binary" -> List.of("a file", Map.of("head", new byte[1_024], "body", new byte[1_024]));
            default -> throw new IllegalArgumentException(kind);
        };
    }

    @Setup
    public void prepare() throws ProtocolException {
        event = new Packet.Event("/", Packet.NO_ACK, "message", arguments(kind));
        PacketBundle encoded = codec.encode(event);
        text = encoded.text().slice(1, encoded.text().length()); // the engine takes the type digit away
        attachments = encoded.binaries();
        received = (Packet.Event) decode();
        PacketBundle again = relay();
        check(again.text().toString().equals(encoded.text().toString()), "the same text when sent on");
        check(
                Arrays.deepEquals(again.binaries().toArray(), attachments.toArray()),
                "the same attachments when sent on");
        check(received.args().size() == event.args().size(), "all arguments");
        check(attachments.size() == (kind.equals("binary") ? 2 : 0), "attachments where there are binary arguments");
    }

    @Benchmark
    public PacketBundle encode() {
        return codec.encode(event);
    }

    /** Sends on what was received: arguments that were never parsed. */
    @Benchmark
    public PacketBundle relay() {
        return codec.encode(received);
    }

    /** As far as an event is looked at when it arrives: checked, but not parsed. */
    @Benchmark
    public Packet decode() throws ProtocolException {
        Packet packet = decoder.text(text);
        for (int i = 0; i < attachments.size(); i++) {
            packet = decoder.binary(attachments.get(i));
        }
        return Objects.requireNonNull(packet);
    }

    /** As far as a handler needs it that asks for plain values. */
    @Benchmark
    public void decodeAndParse(Blackhole blackhole) throws ProtocolException {
        for (Object argument : ((Packet.Event) decode()).args()) {
            blackhole.consume(((RawJson) Objects.requireNonNull(argument)).toTree());
        }
    }
}
