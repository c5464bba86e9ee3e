package dev.parley.testing;

import dev.parley.engine.Compression;
import dev.parley.engine.Headers;
import dev.parley.engine.HttpExchange;
import dev.parley.engine.HttpRequest;
import dev.parley.engine.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A request that was sent through a {@link MemoryTransport}, and what came of it. */
public final class MemoryExchange implements HttpExchange {

    private final HttpRequest request;
    private final MemoryThread ioThread;
    private byte @Nullable [] body;
    private @Nullable HttpResponse response;
    private @Nullable MemoryWebSocket webSocket;
    private @Nullable Runnable abortListener;
    private @Nullable BodyListener bodyListener;
    private int bodyLimit;
    private boolean aborted;

    MemoryExchange(HttpRequest request, MemoryThread ioThread, byte @Nullable [] body) {
        this.request = request;
        this.ioThread = ioThread;
        this.body = body;
    }

    /**
     * Tells whether there is an answer, of either kind.
     *
     * @return false while the request waits, as a poll does
     */
    public synchronized boolean isAnswered() {
        return response != null || webSocket != null;
    }

    /**
     * Returns the answer.
     *
     * @return the response
     * @throws AssertionError if there is none
     */
    public synchronized HttpResponse response() {
        if (response == null) {
            throw new AssertionError(request.method() + " " + request.uri() + " was "
                    + (webSocket == null ? "not answered yet" : "answered with a WebSocket"));
        }
        return response;
    }

    /**
     * Returns the status of the answer.
     *
     * @return the status code
     * @throws AssertionError if there is no answer
     */
    public int status() {
        return response().status();
    }

    /**
     * Returns the body of the answer.
     *
     * @return the body as text
     * @throws AssertionError if there is no answer
     */
    public String text() {
        return new String(response().body(), StandardCharsets.UTF_8);
    }

    /**
     * Returns the WebSocket that was opened.
     *
     * @return the client's end of it
     * @throws AssertionError if the request was answered otherwise, or not at all
     */
    public synchronized MemoryWebSocket webSocket() {
        if (webSocket == null) {
            throw new AssertionError(
                    "no WebSocket: " + (response == null ? "not answered yet" : "status " + response.status()));
        }
        return webSocket;
    }

    /**
     * Sends the body of a request whose head was sent alone.
     *
     * @param bytes the whole body
     */
    public void sendBody(byte[] bytes) {
        synchronized (this) {
            body = bytes.clone();
        }
        ioThread.execute(this::deliverBody);
    }

    /** Cuts the connection. Does nothing to a request that was answered. */
    public void cut() {
        ioThread.execute(() -> {
            Runnable poll;
            BodyListener push;
            synchronized (this) {
                if (isAnswered() || aborted) {
                    return;
                }
                aborted = true;
                poll = abortListener;
                push = bodyListener;
                bodyListener = null;
            }
            if (push != null) {
                push.aborted();
            }
            if (poll != null) {
                poll.run();
            }
        });
    }

    @Override
    public HttpRequest request() {
        return request;
    }

    @Override
    public Executor ioThread() {
        return ioThread;
    }

    @Override
    public void readBody(int limit, BodyListener listener) {
        synchronized (this) {
            bodyListener = Objects.requireNonNull(listener, "listener");
            bodyLimit = limit;
        }
        ioThread.execute(this::deliverBody);
    }

    private void deliverBody() {
        BodyListener listener;
        byte @Nullable [] bytes;
        synchronized (this) {
            bytes = aborted ? null : body;
            if (bodyListener == null || (bytes == null && !aborted)) {
                return;
            }
            listener = bodyListener;
            bodyListener = null;
        }
        if (bytes == null) {
            listener.aborted();
        } else if (bytes.length > bodyLimit) {
            listener.tooLarge();
        } else {
            listener.complete(Arrays.copyOf(bytes, bytes.length));
        }
    }

    @Override
    public synchronized void respond(HttpResponse answer) {
        if (!isAnswered() && !aborted) {
            response = answer;
        }
    }

    @Override
    public void acceptWebSocket(
            Headers headers, int maxMessageBytes, @Nullable Compression compression, WebSocketAcceptor acceptor) {
        MemoryWebSocket opened = new MemoryWebSocket(ioThread, headers, maxMessageBytes);
        synchronized (this) {
            if (isAnswered() || aborted) {
                return;
            }
            webSocket = opened;
        }
        ioThread.execute(() -> opened.open(acceptor));
    }

    @Override
    public void onAbort(Runnable listener) {
        boolean now;
        synchronized (this) {
            abortListener = listener;
            now = aborted;
        }
        if (now) {
            ioThread.runOrExecute(listener);
        }
    }

    void notFound() {
        respond(new HttpResponse(404, Headers.empty()));
    }
}
