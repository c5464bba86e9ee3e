package dev.parley.testing;

import dev.parley.engine.Headers;
import dev.parley.engine.HttpExchange.WebSocketAcceptor;
import dev.parley.engine.WebSocket;
import dev.parley.engine.WebSocketListener;
import dev.parley.protocol.ProtocolException;
import dev.parley.protocol.Utf8;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The client's end of a WebSocket that was opened through a {@link MemoryTransport}. */
public final class MemoryWebSocket {

    private final MemoryThread ioThread;
    private final Headers responseHeaders;
    private final int maxMessageBytes;
    private final ServerEnd serverEnd = new ServerEnd();

    /** Messages from the server, each a {@link String} or a {@code byte[]}. */
    private final ArrayDeque<Object> received = new ArrayDeque<>();

    /** What the client has done and the server does not read yet. Used on the I/O thread only, as is the next. */
    private final ArrayDeque<Runnable> unread = new ArrayDeque<>();

    private boolean serverReads = true;

    private @Nullable WebSocketListener listener;
    private @Nullable Receiver receiver;
    private boolean closed;
    private int closeCode = -1;
    private volatile boolean reading = true;

    MemoryWebSocket(MemoryThread ioThread, Headers responseHeaders, int maxMessageBytes) {
        this.ioThread = ioThread;
        this.responseHeaders = responseHeaders;
        this.maxMessageBytes = maxMessageBytes;
    }

    /** Takes what arrives, in place of {@link #poll}. */
    interface Receiver {

        void message(Object message);

        void closed();
    }

    /** Hands over what has arrived and whatever arrives from now on. */
    void receiveWith(Receiver newReceiver) {
        ioThread.execute(() -> {
            boolean over;
            synchronized (this) {
                receiver = newReceiver;
                over = closed;
            }
            for (Object message = poll(); message != null; message = poll()) {
                newReceiver.message(message);
            }
            if (over) {
                newReceiver.closed();
            }
        });
    }

    void open(WebSocketAcceptor acceptor) {
        listener = acceptor.accepted(serverEnd);
        if (listener == null) {
            serverEnd.close(1000);
        }
    }

    /**
     * Returns the headers that the server added to its answer.
     *
     * @return the headers
     */
    public Headers responseHeaders() {
        return responseHeaders;
    }

    /**
     * Sends a text message.
     *
     * @param text the message
     */
    public void send(String text) {
        Utf8 message = Utf8.of(text);
        deliver(message.length(), to -> to.text(message));
    }

    /**
     * Sends a binary message.
     *
     * @param data the message
     */
    public void send(byte[] data) {
        byte[] message = data.clone();
        deliver(message.length, to -> to.binary(message));
    }

    private interface Delivery {
        void to(WebSocketListener listener);
    }

    private void deliver(int length, Delivery delivery) {
        arrive(() -> {
            WebSocketListener to = openListener();
            if (to == null) {
                return;
            }
            if (length > maxMessageBytes) {
                serverEnd.close(1009);
                end(ProtocolException.beyondLimit("Max payload size exceeded"));
            } else {
                delivery.to(to);
                readComplete();
            }
        });
    }

    /** Does what the client's bytes make happen, as soon as the server reads them. */
    private void arrive(Runnable effect) {
        ioThread.execute(() -> {
            unread.add(effect);
            readAll();
        });
    }

    private void readAll() {
        while (serverReads && !unread.isEmpty()) {
            unread.remove().run();
        }
    }

    private void readComplete() {
        WebSocketListener to = openListener();
        if (to != null) {
            to.readComplete();
        }
    }

    private synchronized @Nullable WebSocketListener openListener() {
        return closed ? null : listener;
    }

    /** Closes the WebSocket from the client's side. */
    public void close() {
        arrive(() -> end(null));
    }

    /** Stops taking in what the server sends, as a slow client does: the server's end is no longer writable. */
    public void stopReading() {
        reading = false;
    }

    /** Goes on taking in what the server sends. */
    public void resumeReading() {
        reading = true;
        ioThread.execute(() -> {
            WebSocketListener to = openListener();
            if (to != null) {
                to.writable();
            }
        });
    }

    private void end(@Nullable Throwable cause) {
        WebSocketListener to;
        Receiver told;
        synchronized (this) {
            to = listener;
            told = receiver;
            listener = null;
            receiver = null;
            closed = true;
        }
        if (to != null) {
            to.closed(cause);
        }
        if (told != null) {
            told.closed();
        }
    }

    /**
     * Takes the oldest message that has arrived and was not taken yet.
     *
     * @return a {@link String} or a {@code byte[]}, or null if there is none
     */
    public synchronized @Nullable Object poll() {
        return received.poll();
    }

    /**
     * Tells whether the WebSocket is closed, by either side.
     *
     * @return whether it is closed
     */
    public synchronized boolean isClosed() {
        return closed;
    }

    /**
     * Returns the code with which the server closed the WebSocket.
     *
     * @return the code, 0 for a close frame without one, or -1 if the server did not close it in good order
     */
    public synchronized int closeCode() {
        return closeCode;
    }

    private void receive(Object message) {
        Receiver to;
        synchronized (this) {
            to = receiver;
            if (closed) {
                return;
            }
            if (to == null) {
                received.add(message);
            }
        }
        if (to != null) {
            to.message(message);
        }
    }

    private final class ServerEnd implements WebSocket {

        @Override
        public Executor ioThread() {
            return ioThread;
        }

        @Override
        public void text(Utf8 text) {
            receive(text.toString());
        }

        @Override
        public void binary(byte[] data) {
            receive(data.clone());
        }

        @Override
        public void flush() {
            // frames arrive as they are written
        }

        @Override
        public boolean isWritable() {
            return reading;
        }

        @Override
        public void setReading(boolean reading) {
            serverReads = reading;
            ioThread.execute(MemoryWebSocket.this::readAll);
        }

        @Override
        public void close(int code) {
            synchronized (MemoryWebSocket.this) {
                if (closed) {
                    return;
                }
                closeCode = code;
            }
            abort();
        }

        @Override
        public void abort() {
            synchronized (MemoryWebSocket.this) {
                closed = true;
            }
            // the listener learns of it like of any other end, and not from within its own call
            ioThread.execute(() -> end(null));
        }
    }
}
