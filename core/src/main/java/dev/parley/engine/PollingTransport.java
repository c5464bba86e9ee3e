package dev.parley.engine;

import dev.parley.engine.Scheduler.Timeout;
import dev.parley.protocol.EngineCodec;
import dev.parley.protocol.EnginePacketType;
import dev.parley.protocol.PacketBundle;
import dev.parley.protocol.ProtocolException;
import dev.parley.protocol.Utf8;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A session's packets as HTTP long-polling: one GET at a time waits for what there is to send, one POST at a time
 * brings what the client sends. The fields are guarded by the session's lock.
 */
final class PollingTransport extends Transport {

    /** How long a client that is to be told of the end may take to poll again. */
    static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

    /** How often a poll ends while an upgrade is under way, as the client waits for that. */
    private static final Duration PAUSED_POLL = Duration.ofMillis(100);

    private static final PacketBundle NOOP = PacketBundle.control(EnginePacketType.NOOP, "");
    private static final PacketBundle CLOSE = PacketBundle.control(EnginePacketType.CLOSE, "");
    private static final byte[] OK = "ok".getBytes(StandardCharsets.UTF_8);
    private static final Headers POLL_HEADERS =
            Headers.of("Content-Type", "text/plain; charset=UTF-8", "cache-control", "no-store");
    private static final Headers PUSH_HEADERS = Headers.of("Content-Type", "text/html", "cache-control", "no-store");
    private static final Headers CLOSING = Headers.of("Connection", "close");

    private @Nullable HttpExchange poll;
    /** The POST whose body is being read. */
    private @Nullable HttpExchange push;
    /** Whether a POST is being read or its packets handled. */
    private boolean receiving;
    /** Whether an upgrade is under way. */
    private boolean paused;

    private @Nullable Timeout end;

    PollingTransport(Session session) {
        super(session);
    }

    @Override
    TransportType type() {
        return TransportType.POLLING;
    }

    @Override
    @Nullable
    Executor ioThread() {
        return poll == null ? null : poll.ioThread();
    }

    @Override
    boolean isWritable() {
        return poll != null;
    }

    /** Whether a POST is being read. Called with the lock held. */
    boolean isReceiving() {
        return receiving;
    }

    /** Answers the handshake, before the session is known to anybody else. */
    void open(HttpExchange exchange, List<PacketBundle> first, Headers headers) {
        answer(exchange, first, headers);
    }

    /** Takes a GET. Called on its I/O thread. */
    void onPoll(HttpExchange exchange) {
        boolean taken;
        boolean served;
        synchronized (session.lock()) {
            served = session.isServedBy(this);
            taken = served && poll == null;
            if (taken) {
                poll = exchange;
            }
        }
        if (taken) {
            exchange.onAbort(() -> onPollAborted(exchange));
            answerWaitingPoll();
            return;
        }
        refuse(exchange, 400);
        if (served) {
            session.finish(CloseReason.TRANSPORT_ERROR, new IOException("overlap from client"));
        }
    }

    private void onPollAborted(HttpExchange exchange) {
        synchronized (session.lock()) {
            if (poll != exchange) {
                return;
            }
            poll = null;
        }
        session.finish(CloseReason.TRANSPORT_ERROR, new IOException("poll connection closed prematurely"));
    }

    private void answerWaitingPoll() {
        boolean drained;
        boolean shortened;
        synchronized (session.lock()) {
            drained = session.isDrained();
            shortened = paused;
        }
        if (!drained) {
            run();
        } else if (session.isClosing()) {
            answerPoll(List.of(NOOP, CLOSE));
            session.finish(CloseReason.FORCED_CLOSE, null);
        } else if (shortened) {
            session.server().options().scheduler().schedule(PAUSED_POLL, this::endPoll);
        }
    }

    @Override
    public void run() {
        HttpExchange exchange;
        List<PacketBundle> batch;
        synchronized (session.lock()) {
            if (!session.beginFlush(this) || poll == null) {
                return;
            }
            exchange = poll;
            batch = session.takeAll();
            if (!batch.isEmpty()) {
                poll = null;
            } else if (!session.isClosing()) {
                return;
            }
        }
        if (batch.isEmpty()) {
            session.finish(CloseReason.FORCED_CLOSE, null);
        } else {
            answer(exchange, batch, Headers.empty());
        }
    }

