package dev.parley.netty;

import dev.parley.engine.HttpExchange.BodyListener;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Gathers a request's body up to a limit. The array grows with what has arrived, not with what was announced. */
final class RequestBody {

    private static final byte[] EMPTY = new byte[0];
    private static final int INITIAL_CAPACITY = 4096;

    private final int limit;
    /** The announced length, or the limit if none was. */
    private final int expected;

    private @Nullable BodyListener listener;
    private byte[] bytes = EMPTY;
    private int length;

    /**
     * Starts to read a body.
     *
     * @param announced its length as the peer announced it, or -1
     */
    RequestBody(int limit, long announced, BodyListener listener) {
        this.limit = limit;
        this.expected = announced < 0 ? limit : (int) Math.min(announced, limit);
        this.listener = listener;
    }

    void add(ByteBuf content) {
        int count = content.readableBytes();
        if (listener == null || count == 0) {
            return;
        }
        if (count > limit - length) {
            refuse();
            return;
        }
        if (length + count > bytes.length) {
            int grown = (int) Math.min(expected, Math.max(INITIAL_CAPACITY, 2L * bytes.length));
            bytes = Arrays.copyOf(bytes, Math.max(length + count, grown));
        }
        content.readBytes(bytes, length, count);
        length += count;
    }

    /** Drops what has come and tells that it is too much. */
    void refuse() {
        bytes = EMPTY;
        if (listener != null) {
            take(listener).tooLarge();
        }
    }

    void complete() {
        if (listener != null) {
            take(listener).complete(length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
        }
    }

    void abort() {
        if (listener != null) {
            take(listener).aborted();
        }
    }

    private BodyListener take(BodyListener told) {
        listener = null;
        return told;
    }
}
