package dev.parley.protocol;

/**
 * The five kinds of Socket.IO packets. On the wire, events and acks with attachments have type digits of their own (5
 * and 6); here they are events and acks.
 */
public enum PacketType {
    /** Asks to join a namespace, or confirms it. */
    CONNECT,
    /** Leaves a namespace. */
    DISCONNECT,
    /** Carries a named event with arguments. */
    EVENT,
    /** Answers an event. */
    ACK,
    /** Refuses to join a namespace. */
    CONNECT_ERROR
}