    /** Takes a POST. Called on its I/O thread. */
    void onPush(HttpExchange exchange) {
        boolean taken;
        boolean served;
        synchronized (session.lock()) {
            served = session.isServedBy(this);
            taken = served && !receiving;
            if (taken) {
                push = exchange;
                receiving = true;
            }
        }
        if (!served) {
            refuse(exchange, 400);
        } else if (!taken) {
            refuse(exchange, 400);
            session.finish(CloseReason.TRANSPORT_ERROR, new IOException("data request overlap from client"));
        } else if (isBinary(exchange.request())) {
            endPush();
            refuse(exchange, 400);
            session.finish(CloseReason.TRANSPORT_ERROR, new IOException("invalid content"));
        } else {
            exchange.readBody(session.server().options().maxPayload(), new PushListener(exchange));
        }
    }

    private static boolean isBinary(HttpRequest request) {
        return "application/octet-stream".equalsIgnoreCase(request.header("content-type"));
    }

    private void endPush() {
        synchronized (session.lock()) {
            push = null;
            receiving = false;
        }
    }

    private final class PushListener implements HttpExchange.BodyListener {

        private final HttpExchange exchange;

        PushListener(HttpExchange exchange) {
            this.exchange = exchange;
        }

        @Override
        public void complete(byte[] body) {
            synchronized (session.lock()) {
                push = null;
            }
            try {
                session.codec().decodePayload(Utf8.of(body), session::receive);
                endPush();
                respond(exchange, new HttpResponse(200, PUSH_HEADERS, OK));
            } catch (ProtocolException e) {
                endPush();
                refuse(exchange, 400);
                session.finish(CloseReason.PARSE_ERROR, e);
            }
        }

        @Override
        public void tooLarge() {
            endPush();
            refuse(exchange, 413);
            session.finish(CloseReason.TRANSPORT_ERROR, new IOException("Max payload size exceeded"));
        }

        @Override
        public void aborted() {
            endPush();
            session.finish(CloseReason.TRANSPORT_ERROR, new IOException("data request connection closed prematurely"));
        }
    }

    /** An upgrade has begun: polls end soon, so that the client can stop polling without missing anything. */
    void pause() {
        synchronized (session.lock()) {
            paused = true;
        }
        endPoll();
    }

    /** The upgrade has failed: polls last as long as before. */
    void resume() {
        synchronized (session.lock()) {
            paused = false;
        }
    }

    /** Another transport has taken over. */
    void retire() {
        endPoll();
    }

    private void endPoll() {
        answerPoll(List.of(NOOP));
    }

    @Override
    void awaitEnd() {
        Timeout timeout = session.server()
                .options()
                .scheduler()
                .schedule(CLOSE_TIMEOUT, () -> session.finish(CloseReason.FORCED_CLOSE, null));
        synchronized (session.lock()) {
            end = timeout;
        }
    }

    @Override
    void close(CloseReason reason) {
        boolean told = answerPoll(List.of(reason == CloseReason.TRANSPORT_CLOSE ? NOOP : CLOSE));
        if (!told && reason == CloseReason.TRANSPORT_CLOSE) {
            session.server().farewells().expect(session.id());
        }
        HttpExchange unfinished;
        Timeout timeout;
        synchronized (session.lock()) {
            unfinished = push;
            push = null;
            timeout = end;
        }
        if (unfinished != null) {
            refuse(unfinished, 400);
        }
        if (timeout != null) {
            timeout.cancel();
        }
    }

    /** Answers a poll that comes after its client has ended the session. */
    static HttpResponse farewell(EngineCodec codec) {
        return new HttpResponse(200, POLL_HEADERS, codec.encodePayload(List.of(NOOP)));
    }

    private boolean answerPoll(List<PacketBundle> packets) {
        HttpExchange exchange;
        synchronized (session.lock()) {
            exchange = poll;
            poll = null;
        }
        if (exchange != null) {
            answer(exchange, packets, Headers.empty());
        }
        return exchange != null;
    }

    private void answer(HttpExchange exchange, List<PacketBundle> packets, Headers headers) {
        byte[] body = session.codec().encodePayload(packets);
        respond(exchange, new HttpResponse(200, POLL_HEADERS.and(headers), body));
    }

    private void refuse(HttpExchange exchange, int status) {
        respond(exchange, new HttpResponse(status, CLOSING));
    }

    private void respond(HttpExchange exchange, HttpResponse response) {
        session.server().respond(exchange, response);
    }
}
