package dev.parley.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
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

    private static final Headers CLOSING = Headers.of("Connection", "close");

    private final EngineOptions options;
    private final SessionAcceptor acceptor;
    private final RequestChecks checks;
    private final String path;
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();
    private final SessionLimits limits;
    private final LingeringSessions lingering;
    private final Incidents<EngineIncident> incidents = new Incidents<>(EngineIncident.class);
    private final Warnings warnings = new Warnings();
    private final List<Consumer<ConnectionError>> errorListeners = new CopyOnWriteArrayList<>();
    private final List<EngineMiddleware> middlewares = new CopyOnWriteArrayList<>();
    private final List<HeadersHook> initialHeadersHooks = new CopyOnWriteArrayList<>();
    private final List<HeadersHook> headersHooks = new CopyOnWriteArrayList<>();

    private volatile Era era = new Era(false);

    private EngineServer(EngineOptions options, SessionAcceptor acceptor) {
        this.options = options;
        this.acceptor = acceptor;
        this.checks = new RequestChecks(options);
        this.limits = new SessionLimits(options);
        this.lingering = new LingeringSessions(options.scheduler());
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
     * Returns how many packets were dropped, over all sessions that there have been, because clients did not keep up:
     * those that may be dropped, such as volatile events. See {@link Session#droppedMessages}.
     *
     * @return the number so far
     */
    public long droppedMessages() {
        return incidents.count(EngineIncident.MESSAGE_DROPPED);
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
     * Returns how often this server and its transport have refused, ended or ignored something, by reason.
     *
     * @return counters that go on counting
     */
    public Incidents<EngineIncident> incidents() {
        return incidents;
    }

    /**
     * Registers who is told of each refused request: the reference's {@code connection_error} event.
     *
     * @param listener called on I/O threads, must not block
     */
    public void onConnectionError(Consumer<ConnectionError> listener) {
        errorListeners.add(Objects.requireNonNull(listener, "listener"));
    }

    /**
     * Registers a middleware, which sees every request from now on.
     *
     * @param middleware runs after those registered before
     * @return this
     */
    public EngineServer use(EngineMiddleware middleware) {
        middlewares.add(Objects.requireNonNull(middleware, "middleware"));
        return this;
    }

    /**
     * Registers what changes the headers of the response by which a session is opened, which is the 101 response for a
     * session that begins as a WebSocket: the reference's {@code initial_headers} event.
     *
     * @param hook called once for each session, after those registered before
     * @return this
     */
    public EngineServer onInitialHeaders(HeadersHook hook) {
        initialHeadersHooks.add(Objects.requireNonNull(hook, "hook"));
        return this;
    }

    /**
     * Registers what changes the headers of the successful responses of all sessions, polling and 101: the reference's
     * {@code headers} event.
     *
     * @param hook called for each response, after those registered before
     * @return this
     */
    public EngineServer onHeaders(HeadersHook hook) {
        headersHooks.add(Objects.requireNonNull(hook, "hook"));
        return this;
    }

    @Override
    public boolean handles(String requestPath) {
        return requestPath.equals(path);
    }

    @Override
    public void refused(EngineIncident incident) {
        incidents.add(incident);
    }

    @Override
    public void handle(HttpExchange exchange) {
        handle(exchange, () -> begin(exchange));
    }

    /** A step in the handling of a request. */
    @FunctionalInterface
    interface Step {
        void run() throws Refusal;
    }

    /** Takes a step, and answers the request if that fails in whatever way. */
    void handle(HttpExchange exchange, Step step) {
        try {
            step.run();
        } catch (Refusal refusal) {
            report(exchange, refusal);
            respond(exchange, refusal.toResponse(exchange.request()));
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.ERROR, "a request could not be handled", e);
            respond(exchange, new HttpResponse(500, CLOSING));
        }
    }

    private void begin(HttpExchange exchange) throws Refusal {
        HttpRequest request = exchange.request();
        CorsOptions cors = options.cors();
        if (cors != null && request.method().equals("OPTIONS")) {
            exchange.respond(cors.preflight(request));
        } else if (middlewares.isEmpty()) {
            route(exchange);
        } else {
            new MiddlewareChain(this, exchange, List.copyOf(middlewares)).start();
        }
    }

    /** Brings a request to its session, or opens one. */
    void route(HttpExchange exchange) throws Refusal {
        HttpRequest request = exchange.request();
        Map<String, String> query = request.query();
        TransportType transport = checks.transport(request, query);
        String sid = query.getOrDefault("sid", "");
        if (sid.isEmpty()) {
            checks.handshake(request, transport);
            Era asked = era;
            if (asked.drains) {
                throw shuttingDown();
            }
            limits.checkHandshake(request);
            new SessionOpening(this, exchange, query, transport, asked).begin();
            return;
        }
        Session session = find(sid);
        if (session == null
                && transport == TransportType.POLLING
                && request.method().equals("GET")) {
            session = lingering.take(sid);
        }
        if (session == null) {
            throw unknown(sid);
        }
        checks.session(request, transport, query, session);
        serve(exchange, session, transport, query.containsKey("b64"));
    }

    private static Refusal shuttingDown() {
        return new Refusal(EngineIncident.SHUTTING_DOWN, Map.of());
    }

    private static Refusal unknown(String sid) {
        return new Refusal(EngineIncident.UNKNOWN_SID, Map.of("sid", sid));
    }

    /** Answers a request of a session that has ended. */
    void refuseUnknown(HttpExchange exchange, String sid) {
        handle(exchange, () -> {
            throw unknown(sid);
        });
    }

    private @Nullable Session find(String sid) {
        Session session = sessions.get(sid);
        if (session == null) {
            return null;
        }
        session.checkHeartbeat();
        return session.isOpened() ? sessions.get(sid) : null;
    }

    private void serve(HttpExchange exchange, Session session, TransportType transport, boolean base64) {
        if (transport == TransportType.WEBSOCKET) {
            exchange.acceptWebSocket(
                    headers(Headers.empty(), exchange.request()),
                    options.maxPayload(),
                    options.perMessageDeflate(),
                    webSocket -> UpgradeProbe.begin(session, webSocket, base64));
        } else if (session.current() instanceof PollingTransport polling) {
            poll(exchange, polling);
        } else {
            // it has been upgraded this very moment
            respond(exchange, new HttpResponse(400, CLOSING));
        }
    }

    private void poll(HttpExchange exchange, PollingTransport polling) {
        switch (exchange.request().method()) {
            case "GET" -> polling.onPoll(exchange);
            case "POST" -> polling.onPush(exchange);
            default -> {
                incidents.add(EngineIncident.METHOD_NOT_ALLOWED);
                respond(exchange, new HttpResponse(405, Headers.of("Allow", "GET, POST")));
            }
        }
    }

    /** Begins with a drain or a close, and ends with the next: who asked to be let in before comes too late. */
    static final class Era {

        /** Whether clients are refused. */
        private final boolean drains;

        Era(boolean drains) {
            this.drains = drains;
        }
    }

    boolean isOver(Era one) {
        return one != era;
    }

    RequestChecks checks() {
        return checks;
    }

    SessionAcceptor acceptor() {
        return acceptor;
    }

    /**
     * Takes a new session; false if its id is in use.
     *
     * @param asked the era in which the client asked for it
     */
    boolean add(Session session, Era asked) throws Refusal {
        limits.enter(session.request());
        if (sessions.putIfAbsent(session.id(), session) != null) {
            limits.leave(session.request());
            return false;
        }
        // Only now: a drain or close either finds the session, or is seen here.
        if (isOver(asked)) {
            remove(session);
            throw shuttingDown();
        }
        return true;
    }

    void remove(Session session) {
        if (sessions.remove(session.id(), session)) {
            limits.leave(session.request());
        }
    }

    void dropped(int messages) {
        if (messages > 0) {
            incidents.add(EngineIncident.MESSAGE_DROPPED, messages);
        }
    }

    LingeringSessions lingering() {
        return lingering;
    }

    Warnings warnings() {
        return warnings;
    }

    /** The transports to which a polling session may change. */
    Set<TransportType> upgrades() {
        return options.allowUpgrades() && options.transports().contains(TransportType.WEBSOCKET)
                ? Set.of(TransportType.WEBSOCKET)
                : Set.of();
    }

    void report(HttpExchange exchange, Refusal refusal) {
        incidents.add(refusal.incident());
        for (Consumer<ConnectionError> listener : errorListeners) {
            try {
                listener.accept(refusal.toError(exchange.request()));
            } catch (Throwable e) {
                warnings.give(LOG, "a listener of connection errors failed", e);
            }
        }
    }

    /** The headers of the response that opens a session. */
    Headers initialHeaders(Headers headers, HttpRequest request) {
        return apply(initialHeadersHooks, headers, request);
    }

    /** The headers of a successful response of a session. */
    Headers headers(Headers headers, HttpRequest request) {
        return apply(headersHooks, headers, request);
    }

    private Headers apply(List<HeadersHook> hooks, Headers headers, HttpRequest request) {
        Headers current = headers;
        if (!hooks.isEmpty()) {
            for (HeadersHook hook : hooks) {
                try {
                    current = Objects.requireNonNull(hook.apply(current, request), "headers");
                } catch (Throwable e) {
                    warnings.give(LOG, "a hook of headers failed", e);
                }
            }
        }
        return current;
    }

    /** Answers a request, with what concerns pages of other origins. */
    void respond(HttpExchange exchange, HttpResponse response) {
        CorsOptions cors = options.cors();
        exchange.respond(cors == null ? response : response.with(cors.responseHeaders(exchange.request())));
    }

    @Override
    public CompletableFuture<Void> drain(int sessionsPerSecond, Duration limit) {
        Checks.positive("sessionsPerSecond", sessionsPerSecond);
        Checks.positive("limit", limit);
        Era drain = new Era(true);
        era = drain;
        return new Drain(this, drain, sessionsPerSecond, limit).start();
    }

    /**
     * Closes every session at once and tells the clients; what was not sent yet is dropped. The reason is
     * {@link CloseReason#FORCED_CLOSE}. Afterwards new sessions are taken again.
     *
     * @return completes when the closing of every connection is on its way
     */
    @Override
    public CompletableFuture<Void> close() {
        era = new Era(false);
        lingering.clear();
        List<CompletableFuture<Void>> closings = new ArrayList<>();
        for (Session session : List.copyOf(sessions.values())) {
            closings.add(shutDown(session));
        }
        return CompletableFuture.allOf(closings.toArray(CompletableFuture[]::new));
    }

    /** One that cannot be closed keeps none of the others. */
    private static CompletableFuture<Void> shutDown(Session session) {
        try {
            return session.shutDown();
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.ERROR, "a session could not be closed in good order", e);
            return CompletableFuture.completedFuture(null);
        }
    }
}
