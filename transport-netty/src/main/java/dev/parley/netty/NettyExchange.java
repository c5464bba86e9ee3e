package dev.parley.netty;

import dev.parley.engine.Compression;
import dev.parley.engine.Endpoint;
import dev.parley.engine.Headers;
import dev.parley.engine.HttpExchange;
import dev.parley.engine.HttpRequest;
import dev.parley.engine.HttpResponse;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/** A request and its one answer: sees to it that there is at most one, and brings every call to the I/O thread. */
final class NettyExchange implements HttpExchange {

    private static final System.Logger LOG = System.getLogger(NettyExchange.class.getName());

    private static final AtomicIntegerFieldUpdater<NettyExchange> STATE =
            AtomicIntegerFieldUpdater.newUpdater(NettyExchange.class, "state");
    private static final int OPEN = 0;
    private static final int ANSWERED = 1;
    private static final int GONE = 2;

    private final HttpRequest request;
    private final LoopExecutor io;
    private final Carrier carrier;

    private volatile int state = OPEN;
    private @Nullable Runnable abortListener;

    NettyExchange(HttpRequest request, LoopExecutor io, Carrier carrier) {
        this.request = request;
        this.io = io;
        this.carrier = carrier;
    }

    /** The connection, as an exchange sees it. Called on the I/O thread. */
    interface Carrier {

        void readBody(NettyExchange exchange, int limit, BodyListener listener);

        void respond(NettyExchange exchange, HttpResponse response);

        void acceptWebSocket(
                NettyExchange exchange,
                Headers headers,
                int maxMessageBytes,
                @Nullable Compression compression,
                WebSocketAcceptor acceptor);
    }

    /** Passes the request on to the endpoint. */
    void passTo(Endpoint endpoint) {
        try {
            endpoint.handle(this);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the endpoint failed to handle a request", e);
            respond(new HttpResponse(500, Headers.of("Connection", "close")));
        }
    }

    @Override
    public HttpRequest request() {
        return request;
    }

    @Override
    public Executor ioThread() {
        return io;
    }

    @Override
    public void readBody(int limit, BodyListener listener) {
        runOnLoop(() -> carrier.readBody(this, limit, listener));
    }

    @Override
    public void respond(HttpResponse response) {
        if (STATE.compareAndSet(this, OPEN, ANSWERED)) {
            runOnLoop(() -> carrier.respond(this, response));
        }
    }

    @Override
    public void acceptWebSocket(
            Headers headers, int maxMessageBytes, @Nullable Compression compression, WebSocketAcceptor acceptor) {
        if (STATE.compareAndSet(this, OPEN, ANSWERED)) {
            runOnLoop(() -> carrier.acceptWebSocket(this, headers, maxMessageBytes, compression, acceptor));
        }
    }

    @Override
    public void onAbort(Runnable listener) {
        runOnLoop(() -> {
            if (state == GONE) {
                listener.run();
            } else {
                abortListener = listener;
            }
        });
    }

    /**
     * Tells that the peer is gone, unless the request has been answered. Called on the I/O thread.
     *
     * @param body what is being read, if anything
     */
    void abort(@Nullable RequestBody body) {
        if (STATE.compareAndSet(this, OPEN, GONE)) {
            if (body != null) {
                body.abort();
            }
            if (abortListener != null) {
                abortListener.run();
            }
        }
    }

    boolean isOpen() {
        return state == OPEN;
    }

    boolean isGone() {
        return state == GONE;
    }

    private void runOnLoop(Runnable task) {
        if (io.inLoop()) {
            task.run();
        } else {
            io.execute(task);
        }
    }
}
