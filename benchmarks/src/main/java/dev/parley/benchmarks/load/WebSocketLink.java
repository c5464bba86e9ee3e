package dev.parley.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** A WebSocket, for a new session or one that upgrades to it. */
final class WebSocketLink extends Connection implements Link, WebSocketFrames.Receiver {

    private static final int MASK = 0x12345678;

    private final Owner owner;
    private boolean upgraded;
    private boolean over;

    /**
     * @param sid the session to be upgraded, or nothing for a new one
     * @param first what to send as soon as the WebSocket is open, or nothing
     */
    WebSocketLink(LoadLoop loop, InetSocketAddress server, Owner owner, String sid, String first) {
        super(loop, server);
        this.owner = owner;
        byte[] request = ("GET /socket.io/?EIO=4&transport=websocket" + (sid.isEmpty() ? "" : "&sid=" + sid)
                        + " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        output(request.length).put(request);
        if (!first.isEmpty()) {
            send(first);
        }
    }

    @Override
    public void send(String packet) {
        if (isOpen()) {
            WebSocketFrames.writeText(output(WebSocketFrames.LONGEST_HEADER + packet.length()), packet, MASK);
        }
    }

    @Override
    public void leave() {
        if (isOpen()) {
            WebSocketFrames.writeClose(output(WebSocketFrames.LONGEST_HEADER + 2), MASK);
        }
    }

    @Override
    public void fallSilent() {
        stopReading();
    }

    @Override
    int received(byte[] bytes, int length) {
        int from = 0;
        if (!upgraded) {
            HttpResponse response = HttpResponse.read(bytes, length);
            if (response == null) {
                return 0;
            }
            if (!response.head().startsWith("HTTP/1.1 101 ")) {
                end("HTTP " + response.head().lines().findFirst().orElse("") + ' ' + response.body());
                return length;
            }
            upgraded = true;
            from = response.size();
        }
        return WebSocketFrames.read(bytes, from, length, this);
    }

    @Override
    public void text(String message) {
        owner.packet(this, message);
    }

    @Override
    public void binary(byte[] message) {
        throw new LoadFailure("nobody sends attachments");
    }

    @Override
    public void closed(int code) {
        end("close frame " + code);
    }

    @Override
    void ended() {
        end("end of stream");
    }

    @Override
    void broken(IOException cause) {
        end(cause.toString());
    }

    private void end(String how) {
        if (!over) {
            over = true;
            close();
            owner.ended(this, how);
        }
    }
}
