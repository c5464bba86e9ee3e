package dev.parley.contract;

import dev.parley.adapter.AdapterNode;
import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketBundle;

/** A namespace that counts how often it is asked to encode. */
public final class FakeNode implements AdapterNode {

    /** How often it was asked to encode. */
    public int encodings;
    /** The limit of rooms. */
    public int maxRooms = 100;

    private long ackIds;

    @Override
    public String namespace() {
        return "/";
    }

    @Override
    public PacketBundle encode(Packet packet) {
        encodings++;
        return PacketBundle.text(packet.toString());
    }

    @Override
    public long nextAckId() {
        return ackIds++;
    }

    @Override
    public int maxRoomsPerSocket() {
        return maxRooms;
    }
}
