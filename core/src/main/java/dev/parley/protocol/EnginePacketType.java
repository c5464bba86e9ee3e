package dev.parley.protocol;

import org.jspecify.annotations.Nullable;

/** The seven packet types of Engine.IO, each known on the wire by the digit of its position. */
public enum EnginePacketType {
    /** Handshake data, server to client. */
    OPEN('0'),
    /** Ends the session. */
    CLOSE('1'),
    /** Asks for a {@link #PONG}: the heartbeat, or with the text {@code probe} the first step of an upgrade. */
    PING('2'),
    /** Answers a {@link #PING} with the same text. */
    PONG('3'),
    /** Carries text or bytes of the layer above. */
    MESSAGE('4'),
    /** Last step of an upgrade: the client uses the new transport from now on. */
    UPGRADE('5'),
    /** Carries nothing; ends a poll that has to end. */
    NOOP('6');

    private static final EnginePacketType[] BY_DIGIT = values();

    private final byte digit;

    EnginePacketType(char digit) {
        this.digit = (byte) digit;
    }

    /**
     * Returns the character that stands for this type on the wire.
     *
     * @return {@code '0'} to {@code '6'}
     */
    public byte digit() {
        return digit;
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
