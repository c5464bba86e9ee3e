package dev.parley.conformance;

import dev.parley.engine.CorsOptions;
import dev.parley.engine.Endpoint;
import dev.parley.engine.EngineOptions;
import dev.parley.engine.EngineServer;
import java.time.Duration;

/** Profile {@code eio-java}: what the suite of the Java client for Engine.IO needs. */
final class JavaEngineSuite {

    private JavaEngineSuite() {}

    static Endpoint create() {
        EngineOptions options = EngineOptions.builder()
                .path("/engine.io")
                .pingInterval(Duration.ofMillis(500))
                .cors(CorsOptions.allow("*"))
                .build();
        return EngineServer.create(options, session -> {
                    session.send("hi");
                    return new EngineEcho.Echo(session);
                })
                .onHeaders((headers, request) -> {
                    String value = request.header("X-EngineIO");
                    return value == null
                            ? headers
                            : headers.and("X-EngineIO", "hi").and("X-EngineIO", value);
                });
    }
}
