package dev.parley.adapter;

import dev.parley.protocol.PacketBundle;

/**
 * How an event is sent to each of its recipients.
 *
 * @param droppable whether to drop the event for clients that do not keep up (Socket.IO's flag {@code volatile})
 * @param compress whether the transport may compress the event
 */
public record DeliveryFlags(boolean droppable, boolean compress) {

    /** Not to be dropped, compressed where the transport does so. */
    public static final DeliveryFlags DEFAULT = new DeliveryFlags(false, true);

    /**
     * Returns these flags with another {@link #droppable}.
     *
     * @param droppable whether to drop the event for clients that do not keep up
     * @return the flags
     */
    public DeliveryFlags withDroppable(boolean droppable) {
        return new DeliveryFlags(droppable, compress);
    }

    /**
     * Returns these flags with another {@link #compress}.
     *
     * @param compress whether the transport may compress the event
     * @return the flags
     */
    public DeliveryFlags withCompress(boolean compress) {
        return new DeliveryFlags(droppable, compress);
    }

    /**
     * Returns what is sent for an event with these flags.
     *
     * @param encoded the event
     * @return the same, marked where it must not be compressed
     */
    public PacketBundle applyTo(PacketBundle encoded) {
        return compress ? encoded : encoded.uncompressed();
    }
}
