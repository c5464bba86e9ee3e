package dev.parley.protocol;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The decoder of {@link JsonPacketCodec}. */
final class JsonPacketDecoder implements PacketDecoder {

    private final JsonPacketCodec codec;

    /** That of the thread which called last: nearly always the one that calls next. */
    private JsonScanner scanner;

    private @Nullable Incomplete incomplete;

    JsonPacketDecoder(JsonPacketCodec codec) {
        this.codec = codec;
        this.scanner = codec.scanner();
    }

    private JsonScanner scanner() {
        JsonScanner last = scanner;
        if (!last.isOfThisThread()) {
            last = codec.scanner();
            scanner = last;
        }
        return last;
    }

    @Override
    public @Nullable Packet text(Utf8 message) throws ProtocolException {
        if (incomplete != null) {
            throw new ProtocolException("got plaintext data when reconstructing a packet");
        }
        PacketHeader header = new PacketHeader(message);
        int type = header.type();
        int attachments = type >= 5 ? header.attachments(codec.limits().maxAttachments()) : 0;
        String namespace = header.namespace(codec.namespaces(), codec.limits().maxNameLength());
        return switch (type) {
            case 0 -> new Packet.Connect(namespace, optional(payload(message, header), "{"));
            case 1 -> disconnect(namespace, payload(message, header));
            case 2 -> event(namespace, header, message, 0, List.of());
            case 3 -> ack(namespace, header, message, 0, List.of());
            case 4 -> new Packet.ConnectError(namespace, optional(payload(message, header), "{\""));
            default -> begin(type, namespace, header, message, attachments);
        };
    }

    @Override
    public @Nullable Packet binary(byte[] message) throws ProtocolException {
        Incomplete begun = incomplete;
        if (begun == null) {
            throw new ProtocolException("got binary data when not reconstructing a packet");
        }
        begun.attachments.add(message);
        if (begun.attachments.size() < begun.expected) {
            return null;
        }
        incomplete = null;
        return begun.packet;
    }

    /** Checks the text of a packet at once, so that attachments are only waited for if all is well so far. */
    private @Nullable Packet begin(int type, String namespace, PacketHeader header, Utf8 message, int expected)
            throws ProtocolException {
        List<byte[]> attachments = new ArrayList<>(); // grows with what arrives, not with what is announced
        List<byte[]> view = Collections.unmodifiableList(attachments);
        Packet packet = type == 5
                ? event(namespace, header, message, expected, view)
                : ack(namespace, header, message, expected, view);
        incomplete = new Incomplete(packet, expected, attachments);
        return null;
    }

    private Packet event(String namespace, PacketHeader header, Utf8 message, int expected, List<byte[]> attachments)
            throws ProtocolException {
        long ackId = header.ackId();
        JsonScanner scanner = array(message, header.position(), expected);
        if (scanner.elementCount() == 0) {
            throw invalid();
        }
        String name = eventName(message.array(), scanner.elementStart(0), scanner.elementEnd(0));
        return new Packet.Event(namespace, ackId, name, elements(scanner, message.array(), 1, attachments));
    }

    private Packet ack(String namespace, PacketHeader header, Utf8 message, int expected, List<byte[]> attachments)
            throws ProtocolException {
        long ackId = header.ackId();
        if (ackId == Packet.NO_ACK) {
            throw invalid();
        }
        JsonScanner scanner = array(message, header.position(), expected);
        return new Packet.Ack(namespace, ackId, elements(scanner, message.array(), 0, attachments));
    }

    private static Packet disconnect(String namespace, Utf8 payload) throws ProtocolException {
        if (!payload.isEmpty()) {
            throw invalid();
        }
        return new Packet.Disconnect(namespace);
    }

    private static Utf8 payload(Utf8 message, PacketHeader header) {
        return message.slice(header.position() - message.offset(), message.length());
    }

    /** Checks a payload that may be missing and otherwise starts with one of some characters. */
    private @Nullable RawJson optional(Utf8 payload, String first) throws ProtocolException {
        if (payload.isEmpty()) {
            return null;
        }
        if (first.indexOf(payload.byteAt(0)) < 0) {
            throw invalid();
        }
        int from = payload.offset();
        int behind = scanner().scan(payload.array(), from, from + payload.length(), 0);
        return new RawJson(payload.slice(0, behind - from), List.of());
    }

    /** Checks a payload that has to be an array; its elements are known until this thread scans something else. */
    private JsonScanner array(Utf8 message, int from, int attachments) throws ProtocolException {
        int end = message.offset() + message.length();
        if (from == end || message.array()[from] != '[') {
            throw invalid();
        }
        JsonScanner scanner = scanner();
        scanner.scan(message.array(), from, end, attachments);
        return scanner;
    }

    private String eventName(byte[] bytes, int from, int to) throws ProtocolException {
        if (to - from > codec.limits().maxNameLength() + 2) {
            throw ProtocolException.beyondLimit("invalid payload");
        }
        String known = codec.eventNames().get(bytes, from, to);
        if (known != null) {
            return known;
        }
        byte first = bytes[from];
        Utf8 json = Utf8.of(bytes, from, to - from);
        String name;
        if (first == '"') {
            name = String.valueOf(Json.parse(json, List.of()));
        } else if (first == '-' || (first >= '0' && first <= '9')) {
            name = json.toString();
        } else {
            throw invalid();
        }
        if (Packet.Event.isReserved(name)) {
            throw invalid();
        }
        codec.eventNames().put(bytes, from, to, name);
        return name;
    }

    private List<RawJson> elements(JsonScanner scanner, byte[] bytes, int first, List<byte[]> attachments)
            throws ProtocolException {
        int count = scanner.elementCount() - first;
        if (count > codec.limits().maxArguments()) {
            throw ProtocolException.beyondLimit("too many arguments");
        }
        return switch (count) {
            case 0 -> List.of();
            case 1 -> List.of(element(scanner, bytes, first, attachments));
            case 2 ->
                List.of(element(scanner, bytes, first, attachments), element(scanner, bytes, first + 1, attachments));
            default -> {
                RawJson[] elements = new RawJson[count];
                for (int i = 0; i < count; i++) {
                    elements[i] = element(scanner, bytes, first + i, attachments);
                }
                yield List.of(elements);
            }
        };
    }

    private static RawJson element(JsonScanner scanner, byte[] bytes, int element, List<byte[]> attachments) {
        int from = scanner.elementStart(element);
        return new RawJson(Utf8.of(bytes, from, scanner.elementEnd(element) - from), attachments);
    }

    private static ProtocolException invalid() {
        return new ProtocolException("invalid payload");
    }

    /** A packet whose attachments have not all arrived. */
    private static final class Incomplete {

        private final Packet packet;
        private final int expected;
        private final List<byte[]> attachments;

        Incomplete(Packet packet, int expected, List<byte[]> attachments) {
            this.packet = packet;
            this.expected = expected;
            this.attachments = attachments;
        }
    }
}
