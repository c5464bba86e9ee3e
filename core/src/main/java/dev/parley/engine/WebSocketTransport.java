package dev.parley.engine;

import dev.parley.protocol.EnginePacket;
import dev.parley.protocol.PacketBundle;
import dev.parley.protocol.ProtocolException;
import dev.parley.protocol.Utf8;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A session's packets as WebSocket frames. */
final class WebSocketTransport extends Transport implements WebSocketListener {

    private final WebSocket webSocket;
    private final boolean base64;

    /** Takes what arrives as long as another transport serves the session. Used on the I/O thread only. */
    private @Nullable UpgradeProbe probe;

    /** The I/O thread while it handles what has arrived; what it sends meanwhile leaves in {@link #readComplete}. */
    private @Nullable Thread reader;

    private boolean answering;

    WebSocketTransport(Session session, WebSocket webSocket, boolean base64) {
        super(session);
        this.webSocket = webSocket;
        this.base64 = base64;
    }

    /** The WebSocket is to replace another transport, but has to be probed first. */
    void probeBy(UpgradeProbe upgradeProbe) {
        probe = upgradeProbe;
    }

    /** The WebSocket has become the session's transport: sends what has gathered meanwhile. */
    void takeOver() {
        probe = null;
        readOrPause();
        run();
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
    Executor receiver() {
        return webSocket.ioThread();
    }

    @Override
    void readOrPause() {
        if (reader == Thread.currentThread()) {
            applyPause();
        } else {
            webSocket.ioThread().execute(this::applyPause);
        }
    }

    private void applyPause() {
        webSocket.setReading(!session.isReadingPaused());
    }

    @Override
    boolean isWritable() {
        return webSocket.isWritable();
    }

    /** Answers are flushed as soon as all is read: at no time is the connection as warm in the caches as then. */
    @Override
    boolean runsSoon() {
        if (reader != Thread.currentThread()) {
            return false;
        }
        answering = true;
        return true;
    }

    void write(PacketBundle bundle) {
        session.codec().encodeFrames(bundle, base64, bundle.isCompressible() ? webSocket : webSocket.uncompressed());
    }

    /**
     * Sends as long as the client keeps up. Where it does not, {@link #writable} goes on, be it from within the flush;
     * so a client that takes much gets its turns like any other.
     */
    @Override
    void flush() {
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
    }

    @Override
    public void writable() {
        if (probe == null) {
            run();
        }
    }

    @Override
    void close(CloseReason reason) {
        webSocket.ioThread().execute(() -> webSocket.close(0));
    }

    @Override
    public void text(Utf8 text) {
        try {
            receive(session.codec().decodeText(text));
        } catch (ProtocolException e) {
            refuse(e);
        }
    }

    @Override
    public void binary(byte[] data) {
        try {
            receive(session.codec().decodeBinary(data));
        } catch (ProtocolException e) {
            refuse(e);
        }
    }

    private void receive(EnginePacket packet) {
        if (probe == null) {
            reader = Thread.currentThread();
            session.receive(packet);
        } else {
            probe.receive(packet);
        }
    }

    @Override
    public void readComplete() {
        reader = null;
        if (answering) {
            answering = false;
            run();
        }
    }

    private void refuse(ProtocolException violation) {
        if (probe == null) {
            session.finish(EngineIncident.INVALID_PACKET, violation);
        } else {
            probe.abandon();
        }
    }

    @Override
    public void closed(@Nullable Throwable cause) {
        if (probe != null) {
            probe.abandon();
        } else if (cause instanceof ProtocolException violation) {
            session.finish(
                    violation.exceedsLimit() ? EngineIncident.PAYLOAD_TOO_LARGE : EngineIncident.INVALID_FRAME, cause);
        } else {
            session.finish(cause == null ? CloseReason.TRANSPORT_CLOSE : CloseReason.TRANSPORT_ERROR, cause);
        }
    }
}
