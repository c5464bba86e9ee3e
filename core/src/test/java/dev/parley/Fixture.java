package dev.parley;

import static java.util.Objects.requireNonNull;

import dev.parley.testing.MemoryTransport;
import dev.parley.testing.MemoryWebSocket;
import dev.parley.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A server in memory: handlers run on the calling thread, time stands still, errors are collected. */
final class Fixture {

    final VirtualTime time = new VirtualTime();
    final List<HandlerError> errors = new ArrayList<>();
    final SocketIoServer io;
    final MemoryTransport transport;

    Fixture() {
        this(options -> {});
    }

    Fixture(Consumer<SocketIoOptions.Builder> options) {
        io = SocketIoServer.create(builder -> {
            builder.executor(Runnable::run).scheduler(time);
            options.accept(builder);
        });
        io.onError(errors::add);
        transport = new MemoryTransport(io);
    }

    /** Opens a connection that has not joined any namespace. */
    Client open() {
        return open("/socket.io/?EIO=4&transport=websocket");
    }

    Client open(String uri) {
        // An I/O thread of its own, so that clients come in even while others are busy.
        return new Client(new MemoryTransport(io).upgrade(uri).webSocket());
    }

    /** Opens a connection and joins the main namespace. */
    Client connect() {
        return open().join("/");
    }

    /** A value that no encoding can write: a list that holds itself. */
    static Object unencodable() {
        List<Object> circular = new ArrayList<>();
        circular.add(circular);
        return circular;
    }

    void advance(Duration duration) {
        time.advance(duration);
    }

    /** A client on the level of Socket.IO packets: texts without the leading 4 of Engine.IO. */
    static final class Client {

        final MemoryWebSocket webSocket;
        String id = "";

        Client(MemoryWebSocket webSocket) {
            this.webSocket = webSocket;
            String open = (String) requireNonNull(webSocket.poll());
            if (!open.startsWith("0{")) {
                throw new AssertionError(open);
            }
        }

        Client join(String namespace) {
            send("0" + prefix(namespace));
            String answer = next();
            String start = "0" + prefix(namespace) + "{\"sid\":\"";
            if (answer == null || !answer.startsWith(start)) {
                throw new AssertionError("expected " + start + " but was " + answer);
            }
            id = answer.substring(start.length(), answer.length() - 2);
            return this;
        }

        static String prefix(String namespace) {
            return namespace.equals("/") ? "" : namespace + ",";
        }

        void send(String packet) {
            webSocket.send("4" + packet);
        }

        void send(byte[] attachment) {
            webSocket.send(attachment);
        }

        /** The next text packet, or null if none has arrived. Heartbeats are answered on the way. */
        String next() {
            Object message = nextMessage();
            return message == null ? null : (String) message;
        }

        /** The next text packet or attachment, or null. */
        Object nextMessage() {
            Object message = webSocket.poll();
            while (message != null && message.equals("2")) {
                webSocket.send("3");
                message = webSocket.poll();
            }
            if (message instanceof String text) {
                if (!text.startsWith("4")) {
                    throw new AssertionError("unexpected " + text);
                }
                return text.substring(1);
            }
            return message;
        }

        /** All packets that have arrived. */
        List<String> all() {
            List<String> packets = new ArrayList<>();
            for (String packet = next(); packet != null; packet = next()) {
                packets.add(packet);
            }
            return packets;
        }

        boolean isClosed() {
            return webSocket.isClosed();
        }

        /** Goes away without a word. */
        void close() {
            webSocket.close();
        }
    }
}
