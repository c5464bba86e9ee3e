package dev.parley.protocol;

/** A received Engine.IO packet. */
public sealed interface EnginePacket {

    /**
     * Returns what the packet is for.
     *
     * @return its type
     */
    EnginePacketType type();

    /**
     * A packet of text.
     *
     * @param type what the packet is for
     * @param data its text without the type digit, often empty
     */
    record Text(EnginePacketType type, Utf8 data) implements EnginePacket {}

    /** A message of bytes. */
    final class Binary implements EnginePacket {

        private final byte[] data;

        /**
         * Creates a message of bytes.
         *
         * @param data the bytes, not copied and not to be written to any more
         */
        public Binary(byte[] data) {
            this.data = data;
        }

        @Override
        public EnginePacketType type() {
            return EnginePacketType.MESSAGE;
        }

        /**
         * Returns the message.
         *
         * @return the bytes themselves, not a copy
         */
        public byte[] data() {
            return data;
        }
    }
}
