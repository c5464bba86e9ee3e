package dev.parley.engine;

import dev.parley.protocol.EngineCodec;
import java.util.concurrent.Executor;

/**
 * An open WebSocket to write to: implemented by transports. All methods but {@link #ioThread} and {@link #isWritable}
 * are called on the I/O thread only; writing to a WebSocket that has closed does nothing.
 *
 * <p>The frames that are written are often the same arrays for many WebSockets: a transport that has to copy or wrap
 * them does so once for all its WebSockets that get them in one burst.
 */
public interface WebSocket extends EngineCodec.FrameSink {

    /**
     * Returns the I/O thread of the connection. See {@link HttpExchange#ioThread}.
     *
     * @return runs tasks on the I/O thread
     */
    Executor ioThread();

    /**
     * Returns where to write frames that are not to be compressed, in order with all others.
     *
     * @return this WebSocket, unless it compresses
     */
    default EngineCodec.FrameSink uncompressed() {
        return this;
    }

    /** Hands all frames written since the last call to the operating system: called once for a burst of frames. */
    void flush();

    /**
     * Tells whether the peer keeps up: whether little of what was written before still waits to be sent. Safe to call
     * from any thread.
     *
     * @return false while more waits than the transport's high-water mark
     */
    boolean isWritable();

    /**
     * Stops or goes on reading from the peer, who then has to wait when the network's buffers are full. Called while a
     * message is being taken, no other message follows. A WebSocket reads from the beginning.
     *
     * @param reading whether to read
     */
    void setReading(boolean reading);

    /**
     * Closes in good order: a close frame, behind all frames written before, then the connection. The peer's answer is
     * awaited for a bounded time.
     *
     * @param code status code as RFC 6455 defines them, or 0 for a close frame without code
     */
    void close(int code);

    /** Closes the connection at once; what has not been sent yet is dropped. */
    void abort();
}
