package dev.parley.netty;

import dev.parley.engine.HttpExchange.WebSocketAcceptor;
import dev.parley.engine.WebSocket;
import dev.parley.engine.WebSocketListener;
import dev.parley.protocol.EngineCodec;
import dev.parley.protocol.Utf8;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket: the last handler of its channel, and after the handshake the only one besides TLS. It reads frames out
 * of the socket's buffers and writes finished bytes, so there is no object per frame.
 */
final class NettyWebSocket extends ChannelInboundHandlerAdapter implements WebSocket, FrameReader.Sink {

    private static final System.Logger LOG = System.getLogger(NettyWebSocket.class.getName());

    private static final int NORMAL_CLOSURE = 1000;
    private static final int GOING_AWAY = 1001;
    /** How long the close frame may take to leave, behind all that was written before. */
    private static final long CLOSE_TIMEOUT_SECONDS = 5;
    /** How long the peer may take to answer it. */
    private static final long ANSWER_TIMEOUT_SECONDS = 1;

    private static final int MIN_BUFFER = 512;
    private static final int MAX_BUFFER = 16 * 1024;

    private final Channel channel;
    private final LoopExecutor io;
    private final FrameReader reader;
    private final @Nullable DeflateExtension deflate;

    private State state = State.OPEN;
    private @Nullable WebSocketListener listener;
    /** Frames for this peer alone that have not been handed to the channel yet. */
    private @Nullable ByteBuf pending;
    /** Bytes written for this peer alone since the last flush, and between the two before: a burst is like the last. */
    private int burst;

    private int lastBurst;
    /** Whether pongs wait for the end of the present read. */
    private boolean pongs;

    private boolean reading = true;
    /** What the channel had read already when reading paused. */
    private @Nullable Deque<ByteBuf> unread;
    /** Whether the peer has gone, but not all that it has sent has been taken. */
    private boolean gone;

    private @Nullable Future<?> closeTimer;

    /**
     * Creates a WebSocket.
     *
     * @param deflate how messages are compressed, or null if they are not
     */
    NettyWebSocket(
            Channel channel,
            LoopExecutor io,
            int maxMessageBytes,
            int maxFragments,
            @Nullable DeflateExtension deflate) {
        this.channel = channel;
        this.io = io;
        this.deflate = deflate;
        this.reader = new FrameReader(maxMessageBytes, maxFragments, this);
    }

    private enum State {
        /** Messages go both ways. */
        OPEN,
        /** Our close frame is on its way; only the peer's is of interest. */
        CLOSING,
        /** Nothing is read or written any more. */
        CLOSED
    }

    /**
     * Opens the WebSocket.
     *
     * @param handshake the response to the handshake, which leaves together with the first frames
     * @param acceptor tells who listens
     */
    void open(ByteBuf handshake, WebSocketAcceptor acceptor) {
        pending = handshake;
        try {
            listener = acceptor.accepted(this);
        } catch (RuntimeException e) {
            Failures.log(LOG, "a new WebSocket was not taken", e);
            abort();
            return;
        }
        if (listener == null) {
            close(NORMAL_CLOSURE);
        }
        flush();
    }

    @Override
    public Executor ioThread() {
        return io;
    }

    @Override
    public void text(Utf8 text) {
        write(Frames.TEXT, text.array(), text.offset(), text.length());
    }

    @Override
    public void binary(byte[] data) {
        write(Frames.BINARY, data, 0, data.length);
    }

    @Override
    public EngineCodec.FrameSink uncompressed() {
        return deflate == null ? this : new Uncompressed();
    }

    private final class Uncompressed implements EngineCodec.FrameSink {

        @Override
        public void text(Utf8 text) {
            writePlain(Frames.TEXT, text.array(), text.offset(), text.length());
        }

        @Override
        public void binary(byte[] data) {
            writePlain(Frames.BINARY, data, 0, data.length);
        }
    }

