package dev.parley.netty;

import dev.parley.engine.Endpoint;
import dev.parley.engine.EngineIncident;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes an HTTP connection whose peer keeps the server waiting: for the head of a request, for the rest of its body,
 * or for room to write. It stands between the codec and the handlers of requests, and goes when the connection becomes
 * a WebSocket. As long as the server itself owes an answer, as to a poll, there is no limit.
 */
final class HttpTimeouts extends ChannelDuplexHandler implements Runnable {

    /** The part of a response, one by this, that a slow peer has to take each time that it is waited for anew. */
    private static final int LEAST_PART = 16;

    /** What the peer is waited for. */
    private enum Awaited {
        HEAD,
        BODY,
        ROOM,
        NOTHING
    }

    private final Endpoint endpoint;
    private final long headNanos;
    private final long bodyNanos;
    private final long writeNanos;

    private @Nullable ChannelHandlerContext ctx;

    /** Whether a part of a request's body is due. */
    private boolean inBody;
    /** Requests that have begun and whose response has not been written. */
    private int unanswered;

    private final ResponseWatch responses = new ResponseWatch();

    private Awaited awaited = Awaited.NOTHING;
    /** When the peer has been waited for long enough. */
    private long deadline;
    /** How many bytes it had not taken yet when the waiting began, and when the deadline was last put off. */
    private long whole;

    private long unsent;

    /** Not set anew when the deadline moves away; a timer that fires too early is set again. */
    private @Nullable Future<?> timer;

    private long alarm;

    HttpTimeouts(Endpoint endpoint, Duration head, Duration body, Duration write) {
        this.endpoint = endpoint;
        headNanos = head.toNanos();
        bodyNanos = body.toNanos();
        writeNanos = write.toNanos();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        await(context);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        awaited = Awaited.NOTHING;
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest) {
            unanswered++;
            inBody = true;
            await(context);
        }
        if (message instanceof LastHttpContent) {
            inBody = false;
            await(context);
        }
        context.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        ResponseWatch.Written written = responses.written(message);
        context.write(message, promise);
        if (written == ResponseWatch.Written.SWITCH) {
            context.pipeline().remove(this);
        } else if (written == ResponseWatch.Written.END) {
            unanswered = Math.max(0, unanswered - 1); // a handler behind may answer what is no request
            await(context);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        await(context);
        context.fireChannelWritabilityChanged();
    }

    /** Begins to wait for what is due now: when the peer has done what it was waited for, not with each byte. */
    private void await(ChannelHandlerContext context) {
        awaited = awaited(context);
        if (awaited != Awaited.NOTHING) {
            long now = context.executor().ticker().nanoTime();
            deadline = now + limit();
            whole = unsent(context);
            unsent = whole;
            if (timer == null || deadline - alarm < 0) {
                setTimer(context, now);
            }
        }
    }

    private void setTimer(ChannelHandlerContext context, long now) {
        if (timer != null) {
            timer.cancel(false);
        }
        alarm = deadline;
        timer = context.executor().schedule(this, deadline - now, TimeUnit.NANOSECONDS);
    }

    private Awaited awaited(ChannelHandlerContext context) {
        if (!context.channel().isWritable()) {
            return Awaited.ROOM;
        }
        if (inBody) {
            return Awaited.BODY;
        }
        return unanswered == 0 ? Awaited.HEAD : Awaited.NOTHING;
    }

    private static long unsent(ChannelHandlerContext context) {
        ChannelOutboundBuffer buffer = context.channel().unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
    }

    /**
     * Whether the peer is reading a response, slowly: it cannot be expected to do anything else meanwhile. One that
     * takes next to nothing would keep the response in memory for ever.
     */
    private boolean takesResponse(ChannelHandlerContext context) {
        long before = unsent;
        unsent = unsent(context);
        return unsent > 0 && before - unsent >= Math.max(1, whole / LEAST_PART);
    }

    /** Whether nobody here reads what the peer may have sent long ago. */
    private boolean isBodyUnread(ChannelHandlerContext context) {
        return awaited == Awaited.BODY && !context.channel().config().isAutoRead();
    }

    private long limit() {
        return switch (awaited) {
            case HEAD -> headNanos;
            case BODY -> bodyNanos;
            default -> writeNanos;
        };
    }

    @Override
    public void run() {
        ChannelHandlerContext context = Objects.requireNonNull(ctx);
        timer = null;
        if (awaited == Awaited.NOTHING) {
            return;
        }
        long now = context.executor().ticker().nanoTime();
        if (deadline - now > 0) {
            setTimer(context, now);
        } else if (isBodyUnread(context) || takesResponse(context)) {
            deadline = now + limit();
            setTimer(context, now);
        } else {
            endpoint.refused(incident());
            context.close();
        }
    }

    private EngineIncident incident() {
        return switch (awaited) {
            case HEAD -> EngineIncident.HEADERS_TIMEOUT;
            case BODY -> EngineIncident.BODY_TIMEOUT;
            default -> EngineIncident.WRITE_TIMEOUT;
        };
    }
}
