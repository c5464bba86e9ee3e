package dev.parley.testing;

import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketBundle;
import dev.parley.protocol.PacketCodec;
import dev.parley.protocol.PacketDecoder;
import dev.parley.protocol.ProtocolException;
import dev.parley.protocol.RawValue;
import java.util.Collections;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Sends a value to nowhere, to see how it would arrive. */
final class Loopback {

    private Loopback() {}

    static RawValue through(PacketCodec codec, @Nullable Object value) {
        PacketBundle bundle = codec.encode(new Packet.Ack("/", 0, Collections.singletonList(value)));
        PacketDecoder decoder = codec.newDecoder();
        try {
            Packet packet = null;
            if (!bundle.text().isEmpty()) {
                packet = decoder.text(bundle.text().slice(1, bundle.text().length()));
            }
            for (byte[] attachment : bundle.binaries()) {
                packet = decoder.binary(attachment);
            }
            if (packet instanceof Packet.Ack ack) {
                return (RawValue) Objects.requireNonNull(ack.args().get(0));
            }
            throw new IllegalStateException("decoded as " + packet);
        } catch (ProtocolException e) {
            throw new IllegalArgumentException("can be sent but not received: " + e.getMessage(), e);
        }
    }
}
