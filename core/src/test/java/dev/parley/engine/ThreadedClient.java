package dev.parley.engine;

import dev.parley.engine.ThreadedTransport.Connection;
import dev.parley.engine.ThreadedTransport.Exchange;
import dev.parley.testing.VirtualTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client that keeps the rules, as the official ones do: it polls, tries now and then to upgrade, gives some of the
 * attempts up, and sends and receives all the while. All that concerns it happens on a thread of its own.
 */
final class ThreadedClient implements AutoCloseable {

    private final ThreadedTransport transport;
    private final VirtualTime time;
    private final Random random;
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), new ThreadPoolExecutor.DiscardPolicy());
    private final List<String> received = new ArrayList<>();
    private final ArrayDeque<String> outgoing = new ArrayDeque<>();
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final int expected;
    private final CompletableFuture<Void> complete = new CompletableFuture<>();

    private String uri = "";
    private boolean polling;
    private boolean pushing;
    private boolean upgrading;
    private boolean pausing;
    private int failuresLeft;
    private @Nullable Connection probe;
    private @Nullable Connection webSocket;

    /**
     * Creates a client.
     *
     * @param expected how many messages it is going to receive
     */
    ThreadedClient(ThreadedTransport transport, VirtualTime time, long seed, int expected) {
        this.transport = transport;
        this.time = time;
        this.random = new Random(seed);
        this.expected = expected;
        this.failuresLeft = random.nextInt(3);
    }

    /** Opens a session; completes when it is open. */
    CompletableFuture<String> open() {
        return transport
                .get(EngineFixture.POLLING)
                .response()
                .thenApplyAsync(
                        response -> {
                            String sid = EngineFixture.sidOf(new String(response.body(), StandardCharsets.UTF_8));
                            uri = "&sid=" + sid;
                            poll();
                            return sid;
                        },
                        thread);
    }

    /** Messages to send to the server, in order. */
    void send(String message) {
        thread.execute(() -> {
            outgoing.add(message);
            push();
        });
    }

    /** Completes when as many messages as expected have come. */
    CompletableFuture<Void> complete() {
        return complete;
    }

    /** Completes when the server has ended the session. */
    CompletableFuture<Void> over() {
        return over;
    }

    /** What has come so far. */
    List<String> received() {
        return CompletableFuture.supplyAsync(() -> List.copyOf(received), thread)
                .join();
    }

    boolean isUpgraded() {
        return CompletableFuture.supplyAsync(() -> webSocket != null, thread).join();
    }

    @Override
    public void close() {
        thread.shutdown();
    }

    private void poll() {
        if (polling || pausing || webSocket != null) {
            return;
        }
        polling = true;
        Exchange exchange = transport.get(EngineFixture.POLLING + uri);
        exchange.response().thenAcceptAsync(this::polled, thread);
    }

    private void polled(HttpResponse response) {
        polling = false;
        if (response.status() != 200) {
            over.complete(null);
            return;
        }
        for (String packet : new String(response.body(), StandardCharsets.UTF_8).split(EngineFixture.SEP, -1)) {
            take(packet);
        }
        if (!upgrading && random.nextInt(5) == 0) {
            beginUpgrade();
        }
        completeUpgrade();
        poll();
    }

    private void push() {
        if (webSocket != null) {
            outgoing.forEach(message -> webSocket.send("4" + message));
            outgoing.clear();
        } else if (!pushing && !pausing && !outgoing.isEmpty()) {
            pushing = true;
            StringBuilder body = new StringBuilder("4" + outgoing.poll());
            while (!outgoing.isEmpty() && random.nextInt(4) > 0) {
                body.append(EngineFixture.SEP + "4").append(outgoing.poll());
            }
            transport
                    .post(EngineFixture.POLLING + uri, body.toString())
                    .response()
                    .thenAcceptAsync(this::pushed, thread);
        }
    }

    private void pushed(HttpResponse response) {
        pushing = false;
        if (response.status() != 200) {
            over.complete(null);
            return;
        }
        completeUpgrade();
        push();
    }

    private void beginUpgrade() {
        upgrading = true;
        CompletableFuture<Connection> attempt =
                transport.upgrade(EngineFixture.WEBSOCKET + uri).webSocket();
        attempt.thenAcceptAsync(
                connection -> {
                    probe = connection;
                    connection.onFrame(frame -> thread.execute(() -> takeFrame(connection, frame)));
                    connection.send("2probe");
                },
                thread);
    }

    private void takeFrame(Connection connection, @Nullable Object frame) {
        if (frame == null) {
            if (connection == webSocket) {
                over.complete(null);
            } else if (connection == probe) {
                abandonUpgrade();
            }
        } else if (frame.equals("3probe")) {
            if (failuresLeft > 0) {
                failuresLeft--;
                connection.leave();
            } else {
                pausing = true;
                hurry();
                completeUpgrade();
            }
        } else {
            take((String) frame);
        }
    }

    /** The server ends a poll that waits during an upgrade, but only after a while, which begins when it has come. */
    private void hurry() {
        if (pausing && polling) {
            transport.awaitQuiet();
            time.advance(Duration.ofMillis(100));
            thread.execute(this::hurry);
        }
    }

    private void completeUpgrade() {
        Connection next = probe;
        if (pausing && next != null && !polling && !pushing) {
            next.send("5");
            webSocket = next;
            probe = null;
            pausing = false;
            push();
        }
    }

    private void abandonUpgrade() {
        probe = null;
        upgrading = false;
        pausing = false;
        poll();
        push();
    }

    private void take(String packet) {
        if (packet.startsWith("4")) {
            received.add(packet.substring(1));
            if (received.size() == expected) {
                complete.complete(null);
            }
        }
    }
}
