package dev.parley.msgpack;

/** Names of the members of a packet, and the numbers of its types. */
final class Format {

    static final String TYPE = "type";
    static final String NAMESPACE = "nsp";
    static final String DATA = "data";
    static final String ID = "id";

    static final int CONNECT = 0;
    static final int DISCONNECT = 1;
    static final int EVENT = 2;
    static final int ACK = 3;
    static final int CONNECT_ERROR = 4;

    private Format() {}
}
