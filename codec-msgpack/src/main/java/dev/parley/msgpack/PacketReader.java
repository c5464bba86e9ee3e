package dev.parley.msgpack;

import dev.parley.protocol.DecoderLimits;
import dev.parley.protocol.Packet;
import dev.parley.protocol.ProtocolException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgpack.value.ValueType;

/** Reads one packet, whose members may come in any order. */
final class PacketReader {

    /** The largest whole number that JavaScript can tell from its neighbours: 2^53 - 1. */
    private static final long LARGEST_ACK_ID = (1L << 53) - 1;

    private final byte[] message;
    private final DecoderLimits limits;
    private final MsgpackScanner in;

    private @Nullable RawMsgpack type;
    private @Nullable RawMsgpack namespace;
    private @Nullable RawMsgpack data;
    private @Nullable RawMsgpack id;

    /** The elements of the data if it is an array. */
    private List<RawMsgpack> elements = List.of();

    PacketReader(byte[] message, DecoderLimits limits) {
        this.message = message;
        this.limits = limits;
        this.in = new MsgpackScanner(message, limits.maxDepth());
    }

    Packet read() throws ProtocolException {
        if (in.isAtEnd()) {
            throw new ProtocolException("Could not parse");
        }
        if (!in.isMapNext()) {
            throw new ProtocolException("invalid packet type");
        }
        for (int members = in.map(); members > 0; members--) {
            member(in.string().toString());
        }
        if (!in.isAtEnd()) {
            throw new ProtocolException("trailing bytes");
        }
        return packet();
    }

    private void member(String name) throws ProtocolException {
        int from = in.position();
        if (name.equals(Format.DATA) && in.isArrayNext()) {
            elements = elements();
        } else {
            in.skip(0);
        }
        RawMsgpack value = raw(from);
        switch (name) {
            case Format.TYPE -> type = once(type, value);
            case Format.NAMESPACE -> namespace = once(namespace, value);
            case Format.DATA -> data = once(data, value);
            case Format.ID -> id = once(id, value);
            default -> {} // others have no meaning here, such as the options that official clients send
        }
    }

    private static RawMsgpack once(@Nullable RawMsgpack earlier, RawMsgpack value) throws ProtocolException {
        if (earlier != null) {
            throw new ProtocolException("a member comes twice");
        }
        return value;
    }

    private List<RawMsgpack> elements() throws ProtocolException {
        int count = in.array();
        if (count - 1 > limits.maxArguments()) { // the name of an event is none
            throw ProtocolException.beyondLimit("too many arguments");
        }
        RawMsgpack[] raws = new RawMsgpack[count];
        for (int i = 0; i < count; i++) {
            int from = in.position();
            in.skip(1);
            raws[i] = raw(from);
        }
        return List.of(raws);
    }

    /** Returns the value between an index and where the scanner is now. */
    private RawMsgpack raw(int from) {
        return new RawMsgpack(message, from, in.position() - from);
    }

    private Packet packet() throws ProtocolException {
        int number = type();
        String name = namespace();
        return switch (number) {
            case Format.CONNECT -> new Packet.Connect(name, auth());
            case Format.DISCONNECT -> disconnect(name);
            case Format.EVENT -> event(name);
            case Format.ACK -> ack(name);
            default -> new Packet.ConnectError(name, error());
        };
    }

    private int type() throws ProtocolException {
        if (type != null
                && type.type() == ValueType.INTEGER
                && type.toTree() instanceof Integer number
                && number >= Format.CONNECT
                && number <= Format.CONNECT_ERROR) {
            return number;
        }
        throw new ProtocolException("invalid packet type");
    }

    private String namespace() throws ProtocolException {
        if (namespace != null && namespace.type() == ValueType.STRING) {
            if (namespace.text().length() > limits.maxNameLength()) {
                throw ProtocolException.beyondLimit("invalid namespace");
            }
            String name = namespace.text().toString();
            if (Packet.isNamespace(name)) {
                return name;
            }
        }
        throw new ProtocolException("invalid namespace");
    }

    private @Nullable RawMsgpack auth() throws ProtocolException {
        if (data == null || data.isNothing()) {
            return null;
        }
        if (data.type() != ValueType.MAP) {
            throw invalid();
        }
        return data;
    }

    private Packet disconnect(String name) throws ProtocolException {
        if (data != null && !data.isNothing()) {
            throw invalid();
        }
        return new Packet.Disconnect(name);
    }

    private Packet event(String name) throws ProtocolException {
        if (elements.isEmpty()) {
            throw invalid();
        }
        String event = eventName(elements.get(0));
        return new Packet.Event(name, ackId(), event, elements.subList(1, elements.size()));
    }

    private Packet ack(String name) throws ProtocolException {
        if (data == null || data.type() != ValueType.ARRAY) {
            throw invalid();
        }
        if (elements.size() > limits.maxArguments()) {
            throw ProtocolException.beyondLimit("too many arguments");
        }
        long number = ackId();
        if (number == Packet.NO_ACK) {
            throw new ProtocolException("invalid packet id");
        }
        return new Packet.Ack(name, number, elements);
    }

    private RawMsgpack error() throws ProtocolException {
        if (data == null || (data.type() != ValueType.STRING && data.type() != ValueType.MAP)) {
            throw invalid();
        }
        return data;
    }

    private String eventName(RawMsgpack first) throws ProtocolException {
        boolean text = first.type() == ValueType.STRING;
        if (!text && first.type() != ValueType.INTEGER) {
            throw invalid();
        }
        if (text && first.text().length() > limits.maxNameLength()) {
            throw ProtocolException.beyondLimit("invalid payload");
        }
        String event = String.valueOf(first.toTree());
        if (Packet.Event.isReserved(event)) {
            throw invalid();
        }
        return event;
    }

    private long ackId() throws ProtocolException {
        if (id == null || id.isNothing()) {
            return Packet.NO_ACK;
        }
        Object number = id.type() == ValueType.INTEGER ? id.toTree() : null;
        if (number instanceof Integer || number instanceof Long) {
            long ackId = ((Number) number).longValue();
            if (ackId >= 0 && ackId <= LARGEST_ACK_ID) {
                return ackId;
            }
        }
        throw new ProtocolException("invalid packet id");
    }

    private static ProtocolException invalid() {
        return new ProtocolException("invalid payload");
    }
}
