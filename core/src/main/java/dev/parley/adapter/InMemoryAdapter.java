package dev.parley.adapter;

import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketBundle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The adapter of a server that works alone, and the local part of those that connect several servers.
 *
 * <p>A broadcast is encoded once, at the first recipient, and not at all if there is none.
 */
public final class InMemoryAdapter implements Adapter {

    private final AdapterNode node;
    private final RoomIndex index;

    /**
     * Creates an adapter without members.
     *
     * @param node the namespace whose rooms it keeps
     */
    public InMemoryAdapter(AdapterNode node) {
        this.node = node;
        this.index = new RoomIndex(node.maxRoomsPerSocket());
    }

    RoomIndex index() {
        return index;
    }

    @Override
    public Membership register(Recipient recipient) {
        return new Member(index, recipient);
    }

    @Override
    public void broadcast(Packet.Event event, Selection selection, DeliveryFlags flags) {
        index.forEach(selection, new Delivery(event, flags));
    }

    @Override
    public PendingAcks broadcastForAcks(
            Packet.Event event, Selection selection, DeliveryFlags flags, Duration timeout, AckListener acks) {
        List<Recipient> recipients = localMembers(selection);
        acks.sentTo(recipients.size());
        if (recipients.isEmpty()) {
            return () -> {};
        }
        long ackId = node.nextAckId();
        Packet.Event numbered = new Packet.Event(event.namespace(), ackId, event.name(), event.args());
        PacketBundle encoded = flags.applyTo(node.encode(numbered));
        for (Recipient recipient : recipients) {
            recipient.deliverForAck(numbered, encoded, flags, acks);
        }
        return () -> recipients.forEach(recipient -> recipient.forgetAck(ackId));
    }

    @Override
    public List<Recipient> localMembers(Selection selection) {
        List<Recipient> recipients = new ArrayList<>();
        index.forEach(selection, recipients::add);
        return List.copyOf(recipients);
    }

    @Override
    public int localSize(String room) {
        return index.size(room);
    }

    @Override
    public Set<String> localRooms() {
        return index.names();
    }

    @Override
    public CompletableFuture<List<MemberInfo>> fetch(Selection selection, Duration timeout) {
        List<MemberInfo> members =
                localMembers(selection).stream().map(Recipient::describe).toList();
        return CompletableFuture.completedFuture(members);
    }

    @Override
    public void join(Selection selection, Collection<String> rooms) {
        List<String> names = List.copyOf(rooms);
        @Nullable RuntimeException refused = null;
        for (Recipient recipient : localMembers(selection)) {
            try {
                recipient.membership().join(names);
            } catch (IllegalStateException e) {
                refused = e;
            }
        }
        if (refused != null) {
            throw refused;
        }
    }

    @Override
    public void leave(Selection selection, Collection<String> rooms) {
        List<String> names = List.copyOf(rooms);
        for (Recipient recipient : localMembers(selection)) {
            names.forEach(recipient.membership()::leave);
        }
    }

    @Override
    public void disconnect(Selection selection, boolean close) {
        localMembers(selection).forEach(recipient -> recipient.disconnect(close));
    }

    @Override
    public void watchRooms(RoomListener listener) {
        index.watch(new RoomEvents(index, node, listener));
    }

    @Override
    public void serverSideEmit(String event, List<? extends @Nullable Object> args) {
        // There are no other servers.
    }

    @Override
    public PendingAcks serverSideEmitForAcks(
            String event, List<? extends @Nullable Object> args, Duration timeout, AckListener answers) {
        answers.sentTo(0);
        return () -> {};
    }

    @Override
    public CompletableFuture<Void> close() {
        return CompletableFuture.completedFuture(null);
    }

    /** Returns how many rooms have members, among them one for each socket's id. */
    int roomCount() {
        return index.roomCount();
    }

    /** Delivers one broadcast. */
    private final class Delivery implements Consumer<Recipient> {

        private final Packet.Event event;
        private final DeliveryFlags flags;
        private @Nullable PacketBundle encoded;

        Delivery(Packet.Event event, DeliveryFlags flags) {
            this.event = event;
            this.flags = flags;
        }

        @Override
        public void accept(Recipient recipient) {
            PacketBundle bundle = encoded;
            if (bundle == null) {
                bundle = flags.applyTo(node.encode(event));
                encoded = bundle;
            }
            recipient.deliver(event, bundle, flags);
        }
    }
}
