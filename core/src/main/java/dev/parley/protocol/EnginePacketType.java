package dev.parley.protocol;

import org.jspecify.annotations.Nullable;

/** The seven packet types of Engine.IO, each known on the wire by the digit of its position. */
public enum EnginePacketType {
    /** Handshake data, server to client. */
    OPEN,
    /** Ends the session. */
    CLOSE,
    /** Asks for a {@link #PONG}: the heartbeat, or with the text {@code probe} the first step of an upgrade. */
    PING,
    /** Answers a {@link #PING} with the same text. */
    PONG,
    /** Carries text or bytes of the layer above. */
    MESSAGE,
    /** Last step of an upgrade: the client uses the new transport from now on. */
    UPGRADE,
    /** Carries nothing; ends a poll that has to end. */
    NOOP;

    private static final EnginePacketType[] BY_DIGIT = values();

    /**
     * Returns the character that stands for this type on the wire.
     *
     * @return {@code '0'} to {@code '6'}
     */
    public byte digit() {
        return (byte) ('0' + ordinal());
    }

    /**
     * Finds a type by its character on the wire.
     *
     * @param digit any byte
     * @return the type, or null if there is none
     */
    public static @Nullable EnginePacketType of(byte digit) {
        int index = digit - '0';
        return index >= 0 && index < BY_DIGIT.length ? BY_DIGIT[index] : null;
    }
}
