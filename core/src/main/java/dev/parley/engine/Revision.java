package dev.parley.engine;

import dev.parley.protocol.EngineCodec;
import dev.parley.protocol.EngineCodecV3;
import dev.parley.protocol.EngineCodecV4;
import java.util.Map;
import java.util.function.Function;

/**
 * A revision of the Engine.IO protocol, chosen at the handshake for the life of a session: all in which one differs
 * from another.
 *
 * @param codec how packets are written
 * @param heartbeat how a session notices that its client has gone
 */
record Revision(EngineCodec codec, Function<Session, Heartbeat> heartbeat) {

    /** Returns the revisions that are spoken, by their name in the query. */
    static Map<String, Revision> spoken(EngineOptions options) {
        int packets = options.maxPacketsPerPayload();
        Revision v4 = new Revision(new EngineCodecV4(packets), ServerPings::new);
        return options.allowEio3()
                ? Map.of("3", new Revision(new EngineCodecV3(packets), ClientPings::new), "4", v4)
                : Map.of("4", v4);
    }
}
