package dev.parley;

import java.util.Objects;
import java.util.Set;

/** Names of events that clients take as their own. */
final class ReservedNames {

    private static final Set<String> NAMES =
            Set.of("connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener");

    private ReservedNames() {}

    static void check(String event) {
        Objects.requireNonNull(event, "event");
        if (NAMES.contains(event)) {
            throw new IllegalArgumentException('"' + event + "\" is a reserved event name");
        }
    }
}
