package dev.parley.contract;

import dev.parley.engine.EngineServer;
import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryTransport;
import dev.parley.testing.MemoryWebSocket;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;

/** The in-memory transport fulfils the contract, as WebSocket, by polling and upgraded. */
class MemoryTransportContractTest {

    private static final String PATH = "/engine.io/?EIO=4&transport=";
    private static final Pattern SID = Pattern.compile("\"sid\":\"([^\"]+)\"");

    private static String sid(String handshake) {
        Matcher matcher = SID.matcher(handshake);
        if (!matcher.find()) {
            throw new AssertionError("no handshake: " + handshake);
        }
        return matcher.group(1);
    }

    private abstract static class MemoryContract extends TransportContract {

        abstract WireClient connect(MemoryTransport transport);

        @Override
        protected Harness serve(EngineServer engine) {
            MemoryTransport transport = new MemoryTransport(engine);
            return new Harness() {
                @Override
                public WireClient connect() {
                    return MemoryContract.this.connect(transport);
                }

                @Override
                public void close() {
                    engine.close().join();
                }
            };
        }
    }

    @Nested
    class OverWebSocket extends MemoryContract {
        @Override
        WireClient connect(MemoryTransport transport) {
            SocketClient client =
                    new SocketClient(transport.upgrade(PATH + "websocket").webSocket());
            sid(client.nextPacket());
            return client;
        }
    }

    @Nested
    class ByPolling extends MemoryContract {
        @Override
        WireClient connect(MemoryTransport transport) {
            return new PollingClient(transport);
        }
    }

    @Nested
    class Upgraded extends MemoryContract {
        @Override
        WireClient connect(MemoryTransport transport) {
            String sid = sid(transport.get(PATH + "polling").text());
            SocketClient client = new SocketClient(
                    transport.upgrade(PATH + "websocket&sid=" + sid).webSocket());
            client.webSocket.send("2probe");
            if (!client.nextPacket().equals("3probe")) {
                throw new AssertionError("the probe was not answered");
            }
            client.webSocket.send("5");
            return client;
        }
    }

    private static final class SocketClient implements WireClient {

        private final MemoryWebSocket webSocket;

        SocketClient(MemoryWebSocket webSocket) {
            this.webSocket = webSocket;
        }

        String nextPacket() {
            return (String) take();
        }

        private Object take() {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(Recorder.PATIENCE_SECONDS);
            Object message = webSocket.poll();
            while (message == null && System.nanoTime() < deadline) {
                Thread.onSpinWait();
                message = webSocket.poll();
            }
            if (message == null) {
                throw new AssertionError("nothing came");
            }
            return message;
        }

        @Override
        public void send(String message) {
            webSocket.send("4" + message);
        }

        @Override
        public void send(byte[] message) {
            webSocket.send(message);
        }

        @Override
        public void sendGarbage() {
            webSocket.send("garbage");
        }

        @Override
        public Object next() {
            Object packet = take();
            return packet instanceof String text ? text.substring(1) : packet;
        }

        @Override
        public void awaitEnd() {
            if (!webSocket.isClosed()) {
                throw new AssertionError("still open");
            }
        }

        @Override
        public void close() {
            webSocket.close();
        }

        @Override
        public void cut() {
            webSocket.close();
        }
    }

    private static final class PollingClient implements WireClient {

        private final MemoryTransport transport;
        private final String uri;
        private final Deque<String> packets = new ArrayDeque<>();
        private @Nullable MemoryExchange poll;

        PollingClient(MemoryTransport transport) {
            this.transport = transport;
            this.uri =
                    PATH + "polling&sid=" + sid(transport.get(PATH + "polling").text());
        }

        @Override
        public void send(String message) {
            transport.post(uri, "4" + message);
        }

        @Override
        public void send(byte[] message) {
            transport.post(uri, "b" + Base64.getEncoder().encodeToString(message));
        }

        @Override
        public void sendGarbage() {
            transport.post(uri, "garbage");
        }

        @Override
        public Object next() {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(Recorder.PATIENCE_SECONDS);
            while (packets.isEmpty() && System.nanoTime() < deadline) {
                receive();
            }
            if (packets.isEmpty()) {
                throw new AssertionError("nothing came");
            }
            String packet = packets.remove();
            return packet.startsWith("b") ? Base64.getDecoder().decode(packet.substring(1)) : packet.substring(1);
        }

        private void receive() {
            if (poll == null) {
                poll = transport.get(uri);
            }
            if (poll.isAnswered()) {
                packets.addAll(List.of(poll.text().split("\u001e")));
                poll = null;
            } else {
                Thread.onSpinWait();
            }
        }

        @Override
        public void awaitEnd() {
            MemoryExchange last = poll == null ? transport.get(uri) : poll;
            boolean told = last.status() == 400 || last.text().endsWith("1");
            if (!told) {
                throw new AssertionError("still open: " + last.text());
            }
        }

        @Override
        public void close() {
            transport.post(uri, "1");
        }

        @Override
        public void cut() {
            if (poll == null) {
                poll = transport.get(uri);
            }
            poll.cut();
        }
    }
}
