package dev.parley.adapter;

import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketBundle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A socket that takes note of what is delivered to it. */
final class FakeRecipient implements Recipient {

    final List<PacketBundle> delivered = new ArrayList<>();
    final List<DeliveryFlags> flags = new ArrayList<>();
    final List<Long> forgotten = new ArrayList<>();
    final List<AckListener> asked = new ArrayList<>();
    final Membership membership;
    String disconnected = "";
    private final String id;

    FakeRecipient(Adapter adapter, String id) {
        this.id = id;
        this.membership = adapter.register(this);
    }

    static FakeRecipient active(Adapter adapter, String id, String... rooms) {
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
        delivered.add(encoded);
        flags.add(how);
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
