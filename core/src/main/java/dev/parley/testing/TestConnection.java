package dev.parley.testing;

import dev.parley.mapping.TypedValues;
import dev.parley.protocol.EnginePacketType;
import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketBundle;
import dev.parley.protocol.PacketCodec;
import dev.parley.protocol.PacketDecoder;
import dev.parley.protocol.ProtocolException;
import dev.parley.protocol.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A client's connection: Engine.IO over an in-memory WebSocket, shared by the client's sockets in all namespaces. */
final class TestConnection implements MemoryWebSocket.Receiver {

    private final MemoryWebSocket webSocket;
    private final PacketCodec codec;
    private final PacketDecoder decoder;
    private final TypedValues types;
    private final Map<String, TestClient> clients = new ConcurrentHashMap<>();
    private volatile boolean answersPings = true;

    TestConnection(MemoryWebSocket webSocket, PacketCodec codec, TypedValues types) {
        this.webSocket = webSocket;
        this.types = types;
        this.codec = codec;
        this.decoder = codec.newDecoder();
        webSocket.receiveWith(this);
    }

    PacketCodec codec() {
        return codec;
    }

    TypedValues types() {
        return types;
    }

    TestClient connect(String namespace, @Nullable Object auth) {
        TestClient client = new TestClient(this, namespace, auth);
        if (clients.putIfAbsent(namespace, client) != null) {
            throw new IllegalStateException("the client is connected to " + namespace + " already");
        }
        send(new Packet.Connect(namespace, auth));
        return client;
    }

    void send(Packet packet) {
        PacketBundle bundle = codec.encode(packet);
        if (!bundle.text().isEmpty()) {
            webSocket.send(bundle.text().toString());
        }
        bundle.binaries().forEach(webSocket::send);
    }

    void forget(TestClient client) {
        clients.remove(client.namespace(), client);
    }

    void stopAnsweringPings() {
        answersPings = false;
    }

    void cut() {
        webSocket.close();
    }

    @Override
    public void message(Object message) {
        try {
            if (message instanceof byte[] attachment) {
                dispatch(decoder.binary(attachment));
            } else {
                text(((String) message).getBytes(StandardCharsets.UTF_8));
            }
        } catch (ProtocolException e) {
            throw new AssertionError("the server sent what no client understands: " + e.getMessage(), e);
        }
    }

    private void text(byte[] packet) throws ProtocolException {
        byte type = packet[0];
        if (type == EnginePacketType.MESSAGE.digit()) {
            dispatch(decoder.text(Utf8.of(Arrays.copyOfRange(packet, 1, packet.length))));
        } else if (type == EnginePacketType.PING.digit() && answersPings) {
            webSocket.send((char) EnginePacketType.PONG.digit() + "");
        }
    }

    private void dispatch(@Nullable Packet packet) {
        TestClient client = packet == null ? null : clients.get(packet.namespace());
        if (packet != null && client != null) {
            client.receive(packet);
        }
    }

    @Override
    public void closed() {
        clients.values().forEach(client -> client.disconnected("transport close"));
        clients.clear();
    }
}
