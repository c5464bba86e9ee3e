package dev.parley.engine;

import dev.parley.engine.Scheduler.Timeout;
import dev.parley.protocol.EngineCodec.PacketReader;
import dev.parley.protocol.EnginePacket;
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

    private static final System.Logger LOG = System.getLogger(PollingTransport.class.getName());

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
    /** The POST that is being read, or whose packets are being handed over; until it is answered. */
    private @Nullable Push push;
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

    /** Whether the client waits for the answer to a POST. Called with the lock held. */
    boolean isReceiving() {
        return push != null;
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
            if (push != null && push.packets != null) {
                push.last = true;
                return;
            }
        }
        pollLost();
    }

    private void pollLost() {
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
        Push next = new Push(exchange);
        boolean served;
        boolean taken;
        synchronized (session.lock()) {
            served = session.isServedBy(this);
            taken = served && push == null;
            if (taken) {
                push = next;
                receiver = exchange.ioThread();
            }
        }
        if (!served) {
            refuseLate(exchange);
        } else if (!taken) {
            session.finish(EngineIncident.OVERLAPPING_REQUESTS, new IOException("data request overlap from client"));
            refuse(exchange, 400);
        } else if (isBinary(exchange.request()) && !session.codec().takesBinaryPayloads()) {
            next.leave();
            session.finish(EngineIncident.INVALID_CONTENT_TYPE, new IOException("invalid content"));
            refuse(exchange, 400);
        } else {
            exchange.readBody(session.server().options().maxPayload(), next);
        }
    }

    private static boolean isBinary(HttpRequest request) {
        return "application/octet-stream".equalsIgnoreCase(request.header("content-type"));
    }

    @Override
    void readOrPause() {
        Push present;
        synchronized (session.lock()) {
            present = push;
        }
        if (present != null && !session.isReadingPaused()) {
            present.exchange.ioThread().execute(present);
        }
    }

    /**
     * A POST. Its packets are handed over one by one, and reading may pause between any two of them. It is answered
     * behind the last, as a client does not send the next POST before. Running it hands over what there is.
     */
    private final class Push implements HttpExchange.BodyListener, Runnable {

        private final HttpExchange exchange;
        /** What is still to be handed over, on the I/O thread; null until the body is there. */
        private volatile @Nullable PacketReader packets;
        /** Whether a packet is being handed over. */
        private boolean handing;
        /** Whether the client has gone: this is the last that it has sent. Guarded by the session's lock. */
        private boolean last;

        Push(HttpExchange exchange) {
            this.exchange = exchange;
        }

        @Override
        public void complete(byte[] body) {
            packets = packets(body);
            run();
        }

        private PacketReader packets(byte[] body) {
            if (isBinary(exchange.request())) {
                return session.codec().readBinaryPayload(body);
            }
            Utf8 text = jsonp == null ? Utf8.of(body) : Jsonp.unwrap(body);
            return text == null ? () -> null : session.codec().readPayload(text);
        }

        @Override
        public void run() {
            PacketReader unread = packets;
            if (unread == null || handing) {
                return; // in the latter case it goes on as soon as the packet has been taken
            }
            handing = true;
            try {
                handOver(unread);
            } catch (ProtocolException e) {
                fail(e.exceedsLimit() ? EngineIncident.TOO_MANY_PACKETS : EngineIncident.INVALID_PACKET, e, 400);
            } catch (Throwable e) {
                session.server().warnings().give(LOG, "a request could not be read; its session is closed", e);
                fail(null, e, 500);
            } finally {
                handing = false;
            }
        }

        private void handOver(PacketReader unread) throws ProtocolException {
            while (!session.isReadingPaused()) {
                EnginePacket packet = unread.next();
                if (packet == null || !session.receive(packet)) {
                    end();
                    return;
                }
            }
        }

        private void fail(@Nullable EngineIncident incident, Throwable cause, int status) {
            if (!leave()) {
                return;
            }
            if (incident == null) {
                session.finish(CloseReason.TRANSPORT_ERROR, cause);
            } else {
                session.finish(incident, cause);
            }
            refuse(exchange, status);
        }

        @Override
        public void tooLarge() {
            leave();
            synchronized (session.lock()) {
                told = true;
            }
            refuse(exchange, 413);
            session.finish(EngineIncident.PAYLOAD_TOO_LARGE, new IOException("Max payload size exceeded"));
        }

        @Override
        public void aborted() {
            leave();
            session.finish(CloseReason.TRANSPORT_ERROR, new IOException("data request connection closed prematurely"));
            refuse(exchange, 400);
        }

        /** All has been handed over that is wanted. */
        void end() {
            if (!leave()) {
                return;
            }
            if (packets == null) {
                refuse(exchange, 400);
            } else {
                succeed(exchange, PUSH_HEADERS, OK);
            }
            if (last) {
                pollLost();
            }
        }

        /** Makes room for the next, before this one is answered; false if it has been already. */
        boolean leave() {
            synchronized (session.lock()) {
                boolean present = push == this;
                if (present) {
                    push = null;
                }
                return present;
            }
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
        Push last;
        synchronized (session.lock()) {
            last = push;
        }
        if (last != null) {
            last.end();
        }
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
