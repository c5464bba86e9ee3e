package dev.parley.engine;

import dev.parley.protocol.PacketBundle;
import dev.parley.protocol.ProtocolException;
import dev.parley.protocol.Utf8;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A session's packets as WebSocket frames. */
final class WebSocketTransport extends Transport implements WebSocketListener {

    private final WebSocket webSocket;
    private final boolean base64;

    WebSocketTransport(Session session, WebSocket webSocket, boolean base64) {
        super(session);
        this.webSocket = webSocket;
        this.base64 = base64;
    }

    @Override
    TransportType type() {
        return TransportType.WEBSOCKET;
    }

    @Override
    Executor ioThread() {
        return webSocket.ioThread();
    }

    @Override
    boolean isWritable() {
        return webSocket.isWritable();
    }

    void write(PacketBundle bundle) {
        session.codec().encodeFrames(bundle, base64, webSocket);
    }

    @Override
    public void run() {
        synchronized (session.lock()) {
            if (!session.beginFlush(this)) {
                return;
            }
        }
        while (webSocket.isWritable()) {
            PacketBundle next = session.next(this);
            if (next == null) {
                webSocket.flush();
                session.finishIfDrained(this);
                return;
            }
            write(next);
        }
        webSocket.flush();
        session.stall(this);
    }

    @Override
    public void writable() {
        run();
    }

    @Override
    void awaitEnd() {
        // the end comes with the next flush
    }

    @Override
    void close(CloseReason reason) {
        webSocket.ioThread().execute(() -> webSocket.close(0));
    }

    @Override
    public void text(Utf8 text) {
        try {
            session.receive(session.codec().decodeText(text));
        } catch (ProtocolException e) {
            session.finish(CloseReason.PARSE_ERROR, e);
        }
    }

    @Override
    public void binary(byte[] data) {
        try {
            session.receive(session.codec().decodeBinary(data));
        } catch (ProtocolException e) {
            session.finish(CloseReason.PARSE_ERROR, e);
        }
    }

    @Override
    public void closed(@Nullable Throwable cause) {
        session.finish(cause == null ? CloseReason.TRANSPORT_CLOSE : CloseReason.TRANSPORT_ERROR, cause);
    }
}
