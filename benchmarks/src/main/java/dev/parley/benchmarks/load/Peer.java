package dev.parley.benchmarks.load;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A Socket.IO client in the main namespace. It answers pings, and as for the rest, does what it is told. */
class Peer implements Link.Owner {

    /** How a client reaches the server. */
    enum Way {
        WEBSOCKET,
        POLLING,
        UPGRADE
    }

    private final LoadLoop loop;
    private final InetSocketAddress server;
    private final Way way;
    private Link link;
    private @Nullable WebSocketLink probe;
    private boolean upgrading;

    Peer(LoadLoop loop, InetSocketAddress server, Way way) {
        this.loop = loop;
        this.server = server;
        this.way = way;
        this.link = way == Way.WEBSOCKET
                ? new WebSocketLink(loop, server, this, "", "")
                : new PollingLink(loop, server, this);
    }

    Way way() {
        return way;
    }

    /** Sends a Socket.IO packet. */
    final void send(String packet) {
        link.send('4' + packet);
    }

    /** The client has joined the namespace and is where it wants to stay. */
    void connected() {}

    /** Takes a Socket.IO packet other than CONNECT. */
    void message(String packet) {}

    /** The server has ended the connection. */
    void ended(String how) {}

    final void leave() {
        send("1");
        link.leave();
    }

    final void close() {
        if (probe != null) {
            probe.close();
        }
        link.close();
    }

    final void reset() {
        if (probe != null) {
            probe.reset();
        }
        link.reset();
    }

    final void fallSilent() {
        link.fallSilent();
    }

    @Override
    public final void packet(Link from, String packet) {
        switch (packet.isEmpty() ? ' ' : packet.charAt(0)) {
            case '0' -> {
                if (from instanceof PollingLink polling) {
                    polling.opened(sid(packet));
                }
                from.send("40");
            }
            case '2' -> from.send("3");
            case '3' -> probed();
            case '4' -> message(from, packet.substring(1));
            case '6' -> completeUpgrade();
            default -> throw new LoadFailure("not a packet that was due: " + LoadFailure.quote(packet));
        }
    }

    private void message(Link from, String packet) {
        if (!packet.startsWith("0")) {
            message(packet);
        } else if (way == Way.UPGRADE) {
            probe = new WebSocketLink(loop, server, this, polling(from).sid(), "2probe");
        } else {
            connected();
        }
    }

    private static PollingLink polling(Link link) {
        return (PollingLink) link;
    }

    private void probed() {
        upgrading = true;
        polling(link).stopPolling();
        completeUpgrade();
    }

    private void completeUpgrade() {
        WebSocketLink next = probe;
        if (upgrading && next != null && polling(link).isIdle()) {
            upgrading = false;
            link.close();
            link = next;
            probe = null;
            next.send("5");
            connected();
        }
    }

    @Override
    public final void ended(Link ended, String how) {
        close();
        ended(how);
    }

    private static String sid(String packet) {
        String name = "\"sid\":\"";
        int from = packet.indexOf(name) + name.length();
        int to = packet.indexOf('"', from);
        if (from < name.length() || to <= from) {
            throw new LoadFailure("a packet with a sid was due, but there came " + LoadFailure.quote(packet));
        }
        return packet.substring(from, to);
    }
}
