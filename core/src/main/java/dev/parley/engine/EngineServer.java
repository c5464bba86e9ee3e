package dev.parley.engine;

import dev.parley.engine.Refusal.Code;
import dev.parley.protocol.EngineCodec;
import dev.parley.protocol.EngineCodecV4;
import dev.parley.protocol.EnginePacketType;
import dev.parley.protocol.PacketBundle;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An Engine.IO server: sessions over HTTP long-polling and WebSocket, without any of Socket.IO's namespaces or events.
 * It can be used alone; bound to a transport, it answers the requests below its path.
 *
 * <p>Safe for use by any thread.
 */
public final class EngineServer implements Endpoint {

    private static final System.Logger LOG = System.getLogger(EngineServer.class.getName());

    /** The revisions of the protocol that are spoken, by their name in the query. */
    private static final Map<String, EngineCodec> CODECS = Map.of("4", EngineCodecV4.INSTANCE);

    private final EngineOptions options;
    private final SessionAcceptor acceptor;
    private final RequestChecks checks;
    private final String path;
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();
    private final Farewells farewells;
    private final List<Consumer<ConnectionError>> errorListeners = new CopyOnWriteArrayList<>();

    private EngineServer(EngineOptions options, SessionAcceptor acceptor) {
        this.options = options;
        this.acceptor = acceptor;
        this.checks = new RequestChecks(options);
        this.farewells = new Farewells(options.scheduler());
        this.path = options.addTrailingSlash() && !options.path().equals("/") ? options.path() + "/" : options.path();
    }

    /**
     * Creates a server.
     *
     * @param options how it behaves
     * @param acceptor takes each new session
     * @return a server, to be bound to a transport
     */
    public static EngineServer create(EngineOptions options, SessionAcceptor acceptor) {
        return new EngineServer(
                Objects.requireNonNull(options, "options"), Objects.requireNonNull(acceptor, "acceptor"));
    }

    /**
     * Returns how this server behaves.
     *
     * @return its options
     */
    public EngineOptions options() {
        return options;
    }

    /**
     * Returns how many sessions are open: the reference's {@code clientsCount}.
     *
     * @return the number
     */
    public int sessionCount() {
        return sessions.size();
    }

    /**
     * Returns the sessions that are open.
     *
     * @return a live view, safe to iterate over while sessions come and go
     */
    public Collection<Session> sessions() {
        return Collections.unmodifiableCollection(sessions.values());
    }

    /**
     * Finds an open session.
     *
     * @param id a session's id
     * @return the session, if it is open
     */
    public Optional<Session> session(String id) {
        return Optional.ofNullable(sessions.get(id));
    }

    /**
     * Registers who is told of each refused request: the reference's {@code connection_error} event.
     *
     * @param listener called on I/O threads, must not block
     */
    public void onConnectionError(Consumer<ConnectionError> listener) {
        errorListeners.add(Objects.requireNonNull(listener, "listener"));
    }

    @Override
    public boolean handles(String requestPath) {
        return requestPath.equals(path);
    }

    @Override
    public void handle(HttpExchange exchange) {
        HttpRequest request = exchange.request();
        CorsOptions cors = options.cors();
        if (cors != null && request.method().equals("OPTIONS")) {
            exchange.respond(cors.preflight(request));
            return;
        }
        try {
            route(exchange, request.query());
        } catch (Refusal refusal) {
            refuse(exchange, refusal);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a request could not be handled", e);
            respond(exchange, new HttpResponse(500, Headers.of("Connection", "close")));
        }
    }

