package dev.parley.netty;

import dev.parley.contract.WireClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Engine.IO clients on the JDK's HTTP client. */
final class HttpWireClient {

    private static final long PATIENCE_SECONDS = 20;
    private static final Pattern SID = Pattern.compile("\"sid\":\"([^\"]+)\"");
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private HttpWireClient() {}

    static WireClient overWebSocket(int port) {
        SocketClient client = SocketClient.open(port, "");
        sid((String) client.packet());
        return client;
    }

    static WireClient byPolling(int port) {
        return new PollingClient(port);
    }

    static WireClient upgraded(int port) {
        String sid = sid(get(uri("http", port, "polling", "")).body());
        SocketClient client = SocketClient.open(port, "&sid=" + sid);
        client.sendPacket("2probe");
        if (!client.packet().equals("3probe")) {
            throw new AssertionError("the probe was not answered");
        }
        client.sendPacket("5");
        return client;
    }

    private static URI uri(String scheme, int port, String transport, String more) {
        return URI.create(scheme + "://localhost:" + port + "/engine.io/?EIO=4&transport=" + transport + more);
    }

    private static String sid(String handshake) {
        Matcher matcher = SID.matcher(handshake);
        if (!matcher.find()) {
            throw new AssertionError("no handshake: " + handshake);
        }
        return matcher.group(1);
    }

    private static HttpResponse<String> get(URI uri) {
        return await(HTTP.sendAsync(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString()));
    }

    private static <T> T await(CompletableFuture<T> future) {
        return future.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    private static final class SocketClient implements WireClient, WebSocket.Listener {

        private static final Object END = new Object();

        private final BlockingQueue<Object> packets = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CompletableFuture<Void> end = new CompletableFuture<>();
        private CompletableFuture<?> sent = CompletableFuture.completedFuture(null);
        private WebSocket webSocket;

        static SocketClient open(int port, String query) {
            SocketClient client = new SocketClient();
            client.webSocket =
                    await(HTTP.newWebSocketBuilder().buildAsync(uri("ws", port, "websocket", query), client));
            return client;
        }

        void sendPacket(String packet) {
            sent = sent.thenCompose(done -> webSocket.sendText(packet, true));
        }

        Object packet() {
            try {
                Object packet = packets.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (packet == null || packet == END) {
                    throw new AssertionError(packet == null ? "nothing came" : "the connection has ended");
                }
                return packet;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                packets.add(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            byte[] part = new byte[data.remaining()];
            data.get(part);
            bytes.writeBytes(part);
            if (last) {
                packets.add(bytes.toByteArray());
                bytes.reset();
            }
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            finish();
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            finish();
        }

        private void finish() {
            packets.add(END);
            end.complete(null);
        }

        @Override
        public void send(String message) {
            sendPacket("4" + message);
        }

        @Override
        public void send(byte[] message) {
            sent = sent.thenCompose(done -> webSocket.sendBinary(ByteBuffer.wrap(message), true));
        }

        @Override
        public void sendGarbage() {
            sendPacket("garbage");
        }

        @Override
        public Object next() {
            Object packet = packet();
            return packet instanceof String string ? string.substring(1) : packet;
        }

        @Override
        public void awaitEnd() {
            await(end);
        }

        @Override
        public void close() {
            sent = sent.thenCompose(done -> webSocket.sendClose(WebSocket.NORMAL_CLOSURE, ""));
        }

        /** Cuts behind what was sent: without the last packet of an upgrade, only the WebSocket would be lost. */
        @Override
        public void cut() {
            await(sent);
            webSocket.abort();
        }
    }

    private static final class PollingClient implements WireClient {

        private final int port;
        private final String query;
        private final Deque<String> packets = new ArrayDeque<>();

        PollingClient(int port) {
            this.port = port;
            this.query = "&sid=" + sid(get(uri("http", port, "polling", "")).body());
        }

        private void push(String payload) {
            HttpRequest request = HttpRequest.newBuilder(uri("http", port, "polling", query))
                    .POST(HttpRequest.BodyPublishers.ofString(payload))
                    .build();
            try {
                await(HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
            } catch (RuntimeException e) {
                // what is sent to be refused may be cut off, which the test sees on the server's side
            }
        }

        @Override
        public void send(String message) {
            push("4" + message);
        }

        @Override
        public void send(byte[] message) {
            push("b" + Base64.getEncoder().encodeToString(message));
        }

        @Override
        public void sendGarbage() {
            push("garbage");
        }

        @Override
        public Object next() {
            while (packets.isEmpty()) {
                HttpResponse<String> answer = get(uri("http", port, "polling", query));
                if (answer.statusCode() != 200) {
                    throw new AssertionError("status " + answer.statusCode());
                }
                packets.addAll(List.of(answer.body().split("\u001e")));
            }
            String packet = packets.remove();
            return packet.startsWith("b") ? Base64.getDecoder().decode(packet.substring(1)) : packet.substring(1);
        }

        @Override
        public void awaitEnd() {
            HttpResponse<String> last = get(uri("http", port, "polling", query));
            boolean told = last.statusCode() == 400 || last.body().endsWith("1");
            if (!told) {
                throw new AssertionError("still open: " + last.body());
            }
        }

        @Override
        public void close() {
            push("1");
        }

        /** A poll whose connection is closed while it waits. */
        @Override
        public void cut() {
            try (Socket socket = new Socket("localhost", port)) {
                String request = "GET /engine.io/?EIO=4&transport=polling" + query + " HTTP/1.1\r\nHost: x\r\n\r\n";
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().flush();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }
}
