package dev.parley.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The default encoding of Socket.IO packets, revision 5: JSON text, then binary data as attachments.
 *
 * <h2>Values</h2>
 *
 * <p>Encodable are, at any place: null; {@link Boolean}; numbers of the packages {@code java.lang} and
 * {@code java.math} ({@code NaN} and infinities become null, as in JavaScript); {@link CharSequence},
 * {@link Character}, {@link java.util.UUID} and the names of enums as strings; {@link java.time.Instant} and
 * {@link java.util.Date} as strings like {@code 1970-01-01T00:00:00.000Z}; {@link java.util.Map}, whose keys must not
 * be null; {@link java.util.Collection} and arrays; {@link java.util.Optional} as what it holds; {@code byte[]} and the
 * remaining bytes of a {@link java.nio.ByteBuffer} as binary data; {@link RawJson}, copied byte for byte, and the
 * {@link RawValue} of any other encoding. All else goes through the {@link ValueConverter}. Binary data is copied too,
 * so the caller may go on to use its arrays.
 *
 * <p>Values may be nested as deep as {@link DecoderLimits#maxDepth()} says, but at most {@value #DEEPEST} levels; a
 * circular value is refused by this limit. A receiver that is not told otherwise accepts ten attachments. An object
 * with the member {@code "_placeholder":true} is refused in packets with binary data: no receiver could tell it from a
 * real placeholder.
 *
 * <h2>Decoding</h2>
 *
 * <p>Decoders are stricter than the reference implementation where no client can notice: numbers in front of the
 * payload are digits only, ack ids at most 2<sup>53</sup>-1; the payload starts right behind them; events need a
 * payload, acks an id; an object that claims to be a placeholder must point to an attachment.
 *
 * <p>What a decoder hands over has been checked in full: strict JSON, well-formed UTF-8, all limits kept. It is not
 * parsed until {@link RawJson#toTree()} is called.
 */
public final class JsonPacketCodec implements PacketCodec {

    private static final int DEEPEST = 1000;
    /** Expected bytes of a header, and of a value that gives no hint of its length. */
    private static final int GUESS = 32;

    private static final int LONGEST_GUESS = 1 << 28;

    private final DecoderLimits limits;
    private final ValueConverter converter;
    private final NameCache eventNames = new NameCache();
    private final NameCache namespaces = new NameCache();
    /** One for each thread, not for each connection: there may be very many of those, and few are heard at a time. */
    private final ThreadLocal<JsonScanner> scanners;

    /** Creates a codec with default limits and no converter. */
    public JsonPacketCodec() {
        this(DecoderLimits.DEFAULT, ValueConverter.none());
    }

    /**
     * Creates a codec.
     *
     * @param limits what decoders accept
     * @param converter converts values of types that the codec does not know
     */
    public JsonPacketCodec(DecoderLimits limits, ValueConverter converter) {
        this.limits = limits;
        this.converter = converter;
        this.scanners = ThreadLocal.withInitial(() -> new JsonScanner(limits));
    }

    @Override
    public PacketDecoder newDecoder() {
        return new JsonPacketDecoder(this);
    }

    DecoderLimits limits() {
        return limits;
    }

    NameCache eventNames() {
        return eventNames;
    }

    NameCache namespaces() {
        return namespaces;
    }

    /** Returns the scanner of this thread. */
    JsonScanner scanner() {
        return scanners.get();
    }

    @Override
    public PacketBundle encode(Packet packet) {
        if (packet instanceof Packet.Event event) {
            return event(event);
        }
        if (packet instanceof Packet.Ack ack) {
            return ack(ack);
        }
        if (packet instanceof Packet.Connect connect) {
            return withoutBinary('0', connect.namespace(), connect.data());
        }
        if (packet instanceof Packet.ConnectError error) {
            return withoutBinary('4', error.namespace(), error.data());
        }
        return withoutBinary('1', packet.namespace(), null);
    }

    private PacketBundle event(Packet.Event event) {
        int expected = GUESS + event.name().length() + expectedLength(event.args());
        Utf8Writer out = begin('2', event.namespace(), expected);
        if (event.ackId() >= 0) {
            out.number(event.ackId());
        }
        int payload = out.length();
        out.ascii('[');
        out.string(event.name());
        return finish(out, payload, event.args());
    }

    private PacketBundle ack(Packet.Ack ack) {
        if (ack.ackId() < 0) {
            throw new IllegalArgumentException("ackId: " + ack.ackId() + " (expected: >= 0)");
        }
        Utf8Writer out = begin('3', ack.namespace(), GUESS + expectedLength(ack.args()));
        out.number(ack.ackId());
        int payload = out.length();
        out.ascii('[');
        return finish(out, payload, ack.args());
    }

    private PacketBundle withoutBinary(char type, String namespace, @Nullable Object data) {
        Utf8Writer out = begin(type, namespace, 2 * GUESS);
        if (data != null) {
            JsonTreeWriter values = values(out);
            values.value(data, 0);
            if (!values.attachments().isEmpty()) {
                throw new IllegalArgumentException("binary data (expected: only in events and acks)");
            }
        }
        return PacketBundle.message(out.toUtf8(), List.of());
    }

    private static Utf8Writer begin(char type, String namespace, int expectedLength) {
        Utf8Writer out = new Utf8Writer(expectedLength);
        out.ascii((char) EnginePacketType.MESSAGE.digit());
        out.ascii(type);
        if (!namespace.equals("/")) {
            if (!namespace.startsWith("/") || namespace.indexOf(',') >= 0) {
                throw new IllegalArgumentException(
                        "namespace: " + namespace + " (expected: a slash in front, and no comma)");
            }
            out.text(namespace);
            out.ascii(',');
        }
        return out;
    }

    /** Writes the rest of an array that has been begun, then the number of attachments in front of it. */
    private PacketBundle finish(Utf8Writer out, int payload, List<? extends @Nullable Object> args) {
        JsonTreeWriter values = values(out);
        boolean separate = out.length() > payload + 1;
        for (int i = 0; i < args.size(); i++) {
            if (separate) {
                out.ascii(',');
            }
            separate = true;
            values.value(args.get(i), 1);
        }
        out.ascii(']');
        List<byte[]> attachments = values.attachments();
        if (!attachments.isEmpty()) {
            values.checkPlaceholders(payload);
            out.makeBinary(attachments.size());
        }
        return PacketBundle.message(out.toUtf8(), attachments);
    }

    private JsonTreeWriter values(Utf8Writer out) {
        return new JsonTreeWriter(out, converter, Math.min(limits.maxDepth(), DEEPEST));
    }

    /** Estimates the length of arguments, so that most packets are written into an array that need not grow. */
    private static int expectedLength(List<? extends @Nullable Object> args) {
        long length = 0;
        for (int i = 0; i < args.size(); i++) {
            Object arg = args.get(i);
            if (arg instanceof String text) {
                length += text.length() + 3;
            } else if (arg instanceof RawJson json) {
                length += json.json().length() + 1;
            } else {
                length += GUESS;
            }
        }
        return (int) Math.min(length, LONGEST_GUESS);
    }
}
