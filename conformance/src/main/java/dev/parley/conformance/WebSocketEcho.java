package dev.parley.conformance;

import dev.parley.engine.Compression;
import dev.parley.engine.Endpoint;
import dev.parley.engine.Headers;
import dev.parley.engine.HttpExchange;
import dev.parley.engine.HttpResponse;
import dev.parley.engine.WebSocket;
import dev.parley.engine.WebSocketListener;
import dev.parley.netty.NettyServer;
import dev.parley.protocol.Utf8;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Profiles {@code ws-echo} and {@code ws-echo-deflate}: WebSockets without Engine.IO, which send every message back.
 *
 * @param compression how messages are compressed, or null if they are not
 */
public record WebSocketEcho(@Nullable Compression compression) implements Endpoint {

    private static final int MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

    /**
     * Starts a server for the Autobahn test suite, which compresses whatever it may.
     *
     * @param args the port
     */
    public static void main(String[] args) {
        NettyServer.bind(new WebSocketEcho(Compression.DEFAULT.withThreshold(0)), Integer.parseInt(args[0]));
    }

    @Override
    public boolean handles(String path) {
        return path.equals("/");
    }

    @Override
    public void handle(HttpExchange exchange) {
        if (exchange.request().isWebSocketUpgrade()) {
            exchange.acceptWebSocket(Headers.empty(), MAX_MESSAGE_BYTES, compression, Echo::new);
        } else {
            exchange.respond(new HttpResponse(426, Headers.of("Upgrade", "websocket")));
        }
    }

    @Override
    public CompletableFuture<Void> drain(int sessionsPerSecond, Duration limit) {
        return close();
    }

    @Override
    public CompletableFuture<Void> close() {
        return CompletableFuture.completedFuture(null);
    }

    private record Echo(WebSocket webSocket) implements WebSocketListener {

        @Override
        public void text(Utf8 text) {
            webSocket.text(text);
            pause();
        }

        @Override
        public void binary(byte[] data) {
            webSocket.binary(data);
            pause();
        }

        /** A client that reads nothing is not read from either. */
        private void pause() {
            if (!webSocket.isWritable()) {
                webSocket.setReading(false);
            }
        }

        @Override
        public void readComplete() {
            webSocket.flush();
        }

        @Override
        public void writable() {
            webSocket.setReading(true);
        }

        @Override
        public void closed(@Nullable Throwable cause) {
            // nothing is kept of a WebSocket
        }
    }
}
