package dev.parley;

import dev.parley.engine.HttpRequest;
import dev.parley.engine.Session;
import dev.parley.protocol.Packet;
import org.jspecify.annotations.Nullable;

/**
 * Revision 4, spoken by clients up to 2.x above revision 3 of Engine.IO: clients are in the main namespace from the
 * beginning, make their ids themselves, and have only a query to say who they are.
 */
final class SocketProtocol4 implements SocketProtocol {

    static final SocketProtocol4 INSTANCE = new SocketProtocol4();

    private SocketProtocol4() {}

    @Override
    public Packet.Connect unasked() {
        return new Packet.Connect(Namespaces.MAIN, null);
    }

    @Override
    public Packet.Connect read(Packet.Connect packet) {
        String name = packet.namespace();
        int mark = name.indexOf('?');
        return mark < 0
                ? new Packet.Connect(name, null)
                : new Packet.Connect(name.substring(0, mark), HttpRequest.parseQuery(name.substring(mark + 1)));
    }

    @Override
    public String newId(Session session, String namespace) {
        return namespace.equals(Namespaces.MAIN) ? session.id() : namespace + '#' + session.id();
    }

    @Override
    public boolean recovers() {
        return false;
    }

    @Override
    public @Nullable Object welcome(String id, @Nullable String privateId) {
        return null;
    }

    @Override
    public Object refusal(String message, @Nullable Object data) {
        return data == null ? message : data;
    }
}
