package dev.parley.benchmarks;

import dev.parley.engine.Compression;
import dev.parley.engine.Endpoint;
import dev.parley.engine.Headers;
import dev.parley.engine.HttpExchange;
import dev.parley.engine.HttpRequest;
import dev.parley.engine.HttpResponse;
import dev.parley.engine.WebSocket;
import dev.parley.engine.WebSocketListener;
import dev.parley.protocol.Utf8;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Clients without a network. What they send reaches the server as from any transport; what the server sends to them is
 * counted and not read. So nearly all that is allocated is the server's, which the clients of
 * {@code dev.parley.testing} could not say: they decode what they receive.
 *
 * <p>It is its own I/O thread: tasks gather until {@link #run} or {@link #runUntil} is called.
 */
final class MemoryNetwork implements Executor {

    private static final long PATIENCE_MILLIS = 30_000;

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

    // Of all clients, counted on the I/O thread.
    private long frames;
    private long bytes;

    @Override
    public synchronized void execute(Runnable task) {
        tasks.add(task);
        notify();
    }

    /** Runs all tasks, those that others add included. */
    void run() {
        for (Runnable task = poll(); task != null; task = poll()) {
            task.run();
        }
    }

    private synchronized @Nullable Runnable poll() {
        return tasks.poll();
    }

    /**
     * Runs tasks until so many frames have arrived at clients, waiting for other threads where there is none to run.
     */
    void runUntil(long count) throws InterruptedException {
        while (frames < count) {
            take().run();
        }
    }

    private synchronized Runnable take() throws InterruptedException {
        long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        while (tasks.isEmpty()) {
            MicroBenchmark.check(System.nanoTime() < end, "a frame to arrive");
            wait(PATIENCE_MILLIS);
        }
        return tasks.remove();
    }

    /** Returns how many frames have arrived at clients. */
    long frames() {
        return frames;
    }

    /** Returns how many bytes those frames held. */
    long bytes() {
        return bytes;
    }

    private Client open(Endpoint endpoint) {
        Client client = new Client();
        endpoint.handle(client);
        run();
        Objects.requireNonNull(client.listener, "listener");
        return client;
    }

    /** Opens a WebSocket and joins the namespace {@code /}. */
    Client connect(Endpoint endpoint) throws InterruptedException {
        Client client = open(endpoint);
        long answered = frames + 1;
        client.send("40");
        runUntil(answered);
        MicroBenchmark.check(client.takeLast().startsWith("40{\"sid\":\""), "to be let in");
        return client;
    }

    /** One client. */
    final class Client implements HttpExchange, WebSocket {

        private final HttpRequest request = new HttpRequest(
                "GET",
                "/socket.io/?EIO=4&transport=websocket",
                Headers.of(
                        "Host", "localhost:3000",
                        "Connection", "Upgrade",
                        "Upgrade", "websocket",
                        "Sec-WebSocket-Version", "13",
                        "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
                InetAddress.getLoopbackAddress(),
                false);

        private @Nullable WebSocketListener listener;
        private @Nullable Utf8 last;

        private Client() {}

        /** Sends a text. */
        void send(String text) {
            send(Utf8.of(text));
        }

        /** Sends a text as it comes from a network, in an array of its own. */
        void send(byte[] text) {
            send(Utf8.of(Arrays.copyOf(text, text.length)));
        }

        private void send(Utf8 text) {
            WebSocketListener open = Objects.requireNonNull(listener, "listener");
            open.text(text);
            open.readComplete();
        }

        /** Returns the text that has arrived last, once. */
        String takeLast() {
            String text = String.valueOf(last);
            last = null;
            return text;
        }

        @Override
        public HttpRequest request() {
            return request;
        }

        @Override
        public Executor ioThread() {
            return MemoryNetwork.this;
        }

        @Override
        public void acceptWebSocket(
                Headers headers, int maxMessageBytes, @Nullable Compression compression, WebSocketAcceptor acceptor) {
            execute(() -> listener = acceptor.accepted(this));
        }

        @Override
        public void text(Utf8 text) {
            frames++;
            bytes += text.length();
            last = text;
        }

        @Override
        public void binary(byte[] data) {
            frames++;
            bytes += data.length;
        }

        @Override
        public void flush() {
            // frames arrive as they are written
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void setReading(boolean reading) {
            // clients here wait for what they ask
        }

        @Override
        public void close(int code) {
            abort();
        }

        @Override
        public void abort() {
            WebSocketListener open = listener;
            listener = null;
            if (open != null) {
                open.closed(null);
            }
        }

        @Override
        public void onAbort(Runnable action) {
            // nobody leaves so early
        }

        @Override
        public void readBody(int limit, BodyListener body) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void respond(HttpResponse response) {
            throw new IllegalStateException("refused with status " + response.status());
        }
    }
}