    private void route(HttpExchange exchange, Map<String, String> query) throws Refusal {
        HttpRequest request = exchange.request();
        TransportType transport = checks.transport(request, query);
        String sid = query.getOrDefault("sid", "");
        if (sid.isEmpty()) {
            checks.handshake(request, transport);
            admit(exchange, query, transport);
            return;
        }
        Session session = sessions.get(sid);
        if (session != null) {
            session.checkHeartbeat();
        }
        if (session == null && request.method().equals("GET") && farewells.take(sid)) {
            respond(exchange, PollingTransport.farewell(EngineCodecV4.INSTANCE));
            return;
        }
        if (session == null || !sessions.containsKey(sid)) {
            throw new Refusal(Code.UNKNOWN_SID, Map.of("sid", sid));
        }
        checks.session(request, transport, query.get("EIO"), session);
        if (transport == TransportType.WEBSOCKET) {
            upgrade(exchange, session, query.containsKey("b64"));
        } else {
            poll(exchange, session);
        }
    }

    private void poll(HttpExchange exchange, Session session) {
        if (!(session.current() instanceof PollingTransport polling)) {
            respond(exchange, new HttpResponse(400, Headers.of("Connection", "close")));
            return;
        }
        switch (exchange.request().method()) {
            case "GET" -> polling.onPoll(exchange);
            case "POST" -> polling.onPush(exchange);
            default -> respond(exchange, new HttpResponse(405, Headers.of("Allow", "GET, POST")));
        }
    }

    private void upgrade(HttpExchange exchange, Session session, boolean base64) {
        exchange.acceptWebSocket(Headers.empty(), options.maxPayload(), webSocket -> {
            if (session.current() instanceof PollingTransport polling) {
                UpgradeProbe probe = new UpgradeProbe(session, polling, webSocket, base64);
                if (session.beginUpgrade(probe)) {
                    probe.start();
                    return probe;
                }
            }
            // Clients expect one WebSocket too many to be opened and closed, not to be refused.
            webSocket.close(0);
            return null;
        });
    }

