package dev.parley.engine;

import dev.parley.engine.Scheduler.Timeout;
import dev.parley.protocol.EnginePacket;
import dev.parley.protocol.EnginePacketType;
import dev.parley.protocol.PacketBundle;
import dev.parley.protocol.ProtocolException;
import dev.parley.protocol.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket on its way to become the transport of a session that polls. Whatever goes wrong ends this WebSocket only.
 * Used on the WebSocket's I/O thread, but for {@link #cancel}.
 */
final class UpgradeProbe implements WebSocketListener {

    private static final String PROBE = "probe";
    private static final PacketBundle PROBE_ANSWER = PacketBundle.control(EnginePacketType.PONG, PROBE);

    private final Session session;
    private final PollingTransport polling;
    private final WebSocket webSocket;
    private final WebSocketTransport transport;

    private boolean probed;
    private boolean upgraded;
    private @Nullable Timeout timeout;

    UpgradeProbe(Session session, PollingTransport polling, WebSocket webSocket, boolean base64) {
        this.session = session;
        this.polling = polling;
        this.webSocket = webSocket;
        this.transport = new WebSocketTransport(session, webSocket, base64);
    }

    /** Takes note of the time, once the session has accepted this upgrade as its only one. */
    void start() {
        EngineOptions options = session.server().options();
        timeout = options.scheduler().schedule(options.upgradeTimeout(), this::cancel);
    }

    /** Gives up, from any thread. */
    void cancel() {
        webSocket.ioThread().execute(this::abandon);
    }

    @Override
    public void text(Utf8 text) {
        if (upgraded) {
            transport.text(text);
            return;
        }
        try {
            step(session.codec().decodeText(text));
        } catch (ProtocolException e) {
            abandon();
        }
    }

    @Override
    public void binary(byte[] data) {
        if (upgraded) {
            transport.binary(data);
        } else {
            abandon();
        }
    }

    @Override
    public void writable() {
        if (upgraded) {
            transport.writable();
        }
    }

    @Override
    public void closed(@Nullable Throwable cause) {
        if (upgraded) {
            transport.closed(cause);
        } else {
            abandon();
        }
    }

    private void step(EnginePacket packet) {
        if (!probed && isProbe(packet)) {
            probed = true;
            transport.write(PROBE_ANSWER);
            webSocket.flush();
            polling.pause();
        } else if (probed && packet.type() == EnginePacketType.UPGRADE) {
            stopTimeout();
            upgraded = session.completeUpgrade(this, transport);
            if (!upgraded) {
                abandon();
            }
        } else {
            abandon();
        }
    }

    private void stopTimeout() {
        if (timeout != null) {
            timeout.cancel();
        }
    }

    private static boolean isProbe(EnginePacket packet) {
        return packet.type() == EnginePacketType.PING
                && packet instanceof EnginePacket.Text text
                && text.data().toString().equals(PROBE);
    }

    private void abandon() {
        if (!upgraded) {
            stopTimeout();
            session.abandonUpgrade(this);
            polling.resume();
            webSocket.close(0);
        }
    }
}
