package dev.parley.engine;

import dev.parley.engine.Scheduler.Timeout;
import dev.parley.protocol.EnginePacketType;
import dev.parley.protocol.EnginePayload;
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

    /** How long a poll lasts at most while an upgrade is under way, as the client waits for its end. */
    private static final Duration PAUSED_POLL = Duration.ofMillis(100);

    private static final PacketBundle NOOP = PacketBundle.control(EnginePacketType.NOOP, "");
    private static final PacketBundle CLOSE = PacketBundle.control(EnginePacketType.CLOSE, "");
    private static final byte[] OK = "ok".getBytes(StandardCharsets.UTF_8);
    private static final Headers POLL_HEADERS =
            Headers.of("Content-Type", "text/plain; charset=UTF-8", "cache-control", "no-store");
    private static final Headers BINARY_POLL_HEADERS =
            Headers.of("Content-Type", "application/octet-stream", "cache-control", "no-store");
    private static final Headers PUSH_HEADERS = Headers.of("Content-Type", "text/html", "cache-control", "no-store");
    private static final Headers FILTER_OFF = Headers.of("X-XSS-Protection", "0");
    private static final Headers CLOSING = Headers.of("Connection", "close");

    private final boolean base64;
    private final @Nullable Jsonp jsonp;
    private final Headers filterOff;

    private @Nullable HttpExchange poll;
    /** The POST whose body is being read. */
    private @Nullable HttpExchange push;
    /** The POST whose packets have been handled, but which is not answered yet, so that the client waits. */
    private @Nullable HttpExchange held;
    /** Whether a POST is being read, its packets handled, or its answer held back. */
    private boolean receiving;
    /** The thread on which it is read. */
    private Executor receiver = Runnable::run;
    /** Whether an upgrade is under way. */
    private boolean paused;
    /** Whether the client is told of the end by the answer to its POST, which a poll must not overtake with less. */
    private boolean told;
    /** Whether the session has ended and its client's last poll has not been answered. */
    private boolean farewellOwed;
    /** Ends the present poll, or the next, while an upgrade is under way. */
    private @Nullable Timeout pausedPollEnd;

    /**
     * Creates a transport.
     *
     * @param base64 whether the client asked for text only
     * @param jsonp how to answer a client that asked for scripts, which hold text only
     */
    PollingTransport(Session session, boolean base64, @Nullable Jsonp jsonp) {
        super(session);
        this.base64 = base64 || jsonp != null;
        this.jsonp = jsonp;
        this.filterOff = filtersScripts(session.request()) ? FILTER_OFF : Headers.empty();
    }

    /** Whether the client takes payloads for scripts that somebody has smuggled in: Internet Explorer does. */
    private static boolean filtersScripts(HttpRequest request) {
        String agent = request.header("user-agent");
        return agent != null && (agent.contains("Trident/") || agent.contains(";MSIE"));
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
    Executor receiver() {
        return receiver;
    }

    @Override
    boolean isWritable() {
        return poll != null;
    }

    /** Whether a POST is being read or its packets handled. Called with the lock held. */
    boolean isReceiving() {
        return receiving;
    }

    /** Answers the handshake; the application may have closed the session already. */
    void open(HttpExchange exchange, List<PacketBundle> first, Headers headers) {
        if (session.isClosed()) {
            first.add(CLOSE);
        }
        answer(exchange, first, headers);
    }

    /** A client that knows of the end while none of its polls waits may have one on its way. */
    @Override
    boolean ended(CloseReason reason) {
        farewellOwed = poll == null && isKnown(reason);
        return farewellOwed;
    }

    /** Whether the client knows of the end without a poll that tells. */
    private boolean isKnown(CloseReason reason) {
        return told || reason == CloseReason.TRANSPORT_CLOSE;
    }

    /** Takes a GET. Called on its I/O thread. */
    void onPoll(HttpExchange exchange) {
        boolean served;
        boolean taken;
        boolean farewell;
        synchronized (session.lock()) {
            served = session.isServedBy(this);
            taken = served && poll == null;
            if (taken) {
                poll = exchange;
            }
            farewell = !served && farewellOwed;
            farewellOwed &= served;
        }
        if (taken) {
            exchange.onAbort(() -> onPollAborted(exchange));
            serve();
        } else if (farewell) {
            answer(exchange, List.of(NOOP), Headers.empty());
        } else if (served) {
            session.finish(EngineIncident.OVERLAPPING_REQUESTS, new IOException("overlap from client"));
            refuse(exchange, 400);
        } else {
            refuseLate(exchange);
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

    /** Answers a new poll if there is anything to say already. */
    private void serve() {
        boolean drained;
        boolean limited;
        synchronized (session.lock()) {
            drained = session.isDrained();
            limited = paused && pausedPollEnd == null;
        }
        if (!drained) {
            run();
        } else if (session.isClosing()) {
            HttpExchange last = takePoll();
            session.finish(CloseReason.FORCED_CLOSE, null);
            if (last != null) {
                answer(last, List.of(NOOP, CLOSE), Headers.empty());
            }
        } else if (limited) {
            limitPoll();
        }
    }

    @Override
    void flush() {
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
        boolean served;
        boolean taken;
        synchronized (session.lock()) {
            served = session.isServedBy(this);
            taken = served && !receiving;
            if (taken) {
                push = exchange;
                receiving = true;
                receiver = exchange.ioThread();
            }
        }
        if (!served) {
            refuseLate(exchange);
        } else if (!taken) {
            session.finish(EngineIncident.OVERLAPPING_REQUESTS, new IOException("data request overlap from client"));
            refuse(exchange, 400);
        } else if (isBinary(exchange.request()) && !session.codec().takesBinaryPayloads()) {
            endPush();
            session.finish(EngineIncident.INVALID_CONTENT_TYPE, new IOException("invalid content"));
            refuse(exchange, 400);
        } else {
            exchange.readBody(session.server().options().maxPayload(), new PushListener(exchange));
        }
    }

    private static boolean isBinary(HttpRequest request) {
        return "application/octet-stream".equalsIgnoreCase(request.header("content-type"));
    }

    private void decode(HttpRequest request, byte[] body) throws ProtocolException {
        if (isBinary(request)) {
            session.codec().decodeBinaryPayload(body, session::receive);
            return;
        }
        Utf8 text = jsonp == null ? Utf8.of(body) : Jsonp.unwrap(body);
        if (text != null) {
            session.codec().decodePayload(text, session::receive);
        }
    }

    /** A client does not send the next POST before the one before has been answered. */
    @Override
    void readOrPause() {
        HttpExchange answered;
        synchronized (session.lock()) {
            answered = session.isReadingPaused() && !session.isClosed() ? null : held;
            if (answered != null) {
                held = null;
                // before the answer, after which the client may send the next
                receiving = false;
            }
        }
        if (answered != null) {
            succeed(answered, PUSH_HEADERS, OK);
        }
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
            ProtocolException violation = null;
            try {
                decode(exchange.request(), body);
            } catch (ProtocolException e) {
                violation = e;
            }
            if (violation == null) {
                synchronized (session.lock()) {
                    held = exchange;
                }
                readOrPause();
            } else {
                endPush();
                session.finish(
                        violation.exceedsLimit() ? EngineIncident.TOO_MANY_PACKETS : EngineIncident.INVALID_PACKET,
                        violation);
                refuse(exchange, 400);
            }
        }

        @Override
        public void tooLarge() {
            endPush();
            synchronized (session.lock()) {
                told = true;
            }
            refuse(exchange, 413);
            session.finish(EngineIncident.PAYLOAD_TOO_LARGE, new IOException("Max payload size exceeded"));
        }

        @Override
        public void aborted() {
            endPush();
            session.finish(CloseReason.TRANSPORT_ERROR, new IOException("data request connection closed prematurely"));
            refuse(exchange, 400);
        }
    }

    /** An upgrade has begun: polls end soon, so that the client can stop polling without missing anything. */
    void pause() {
        synchronized (session.lock()) {
            paused = true;
        }
        answerPoll(List.of(NOOP));
    }

    private void limitPoll() {
        Timeout timeout = session.server().options().scheduler().schedule(PAUSED_POLL, this::endPausedPoll);
        synchronized (session.lock()) {
            if (paused && session.isServedBy(this)) {
                pausedPollEnd = timeout;
                return;
            }
        }
        timeout.cancel();
    }

    private void endPausedPoll() {
        synchronized (session.lock()) {
            pausedPollEnd = null;
        }
        answerPoll(List.of(NOOP));
    }

    /** The upgrade is over: polls last as long as before. */
    void resume() {
        Timeout timeout;
        synchronized (session.lock()) {
            paused = false;
            timeout = pausedPollEnd;
            pausedPollEnd = null;
        }
        if (timeout != null) {
            timeout.cancel();
        }
    }

    /** Another transport has taken over. */
    void retire() {
        resume();
        answerPoll(List.of(NOOP));
    }

    @Override
    void close(CloseReason reason) {
        resume();
        boolean known;
        synchronized (session.lock()) {
            known = isKnown(reason);
        }
        answerPoll(List.of(known ? NOOP : CLOSE));
        HttpExchange unfinished;
        synchronized (session.lock()) {
            unfinished = push;
            push = null;
        }
        if (unfinished != null) {
            refuse(unfinished, 400);
        }
        readOrPause();
    }

    private void answerPoll(List<PacketBundle> packets) {
        HttpExchange exchange = takePoll();
        if (exchange != null) {
            answer(exchange, packets, Headers.empty());
        }
    }

    private @Nullable HttpExchange takePoll() {
        synchronized (session.lock()) {
            HttpExchange exchange = poll;
            poll = null;
            return exchange;
        }
    }

    private void answer(HttpExchange exchange, List<PacketBundle> packets, Headers headers) {
        EnginePayload payload = session.codec().encodePayload(packets, base64);
        Headers all = (payload.isBinary() ? BINARY_POLL_HEADERS : POLL_HEADERS).and(headers);
        byte[] body = jsonp == null ? payload.body() : jsonp.wrap(payload.body());
        Compression compression = session.server().options().httpCompression();
        if (compression != null && compression.covers(body.length) && mayCompress(packets)) {
            ContentCoding coding = ContentCoding.preferredBy(exchange.request());
            if (coding != null) {
                all = all.and("Content-Encoding", coding.token());
                body = coding.encode(body, compression.level());
            }
        }
        succeed(exchange, all, body);
    }

    /** What is not to be compressed must not lie beside what is: the length of the whole would tell of it. */
    private static boolean mayCompress(List<PacketBundle> packets) {
        return packets.stream().allMatch(PacketBundle::isCompressible);
    }

    private void succeed(HttpExchange exchange, Headers headers, byte[] body) {
        Headers all = session.server().headers(headers.and(filterOff), exchange.request());
        session.server().respond(exchange, new HttpResponse(200, all, body));
    }

    /** Since a request was let in, its session has ended or was upgraded. */
    private void refuseLate(HttpExchange exchange) {
        if (session.isClosed()) {
            session.server().refuseUnknown(exchange, session.id());
        } else {
            refuse(exchange, 400);
        }
    }

    private void refuse(HttpExchange exchange, int status) {
        session.server().respond(exchange, new HttpResponse(status, CLOSING));
    }
}
