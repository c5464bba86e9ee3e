package dev.parley.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Socket.IO packet, received or to be sent. Immutable.
 *
 * <p>Values are what {@link JsonPacketCodec} lists as encodable; in received packets each of them is a {@link RawJson}
 * that has not been parsed yet.
 */
public sealed interface Packet {

    /** The ack id of an event that asks for no answer. */
    long NO_ACK = -1;

    /**
     * Returns the namespace that the packet belongs to.
     *
     * @return its name, with the slash in front
     */
    String namespace();

    /**
     * Returns the kind of packet.
     *
     * @return its type
     */
    PacketType type();

    /**
     * Asks to join a namespace, or confirms it.
     *
     * @param namespace the namespace's name
     * @param data the client's auth object or the server's answer, null if none
     */
    record Connect(String namespace, @Nullable Object data) implements Packet {
        @Override
        public PacketType type() {
            return PacketType.CONNECT;
        }
    }

    /**
     * Leaves a namespace.
     *
     * @param namespace the namespace's name
     */
    record Disconnect(String namespace) implements Packet {
        @Override
        public PacketType type() {
            return PacketType.DISCONNECT;
        }
    }

    /**
     * Carries a named event.
     *
     * @param namespace the namespace's name
     * @param ackId the id under which an answer is expected, or {@link #NO_ACK}
     * @param name the event's name
     * @param args the arguments behind the name; not copied, not to be changed any more; elements may be null
     */
    record Event(String namespace, long ackId, String name, List<? extends @Nullable Object> args) implements Packet {
        @Override
        public PacketType type() {
            return PacketType.EVENT;
        }
    }

    /**
     * Answers an event.
     *
     * @param namespace the namespace's name
     * @param ackId the id of the event that is answered
     * @param args the answer; not copied, not to be changed any more; elements may be null
     */
    record Ack(String namespace, long ackId, List<? extends @Nullable Object> args) implements Packet {
        @Override
        public PacketType type() {
            return PacketType.ACK;
        }
    }

    /**
     * Refuses to join a namespace.
     *
     * @param namespace the namespace's name
     * @param data why, usually an object with a {@code message}
     */
    record ConnectError(String namespace, @Nullable Object data) implements Packet {
        @Override
        public PacketType type() {
            return PacketType.CONNECT_ERROR;
        }
    }
}
