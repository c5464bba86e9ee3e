package dev.parley.netty;

import dev.parley.engine.WebSocket;
import dev.parley.engine.WebSocketListener;
import dev.parley.protocol.Utf8;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Writes down what arrives on a WebSocket, as text. */
final class RecordingListener implements WebSocketListener {

    final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    final WebSocket webSocket;
    volatile @Nullable Throwable cause;
    volatile boolean failing;
    volatile boolean pausing;

    RecordingListener(WebSocket webSocket) {
        this.webSocket = webSocket;
    }

    @Override
    public void text(Utf8 text) {
        if (failing) {
            throw new IllegalStateException("on purpose");
        }
        events.add("text " + text);
        if (pausing) {
            webSocket.setReading(false);
        }
    }

    @Override
    public void binary(byte[] data) {
        events.add("binary " + java.util.HexFormat.of().formatHex(data));
    }

    @Override
    public void readComplete() {
        // tests look at what arrives, one by one
    }

    @Override
    public void writable() {
        events.add("writable");
    }

    @Override
    public void closed(@Nullable Throwable why) {
        cause = why;
        events.add("closed" + (why == null ? "" : " " + Objects.requireNonNull(why.getMessage())));
    }

    String next() throws InterruptedException {
        return Await.next(events);
    }

    List<String> soFar() {
        List<String> all = new ArrayList<>();
        events.drainTo(all);
        return all;
    }
}
