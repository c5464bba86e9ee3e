package dev.parley;

import dev.parley.mapping.TypedValues;
import dev.parley.protocol.Packet;

/**
 * An event as it was received from a client: its name, its arguments of any number and types, and its acknowledgement.
 */
public final class Event extends Arguments {

    private final String name;
    private final Ack ack;

    Event(Packet.Event packet, TypedValues types, Ack ack) {
        super(packet.args(), types);
        this.name = packet.name();
        this.ack = ack;
    }

    /**
     * Returns the event's name.
     *
     * @return the name, chosen by the client
     */
    public String name() {
        return name;
    }

    /**
     * Returns the way to acknowledge the event.
     *
     * @return the acknowledgement, which does nothing if the client did not ask for it
     */
    public Ack ack() {
        return ack;
    }

    @Override
    String where(int index) {
        return "argument " + (index + 1) + " of \"" + name + "\" ";
    }
}
