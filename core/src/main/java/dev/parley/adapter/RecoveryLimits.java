package dev.parley.adapter;

import java.time.Duration;

/**
 * How much an adapter keeps of one namespace, so that clients that lost their connection can come back to what they
 * had.
 *
 * @param maxDisconnectionDuration how long a session is kept after its client has gone, and a packet after it was sent
 * @param maxSessions how many sessions of absent clients are kept; beyond it the oldest are dropped
 * @param maxPackets how many packets are kept; beyond it the oldest are dropped
 * @param maxBytes how much memory the packets may take, roughly
 * @param maxMissedPackets how many packets one client may have missed; one that has missed more starts anew
 * @param maxMissedBytes how long these may be together, in bytes
 */
public record RecoveryLimits(
        Duration maxDisconnectionDuration,
        int maxSessions,
        int maxPackets,
        long maxBytes,
        int maxMissedPackets,
        long maxMissedBytes) {}
