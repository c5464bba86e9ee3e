package dev.parley;

import dev.parley.adapter.AckListener;
import dev.parley.adapter.DeliveryFlags;
import dev.parley.adapter.MemberInfo;
import dev.parley.adapter.Membership;
import dev.parley.adapter.Recipient;
import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketBundle;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A socket as adapters see it. */
final class LocalRecipient implements Recipient {

    private final Socket socket;

    LocalRecipient(Socket socket) {
        this.socket = socket;
    }

    Socket socket() {
        return socket;
    }

    @Override
    public String id() {
        return socket.id();
    }

    @Override
    public Membership membership() {
        return socket.membership();
    }

    @Override
    public void deliver(Packet.Event event, PacketBundle encoded, DeliveryFlags flags) {
        socket.deliver(event, encoded, flags);
    }

    @Override
    public void send(PacketBundle encoded, DeliveryFlags flags, Executor closing) {
        socket.life().send(encoded, flags, closing);
    }

    @Override
    public boolean isWatched() {
        return socket.outgoingListeners() != null;
    }

    @Override
    public void announce(Packet.Event event) {
        socket.announce(event);
    }

    @Override
    public void deliverForAck(Packet.Event event, PacketBundle encoded, DeliveryFlags flags, AckListener listener) {
        ServerContext context = socket.namespace().context();
        int limit = context.options().maxPendingAcks();
        try {
            if (!socket.acks().add(event.ackId(), new Part(listener), limit)) {
                listener.left();
                return;
            }
        } catch (IllegalStateException e) {
            // The client owes too many answers to be asked for another one, but it gets the event.
            context.count(Incident.TOO_MANY_PENDING_ACKS);
            listener.left();
        }
        socket.deliver(event, encoded, flags);
    }

    /** One client's part in a broadcast's acknowledgements. */
    private record Part(AckListener listener) implements AckTable.Pending {

        @Override
        public void answered(List<? extends @Nullable Object> args) {
            listener.acknowledged(args);
        }

        @Override
        public void left() {
            listener.left();
        }
    }

    @Override
    public void forgetAck(long ackId) {
        socket.acks().remove(ackId);
    }

    @Override
    public void disconnect(boolean close) {
        socket.disconnect(close);
    }

    @Override
    public MemberInfo describe() {
        return new MemberInfo(
                socket.id(),
                socket.handshake().toTree(),
                socket.rooms(),
                socket.data().asMap());
    }
}
