package dev.parley;

import dev.parley.engine.Session;
import dev.parley.protocol.Packet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Revision 5, spoken by clients 3.x and 4.x: clients ask to join each namespace, and are told their id in it. */
final class SocketProtocol5 implements SocketProtocol {

    static final SocketProtocol5 INSTANCE = new SocketProtocol5();

    private SocketProtocol5() {}

    @Override
    public Packet.@Nullable Connect unasked() {
        return null;
    }

    @Override
    public Packet.Connect read(Packet.Connect packet) {
        return packet;
    }

    @Override
    public String newId(Session session, String namespace) {
        return SocketIds.next();
    }

    @Override
    public boolean recovers() {
        return true;
    }

    @Override
    public Object welcome(String id, @Nullable String privateId) {
        if (privateId == null) {
            return Map.of("sid", id);
        }
        Map<String, Object> ids = new LinkedHashMap<>();
        ids.put("sid", id);
        ids.put("pid", privateId);
        return ids;
    }

    @Override
    public Object refusal(String message, @Nullable Object data) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("message", message);
        if (data != null) {
            error.put("data", data);
        }
        return error;
    }
}
