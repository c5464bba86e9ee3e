package dev.parley;

import dev.parley.protocol.Packet;
import java.util.Objects;

/** Names of events that clients take as their own. */
final class ReservedNames {

    private ReservedNames() {}

    static void check(String event) {
        Objects.requireNonNull(event, "event");
        if (Packet.Event.isReserved(event)) {
            throw new IllegalArgumentException('"' + event + "\" is a reserved event name");
        }
    }
}