    private void write(int opcode, byte[] array, int offset, int length) {
        if (deflate == null || !deflate.compression().covers(length)) {
            writePlain(opcode, array, offset, length);
        } else if (state == State.OPEN) {
            writeShared(io.frames().deflated(channel.alloc(), deflate, opcode, array, offset, length));
        }
    }

    private void writePlain(int opcode, byte[] array, int offset, int length) {
        if (state != State.OPEN) {
            return;
        }
        ByteBuf shared = io.frames().share(channel.alloc(), opcode, array, offset, length);
        if (shared == null) {
            Frames.write(room(Frames.size(length)), opcode, array, offset, length);
        } else {
            writeShared(shared);
        }
    }

    private void writeShared(ByteBuf frame) {
        passOn();
        channel.write(frame, channel.voidPromise());
    }

    /** Returns a buffer with room for a frame: frames of one burst are laid one behind the other. */
    private ByteBuf room(int bytes) {
        if (pending != null && pending.maxFastWritableBytes() < bytes) {
            passOn();
        }
        if (pending == null) {
            int expected = Math.max(lastBurst - burst, burst);
            int capacity = Math.max(MIN_BUFFER, Math.min(expected, MAX_BUFFER));
            pending = channel.alloc().directBuffer(Math.max(bytes, capacity));
        }
        burst += bytes;
        return pending;
    }

    private void passOn() {
        ByteBuf frames = pending;
        if (frames != null) {
            pending = null;
            channel.write(frames, channel.voidPromise());
        }
    }

