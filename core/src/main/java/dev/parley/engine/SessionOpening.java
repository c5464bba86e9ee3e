package dev.parley.engine;

import dev.parley.engine.RequestFilter.Verdict;
import dev.parley.engine.Session.TransportFactory;
import dev.parley.protocol.EnginePacketType;
import dev.parley.protocol.PacketBundle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request for a new session, on its way through what the application has to say about it. The steps run on the I/O
 * thread of the request.
 */
final class SessionOpening {

    private static final System.Logger LOG = System.getLogger(SessionOpening.class.getName());

    private final EngineServer server;
    private final HttpExchange exchange;
    private final Map<String, String> query;
    private final TransportType transport;
    private final Inquiry inquiry;
    private final EngineServer.Era era;

    /** Whether the client is gone; set on the I/O thread. */
    private boolean aborted;

    /**
     * Takes a request.
     *
     * @param asked the era in which it came
     */
    SessionOpening(
            EngineServer server,
            HttpExchange exchange,
            Map<String, String> query,
            TransportType transport,
            EngineServer.Era asked) {
        this.server = server;
        this.exchange = exchange;
        this.query = query;
        this.transport = transport;
        this.inquiry = new Inquiry(server, exchange);
        this.era = asked;
    }

    /** Asks whether the client is wanted; only then it learns whether its revision of the protocol is spoken. */
    void begin() throws Refusal {
        exchange.onAbort(() -> aborted = true);
        RequestFilter filter = server.options().allowRequest();
        if (filter == null) {
            identify();
        } else {
            inquiry.ask(filter::decide, (verdict, failure) -> {
                checkVerdict(verdict, failure);
                identify();
            });
        }
    }

    private void checkVerdict(@Nullable Verdict verdict, @Nullable Throwable failure) throws Refusal {
        if (verdict == null) {
            server.warnings().give(LOG, "allowRequest failed; the client is refused", failure);
            throw Refusal.forbidden(null);
        }
        if (!verdict.isAdmitted()) {
            throw Refusal.forbidden(verdict.message());
        }
    }

    private void identify() throws Refusal {
        Revision revision = server.checks().revision(query);
        inquiry.ask(server.options().idGenerator()::generate, (id, failure) -> {
            String sid = checkId(id, failure);
            if (aborted) {
                return;
            }
            if (transport == TransportType.POLLING) {
                openPolling(sid, revision);
            } else {
                openWebSocket(sid, revision);
            }
        });
    }

    private String checkId(@Nullable String id, @Nullable Throwable failure) throws Refusal {
        if (id == null) {
            throw noId(failure);
        }
        if (!isValid(id)) {
            throw noId(new IllegalArgumentException("not a session id (expected: what may stand in a cookie)"));
        }
        if (server.session(id).isPresent()) {
            throw noId(new IllegalStateException("the id is in use"));
        }
        return id;
    }

    /** Ids stand in URLs, JSON and cookies. */
    private static boolean isValid(String id) {
        return !id.isEmpty() && id.chars().allMatch(c -> c > ' ' && c < 0x7f && "\",;\\".indexOf(c) < 0);
    }

    private Refusal noId(@Nullable Throwable cause) {
        server.warnings().give(LOG, "no session id could be made; the client is refused", cause);
        return new Refusal(EngineIncident.ID_GENERATION_ERROR, Map.of("error", String.valueOf(cause)));
    }

    private void openPolling(String sid, Revision revision) throws Refusal {
        Jsonp jsonp = server.checks().jsonp(exchange.request(), query);
        Session session = register(sid, revision, s -> new PollingTransport(s, query.containsKey("b64"), jsonp));
        start(session);
        CookieOptions cookie = server.options().cookie();
        Headers headers = cookie == null ? Headers.empty() : Headers.of("Set-Cookie", cookie.format(sid));
        headers = server.initialHeaders(headers, exchange.request());
        ((PollingTransport) session.current()).open(exchange, firstPackets(session), headers);
    }

    private void openWebSocket(String sid, Revision revision) {
        boolean base64 = query.containsKey("b64");
        Headers headers =
                server.headers(server.initialHeaders(Headers.empty(), exchange.request()), exchange.request());
        EngineOptions options = server.options();
        exchange.acceptWebSocket(headers, options.maxPayload(), options.perMessageDeflate(), webSocket -> {
            Session session;
            try {
                session = register(sid, revision, s -> new WebSocketTransport(s, webSocket, base64));
            } catch (Refusal refusal) {
                server.report(exchange, refusal);
                return null;
            }
            WebSocketTransport first = (WebSocketTransport) session.current();
            firstPackets(session).forEach(first::write);
            webSocket.flush();
            start(session);
            return first;
        });
    }

    private Session register(String sid, Revision revision, TransportFactory factory) throws Refusal {
        Session session = new Session(sid, exchange.request().kept(), server, revision, factory);
        if (!server.add(session, era)) {
            throw noId(new IllegalStateException("the id is in use"));
        }
        return session;
    }

    /** Hands the session to the application; closes it if that fails. */
    private void start(Session session) {
        try {
            session.start(Objects.requireNonNull(server.acceptor().opened(session), "listener"));
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.ERROR, "a new session was not taken; it is closed", e);
            session.abort();
        }
    }

    private List<PacketBundle> firstPackets(Session session) {
        EngineOptions options = server.options();
        boolean canUpgrade =
                transport == TransportType.POLLING && !server.upgrades().isEmpty();
        List<PacketBundle> packets = new ArrayList<>(3);
        packets.add(PacketBundle.control(
                EnginePacketType.OPEN,
                "{\"sid\":\"" + session.id() + "\",\"upgrades\":[" + (canUpgrade ? "\"websocket\"" : "")
                        + "],\"pingInterval\":" + options.pingInterval().toMillis()
                        + ",\"pingTimeout\":" + options.pingTimeout().toMillis()
                        + ",\"maxPayload\":" + options.maxPayload() + '}'));
        PacketBundle initial = options.initialPacket();
        if (initial != null) {
            packets.add(initial);
        }
        return packets;
    }
}
