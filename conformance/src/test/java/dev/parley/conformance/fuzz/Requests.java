package dev.parley.conformance.fuzz;

import static dev.parley.conformance.fuzz.Inputs.expect;
import static dev.parley.conformance.fuzz.Inputs.expectSame;
import static dev.parley.conformance.fuzz.Inputs.latin1;

import dev.parley.engine.CloseReason;
import dev.parley.engine.CookieOptions;
import dev.parley.engine.CorsOptions;
import dev.parley.engine.EngineOptions;
import dev.parley.engine.EngineServer;
import dev.parley.engine.Headers;
import dev.parley.engine.HttpRequest;
import dev.parley.engine.HttpResponse;
import dev.parley.engine.Session;
import dev.parley.engine.SessionListener;
import dev.parley.engine.TrustedProxies;
import dev.parley.protocol.Utf8;
import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryTransport;
import dev.parley.testing.VirtualTime;
import java.net.InetAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Heads and bodies of HTTP requests to an engine that has a session of every kind, and all options on that look at
 * heads. The first line of an input is method and target, the others up to an empty one are headers; the rest is the
 * body.
 */
public final class Requests {

    private static final String ALLOWED = "https://good.example";
    private static final TrustedProxies PROXIES = TrustedProxies.of("127.0.0.1", "10.0.0.0/8", "::1", "fd00::/8");
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-f.:]+");
    private static final Pattern AUTHORITY = Pattern.compile("(?:[A-Za-z][A-Za-z0-9+.-]*:)?//([^/?#]*)");
    private static final Pattern SCRIPT = Pattern.compile("___eio\\[[0-9]*]\\(\"[^\n\r\u2028\u2029]*\"\\);");
    private static final Set<Integer> STATUSES = Set.of(200, 204, 400, 403, 404, 405, 413, 429, 503);

    private Requests() {}

    public static void fuzzerTestOneInput(byte[] data) {
        String[] headAndBody = latin1(data).split("\n\n", 2);
        String[] lines = headAndBody[0].split("\n", -1);
        int space = lines[0].indexOf(' ');
        if (space < 0) {
            return;
        }
        String method = lines[0].substring(0, space);
        String target = lines[0].substring(space + 1);
        String[] headers = headers(lines);
        byte[] body = headAndBody.length == 1 ? new byte[0] : headAndBody[1].getBytes(StandardCharsets.ISO_8859_1);

        HttpRequest request =
                new HttpRequest(method, target, Headers.of(headers), InetAddress.getLoopbackAddress(), false);
        checkQuery(request);
        checkAddress(request);
        checkAnswer(method, target, headers, body);
    }

    /** The headers that a transport would let pass. */
    private static String[] headers(String[] lines) {
        List<String> headers = new ArrayList<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                String name = lines[i].substring(0, colon);
                String value = lines[i].substring(colon + 1).strip();
                try {
                    Headers.of(name, value);
                    headers.addAll(List.of(name, value));
                } catch (IllegalArgumentException e) {
                    // not sent
                }
            }
        }
        return headers.toArray(String[]::new);
    }

    /** The query is what the definition of forms says. */
    private static void checkQuery(HttpRequest request) {
        expectSame(request.path() + request.uri().substring(request.path().length()), request.uri(), "path and query");
        Map<String, String> expected = new LinkedHashMap<>();
        int mark = request.uri().indexOf('?');
        String query = mark < 0 ? "" : request.uri().substring(mark + 1);
        for (String part : query.split("&", -1)) {
            if (!part.isEmpty()) {
                String[] pair = part.split("=", 2);
                String name = decode(pair[0]);
                expected.remove(name);
                expected.put(name, pair.length == 1 ? "" : decode(pair[1]));
            }
        }
        expectSame(request.query(), expected, "the query");
        expectSame(List.copyOf(request.query().keySet()), List.copyOf(expected.keySet()), "the order of the query");
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private static void checkAddress(HttpRequest request) {
        String address = PROXIES.clientAddress(request);
        expect(ADDRESS.matcher(address.toLowerCase(Locale.ROOT)).matches(), "no address: " + address);
        boolean forwarded = request.headers().get("x-forwarded-for") != null;
        expect(forwarded || address.equals("127.0.0.1"), "not the peer's address: " + address);
    }

    private static void checkAnswer(String method, String target, String[] headers, byte[] body) {
        VirtualTime time = new VirtualTime();
        EngineServer engine = engine(time);
        MemoryTransport transport = new MemoryTransport(engine);
        transport.get("/engine.io/?EIO=4&transport=polling");
        transport.get("/engine.io/?EIO=3&transport=polling");
        transport.get("/engine.io/?EIO=3&transport=polling&j=1");
        transport.upgrade("/engine.io/?EIO=4&transport=websocket");
        engine.sessions().forEach(session -> session.send("\"\\\u0000\n\u2028<script>"));

        MemoryExchange exchange = transport.request(method, target, body, headers);
        if (isOpened(exchange)) {
            checkOrigin(exchange.request());
        } else if (exchange.isAnswered()) {
            checkResponse(exchange.response());
        }

        engine.close();
        expect(engine.sessionCount() == 0, "sessions are left over");
        expect(time.pendingTimers() == 0, "timers are left over: " + time);
        expect(exchange.isAnswered(), "the request was never answered");
    }

    /** Sessions have the ids a, b, c and so on. */
    private static EngineServer engine(VirtualTime time) {
        Iterator<String> ids = List.of("a", "b", "c", "d", "e", "f", "g").iterator();
        EngineOptions options = EngineOptions.builder()
                .scheduler(time)
                .allowEio3(true)
                .maxPayload(1000)
                .maxSessionsPerAddress(100)
                .maxHandshakesPerSecond(100)
                .trustedProxies(PROXIES)
                .cookie(CookieOptions.builder().build())
                .cors(CorsOptions.builder().origins(ALLOWED).credentials(true).build())
                .idGenerator(request -> CompletableFuture.completedFuture(ids.next()))
                .build();
        return EngineServer.create(options, Echo::new);
    }

    private static boolean isOpened(MemoryExchange exchange) {
        try {
            exchange.webSocket();
            return true;
        } catch (AssertionError e) {
            return false;
        }
    }

    private static void checkOrigin(HttpRequest request) {
        String origin = request.header("origin");
        String host = request.header("host");
        expect(
                origin == null || origin.equals(ALLOWED) || (host != null && isSameOrigin(origin, host)),
                "a WebSocket of another origin");
    }

    private static boolean isSameOrigin(String origin, String host) {
        Matcher authority = AUTHORITY.matcher(origin);
        return authority.lookingAt() && authority.group(1).equalsIgnoreCase(host);
    }

    private static void checkResponse(HttpResponse response) {
        expect(STATUSES.contains(response.status()), "status " + response.status());
        String origin = response.headers().get("access-control-allow-origin");
        expect(origin == null || origin.equals(ALLOWED), "allows the origin " + origin);
        response.headers().forEach((name, value) -> {
            expect(value.indexOf('\n') < 0 && value.indexOf('\r') < 0, "a line break in " + name);
        });
        String text = Inputs.utf8(response.body());
        boolean binary = "application/octet-stream".equals(response.headers().get("content-type"));
        expect(binary || text != null, "a text that is not UTF-8");
        if (text != null && text.startsWith("___eio")) {
            expect(SCRIPT.matcher(text).matches(), "not one call in a script: " + text);
        }
    }

    /** Sends all messages back. */
    private record Echo(Session session) implements SessionListener {

        @Override
        public void text(Utf8 message) {
            session.send(message.toString());
        }

        @Override
        public void binary(byte[] message) {
            session.send(Arrays.copyOf(message, message.length));
        }

        @Override
        public void closed(CloseReason reason, @Nullable Throwable cause) {}
    }
}
