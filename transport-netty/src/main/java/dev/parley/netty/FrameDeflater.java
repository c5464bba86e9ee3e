package dev.parley.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/** Writes compressed frames (RFC 7692). One for all connections of an event loop; keeps nothing between frames. */
final class FrameDeflater {

    private static final int LONGEST_HEADER = 10;
    /** What ends a compressed message, and is left out of its frame. */
    private static final int END_LENGTH = 4;

    /** By level: a compressor that has been used cannot take on another one reliably. */
    private final @Nullable Deflater[] deflaters = new @Nullable Deflater[Deflater.BEST_COMPRESSION + 1];

    /** Returns a frame of its own buffer. What does not get shorter is left as it is. */
    ByteBuf frame(
            ByteBufAllocator allocator, DeflateExtension extension, int opcode, byte[] array, int offset, int length) {
        Deflater deflater = deflater(extension.compression().level());
        ByteBuf frame = allocator.directBuffer(LONGEST_HEADER + length);
        int size = deflate(deflater, array, offset, length, frame.internalNioBuffer(LONGEST_HEADER, length));
        if (size < 0) {
            Frames.write(frame, opcode, array, offset, length);
            return frame;
        }
        // The header is laid right in front.
        int start = LONGEST_HEADER + size - Frames.size(size);
        frame.setIndex(start, start);
        Frames.writeHeader(frame, Frames.COMPRESSED | opcode, size);
        return frame.writerIndex(LONGEST_HEADER + size);
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
