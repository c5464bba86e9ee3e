package dev.parley.adapter;

import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketBundle;

/** A namespace of the server, as its adapter may use it. Safe for use by any thread. */
public interface AdapterNode {

    /**
     * Returns the namespace's name.
     *
     * @return the name, with the slash in front
     */
    String namespace();

    /**
     * Writes a packet in the server's encoding. Adapters call it once a broadcast, however many clients receive it.
     *
     * @param packet what to send
     * @return the messages to deliver
     * @throws IllegalArgumentException if a value cannot be encoded
     */
    PacketBundle encode(Packet packet);

    /**
     * Draws the id under which the acknowledgements of a broadcast come in.
     *
     * @return an id that nothing else in this namespace uses
     */
    long nextAckId();

    /**
     * Returns how many rooms a socket may be in.
     *
     * @return the limit, beside the room named by the socket's id
     */
    int maxRoomsPerSocket();
}
