package dev.parley.benchmarks;

import dev.parley.engine.CloseReason;
import dev.parley.engine.EngineOptions;
import dev.parley.engine.EngineServer;
import dev.parley.engine.SessionListener;
import dev.parley.netty.ParleyHttpHandler;
import dev.parley.protocol.Utf8;
import dev.parley.testing.VirtualTime;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Reads WebSocket frames from Netty's buffers: unmasks and checks them, and hands them through the session to a
 * listener of an Engine.IO server. One operation is one frame.
 */
@SuppressWarnings("NullAway.Init") // JMH calls the setup
public class FrameBenchmark extends MicroBenchmark {

    private static final int FRAMES = 16;
    private static final int MASK = 0x12345678;
    private static final String HANDSHAKE = String.join(
            "\r\n",
            "GET /engine.io/?EIO=4&transport=websocket HTTP/1.1",
            "Host: localhost",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "",
            "");

    /** Bytes of a message, all ASCII. */
    @Param({"100", "10000"})
    int length;

    private final Received received = new Received();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private ByteBuf frames;

    /** What has come through. */
    private static final class Received implements SessionListener {

        private long messages;
        private long bytes;

        @Override
        public void text(Utf8 message) {
            messages++;
            bytes += message.length();
        }

        @Override
        public void binary(byte[] message) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void closed(CloseReason reason, @Nullable Throwable cause) {
            bytes = -1;
        }
    }

    @Setup
    public void open() {
        EngineServer server = EngineServer.create(
                EngineOptions.builder().scheduler(new VirtualTime()).build(), session -> received);
        ParleyHttpHandler.addTo(channel.pipeline(), server);
        channel.writeInbound(Unpooled.copiedBuffer(HANDSHAKE, StandardCharsets.US_ASCII));
        channel.releaseOutbound();

        frames = Unpooled.directBuffer();
        for (int i = 0; i < FRAMES; i++) {
            writeFrame("4" + "x".repeat(length));
        }
        read();
        check(received.messages == FRAMES && received.bytes == FRAMES * (long) length, "every message in full");
    }

    private void writeFrame(String text) {
        frames.writeByte(0x81);
        if (text.length() < 126) {
            frames.writeByte(0x80 | text.length());
        } else {
            frames.writeByte(0x80 | 126).writeShort(text.length());
        }
        frames.writeInt(MASK);
        for (int i = 0; i < text.length(); i++) {
            frames.writeByte(text.charAt(i) ^ (MASK >>> (24 - 8 * (i & 3))));
        }
    }

    @TearDown
    public void close() {
        frames.release();
        channel.finishAndReleaseAll();
    }

    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public long read() {
        channel.writeInbound(frames.readerIndex(0).retain());
        return received.bytes;
    }
}
