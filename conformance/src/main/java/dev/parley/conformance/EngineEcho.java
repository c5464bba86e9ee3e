package dev.parley.conformance;

import dev.parley.engine.CloseReason;
import dev.parley.engine.CorsOptions;
import dev.parley.engine.Endpoint;
import dev.parley.engine.EngineOptions;
import dev.parley.engine.EngineServer;
import dev.parley.engine.Session;
import dev.parley.engine.SessionListener;
import dev.parley.protocol.Utf8;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Profiles {@code eio-echo} and those that begin so: Engine.IO alone, which sends every message back. */
final class EngineEcho {

    private EngineEcho() {}

    /** Serves clients of the kind that the last options are for. */
    static Endpoint create(Consumer<EngineOptions.Builder> kind) {
        EngineOptions.Builder options = EngineOptions.builder()
                .path("/engine.io")
                .pingInterval(Duration.ofMillis(300))
                .pingTimeout(Duration.ofMillis(200))
                .maxPayload(1_000_000)
                .cors(CorsOptions.allow("*"));
        kind.accept(options);
        return EngineServer.create(options.build(), Echo::new);
    }

    record Echo(Session session) implements SessionListener {

        @Override
        public void text(Utf8 message) {
            session.send(message.toString());
        }

        @Override
        public void binary(byte[] message) {
            session.send(message);
        }

        @Override
        public void closed(CloseReason reason, @Nullable Throwable cause) {
            // nothing is kept of a session
        }
    }
}
