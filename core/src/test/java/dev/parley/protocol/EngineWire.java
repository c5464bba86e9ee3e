package dev.parley.protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Reads and writes Engine.IO packets as strings. */
final class EngineWire {

    private EngineWire() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Bytes given as numbers from 0 to 255. */
    static byte[] bytes(int... numbers) {
        byte[] bytes = new byte[numbers.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) numbers[i];
        }
        return bytes;
    }

    static List<String> decodePayload(EngineCodec codec, byte[] payload) {
        return decodePayload(codec, Utf8.of(payload));
    }

    /** The packets, then, if it came to that, the fault with an exclamation mark in front. */
    static List<String> decodePayload(EngineCodec codec, Utf8 payload) {
        return collect(codec.readPayload(payload));
    }

    /** The same for a binary payload. */
    static List<String> decodeBinaryPayload(EngineCodec codec, byte[] payload) {
        return collect(codec.readBinaryPayload(payload));
    }

    private static List<String> collect(EngineCodec.PacketReader reader) {
        List<String> packets = new ArrayList<>();
        try {
            for (EnginePacket packet = reader.next(); packet != null; packet = reader.next()) {
                packets.add(show(packet));
            }
        } catch (ProtocolException e) {
            packets.add("!" + e.getMessage());
        }
        return packets;
    }

    static String show(EnginePacket packet) {
        return packet instanceof EnginePacket.Binary binary
                ? "b" + Base64.getEncoder().encodeToString(binary.data())
                : (char) packet.type().digit()
                        + ((EnginePacket.Text) packet).data().toString();
    }

    static Frames frames(EngineCodec codec, PacketBundle bundle, boolean base64) {
        Frames frames = new Frames(new ArrayList<>(), new ArrayList<>());
        codec.encodeFrames(bundle, base64, frames);
        return frames;
    }

    record Frames(List<Utf8> texts, List<byte[]> binaries) implements EngineCodec.FrameSink {

        @Override
        public void text(Utf8 text) {
            texts.add(text);
        }

        @Override
        public void binary(byte[] data) {
            binaries.add(data);
        }
    }
}
