package dev.parley.netty;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Decompresses messages (RFC 7692). One for all connections of an event loop; keeps nothing between messages. */
final class MessageInflater {

    private static final byte[] EMPTY = new byte[0];
    /** What every message ends with, and is not sent. */
    private static final byte[] END = {0, 0, (byte) 0xff, (byte) 0xff};

    private static final int CHUNK = 16 * 1024;
    /** Streams of one message: clients send one, and beyond this number they are wasting our time. */
    private static final int MOST_STREAMS = 100;

    private final Inflater inflater = new Inflater(true);
    private final byte[] chunk = new byte[CHUNK];

    private byte[] message = EMPTY;
    private int messageLength;
    private int streams;

    /**
     * Decompresses a message.
     *
     * @param data holds the compressed message from its beginning
     * @param limit most bytes to accept; memory is taken for what has come out and no more
     */
    byte[] inflate(byte[] data, int length, int limit) throws FrameException {
        try {
            inflate(data, 0, length, limit);
            inflate(END, 0, END.length, limit);
            return messageLength == message.length ? message : Arrays.copyOf(message, messageLength);
        } catch (DataFormatException e) {
            throw new FrameException(FrameException.INVALID_DATA, "Invalid compressed message");
        } finally {
            inflater.reset();
            message = EMPTY;
            messageLength = 0;
            streams = 0;
        }
    }

    private void inflate(byte[] data, int offset, int length, int limit) throws DataFormatException, FrameException {
        inflater.setInput(data, offset, length);
        boolean more;
        do {
            int count = inflater.inflate(chunk);
            append(count, limit);
            more = count > 0;
            if (inflater.finished()) {
                // A message may consist of several streams.
                if (++streams == MOST_STREAMS) {
                    throw new DataFormatException("too many streams");
                }
                int rest = inflater.getRemaining();
                inflater.reset();
                inflater.setInput(data, offset + length - rest, rest);
                more = rest > 0;
            }
        } while (more);
    }

    private void append(int count, int limit) throws FrameException {
        if (count > limit - messageLength) {
            throw new FrameException(FrameException.TOO_BIG, "Max payload size exceeded");
        }
        int needed = messageLength + count;
        if (needed > message.length) {
            int grown = (int) Math.min(limit, 2L * message.length);
            message = Arrays.copyOf(message, Math.max(needed, grown));
        }
        System.arraycopy(chunk, 0, message, messageLength, count);
        messageLength = needed;
    }
}
