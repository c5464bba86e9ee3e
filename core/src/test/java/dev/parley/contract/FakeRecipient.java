package dev.parley.contract;

import dev.parley.adapter.AckListener;
import dev.parley.adapter.Adapter;
import dev.parley.adapter.DeliveryFlags;
import dev.parley.adapter.MemberInfo;
import dev.parley.adapter.Membership;
import dev.parley.adapter.Recipient;
import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketBundle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** A socket that takes note of what is delivered to it. */
public final class FakeRecipient implements Recipient {

    public final List<PacketBundle> delivered = new ArrayList<>();
    public final List<Packet.Event> announced = new ArrayList<>();
    public final List<DeliveryFlags> flags = new ArrayList<>();
    public final List<Long> forgotten = new ArrayList<>();
    public final List<AckListener> asked = new ArrayList<>();
    public final Membership membership;
    public Runnable beforeSend = () -> {};
    public String disconnected = "";
    private final String id;

    /** A recipient whose membership is pending. */
    public FakeRecipient(Adapter adapter, String id) {
        this.id = id;
        this.membership = adapter.register(this);
    }

    /** A recipient that takes part. */
    public static FakeRecipient active(Adapter adapter, String id, String... rooms) {
        FakeRecipient recipient = new FakeRecipient(adapter, id);
        recipient.membership.activate();
        recipient.membership.join(List.of(rooms));
        return recipient;
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
    public void deliver(Packet.Event event, PacketBundle encoded, DeliveryFlags how) {
        announce(event);
        send(encoded, how, Runnable::run);
    }

    @Override
    public void send(PacketBundle encoded, DeliveryFlags how, Executor closing) {
        beforeSend.run();
        delivered.add(encoded);
        flags.add(how);
    }

    @Override
    public boolean isWatched() {
        return true;
    }

    @Override
    public void announce(Packet.Event event) {
        announced.add(event);
    }

    @Override
    public void deliverForAck(Packet.Event event, PacketBundle encoded, DeliveryFlags how, AckListener acks) {
        deliver(event, encoded, how);
        asked.add(acks);
    }

    @Override
    public void forgetAck(long ackId) {
        forgotten.add(ackId);
    }

    @Override
    public void disconnect(boolean close) {
        disconnected = close ? "closed" : "disconnected";
    }

    @Override
    public MemberInfo describe() {
        return new MemberInfo(id, null, membership.rooms(), Map.of());
    }

    @Override
    public String toString() {
        return id;
    }
}
