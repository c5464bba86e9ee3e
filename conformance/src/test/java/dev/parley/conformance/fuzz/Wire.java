package dev.parley.conformance.fuzz;

import static dev.parley.conformance.fuzz.Inputs.expect;

import dev.parley.engine.Endpoint;
import dev.parley.netty.ParleyHttpHandler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A connection to an endpoint, with Netty's pipeline and without a network; knows of each buffer. */
final class Wire {

    private static final String UPGRADE = String.join(
            "\r\n",
            "GET / HTTP/1.1",
            "Host: localhost",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Extensions: permessage-deflate",
            "",
            "");

    private final UnpooledByteBufAllocator buffers = new UnpooledByteBufAllocator(false, true);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    Wire(Endpoint endpoint) {
        channel.config().setAllocator(buffers);
        channel.freezeTime();
        ParleyHttpHandler.addTo(channel.pipeline(), endpoint);
    }

    /** Opens a WebSocket, compressed if the endpoint likes it; what is sent counts from here. */
    Wire upgrade() {
        receive(UPGRADE.getBytes(StandardCharsets.US_ASCII));
        expect(sent.toString(StandardCharsets.ISO_8859_1).startsWith("HTTP/1.1 101 "), "no WebSocket");
        sent.reset();
        return this;
    }

    /** Lets bytes arrive in one piece, unless the connection has been closed. */
    void receive(byte[] bytes) {
        if (!channel.isOpen()) {
            return;
        }
        channel.writeInbound(buffers.buffer(bytes.length).writeBytes(bytes));
        gather();
    }

    /** Lets bytes arrive in pieces, the same ones each time. */
    void receiveInPieces(byte[] bytes) {
        int seed = Arrays.hashCode(bytes);
        int from = 0;
        while (from < bytes.length) {
            seed = seed * 1_103_515_245 + 12_345;
            int size = (seed >>> 16 & 3) == 0 ? 1 + (seed >>> 18 & 63) : 1;
            int to = Math.min(bytes.length, from + size);
            receive(Arrays.copyOfRange(bytes, from, to));
            from = to;
        }
    }

    private void gather() {
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            byte[] bytes = new byte[out.readableBytes()];
            out.readBytes(bytes);
            out.release();
            sent.writeBytes(bytes);
        }
    }

    /** Ends the connection; returns all that was sent. */
    byte[] end() {
        channel.runPendingTasks();
        gather();
        Object unhandled = channel.readInbound();
        expect(unhandled == null, "reached the end of the pipeline: " + unhandled);
        channel.finishAndReleaseAll();
        channel.checkException();
        expect(buffers.metric().usedHeapMemory() == 0, "a buffer on the heap was not released");
        expect(buffers.metric().usedDirectMemory() == 0, "a buffer outside of the heap was not released");
        return sent.toByteArray();
    }

    /** A frame as a client sends it. */
    static byte[] frame(int firstByte, byte[] payload) {
        ByteBuf frame = Unpooled.buffer();
        frame.writeByte(firstByte);
        if (payload.length < 126) {
            frame.writeByte(0x80 | payload.length);
        } else {
            frame.writeByte(0x80 | 126).writeShort(payload.length);
        }
        frame.writeInt(0x01020304);
        for (int i = 0; i < payload.length; i++) {
            frame.writeByte(payload[i] ^ (i % 4 + 1));
        }
        byte[] bytes = new byte[frame.readableBytes()];
        frame.readBytes(bytes);
        return bytes;
    }
}