    @Override
    public void flush() {
        passOn();
        lastBurst = burst;
        burst = 0;
        channel.flush();
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public void setReading(boolean reads) {
        reading = reads;
        if (unread == null) {
            channel.config().setAutoRead(isReading());
        } else if (isReading()) {
            io.execute(this::readOn); // behind the message that is being taken, if there is one
        }
    }

    /** What is left of a closing connection is read to its end. */
    @Override
    public boolean isReading() {
        return reading || state != State.OPEN;
    }

    private void readOn() {
        Deque<ByteBuf> rest = unread;
        if (rest == null) {
            return;
        }
        try {
            while (!rest.isEmpty() && isReading()) {
                ByteBuf next = rest.remove();
                if (!isRead(next)) {
                    rest.addFirst(next);
                }
            }
        } catch (Throwable e) {
            failed(e);
        }
        if (rest.isEmpty()) {
            unread = null;
            channel.config().setAutoRead(isReading());
        }
        readComplete();
        if (gone && unread == null) {
            left();
        }
    }

    @Override
    public void close(int code) {
        if (state != State.OPEN) {
            return;
        }
        state = State.CLOSING;
        setReading(true); // else the answer is not seen
        closeInBoundedTime();
        try {
            Frames.writeClose(room(4), code);
        } catch (OutOfMemoryError e) {
            Failures.log(LOG, "a WebSocket could not be closed in good order", e);
            channel.close();
            return;
        }
        ByteBuf last = pending;
        pending = null;
        channel.writeAndFlush(last == null ? Unpooled.EMPTY_BUFFER : last).addListener(written -> {
            // Some clients never answer a close frame; they notice the end of the connection.
            closeWithin(ANSWER_TIMEOUT_SECONDS);
        });
    }

    @Override
    public void abort() {
        end();
        channel.close();
        if (gone) {
            closed(null);
        }
    }

    private void closeInBoundedTime() {
        closeWithin(CLOSE_TIMEOUT_SECONDS);
    }

    private void closeWithin(long seconds) {
        if (closeTimer != null) {
            closeTimer.cancel(false);
        }
        if (channel.isActive()) {
            closeTimer = channel.eventLoop().schedule(() -> channel.close(), seconds, TimeUnit.SECONDS);
        }
    }

    /** Takes bytes that arrived before this handler was in place. */
    void receive(ByteBuf in) {
        if (unread != null) {
            unread.add(in);
        } else if (!isRead(in)) {
            unread = new ArrayDeque<>(2);
            unread.add(in);
        }
    }

    /** Reads a buffer and releases it; false, and it is kept, if reading pauses before its end. */
    private boolean isRead(ByteBuf in) {
        boolean read = true;
        try {
            if (state != State.CLOSED) {
                reader.read(in);
                read = state == State.CLOSED || !in.isReadable();
            }
        } catch (FrameException e) {
            refuse(e);
        } finally {
            if (read) {
                in.release();
            }
        }
        return read;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        receive((ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        readComplete();
    }

    /** Sends what the bytes received call for. */
    void readComplete() {
        if (listener != null) {
            listener.readComplete();
        }
        if (pongs) {
            pongs = false;
            flush();
        }
    }

    @Override
    public void textMessage(byte[] utf8) {
        if (state == State.OPEN && listener != null) {
            listener.text(Utf8.of(utf8));
        }
    }

    @Override
    public void binaryMessage(byte[] data) {
        if (state == State.OPEN && listener != null) {
            listener.binary(data);
        }
    }

    @Override
    public boolean inflates() {
        return deflate != null;
    }

    @Override
    public byte[] inflate(byte[] data, int length, int limit) throws FrameException {
        return io.inflater().inflate(data, length, limit);
    }

    @Override
    public void ping(byte[] payload) {
        // A peer that sends pings but reads nothing gets no answers: they would pile up.
        if (state == State.OPEN && channel.isWritable()) {
            Frames.write(room(Frames.size(payload.length)), Frames.PONG, payload, 0, payload.length);
            pongs = true;
        }
    }

    @Override
    public void closeFrame(int code) {
        if (state == State.CLOSING) {
            channel.close();
        } else if (state == State.OPEN) {
            writeLast(code).addListener(ChannelFutureListener.CLOSE);
            closeInBoundedTime();
            closed(null);
        }
    }

    private void refuse(FrameException violation) {
        if (state == State.CLOSED) {
            return;
        }
        if (gone) {
            closed(violation.toProtocolException());
            return;
        }
        ChannelHandlerContext ctx = channel.pipeline().context(this);
        ChannelFuture written = writeLast(violation.closeCode());
        closed(violation.toProtocolException());
        LingeringClose.start(ctx, written);
    }

    private ChannelFuture writeLast(int code) {
        if (state == State.OPEN) {
            Frames.writeClose(room(4), code);
        }
        ByteBuf last = pending;
        pending = null;
        return channel.writeAndFlush(last == null ? Unpooled.EMPTY_BUFFER : last);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        // This may come from within a flush of the listener's, who is not prepared for it there.
        if (channel.isWritable()) {
            io.execute(this::tellWritable);
        }
    }

    private void tellWritable() {
        if (state == State.OPEN && listener != null && channel.isWritable()) {
            listener.writable();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == Shutdown.FINISH) {
            // Behind whatever the endpoint still wants to say, its own close frame above all.
            io.execute(() -> close(GOING_AWAY));
        } else if (event == ChannelInputShutdownEvent.INSTANCE) {
            left();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        left();
    }

    /** The peer has gone. What it has sent before is taken first, when reading goes on. */
    private void left() {
        gone = true;
        if (unread == null || state != State.OPEN) {
            closed(null);
            channel.close();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (closeTimer != null) {
            closeTimer.cancel(false);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        failed(cause);
    }

    private void failed(Throwable cause) {
        Failures.log(LOG, "a WebSocket failed", cause);
        abort();
    }

    private void closed(@Nullable Throwable cause) {
        end();
        WebSocketListener told = listener;
        if (told != null) {
            listener = null;
            told.closed(cause);
        }
    }

    private void end() {
        state = State.CLOSED;
        if (pending != null) {
            pending.release();
            pending = null;
        }
        if (unread != null) {
            unread.forEach(ByteBuf::release);
            unread.clear();
            unread = null;
        }
    }
}
