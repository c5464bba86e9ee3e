package dev.parley.netty;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.Deflater;

/** Compresses messages as clients do. */
final class Deflated {

    private Deflated() {}

    /** A message without its end, as it stands in a frame. */
    static byte[] message(byte[] data) {
        return message(data, Deflater.DEFAULT_COMPRESSION);
    }

    static byte[] message(byte[] data, int level) {
        Deflater deflater = new Deflater(level, true);
        try {
            deflater.setInput(data);
            byte[] out = new byte[data.length + data.length / 100 + 100];
            int length = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
            return Arrays.copyOf(out, length - 4);
        } finally {
            deflater.end();
        }
    }

    /** A message that ends its stream, and says so. */
    static byte[] finished(byte[] data) {
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try {
            deflater.setInput(data);
            deflater.finish();
            byte[] out = new byte[data.length + 100];
            return Arrays.copyOf(out, deflater.deflate(out));
        } finally {
            deflater.end();
        }
    }

    /** A message of many zeros: about a thousandth of them. */
    static byte[] bomb(int zeros) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] chunk = new byte[64 * 1024];
            byte[] compressed = new byte[1024];
            for (int left = zeros; left > 0; left -= chunk.length) {
                deflater.setInput(chunk, 0, Math.min(left, chunk.length));
                while (!deflater.needsInput()) {
                    out.write(compressed, 0, deflater.deflate(compressed));
                }
            }
            int count = deflater.deflate(compressed, 0, compressed.length, Deflater.SYNC_FLUSH);
            while (count > 0) {
                out.write(compressed, 0, count);
                count = deflater.deflate(compressed, 0, compressed.length, Deflater.SYNC_FLUSH);
            }
            return Arrays.copyOf(out.toByteArray(), out.size() - 4);
        } finally {
            deflater.end();
        }
    }
}
