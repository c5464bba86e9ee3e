package dev.parley.engine;

import dev.parley.protocol.Utf8;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A transport with real I/O threads, and connections that are dealt out among them. */
final class ThreadedTransport {

    private final Endpoint endpoint;
    private final List<IoThread> ioThreads = new ArrayList<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    ThreadedTransport(Endpoint endpoint, int threads) {
        this.endpoint = endpoint;
        for (int i = 0; i < threads; i++) {
            ioThreads.add(new IoThread());
        }
    }

    /** What should never have happened: exceptions on I/O threads, calls on wrong threads. */
    Queue<Throwable> failures() {
        return failures;
    }

    /** Waits until all I/O threads have nothing left to do. */
    void awaitQuiet() {
        // A task may hand on to another thread, and that one back again.
        for (int round = 0; round < 8; round++) {
            ioThreads.stream()
                    .map(thread -> CompletableFuture.runAsync(() -> {}, thread))
                    .toList()
                    .forEach(CompletableFuture::join);
        }
    }

    /** Ends the I/O threads. */
    void shutDown() throws InterruptedException {
        for (IoThread thread : ioThreads) {
            thread.executor.shutdown();
            thread.executor.awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    Exchange get(String uri) {
        return send("GET", uri, "");
    }

    Exchange post(String uri, String body) {
        return send("POST", uri, body);
    }

    Exchange upgrade(String uri) {
        return send("GET", uri, "", "Connection", "Upgrade", "Upgrade", "websocket");
    }

    private Exchange send(String method, String uri, String body, String... headers) {
        HttpRequest request =
                new HttpRequest(method, uri, Headers.of(headers), InetAddress.getLoopbackAddress(), false);
        IoThread thread = ioThreads.get(ThreadLocalRandom.current().nextInt(ioThreads.size()));
        Exchange exchange = new Exchange(request, thread, body.getBytes(StandardCharsets.UTF_8));
        thread.execute(() -> endpoint.handle(exchange));
        return exchange;
    }

    private final class IoThread implements Executor {

        private final ExecutorService executor = Executors.newSingleThreadExecutor();
        private final CompletableFuture<Thread> thread = CompletableFuture.supplyAsync(Thread::currentThread, executor);

        @Override
        public void execute(Runnable task) {
            executor.execute(() -> {
                try {
                    task.run();
                } catch (Throwable e) {
                    failures.add(e);
                }
            });
        }

        void check() {
            if (Thread.currentThread() != thread.join()) {
                failures.add(new IllegalStateException("called on another thread than the I/O thread"));
            }
        }
    }

    static final class Exchange implements HttpExchange {

        private final HttpRequest request;
        private final IoThread thread;
        private final byte[] body;
        private final CompletableFuture<HttpResponse> response = new CompletableFuture<>();
        private final CompletableFuture<Connection> webSocket = new CompletableFuture<>();
        private final AtomicReference<String> fate = new AtomicReference<>();
        private @Nullable Runnable abortListener;
        private @Nullable BodyListener bodyListener;

        Exchange(HttpRequest request, IoThread thread, byte[] body) {
            this.request = request;
            this.thread = thread;
            this.body = body;
        }

        /** Completes when the request is answered with a response. */
        CompletableFuture<HttpResponse> response() {
            return response;
        }

        /** Completes when the request is answered with a WebSocket. */
        CompletableFuture<Connection> webSocket() {
            return webSocket;
        }

        boolean isOver() {
            return fate.get() != null;
        }

        /** The peer goes away. */
        void cut() {
            thread.execute(() -> {
                if (fate.compareAndSet(null, "cut")) {
                    BodyListener reading = bodyListener;
                    bodyListener = null;
                    if (reading != null) {
                        reading.aborted();
                    }
                    if (abortListener != null) {
                        abortListener.run();
                    }
                }
            });
        }

        @Override
        public HttpRequest request() {
            return request;
        }

        @Override
        public Executor ioThread() {
            return thread;
        }

        @Override
        public void readBody(int limit, BodyListener listener) {
            thread.check();
            bodyListener = listener;
            // later, as bodies come in pieces
            thread.execute(() -> thread.execute(() -> {
                BodyListener reading = bodyListener;
                bodyListener = null;
                if (reading != null) {
                    reading.complete(body);
                }
            }));
        }

        @Override
        public void respond(HttpResponse answer) {
            if (fate.compareAndSet(null, "answered")) {
                response.complete(answer);
            }
        }

        @Override
        public void acceptWebSocket(
                Headers headers, int maxMessageBytes, @Nullable Compression compression, WebSocketAcceptor acceptor) {
            thread.check();
            thread.execute(() -> {
                if (fate.compareAndSet(null, "upgraded")) {
                    Connection connection = new Connection(thread);
                    connection.open(acceptor);
                    webSocket.complete(connection);
                }
            });
        }

        @Override
        public void onAbort(Runnable listener) {
            thread.check();
            abortListener = listener;
            if ("cut".equals(fate.get())) {
                thread.execute(listener);
            }
        }
    }

    /** A WebSocket with a small buffer, which the client empties as it likes. */
    static final class Connection implements WebSocket {

        private static final int HIGH_WATER = 8;

        private final IoThread thread;
        private final List<Object> written = new ArrayList<>();
        private final ArrayDeque<Object> buffer = new ArrayDeque<>();
        private @Nullable WebSocketListener listener;
        private @Nullable Consumer<@Nullable Object> client;
        private final AtomicInteger buffered = new AtomicInteger();
        private boolean closed;
        private boolean told;

        Connection(IoThread thread) {
            this.thread = thread;
        }

        void open(HttpExchange.WebSocketAcceptor acceptor) {
            listener = acceptor.accepted(this);
            if (listener == null) {
                close(1000);
            }
        }

        /** Names who takes the frames: each a {@link String} or a {@code byte[]}, and null at the end. */
        void onFrame(Consumer<@Nullable Object> consumer) {
            thread.execute(() -> {
                client = consumer;
                drain();
                if (closed) {
                    consumer.accept(null);
                }
            });
        }

        void send(String text) {
            thread.execute(() -> {
                if (listener != null && !closed) {
                    listener.text(Utf8.of(text));
                }
            });
        }

        /** The client closes. */
        void leave() {
            thread.execute(() -> end());
        }

        @Override
        public Executor ioThread() {
            return thread;
        }

        @Override
        public void text(Utf8 text) {
            write(text.toString());
        }

        @Override
        public void binary(byte[] data) {
            write(data);
        }

        private void write(Object frame) {
            thread.check();
            if (!closed) {
                written.add(frame);
                buffered.incrementAndGet();
            }
        }

        @Override
        public void flush() {
            thread.check();
            buffer.addAll(written);
            written.clear();
            // A socket may take all at once, or only a part and the rest some time later.
            if (ThreadLocalRandom.current().nextBoolean()) {
                drain();
            } else {
                thread.execute(this::drain);
            }
        }

        private void drain() {
            if (client == null) {
                return;
            }
            boolean full = !isWritable();
            for (Object frame = buffer.poll(); frame != null; frame = buffer.poll()) {
                buffered.decrementAndGet();
                client.accept(frame);
            }
            if (full && isWritable() && listener != null && !closed) {
                listener.writable();
            }
        }

        @Override
        public boolean isWritable() {
            return buffered.get() < HIGH_WATER;
        }

        @Override
        public void setReading(boolean reading) {
            // what little the clients here send is always read
        }

        @Override
        public void close(int code) {
            thread.check();
            if (!closed) {
                flush();
                thread.execute(this::end);
            }
        }

        @Override
        public void abort() {
            close(0);
        }

        private void end() {
            drain();
            closed = true;
            WebSocketListener last = listener;
            if (last != null && !told) {
                told = true;
                last.closed(null);
            }
            if (client != null) {
                client.accept(null);
            }
        }
    }
}
