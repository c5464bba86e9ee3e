package dev.parley.msgpack;

import dev.parley.protocol.DecoderLimits;
import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketBundle;
import dev.parley.protocol.PacketCodec;
import dev.parley.protocol.PacketDecoder;
import dev.parley.protocol.ValueConverter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The encoding of the npm package {@code socket.io-msgpack-parser} 3.x: each packet is one binary message, a map in
 * MessagePack with the members {@code type}, {@code nsp} and, where the packet has them, {@code data} and {@code id}.
 * Clients have to be configured with that package, or an equivalent; those that speak JSON are sent away.
 *
 * <pre>{@code
 * SocketIoServer io = SocketIoServer.create(options -> options.parser(MsgpackPacketCodec::new));
 * }</pre>
 *
 * <h2>What is sent</h2>
 *
 * <p>The same values as with {@link dev.parley.protocol.JsonPacketCodec JSON}, and clients get the same from them,
 * except:
 *
 * <ul>
 *   <li>Binary data stands among the other values, in packets of every kind and without limit to their number.
 *   <li>{@link java.time.Instant} and {@link java.util.Date} become a {@code Date} in JavaScript, to the millisecond;
 *       what lies beyond its range is refused. Those inside of records and beans are written as the mapping library
 *       says, which most often is text.
 *   <li>{@code NaN} and infinities are sent as such.
 *   <li>Whole numbers beyond 64 bits and fractions of any length are sent with the precision of a {@code double}.
 *   <li>Half of a surrogate pair becomes {@code ?}.
 *   <li>Received values that are sent on ({@link dev.parley.protocol.RawValue}) are copied byte for byte.
 * </ul>
 *
 * <h2>What is received</h2>
 *
 * <p>Trees are the same as with JSON: a {@code Date} is a string like {@code 1970-01-01T00:00:00.000Z}, which typed
 * handlers take as {@link java.time.Instant} too; {@code undefined} is null; a typed array or {@code ArrayBuffer} is
 * binary data like a {@code Buffer}. Whole numbers are an {@link Integer}, {@link Long} or
 * {@link java.math.BigInteger}, all others a {@link Double}.
 *
 * <p>Decoders are stricter than the reference implementation where its clients can not notice. They refuse text,
 * truncated and trailing data, members that come twice, names that are not strings, malformed UTF-8, extension types
 * other than those of the official parser and the timestamps of MessagePack, reserved event names, and what exceeds a
 * limit: all of {@link DecoderLimits} but those on attachments and on the length of numbers, which there are none of.
 * Other members of a packet than the four are ignored; official clients send {@code options}. Nothing is allocated for
 * what is announced and not there.
 */
public final class MsgpackPacketCodec implements PacketCodec {

    /** Writing values recurses. */
    private static final int DEEPEST = 1000;

    private final DecoderLimits limits;
    private final ValueConverter converter;

    /** Creates a codec with default limits and no converter. */
    public MsgpackPacketCodec() {
        this(DecoderLimits.DEFAULT, ValueConverter.none());
    }

    /**
     * Creates a codec.
     *
     * @param limits what decoders accept
     * @param converter converts values of types that the codec does not know
     */
    public MsgpackPacketCodec(DecoderLimits limits, ValueConverter converter) {
        this.limits = limits;
        this.converter = converter;
    }

    @Override
    public PacketDecoder newDecoder() {
        return new MsgpackPacketDecoder(limits);
    }

    @Override
    public PacketBundle encode(Packet packet) {
        MsgpackWriter out = new MsgpackWriter(converter, Math.min(limits.maxDepth(), DEEPEST));
        try {
            if (packet instanceof Packet.Event event) {
                event(event, out);
            } else if (packet instanceof Packet.Ack ack) {
                ack(ack, out);
            } else if (packet instanceof Packet.Connect connect) {
                other(Format.CONNECT, connect, connect.data(), out);
            } else if (packet instanceof Packet.ConnectError error) {
                other(Format.CONNECT_ERROR, error, error.data(), out);
            } else {
                other(Format.DISCONNECT, packet, null, out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return PacketBundle.binary(out.toByteArray());
    }

    private static void event(Packet.Event event, MsgpackWriter out) throws IOException {
        List<? extends @Nullable Object> args = event.args();
        boolean asksForAck = event.ackId() >= 0;
        begin(Format.EVENT, asksForAck ? 4 : 3, out);
        out.string(Format.DATA);
        out.array(1 + args.size());
        out.string(event.name());
        elements(args, out);
        if (asksForAck) {
            id(event.ackId(), out);
        }
        end(event, out);
    }

    private static void ack(Packet.Ack ack, MsgpackWriter out) throws IOException {
        if (ack.ackId() < 0) {
            throw new IllegalArgumentException("ackId: " + ack.ackId() + " (expected: >= 0)");
        }
        begin(Format.ACK, 4, out);
        out.string(Format.DATA);
        out.array(ack.args().size());
        elements(ack.args(), out);
        id(ack.ackId(), out);
        end(ack, out);
    }

    private static void other(int type, Packet packet, @Nullable Object data, MsgpackWriter out) throws IOException {
        begin(type, data == null ? 2 : 3, out);
        if (data != null) {
            out.string(Format.DATA);
            out.value(data, 0);
        }
        end(packet, out);
    }

    private static void begin(int type, int members, MsgpackWriter out) throws IOException {
        out.map(members);
        out.string(Format.TYPE);
        out.integer(type);
    }

    private static void elements(List<? extends @Nullable Object> args, MsgpackWriter out) throws IOException {
        for (int i = 0; i < args.size(); i++) {
            out.value(args.get(i), 1);
        }
    }

    private static void id(long ackId, MsgpackWriter out) throws IOException {
        out.string(Format.ID);
        out.integer(ackId);
    }

    private static void end(Packet packet, MsgpackWriter out) throws IOException {
        out.string(Format.NAMESPACE);
        out.string(packet.namespace());
    }
}