    /** Asks the application whether it wants the client, then goes on with the handshake. */
    private void admit(HttpExchange exchange, Map<String, String> query, TransportType transport) throws Refusal {
        EngineCodec codec = CODECS.get(query.getOrDefault("EIO", ""));
        RequestFilter filter = options.allowRequest();
        if (filter == null) {
            identify(exchange, query, transport, codec);
            return;
        }
        CompletionStage<RequestFilter.Verdict> verdict;
        try {
            verdict = filter.decide(exchange.request());
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "allowRequest failed; the client is refused", e);
            throw Refusal.forbidden(null);
        }
        whenDone(exchange, verdict, (result, failure) -> {
            if (result == null || !result.isAdmitted()) {
                throw Refusal.forbidden(result == null ? null : result.message());
            }
            identify(exchange, query, transport, codec);
        });
    }

    private void identify(
            HttpExchange exchange, Map<String, String> query, TransportType transport, @Nullable EngineCodec codec)
            throws Refusal {
        if (codec == null) {
            throw new Refusal(Code.UNSUPPORTED_PROTOCOL_VERSION, Map.of("protocol", query.getOrDefault("EIO", "")));
        }
        CompletionStage<String> id;
        try {
            id = options.idGenerator().generate(exchange.request());
        } catch (RuntimeException e) {
            throw idGenerationFailed(e);
        }
        whenDone(exchange, id, (sid, failure) -> {
            if (sid == null) {
                throw idGenerationFailed(failure);
            }
            if (transport == TransportType.POLLING) {
                openPolling(exchange, sid, codec);
            } else {
                openWebSocket(exchange, sid, codec, query.containsKey("b64"));
            }
        });
    }

    private static Refusal idGenerationFailed(@Nullable Throwable cause) {
        LOG.log(System.Logger.Level.WARNING, "no session id could be made; the client is refused", cause);
        return Refusal.badRequest("ID_GENERATION_ERROR", Map.of("error", String.valueOf(cause)));
    }

    /** A step of the handshake that follows an answer of the application. */
    @FunctionalInterface
    private interface Step<T> {
        void go(@Nullable T result, @Nullable Throwable failure) throws Refusal;
    }

    /** Goes on when the application has answered: at once if it has, else later on the exchange's I/O thread. */
    private <T> void whenDone(HttpExchange exchange, CompletionStage<T> stage, Step<T> step) throws Refusal {
        CompletableFuture<T> future = stage.toCompletableFuture();
        if (future.isDone() && !future.isCompletedExceptionally()) {
            step.go(future.join(), null);
            return;
        }
        stage.whenComplete((result, failure) -> exchange.ioThread().execute(() -> {
            try {
                step.go(result, failure);
            } catch (Refusal refusal) {
                refuse(exchange, refusal);
            }
        }));
    }

    private void openPolling(HttpExchange exchange, String sid, EngineCodec codec) throws Refusal {
        Session session = new Session(sid, exchange.request(), this, codec, PollingTransport::new);
        register(session);
        session.start(acceptor.opened(session));
        CookieOptions cookie = options.cookie();
        Headers headers = cookie == null ? Headers.empty() : Headers.of("Set-Cookie", cookie.format(sid));
        ((PollingTransport) session.current()).open(exchange, handshake(session), headers);
    }

    private void openWebSocket(HttpExchange exchange, String sid, EngineCodec codec, boolean base64) {
        exchange.acceptWebSocket(Headers.empty(), options.maxPayload(), webSocket -> {
            Session session = new Session(
                    sid, exchange.request(), this, codec, s -> new WebSocketTransport(s, webSocket, base64));
            try {
                register(session);
            } catch (Refusal refusal) {
                report(exchange, refusal);
                return null;
            }
            WebSocketTransport transport = (WebSocketTransport) session.current();
            handshake(session).forEach(transport::write);
            webSocket.flush();
            session.start(acceptor.opened(session));
            return transport;
        });
    }

    private void register(Session session) throws Refusal {
        if (sessions.putIfAbsent(session.id(), session) != null) {
            throw idGenerationFailed(new IllegalStateException("the id is in use"));
        }
    }

    void remove(Session session) {
        sessions.remove(session.id(), session);
    }

    Farewells farewells() {
        return farewells;
    }

    private List<PacketBundle> handshake(Session session) {
        List<PacketBundle> packets = new ArrayList<>(2);
        boolean canUpgrade =
                session.transportType() == TransportType.POLLING && upgrades().contains(TransportType.WEBSOCKET);
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

    /** The transports to which a polling session may change. */
    Set<TransportType> upgrades() {
        return options.allowUpgrades() && options.transports().contains(TransportType.WEBSOCKET)
                ? Set.of(TransportType.WEBSOCKET)
                : Set.of();
    }

    private void refuse(HttpExchange exchange, Refusal refusal) {
        report(exchange, refusal);
        respond(exchange, refusal.toResponse(exchange.request()));
    }

    private void report(HttpExchange exchange, Refusal refusal) {
        for (Consumer<ConnectionError> listener : errorListeners) {
            try {
                listener.accept(refusal.toError(exchange.request()));
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "a listener of connection errors failed", e);
            }
        }
    }

    /** Answers a request, with what concerns pages of other origins. */
    void respond(HttpExchange exchange, HttpResponse response) {
        CorsOptions cors = options.cors();
        exchange.respond(cors == null ? response : response.with(cors.responseHeaders(exchange.request())));
    }

    /**
     * Closes every session at once and tells the clients; what was not sent yet is dropped. The reason is
     * {@link CloseReason#FORCED_CLOSE}. Afterwards new sessions are taken again.
     *
     * @return completes when the closing of every connection is on its way
     */
    @Override
    public CompletableFuture<Void> close() {
        List<CompletableFuture<Void>> closings = new ArrayList<>();
        farewells.clear();
        for (Session session : List.copyOf(sessions.values())) {
            closings.add(session.shutDown());
        }
        return CompletableFuture.allOf(closings.toArray(CompletableFuture[]::new));
    }
}
