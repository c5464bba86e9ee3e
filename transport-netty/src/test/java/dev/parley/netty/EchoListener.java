package dev.parley.netty;

import dev.parley.engine.WebSocket;
import dev.parley.engine.WebSocketListener;
import dev.parley.protocol.Utf8;
import org.jspecify.annotations.Nullable;

/** Sends every message back. */
record EchoListener(WebSocket webSocket) implements WebSocketListener {

    @Override
    public void text(Utf8 text) {
        webSocket.text(text);
    }

    @Override
    public void binary(byte[] data) {
        webSocket.binary(data);
    }

    @Override
    public void readComplete() {
        webSocket.flush();
    }

    @Override
    public void writable() {
        // sends no more than it gets
    }

    @Override
    public void closed(@Nullable Throwable cause) {
        // keeps nothing
    }
}
