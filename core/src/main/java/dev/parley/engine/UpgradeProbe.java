package dev.parley.engine;

import dev.parley.engine.Scheduler.Timeout;
import dev.parley.protocol.EnginePacket;
import dev.parley.protocol.EnginePacketType;
import dev.parley.protocol.PacketBundle;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket on its way to become the transport of a session that polls. Whatever goes wrong ends this WebSocket only.
 * Used on the WebSocket's I/O thread, but for {@link #cancel}.
 */
final class UpgradeProbe {

    private static final String PROBE = "probe";
    private static final PacketBundle PROBE_ANSWER = PacketBundle.control(EnginePacketType.PONG, PROBE);

    private final Session session;
    private final PollingTransport polling;
    private final WebSocket webSocket;
    private final WebSocketTransport transport;

    private @Nullable Timeout timeout;
    private boolean probed;
    private boolean over;

    private UpgradeProbe(Session session, PollingTransport polling, WebSocket webSocket, boolean base64) {
        this.session = session;
        this.polling = polling;
        this.webSocket = webSocket;
        this.transport = new WebSocketTransport(session, webSocket, base64);
    }

    /**
     * Begins an upgrade. One WebSocket too many is closed at once: clients expect it to be opened, not refused.
     *
     * @return the listener of all that arrives on the WebSocket, or null if it is one too many
     */
    static @Nullable WebSocketListener begin(Session session, WebSocket webSocket, boolean base64) {
        if (session.current() instanceof PollingTransport polling) {
            UpgradeProbe probe = new UpgradeProbe(session, polling, webSocket, base64);
            if (session.beginUpgrade(probe)) {
                probe.start();
                return probe.transport;
            }
        }
        session.server().incidents().add(EngineIncident.UPGRADE_FAILED);
        webSocket.close(0);
        return null;
    }

    private void start() {
        transport.probeBy(this);
        limitTime();
    }

    private void limitTime() {
        EngineOptions options = session.server().options();
        timeout = options.scheduler()
                .schedule(options.upgradeTimeout(), () -> webSocket.ioThread().execute(this::expire));
    }

    /** A client whose POST is not answered for now cannot complete its upgrade. */
    private void expire() {
        if (!over && session.isReadingPaused()) {
            limitTime();
        } else {
            giveUp(EngineIncident.UPGRADE_TIMEOUT);
        }
    }

    /** The session has ended. From any thread. */
    void cancel() {
        webSocket.ioThread().execute(() -> giveUp(null));
    }

    void receive(EnginePacket packet) {
        if (over) {
            return;
        }
        if (!probed && isProbe(packet)) {
            probed = true;
            transport.write(PROBE_ANSWER);
            webSocket.flush();
            polling.pause();
        } else if (probed && packet.type() == EnginePacketType.UPGRADE && session.completeUpgrade(this, transport)) {
            end();
            polling.retire();
            transport.takeOver();
        } else {
            abandon();
        }
    }

    private void end() {
        over = true;
        if (timeout != null) {
            timeout.cancel();
        }
    }

    private static boolean isProbe(EnginePacket packet) {
        return packet.type() == EnginePacketType.PING
                && packet instanceof EnginePacket.Text text
                && text.data().toString().equals(PROBE);
    }

    /** The client does not do its part. */
    void abandon() {
        giveUp(EngineIncident.UPGRADE_FAILED);
    }

    private void giveUp(@Nullable EngineIncident incident) {
        if (over) {
            return;
        }
        end();
        if (incident != null) {
            session.server().incidents().add(incident);
        }
        if (session.abandonUpgrade(this)) {
            polling.resume();
        }
        webSocket.close(0);
    }
}
