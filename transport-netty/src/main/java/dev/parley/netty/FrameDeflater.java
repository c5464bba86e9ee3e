package dev.parley.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/** Writes compressed frames (RFC 7692). One for all connections of an event loop; keeps nothing between frames. */
final class FrameDeflater {

    /** What ends a compressed message, and is left out of its frame. */
    private static final int END_LENGTH = 4;

    /** By level: a compressor that has been used cannot take on another one reliably. */
    private final @Nullable Deflater[] deflaters = new @Nullable Deflater[Deflater.BEST_COMPRESSION + 1];

    /**
     * Returns a frame in a buffer of its size, as slow peers may keep it for long. What does not get shorter is left as
     * it is.
     */
    ByteBuf frame(
            ByteBufAllocator allocator, DeflateExtension extension, int opcode, byte[] array, int offset, int length) {
        Deflater deflater = deflater(extension.compression().level());
        ByteBuf compressed = allocator.directBuffer(length);
        try {
            int size = deflate(deflater, array, offset, length, compressed.internalNioBuffer(0, length));
            ByteBuf frame = allocator.directBuffer(Frames.size(size < 0 ? length : size));
            if (size < 0) {
                Frames.write(frame, opcode, array, offset, length);
            } else {
                Frames.writeHeader(frame, Frames.COMPRESSED | opcode, size);
                frame.writeBytes(compressed, 0, size);
            }
            return frame;
        } finally {
            compressed.release();
        }
    }

    /** Returns the compressed length, or a negative number if it is not less. */
    private static int deflate(Deflater deflater, byte[] array, int offset, int length, ByteBuffer out) {
        int start = out.position();
        deflater.setInput(array, offset, length);
        deflater.deflate(out, Deflater.SYNC_FLUSH);
        deflater.reset();
        return out.hasRemaining() ? out.position() - start - END_LENGTH : -1;
    }

    private Deflater deflater(int level) {
        Deflater deflater = deflaters[level];
        if (deflater == null) {
            deflater = new Deflater(level, true);
            deflaters[level] = deflater;
        }
        return deflater;
    }
}
