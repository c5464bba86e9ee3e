package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.protocol.Utf8;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** WebSockets whose flush alone makes them writable again, in all the ways in which transports tell of it. */
class WritabilityTest extends EngineFixture {

    private final List<Runnable> tasks = new ArrayList<>();
    private final OneFrameSocket socket = new OneFrameSocket();

    @BeforeEach
    void open() {
        engine.handle(new Upgrade());
        runTasks();
        socket.frames.clear();
    }

    @Test
    void everything_is_sent_if_the_event_comes_from_within_the_flush() {
        socket.onFlush = WebSocketListener::writable;

        sendInOneBurst("a", "b", "c");
        sendInOneBurst("d");

        assertThat(socket.frames).containsExactly("4a", "4b", "4c", "4d");
    }

    @Test
    void everything_is_sent_if_the_event_comes_after_the_flush() {
        socket.onFlush = listener -> tasks.add(listener::writable);

        sendInOneBurst("a", "b", "c");
        sendInOneBurst("d");

        assertThat(socket.frames).containsExactly("4a", "4b", "4c", "4d");
    }

    @Test
    void a_session_that_closes_does_so_if_the_event_comes_from_within_the_flush() {
        socket.onFlush = WebSocketListener::writable;

        session().send("a");
        session().send("b");
        session().close();
        runTasks();

        assertThat(socket.frames).containsExactly("4a", "4b", "close");
    }

    @Test
    void a_frame_that_cannot_be_written_ends_the_session() {
        socket.failure = new IllegalStateException("on purpose");

        sendInOneBurst("a", "b");

        assertThat(recorder().reason()).isEqualTo(CloseReason.TRANSPORT_ERROR);
        assertThat(recorder().cause()).isSameAs(socket.failure);
        assertThat(engine.sessionCount()).isZero();
    }

    @Test
    void a_burst_wakes_the_io_thread_once_and_is_flushed_once() {
        socket.capacity = 100;
        int flushes = socket.flushes;

        List.of("a", "b", "c").forEach(session()::send);

        assertThat(tasks).hasSize(1);
        runTasks();
        assertThat(socket.frames).hasSize(3);
        assertThat(socket.flushes).isEqualTo(flushes + 1);
    }

    @Test
    void what_is_sent_while_the_io_thread_is_writing_needs_no_further_wake_up() {
        socket.capacity = 100;
        socket.onWrite = () -> {
            if (socket.frames.size() < 5) {
                session().send("more");
            }
        };

        session().send("first");
        Runnable only = tasks.remove(0);
        only.run();

        assertThat(tasks).isEmpty();
        assertThat(socket.frames).containsExactly("4first", "4more", "4more", "4more", "4more");
    }

    private void sendInOneBurst(String... messages) {
        List.of(messages).forEach(session()::send);
        runTasks();
    }

    private void runTasks() {
        while (!tasks.isEmpty()) {
            tasks.remove(0).run();
        }
    }

    private final class Upgrade implements HttpExchange {

        private final HttpRequest request = new HttpRequest(
                "GET",
                WEBSOCKET,
                Headers.of("Connection", "Upgrade", "Upgrade", "websocket"),
                InetAddress.getLoopbackAddress(),
                false);

        @Override
        public HttpRequest request() {
            return request;
        }

        @Override
        public Executor ioThread() {
            return tasks::add;
        }

        @Override
        public void readBody(int limit, BodyListener listener) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void respond(HttpResponse response) {
            throw new AssertionError(response.status());
        }

        @Override
        public void acceptWebSocket(
                Headers headers, int maxMessageBytes, @Nullable Compression compression, WebSocketAcceptor acceptor) {
            socket.listener = acceptor.accepted(socket);
        }

        @Override
        public void onAbort(Runnable listener) {
            // nobody goes away here
        }
    }

    /** Takes one frame, and then no more until it is flushed. */
    private final class OneFrameSocket implements WebSocket {

        private final List<String> frames = new ArrayList<>();
        private int capacity = 1;
        private int waiting;
        private int flushes;
        private Consumer<WebSocketListener> onFlush = listener -> {};
        private Runnable onWrite = () -> {};
        private @Nullable RuntimeException failure;
        private @Nullable WebSocketListener listener;

        @Override
        public Executor ioThread() {
            return tasks::add;
        }

        @Override
        public void text(Utf8 text) {
            if (failure != null) {
                throw failure;
            }
            waiting++;
            frames.add(text.toString());
            onWrite.run();
        }

        @Override
        public void binary(byte[] data) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void flush() {
            flushes++;
            boolean full = waiting >= capacity;
            waiting = 0;
            if (full && listener != null) {
                onFlush.accept(listener);
            }
        }

        @Override
        public boolean isWritable() {
            return waiting < capacity;
        }

        @Override
        public void setReading(boolean reading) {
            // nothing is sent here
        }

        @Override
        public void close(int code) {
            frames.add("close");
        }

        @Override
        public void abort() {
            throw new UnsupportedOperationException();
        }
    }
}
