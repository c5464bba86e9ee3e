package dev.parley.conformance.fuzz;

import static dev.parley.conformance.fuzz.Inputs.expectSame;

import dev.parley.protocol.EngineCodec;
import dev.parley.protocol.EngineCodecV3;
import dev.parley.protocol.ProtocolException;
import dev.parley.protocol.Utf8;
import java.util.ArrayList;
import java.util.List;

/** Polling payloads, text and binary, and frames of revision 3 of Engine.IO. */
public final class EnginePackets3 {

    private static final EngineCodec CODEC = EngineCodecV3.INSTANCE;

    private EnginePackets3() {}

    public static void fuzzerTestOneInput(byte[] data) {
        EngineOutcome text = EngineOutcome.text(CODEC, data);
        String decoded = Inputs.utf8(data);
        if (decoded != null) {
            expectSame(text, byCharacters(decoded), "a payload of text, and the same by its characters");
        }
        twice(text, EngineOutcome.text(CODEC, Inputs.join(data, data)));
        EngineOutcome.survives(CODEC, EngineOutcome.packets(EngineOutcome.all(CODEC.readPayload(Utf8.of(data)))));

        EngineOutcome binary = EngineOutcome.binary(CODEC, data);
        twice(binary, EngineOutcome.binary(CODEC, Inputs.join(data, data)));
        EngineOutcome.survives(CODEC, EngineOutcome.packets(EngineOutcome.all(CODEC.readBinaryPayload(data))));

        EngineOutcome.survives(CODEC, EngineOutcome.packets(sink -> sink.accept(CODEC.decodeBinary(data))));
    }

    /** A payload that is whole can have another one behind it. */
    private static void twice(EngineOutcome once, EngineOutcome twice) {
        if (!once.refused()) {
            List<String> both = new ArrayList<>(once.packets());
            both.addAll(once.packets());
            expectSame(twice, new EngineOutcome(both, false), "a payload twice");
        }
    }

    /** What the payload means, by its definition: lengths count the characters of JavaScript, which are Java's. */
    private static EngineOutcome byCharacters(String payload) {
        return EngineOutcome.of(sink -> {
            int at = 0;
            do {
                int colon = payload.indexOf(':', at);
                if (colon < 0 || !payload.substring(at, colon).matches("[0-9]{1,9}")) {
                    throw new ProtocolException("no length");
                }
                int from = colon + 1;
                int to = from + Integer.parseInt(payload.substring(at, colon));
                if (to > payload.length() || splitsPair(payload, from, to)) {
                    throw new ProtocolException("wrong length");
                }
                if (to > from) {
                    sink.accept(CODEC.decodeText(Utf8.of(payload.substring(from, to))));
                }
                at = to;
            } while (at < payload.length());
        });
    }

    private static boolean splitsPair(String text, int from, int to) {
        return to > from && to < text.length() && Character.isSurrogatePair(text.charAt(to - 1), text.charAt(to));
    }
}
