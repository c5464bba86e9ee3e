package dev.parley.conformance.fuzz;

import static dev.parley.conformance.fuzz.Inputs.expectSame;
import static dev.parley.conformance.fuzz.Inputs.latin1;

import dev.parley.protocol.EngineCodec;
import dev.parley.protocol.EnginePacket;
import dev.parley.protocol.EnginePacketType;
import dev.parley.protocol.EnginePayload;
import dev.parley.protocol.PacketBundle;
import dev.parley.protocol.ProtocolException;
import dev.parley.protocol.Utf8;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/**
 * The Engine.IO packets that were read, and whether the rest was refused.
 *
 * @param packets each packet as a text that shows all of it
 * @param refused whether a fault ended the reading
 */
record EngineOutcome(List<String> packets, boolean refused) {

    /** Reads packets and hands them over. */
    @FunctionalInterface
    interface Reading {
        void into(Consumer<EnginePacket> sink) throws ProtocolException;
    }

    /** Reads a whole payload. */
    static Reading all(EngineCodec.PacketReader reader) {
        return sink -> {
            for (EnginePacket packet = reader.next(); packet != null; packet = reader.next()) {
                sink.accept(packet);
            }
        };
    }

    static EngineOutcome of(Reading reading) {
        List<String> packets = new ArrayList<>();
        boolean refused = false;
        try {
            reading.into(packet -> packets.add(show(packet)));
        } catch (ProtocolException e) {
            refused = true;
        }
        return new EngineOutcome(packets, refused);
    }

    static EngineOutcome text(EngineCodec codec, byte[] payload) {
        return of(all(codec.readPayload(Utf8.of(payload))));
    }

    static EngineOutcome binary(EngineCodec codec, byte[] payload) {
        return of(all(codec.readBinaryPayload(payload)));
    }

    static String show(EnginePacket packet) {
        if (packet instanceof EnginePacket.Binary binary) {
            return 'b' + HexFormat.of().formatHex(binary.data());
        }
        Utf8 data = ((EnginePacket.Text) packet).data();
        byte[] bytes = Arrays.copyOfRange(data.array(), data.offset(), data.offset() + data.length());
        return (char) packet.type().digit() + latin1(bytes);
    }

    /** What was read and is written again can be read again, in every form that there is. */
    static void survives(EngineCodec codec, List<EnginePacket> packets) {
        if (packets.isEmpty()) {
            return;
        }
        List<PacketBundle> bundles = packets.stream().map(EngineOutcome::bundle).toList();
        EngineOutcome expected =
                new EngineOutcome(packets.stream().map(EngineOutcome::show).toList(), false);
        for (boolean base64 : new boolean[] {false, true}) {
            EnginePayload payload = codec.encodePayload(bundles, base64);
            EngineOutcome again = payload.isBinary() ? binary(codec, payload.body()) : text(codec, payload.body());
            expectSame(again, expected, "a payload, written and read again");

            EngineOutcome frames = of(sink -> {
                for (PacketBundle bundle : bundles) {
                    readFrames(codec, bundle, base64, sink);
                }
            });
            expectSame(frames, expected, "frames, written and read again");
        }
    }

    private static void readFrames(EngineCodec codec, PacketBundle bundle, boolean base64, Consumer<EnginePacket> sink)
            throws ProtocolException {
        List<Utf8> texts = new ArrayList<>();
        List<byte[]> binaries = new ArrayList<>();
        codec.encodeFrames(bundle, base64, new EngineCodec.FrameSink() {
            @Override
            public void text(Utf8 text) {
                texts.add(text);
            }

            @Override
            public void binary(byte[] data) {
                binaries.add(data);
            }
        });
        for (Utf8 text : texts) {
            sink.accept(codec.decodeText(text));
        }
        for (byte[] binary : binaries) {
            sink.accept(codec.decodeBinary(binary));
        }
    }

    private static PacketBundle bundle(EnginePacket packet) {
        if (packet instanceof EnginePacket.Binary binary) {
            return PacketBundle.binary(binary.data());
        }
        EnginePacketType type = packet.type();
        return PacketBundle.control(type, ((EnginePacket.Text) packet).data().toString());
    }

    /** All packets that can be read before the first fault. */
    static List<EnginePacket> packets(Reading reading) {
        List<EnginePacket> packets = new ArrayList<>();
        try {
            reading.into(packets::add);
        } catch (ProtocolException e) {
            // those before it count
        }
        return packets;
    }
}
