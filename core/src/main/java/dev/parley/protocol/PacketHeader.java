package dev.parley.protocol;

/**
 * Reads what stands in front of a packet's payload: {@code <type>[<attachments>-][<namespace>,][<ack id>]}. The parts
 * are to be read in this order.
 */
final class PacketHeader {

    /** The largest whole number that JavaScript can tell from its neighbours: 2^53 - 1. */
    private static final long LARGEST_ACK_ID = (1L << 53) - 1;

    private static final int HIGHEST_TYPE = 6;

    private final byte[] bytes;
    private final int end;
    private int at;

    PacketHeader(Utf8 message) {
        this.bytes = message.array();
        this.at = message.offset();
        this.end = at + message.length();
    }

    /** Returns the index of the first byte that has not been read. */
    int position() {
        return at;
    }

    /** Reads the type digit. */
    int type() throws ProtocolException {
        int type = at < end ? bytes[at++] - '0' : -1;
        if (type < 0 || type > HIGHEST_TYPE) {
            throw new ProtocolException("unknown packet type");
        }
        return type;
    }

    /** Reads the number of attachments, at least 1, and the dash behind it. */
    int attachments(int max) throws ProtocolException {
        long count = digits();
        if (count < 1 || at == end || bytes[at] != '-') {
            throw new ProtocolException("Illegal attachments");
        }
        if (count > max) {
            throw ProtocolException.beyondLimit("too many attachments");
        }
        at++;
        return (int) count;
    }

    /** Reads the namespace and the comma behind it; both may be missing, the comma also at the end of the packet. */
    String namespace(NameCache names, int maxLength) throws ProtocolException {
        if (at == end || bytes[at] != '/') {
            return "/";
        }
        int from = at;
        while (at < end && bytes[at] != ',') {
            at++;
        }
        int to = at;
        if (at < end) {
            at++;
        }
        String name = names.get(bytes, from, to);
        if (name == null) {
            if (to - from > maxLength) {
                throw ProtocolException.beyondLimit("invalid namespace");
            }
            if (!isText(bytes, from, to)) {
                throw new ProtocolException("invalid namespace");
            }
            name = Utf8.of(bytes, from, to - from).toString();
            names.put(bytes, from, to, name);
        }
        return name;
    }

    /**
     * Tells whether bytes are well-formed and hold none of the control characters, with which packets are separated.
     */
    private static boolean isText(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] >= 0 && bytes[i] < ' ') {
                return false;
            }
        }
        return Utf8Check.isWellFormed(bytes, from, to);
    }

    /** Reads the ack id, or {@link Packet#NO_ACK} if there is none. */
    long ackId() throws ProtocolException {
        long id = digits();
        if (id > LARGEST_ACK_ID) {
            throw new ProtocolException("invalid ack id");
        }
        return id;
    }

    /** Reads a number; -1 if there is no digit, {@link Long#MAX_VALUE} if it is too large to matter. */
    private long digits() {
        if (at == end || bytes[at] < '0' || bytes[at] > '9') {
            return -1;
        }
        long number = 0;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            number = number > LARGEST_ACK_ID ? Long.MAX_VALUE : 10 * number + bytes[at] - '0';
            at++;
        }
        return number;
    }
}
