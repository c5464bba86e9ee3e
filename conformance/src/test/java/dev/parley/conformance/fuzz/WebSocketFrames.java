package dev.parley.conformance.fuzz;

import static dev.parley.conformance.fuzz.Inputs.expect;
import static dev.parley.conformance.fuzz.Inputs.expectSame;

import dev.parley.engine.Compression;
import dev.parley.engine.Endpoint;
import dev.parley.engine.Headers;
import dev.parley.engine.HttpExchange;
import dev.parley.engine.WebSocket;
import dev.parley.engine.WebSocketListener;
import dev.parley.protocol.Utf8;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** What a client sends on an open WebSocket, compressed or not. */
public final class WebSocketFrames {

    private static final int LONGEST = 2000;
    private static final Compression COMPRESSION = Compression.DEFAULT.withThreshold(10);
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int LAST = 0x80;
    private static final int COMPRESSED = 0x40;

    private WebSocketFrames() {}

    public static void fuzzerTestOneInput(byte[] data) {
        check(data, null);
        check(data, COMPRESSION);
    }

    private static void check(byte[] data, @Nullable Compression compression) {
        Echo whole = new Echo(compression);
        Wire wire = new Wire(whole).upgrade();
        wire.receive(data);
        byte[] sent = wire.end();

        Echo pieces = new Echo(compression);
        wire = new Wire(pieces).upgrade();
        wire.receiveInPieces(data);
        byte[] sentForPieces = wire.end();

        expectSame(pieces.events, whole.events, "what arrived, in pieces and at once");
        expectSame(hex(sentForPieces), hex(sent), "what was answered, in pieces and at once");
        expectSame(echoes(sent), whole.messages.stream().map(Message::toString).toList(), "echoes");
        survive(whole);
    }

    /** Reads the messages of a server, compressed or not. */
    private static List<String> echoes(byte[] sent) {
        List<String> echoes = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(sent);
        while (in.hasRemaining()) {
            int first = in.get();
            int length = in.get();
            byte[] payload = new byte[length == 126 ? in.getShort() : length];
            in.get(payload);
            int opcode = first & 0x0f;
            if (opcode == TEXT || opcode == BINARY) {
                boolean compressed = (first & COMPRESSED) != 0;
                echoes.add(new Message(opcode == TEXT, compressed ? inflated(payload) : payload).toString());
            }
        }
        return echoes;
    }

    private static byte[] inflated(byte[] payload) {
        byte[] end = {0, 0, (byte) 0xff, (byte) 0xff};
        byte[] whole = Arrays.copyOf(payload, payload.length + end.length);
        System.arraycopy(end, 0, whole, payload.length, end.length);
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(whole);
            byte[] data = new byte[LONGEST + 1];
            return Arrays.copyOf(data, inflater.inflate(data));
        } catch (DataFormatException e) {
            throw new AssertionError("an echo that cannot be decompressed", e);
        } finally {
            inflater.end();
        }
    }

    /** The messages that came are the same when they come again, in fragments with pings between them. */
    private static void survive(Echo first) {
        Echo again = new Echo(first.compression);
        Wire wire = new Wire(again).upgrade();
        for (Message message : first.messages) {
            int opcode = message.isText ? TEXT : BINARY;
            byte[] data = message.data;
            int middle = data.length / 2;
            wire.receive(Wire.frame(opcode, Arrays.copyOf(data, middle)));
            wire.receive(Wire.frame(LAST | 9, new byte[] {1}));
            wire.receive(Wire.frame(LAST, Arrays.copyOfRange(data, middle, data.length)));
        }
        wire.end();
        int count = first.messages.size();
        expectSame(again.events.subList(0, count), first.events.subList(0, count), "messages, sent again");
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static final class Message {

        private final boolean isText;
        private final byte[] data;

        Message(boolean isText, byte[] data) {
            this.isText = isText;
            this.data = data;
        }

        @Override
        public String toString() {
            return (isText ? "text " : "binary ") + hex(data);
        }
    }

    /** Makes each request a WebSocket that sends all messages back. */
    private static final class Echo implements Endpoint, WebSocketListener {

        private final @Nullable Compression compression;
        private final List<Message> messages = new ArrayList<>();
        private final List<String> events = new ArrayList<>();
        private @Nullable WebSocket webSocket;
        private boolean closed;

        Echo(@Nullable Compression compression) {
            this.compression = compression;
        }

        @Override
        public boolean handles(String path) {
            return true;
        }

        @Override
        public void handle(HttpExchange exchange) {
            exchange.acceptWebSocket(Headers.empty(), LONGEST, compression, opened -> {
                webSocket = opened;
                return this;
            });
        }

        @Override
        public void text(Utf8 text) {
            byte[] bytes = Arrays.copyOfRange(text.array(), text.offset(), text.offset() + text.length());
            expect(Inputs.utf8(bytes) != null, "a text that is not UTF-8");
            take(new Message(true, bytes));
            open().text(text);
        }

        @Override
        public void binary(byte[] data) {
            take(new Message(false, data));
            open().binary(data);
        }

        private void take(Message message) {
            expect(!closed, "a message behind the end");
            expect(message.data.length <= LONGEST, "a message that is too long");
            messages.add(message);
            events.add(message.toString());
        }

        private WebSocket open() {
            return Objects.requireNonNull(webSocket);
        }

        @Override
        public void readComplete() {
            open().flush();
        }

        @Override
        public void writable() {}

        @Override
        public void closed(@Nullable Throwable cause) {
            expect(!closed, "closed twice");
            closed = true;
            events.add("closed " + cause);
        }

        @Override
        public CompletableFuture<Void> drain(int sessionsPerSecond, Duration limit) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> close() {
            return CompletableFuture.completedFuture(null);
        }
    }
}
