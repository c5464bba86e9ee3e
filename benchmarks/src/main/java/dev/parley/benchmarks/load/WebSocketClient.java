package dev.parley.benchmarks.load;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/** A client that begins and stays on WebSocket. */
final class WebSocketClient extends Client implements WebSocketFrames.Receiver {

    // The example of RFC 6455, section 1.3.
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
    private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private final int mask = ThreadLocalRandom.current().nextInt();
    private final Transport connection;

    WebSocketClient(LoadRun run, int index) {
        super(run, index);
        connection = new Transport(run);
        byte[] request = """
                GET /socket.io/?EIO=4&transport=websocket HTTP/1.1
                Host: %s:%d
                Upgrade: websocket
                Connection: Upgrade
                Sec-WebSocket-Key: %s
                Sec-WebSocket-Version: 13

                """.formatted(
                        run.server().getHostString(), run.server().getPort(), KEY)
                .replace("\n", "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        connection.output(request.length).put(request);
    }

    @Override
    void sendPacket(String packet) {
        WebSocketFrames.writeText(connection.output(WebSocketFrames.LONGEST_HEADER + packet.length()), packet, mask);
    }

    @Override
    void sendAttachment(byte[] attachment) {
        WebSocketFrames.writeBinary(
                connection.output(WebSocketFrames.LONGEST_HEADER + attachment.length), attachment, mask);
    }

    @Override
    void sayGoodbye() {
        WebSocketFrames.writeClose(connection.output(WebSocketFrames.LONGEST_HEADER + 2), mask);
    }

    @Override
    public void text(String message) {
        packet(message);
    }

    @Override
    public void binary(byte[] message) {
        attachment(message);
    }

    @Override
    public void closed(int code) {
        if (!isClosing()) {
            throw failure("the server closed the WebSocket with code " + code);
        }
    }

    private final class Transport extends Connection {

        private boolean upgraded;

        Transport(LoadRun run) {
            super(run.loop(), run.server());
        }

        @Override
        int received(byte[] bytes, int length) {
            int from = 0;
            if (!upgraded) {
                HttpResponse response = HttpResponse.read(bytes, length);
                if (response == null) {
                    return 0;
                }
                response.expectStatus(101);
                if (!ACCEPT.equals(response.header("sec-websocket-accept"))
                        || response.header("sec-websocket-extensions") != null) {
                    throw failure("wrong WebSocket handshake: " + LoadFailure.quote(response.head()));
                }
                upgraded = true;
                from = response.size();
            }
            return WebSocketFrames.read(bytes, from, length, WebSocketClient.this);
        }

        @Override
        void ended() {
            WebSocketClient.this.ended();
        }
    }
}
