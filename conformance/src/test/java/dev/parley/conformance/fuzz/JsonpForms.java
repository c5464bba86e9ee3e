package dev.parley.conformance.fuzz;

import static dev.parley.conformance.fuzz.Inputs.expect;
import static dev.parley.conformance.fuzz.Inputs.expectSame;

import dev.parley.engine.CloseReason;
import dev.parley.engine.EngineOptions;
import dev.parley.engine.EngineServer;
import dev.parley.engine.Session;
import dev.parley.engine.SessionListener;
import dev.parley.protocol.Utf8;
import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryTransport;
import dev.parley.testing.VirtualTime;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Polling by scripts: the input as the body of a form, and as a message in both directions. */
public final class JsonpForms {

    private static final String SCRIPT = "/engine.io/?EIO=3&transport=polling&j=0";
    private static final String HEAD = "___eio[0](\"";
    private static final String FOOT = "\");";
    private static final JsonFactory JACKSON = new JsonFactory();

    private final VirtualTime time = new VirtualTime();
    private final List<String> received = new ArrayList<>();
    private final EngineServer engine = EngineServer.create(
            EngineOptions.builder()
                    .scheduler(time)
                    .allowEio3(true)
                    .idGenerator(request -> CompletableFuture.completedFuture("a"))
                    .build(),
            Listener::new);
    private final MemoryTransport transport = new MemoryTransport(engine);

    private JsonpForms() {
        transport.get(SCRIPT);
    }

    public static void fuzzerTestOneInput(byte[] data) {
        new JsonpForms().body(data);
        String text = Inputs.utf8(data);
        // What old clients make of a backslash in front of a line break cannot be told from something else.
        if (text != null && !text.contains("\\\n")) {
            new JsonpForms().message(text);
        }
    }

    private void body(byte[] data) {
        MemoryExchange form = transport.request("POST", SCRIPT + "&sid=a", data);
        expect(form.status() == 200 || form.status() == 400, "status " + form.status());
        close();
    }

    private void message(String text) {
        String payload = (text.length() + 1) + ":4" + text;
        String escaped = payload.replace("\\n", "\\\n").replace("\n", "\\n");
        String form = "x=1&d=" + URLEncoder.encode(escaped, StandardCharsets.UTF_8);

        MemoryExchange push = transport.post(SCRIPT + "&sid=a", form);
        expectSame(push.status(), 200, "the status of a form");
        expectSame(received, List.of(text), "what a form has brought");

        engine.sessions().forEach(session -> session.send(text));
        String script = transport.get(SCRIPT + "&sid=a").text();
        expect(script.startsWith(HEAD) && script.endsWith(FOOT), "not one call: " + script);
        String literal = script.substring(HEAD.length() - 1, script.length() - FOOT.length() + 1);
        expect(literal.chars().allMatch(c -> c >= ' ' && c != 0x2028 && c != 0x2029), "what scripts cannot hold");
        expectSame(parse(literal), payload, "what a script says");
        close();
    }

    private static String parse(String literal) {
        try (JsonParser parser = JACKSON.createParser(ObjectReadContext.empty(), literal)) {
            parser.nextToken();
            return parser.getString();
        }
    }

    private void close() {
        engine.close();
        expect(time.pendingTimers() == 0, "timers are left over: " + time);
    }

    private final class Listener implements SessionListener {

        Listener(Session session) {
            expect(session.protocol() == 3, "not the revision that was asked for");
        }

        @Override
        public void text(Utf8 message) {
            received.add(message.toString());
        }

        @Override
        public void binary(byte[] message) {
            received.add("binary");
        }

        @Override
        public void closed(CloseReason reason, @Nullable Throwable cause) {}
    }
}
