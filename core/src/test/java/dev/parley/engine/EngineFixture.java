package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryTransport;
import dev.parley.testing.MemoryWebSocket;
import dev.parley.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * An engine on virtual time, the clients of it and what its sessions have seen. Each test begins with an engine that
 * has the default options; {@link #serve} puts another in its place.
 */
abstract class EngineFixture {

    static final String POLLING = "/engine.io/?EIO=4&transport=polling";
    static final String WEBSOCKET = "/engine.io/?EIO=4&transport=websocket";

    /** A byte that separates the packets of a payload. */
    static final String SEP = "\u001e";

    static final Duration PING_INTERVAL = Duration.ofSeconds(25);
    static final Duration PING_TIMEOUT = Duration.ofSeconds(20);

    private static final Pattern SID = Pattern.compile("\"sid\":\"([^\"]*)\"");

    final VirtualTime time = new VirtualTime();
    final List<ConnectionError> errors = new ArrayList<>();
    /** One for each session, in the order of their opening. */
    final List<Recorder> opened = new ArrayList<>();
    /** What the application does with a new session. */
    Consumer<Session> onOpened = session -> {};
    /** What the application does with a message: a {@link String} or a {@code byte[]}. */
    BiConsumer<Session, Object> onMessage = (session, message) -> {};

    EngineServer engine;
    MemoryTransport transport;

    @BeforeEach
    void serveDefaults() {
        serve(options -> options);
    }

    /** Starts another engine with the options given, in place of the present one. */
    void serve(UnaryOperator<EngineOptions.Builder> options) {
        if (engine != null) {
            engine.close();
        }
        EngineOptions.Builder builder = EngineOptions.builder().scheduler(time);
        engine = EngineServer.create(options.apply(builder).build(), this::accept);
        engine.onConnectionError(errors::add);
        transport = new MemoryTransport(engine);
    }

    private SessionListener accept(Session session) {
        Recorder recorder = new Recorder(session, (from, message) -> onMessage.accept(from, message));
        opened.add(recorder);
        onOpened.accept(session);
        return recorder;
    }

    /** Makes the application send every message back. */
    void echo() {
        onMessage = (session, message) -> {
            if (message instanceof String text) {
                session.send(text);
            } else {
                session.send((byte[]) message);
            }
        };
    }

    @AfterEach
    void nothing_is_left_over_when_everything_is_closed() {
        engine.close();
        assertThat(engine.sessionCount()).isZero();
        assertThat(engine.sessions()).isEmpty();
        assertThat(time.pendingTimers()).as("%s", time).isZero();
        assertThat(opened).allSatisfy(recorder -> {
            assertThat(recorder.closings()).isEqualTo(1);
            assertThat(recorder.violations()).isEmpty();
            assertThat(recorder.session().queuedMessages()).isZero();
            assertThat(recorder.session().queuedBytes()).isZero();
        });
    }

    /** Opens a session that polls. */
    PollingClient openPolling() {
        return openPolling(POLLING);
    }

    PollingClient openPolling(String uri) {
        MemoryExchange handshake = transport.get(uri);
        assertThat(handshake.status()).isEqualTo(200);
        return new PollingClient(uri, sidOf(handshake.text()));
    }

    /** Opens a session on a WebSocket; the handshake has been read. */
    MemoryWebSocket openWebSocket() {
        return openWebSocket(WEBSOCKET);
    }

    MemoryWebSocket openWebSocket(String uri) {
        MemoryWebSocket webSocket = transport.upgrade(uri).webSocket();
        assertThat(webSocket.poll()).asString().startsWith("0{");
        return webSocket;
    }

    /** What the most recently opened session has seen. */
    Recorder recorder() {
        return opened.get(opened.size() - 1);
    }

    /** The most recently opened session. */
    Session session() {
        return recorder().session();
    }

    /** The only request that was refused. */
    ConnectionError error() {
        assertThat(errors).hasSize(1);
        return errors.get(0);
    }

    static String sidOf(String openPacket) {
        Matcher sid = SID.matcher(openPacket);
        assertThat(sid.find()).as("a session id in %s", openPacket).isTrue();
        return sid.group(1);
    }

    static void assertRefused(MemoryExchange exchange, int code, String message) {
        assertThat(exchange.text()).isEqualTo("{\"code\":%d,\"message\":\"%s\"}", code, message);
        assertThat(exchange.status()).isEqualTo(code == 4 ? 403 : 400);
        assertThat(exchange.response().headers().get("content-type")).isEqualTo("application/json");
    }

    /** The client's side of a session that polls. */
    final class PollingClient {

        private final String handshakeUri;
        final String sid;

        PollingClient(String handshakeUri, String sid) {
            this.handshakeUri = handshakeUri;
            this.sid = sid;
        }

        String uri() {
            return handshakeUri + "&sid=" + sid;
        }

        MemoryExchange poll(String... headers) {
            return transport.get(uri(), headers);
        }

        MemoryExchange push(String body, String... headers) {
            return transport.post(uri(), body, headers);
        }

        /** Sends the head of a POST; its body is still to come. */
        MemoryExchange beginPush(String... headers) {
            return transport.request("POST", uri(), null, headers);
        }

        MemoryExchange requestUpgrade(String... headers) {
            return transport.upgrade(uri().replace("=polling", "=websocket"), headers);
        }

        /** Opens a WebSocket beside the polling and has it probed. */
        MemoryWebSocket probe() {
            MemoryWebSocket webSocket = requestUpgrade().webSocket();
            webSocket.send("2probe");
            assertThat(webSocket.poll()).isEqualTo("3probe");
            return webSocket;
        }

        /** Upgrades all the way. */
        MemoryWebSocket upgrade() {
            MemoryWebSocket webSocket = probe();
            webSocket.send("5");
            return webSocket;
        }
    }
}
