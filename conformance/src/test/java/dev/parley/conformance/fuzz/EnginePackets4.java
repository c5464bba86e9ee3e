package dev.parley.conformance.fuzz;

import static dev.parley.conformance.fuzz.Inputs.expectSame;

import dev.parley.protocol.EngineCodec;
import dev.parley.protocol.EngineCodecV4;
import dev.parley.protocol.ProtocolException;
import dev.parley.protocol.Utf8;
import java.util.Arrays;

/** Polling payloads and frames of revision 4 of Engine.IO. */
public final class EnginePackets4 {

    private static final EngineCodec CODEC = EngineCodecV4.INSTANCE;

    private EnginePackets4() {}

    public static void fuzzerTestOneInput(byte[] data) {
        EngineOutcome outcome = EngineOutcome.text(CODEC, data);
        expectSame(outcome, oneByOne(data), "a payload, and its parts one by one");
        expectSame(inTheMiddle(data), outcome, "the same payload in the middle of an array");
        EngineOutcome.survives(CODEC, EngineOutcome.packets(EngineOutcome.all(CODEC.readPayload(Utf8.of(data)))));

        EngineOutcome.survives(CODEC, EngineOutcome.packets(sink -> sink.accept(CODEC.decodeBinary(data))));
    }

    /** What the payload means, by its definition: packets with separators between them, each of them UTF-8. */
    private static EngineOutcome oneByOne(byte[] data) {
        return EngineOutcome.of(sink -> {
            for (byte[] part : Inputs.parts(data)) {
                if (Inputs.utf8(part) == null) {
                    throw new ProtocolException("not UTF-8");
                }
                sink.accept(CODEC.decodeText(Utf8.of(part)));
            }
        });
    }

    private static EngineOutcome inTheMiddle(byte[] data) {
        byte[] larger = new byte[data.length + 8];
        Arrays.fill(larger, (byte) '4');
        System.arraycopy(data, 0, larger, 3, data.length);
        return EngineOutcome.of(EngineOutcome.all(CODEC.readPayload(Utf8.of(larger, 3, data.length))));
    }
}
