package dev.parley.engine;

import dev.parley.engine.EngineServer.Step;
import dev.parley.engine.RequestFilter.Verdict;
import dev.parley.engine.Scheduler.Timeout;
import dev.parley.engine.Session.TransportFactory;
import dev.parley.protocol.EnginePacketType;
import dev.parley.protocol.PacketBundle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request for a new session, on its way through what the application has to say about it. The application may take
 * its time and answer on any thread; the steps run on the I/O thread of the request.
 */
final class SessionOpening {

    private static final System.Logger LOG = System.getLogger(SessionOpening.class.getName());

    private final EngineServer server;
    private final HttpExchange exchange;
    private final Map<String, String> query;
    private final TransportType transport;

    /** Whether the client is gone; set on the I/O thread. */
    private boolean aborted;

    SessionOpening(EngineServer server, HttpExchange exchange, Map<String, String> query, TransportType transport) {
        this.server = server;
        this.exchange = exchange;
        this.query = query;
        this.transport = transport;
    }

    /** Asks whether the client is wanted; only then it learns whether its revision of the protocol is spoken. */
    void begin() throws Refusal {
        exchange.onAbort(() -> aborted = true);
        RequestFilter filter = server.options().allowRequest();
        if (filter == null) {
            identify();
        } else {
            ask(filter::decide, (verdict, failure) -> {
                checkVerdict(verdict, failure);
                identify();
            });
        }
    }

    private static void checkVerdict(@Nullable Verdict verdict, @Nullable Throwable failure) throws Refusal {
        if (verdict == null) {
            LOG.log(System.Logger.Level.WARNING, "allowRequest failed; the client is refused", failure);
            throw Refusal.forbidden(null);
        }
        if (!verdict.isAdmitted()) {
            throw Refusal.forbidden(verdict.message());
        }
    }

    private void identify() throws Refusal {
        Revision revision = server.checks().revision(query);
        ask(server.options().idGenerator()::generate, (id, failure) -> {
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

    private static Refusal noId(@Nullable Throwable cause) {
        LOG.log(System.Logger.Level.WARNING, "no session id could be made; the client is refused", cause);
        return Refusal.badRequest("ID_GENERATION_ERROR", Map.of("error", String.valueOf(cause)));
    }

    /** What follows an answer of the application: exactly one of both is there, unless the answer was null. */
    @FunctionalInterface
    private interface Answered<T> {
        void go(@Nullable T result, @Nullable Throwable failure) throws Refusal;
    }

    /** Asks the application and, once it has answered, goes on on the I/O thread. */
    private <T> void ask(Function<HttpRequest, CompletionStage<T>> question, Answered<T> next) throws Refusal {
        CompletionStage<T> answer;
        try {
            answer = Objects.requireNonNull(question.apply(exchange.request()), "answer");
        } catch (Throwable e) {
            next.go(null, e);
            return;
        }
        // The class itself, as a minimal stage is one too but does not tell.
        if (answer.getClass() == CompletableFuture.class
                && answer instanceof CompletableFuture<T> future
                && future.isDone()
                && !future.isCompletedExceptionally()) {
            next.go(future.join(), null);
        } else {
            await(answer, next);
        }
    }

    /** Waits for an answer for a limited time, as a client whose request is never answered would stay for ever. */
    private <T> void await(CompletionStage<T> answer, Answered<T> next) {
        AtomicBoolean answered = new AtomicBoolean();
        BiConsumer<@Nullable T, @Nullable Throwable> first = (result, failure) -> {
            if (!answered.getAndSet(true)) {
                Step step = () -> next.go(result, failure);
                exchange.ioThread().execute(() -> server.handle(exchange, step));
            }
        };
        EngineOptions options = server.options();
        Timeout limit = options.scheduler()
                .schedule(options.upgradeTimeout(), () -> first.accept(null, new TimeoutException("no answer")));
        answer.whenComplete((result, failure) -> {
            limit.cancel();
            first.accept(result, failure);
        });
    }

    private void openPolling(String sid, Revision revision) throws Refusal {
        Jsonp jsonp = server.checks().jsonp(exchange.request(), query);
        Session session = register(sid, revision, s -> new PollingTransport(s, query.containsKey("b64"), jsonp));
        start(session);
        CookieOptions cookie = server.options().cookie();
        Headers headers = cookie == null ? Headers.empty() : Headers.of("Set-Cookie", cookie.format(sid));
        ((PollingTransport) session.current()).open(exchange, firstPackets(session), headers);
    }

    private void openWebSocket(String sid, Revision revision) {
        boolean base64 = query.containsKey("b64");
        exchange.acceptWebSocket(Headers.empty(), server.options().maxPayload(), webSocket -> {
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
        Session session = new Session(sid, exchange.request(), server, revision, factory);
        if (!server.add(session)) {
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
