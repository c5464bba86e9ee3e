package dev.parley.engine;

/**
 * How what is sent is compressed, where it is: WebSocket messages by {@link EngineOptions.Builder#perMessageDeflate},
 * responses to polls by {@link EngineOptions.Builder#httpCompression}.
 *
 * <p>Each message and each response is compressed by itself. So no compressor is kept for a connection, whatever it
 * sends, and clients of one broadcast share what was compressed once.
 *
 * <p>That happens on I/O threads, so what is longer than {@link #MAX_LENGTH} is left as it is.
 *
 * @param threshold the shortest message or response that is compressed, in bytes
 * @param level how much time to spend, from 1 (fast) to 9 (small)
 */
public record Compression(int threshold, int level) {

    /**
     * The longest message or response that is compressed, in bytes: 512 KiB. With level 6 that takes an I/O thread 15
     * ms, if it is JSON, and up to 50 ms.
     */
    public static final int MAX_LENGTH = 512 * 1024;

    /** From 1024 bytes on, as in the reference server, with the usual compromise between time and size, level 6. */
    public static final Compression DEFAULT = new Compression(1024, 6);

    /**
     * Checks the values.
     *
     * @param threshold 0 to {@link #MAX_LENGTH}
     * @param level 1 to 9
     * @throws IllegalArgumentException if a value is not one of these
     */
    public Compression {
        if (threshold < 0 || threshold > MAX_LENGTH) {
            throw new IllegalArgumentException("threshold: " + threshold + " (expected: 0 to " + MAX_LENGTH + ")");
        }
        if (level < 1 || level > 9) {
            throw new IllegalArgumentException("level: " + level + " (expected: 1 to 9)");
        }
    }

    /**
     * Tells whether to compress what has this length.
     *
     * @param length bytes of a message or response
     * @return whether it is neither shorter than the threshold nor longer than {@link #MAX_LENGTH}
     */
    public boolean covers(int length) {
        return length >= threshold && length <= MAX_LENGTH;
    }

    /**
     * Returns the same with another threshold.
     *
     * @param bytes the shortest message or response to compress, 0 for all
     * @return how to compress
     */
    public Compression withThreshold(int bytes) {
        return new Compression(bytes, level);
    }

    /**
     * Returns the same with another level.
     *
     * @param newLevel 1 to 9
     * @return how to compress
     */
    public Compression withLevel(int newLevel) {
        return new Compression(threshold, newLevel);
    }
}
