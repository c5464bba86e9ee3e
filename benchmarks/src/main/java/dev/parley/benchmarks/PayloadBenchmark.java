package dev.parley.benchmarks;

import dev.parley.protocol.EngineCodec;
import dev.parley.protocol.EngineCodecV4;
import dev.parley.protocol.EnginePacket;
import dev.parley.protocol.EnginePayload;
import dev.parley.protocol.PacketBundle;
import dev.parley.protocol.ProtocolException;
import dev.parley.protocol.Utf8;
import java.util.Collections;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.infra.Blackhole;

/** Bodies of long-polling: what answers a poll, and what a client posts. One operation is one body. */
@SuppressWarnings("NullAway.Init") // JMH calls the setup
public class PayloadBenchmark extends MicroBenchmark {

    @Param({"1", "100"})
    int packets;

    /** Texts of 100 bytes, or messages of 1 KiB that travel as base64. */
    @Param({"text", "binary"})
    String kind;

    private final EngineCodec codec = EngineCodecV4.INSTANCE;
    private List<PacketBundle> bundles;
    private Utf8 body;

    @Setup
    public void prepare() throws ProtocolException {
        PacketBundle bundle =
                kind.equals("text") ? PacketBundle.text("x".repeat(100)) : PacketBundle.binary(new byte[1_024]);
        bundles = Collections.nCopies(packets, bundle);
        body = Utf8.of(encode().body());
        EngineCodec.PacketReader reader = codec.readPayload(body);
        int read = 0;
        for (EnginePacket packet = reader.next(); packet != null; packet = reader.next()) {
            read++;
            check(packet instanceof EnginePacket.Text == kind.equals("text"), "packets of the kind that was written");
        }
        check(read == packets, "as many packets as were written");
    }

    @Benchmark
    public EnginePayload encode() {
        return codec.encodePayload(bundles, false);
    }

    @Benchmark
    public void decode(Blackhole blackhole) throws ProtocolException {
        EngineCodec.PacketReader reader = codec.readPayload(body);
        for (EnginePacket packet = reader.next(); packet != null; packet = reader.next()) {
            blackhole.consume(packet);
        }
    }
}
