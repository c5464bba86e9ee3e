package dev.parley.benchmarks;

import dev.parley.adapter.AckListener;
import dev.parley.adapter.Adapter;
import dev.parley.adapter.AdapterNode;
import dev.parley.adapter.DeliveryFlags;
import dev.parley.adapter.InMemoryAdapter;
import dev.parley.adapter.MemberInfo;
import dev.parley.adapter.Membership;
import dev.parley.adapter.Recipient;
import dev.parley.adapter.RecoveryLimits;
import dev.parley.adapter.Selection;
import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketBundle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The rooms of a namespace whose members only count what is delivered to them. */
final class Rooms implements AdapterNode {

    private static final Packet.Event EVENT = new Packet.Event("/", Packet.NO_ACK, "news", List.of());
    private static final PacketBundle ENCODED = PacketBundle.text("2[\"news\"]");

    private final Adapter adapter = new InMemoryAdapter(this);
    private long delivered;

    /** Makes a place for a socket that has not entered the namespace yet. */
    Membership register(String id) {
        return new Member(id).membership();
    }

    /** Broadcasts; returns how much all broadcasts until now have delivered. */
    long broadcast(Selection selection) {
        adapter.broadcast(EVENT, selection, DeliveryFlags.DEFAULT);
        return delivered;
    }

    /** Returns how many receive a broadcast. */
    long count(Selection selection) {
        long before = delivered;
        return broadcast(selection) - before;
    }

    @Override
    public String namespace() {
        return "/";
    }

    @Override
    public PacketBundle encode(Packet packet) {
        return ENCODED;
    }

    @Override
    public long nextAckId() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int maxRoomsPerSocket() {
        return Integer.MAX_VALUE;
    }

    @Override
    public @Nullable RecoveryLimits recovery() {
        return null;
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long currentTimeMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public Runnable schedule(Duration delay, Runnable task) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void execute(Runnable task) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void serverSideEvent(
            String event,
            List<? extends @Nullable Object> args,
            @Nullable Consumer<List<? extends @Nullable Object>> answer) {
        throw new UnsupportedOperationException();
    }

    private final class Member implements Recipient {

        private final String id;
        private final Membership membership;

        Member(String id) {
            this.id = id;
            this.membership = adapter.register(this);
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public Membership membership() {
            return membership;
        }

        @Override
        public void deliver(Packet.Event event, PacketBundle encoded, DeliveryFlags flags) {
            delivered++;
        }

        @Override
        public void send(PacketBundle encoded, DeliveryFlags flags, Executor closing) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isWatched() {
            return false;
        }

        @Override
        public void announce(Packet.Event event) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void deliverForAck(Packet.Event event, PacketBundle encoded, DeliveryFlags flags, AckListener acks) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void forgetAck(long ackId) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void disconnect(boolean close) {
            throw new UnsupportedOperationException();
        }

        @Override
        public MemberInfo describe() {
            throw new UnsupportedOperationException();
        }
    }
}
