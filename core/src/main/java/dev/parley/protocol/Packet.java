package dev.parley.protocol;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A Socket.IO packet, received or to be sent. Immutable.
 *
 * <p>Values are what {@link JsonPacketCodec} lists as encodable; in received packets each of them is a {@link RawValue}
 * that has not been parsed yet.
 */
public sealed interface Packet {

    /** The ack id of an event that asks for no answer. */
    long NO_ACK = -1;

    /**
     * Tells whether a namespace can have a name, in whatever encoding it arrives: a slash in front, no comma and no
     * control characters.
     *
     * @param name a received name
     * @return whether it can be a namespace's
     */
    static boolean isNamespace(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) < ' ' || name.charAt(i) == ',') {
                return false;
            }
        }
        return name.startsWith("/");
    }

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

        private static final Set<String> RESERVED =
                Set.of("connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener");

        /**
         * Tells whether a name stands for what happens to a socket itself; a peer must not be able to feign it.
         *
         * @param name an event's name
         * @return whether no event that is sent or received may have it
         */
        public static boolean isReserved(String name) {
            return RESERVED.contains(name);
        }

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
