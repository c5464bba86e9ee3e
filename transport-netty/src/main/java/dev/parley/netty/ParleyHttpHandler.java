package dev.parley.netty;

import dev.parley.engine.Endpoint;
import dev.parley.engine.EngineIncident;
import dev.parley.engine.Headers;
import dev.parley.engine.HttpResponse;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Serves an {@link Endpoint} in a channel pipeline: its requests over HTTP/1.1 and its WebSockets. It takes the
 * requests whose path the endpoint handles and passes all others on; where no handler comes behind it, it answers those
 * with 404.
 *
 * <p>Where to put it:
 *
 * <ul>
 *   <li>behind {@link HttpServerCodec} (or a request decoder and a response encoder). No aggregator is needed: bodies
 *       are read here, up to the endpoint's limit. An {@code HttpObjectAggregator} in front of it works too.
 *   <li>in front of the handlers of the application's other paths. They get whole messages, head and contents.
 * </ul>
 *
 * <p>One request at a time is in progress on a connection, whoever answers it: pipelined ones wait until its response
 * has been written. When a connection switches to the WebSocket protocol, the codec and all handlers behind the codec
 * leave the pipeline; what has to stay, such as TLS, comes in front of the codec.
 *
 * <p>A peer that closes its side of the connection counts as gone, unless the channel allows half-closure.
 *
 * <p>An instance belongs to one channel.
 */
public final class ParleyHttpHandler extends ChannelDuplexHandler {

    private static final System.Logger LOG = System.getLogger(ParleyHttpHandler.class.getName());

    private final Endpoint endpoint;
    private final Shutdown shutdown;
    private final int maxFragments;
    /** What the codec has decoded already and nobody can take yet. Nothing more is read meanwhile. */
    private final Deque<HttpObject> waiting = new ArrayDeque<>(2);

    private @Nullable ChannelHandlerContext ctx;
    private @Nullable LoopExecutor io;

    /** The endpoint's request that is not done yet. */
    private @Nullable RequestInProgress current;
    /** The head of a request for an upgrade whose end is due. */
    private dev.parley.engine.@Nullable HttpRequest upgrade;
    /** Whether contents belong to a request of the handlers behind. */
    private boolean passing;
    /** Whether a handler behind owes a response. */
    private boolean awaiting;

    private final ResponseWatch responses = new ResponseWatch();

    private boolean working;
    private boolean paused;
    private boolean closing;

    /**
     * Creates a handler for one channel.
     *
     * @param endpoint what to serve
     */
    public ParleyHttpHandler(Endpoint endpoint) {
        this(endpoint, Shutdown.NEVER, NettyOptions.DEFAULT_MAX_FRAGMENTS);
    }

    ParleyHttpHandler(Endpoint endpoint, Shutdown shutdown, int maxFragments) {
        this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
        this.shutdown = shutdown;
        this.maxFragments = maxFragments;
    }

    /**
     * Adds an HTTP codec and a handler to the end of a pipeline. Handlers for other paths may follow.
     *
     * @param pipeline the pipeline of a new channel
     * @param endpoint what to serve
     */
    public static void addTo(ChannelPipeline pipeline, Endpoint endpoint) {
        pipeline.addLast(HttpCodec.handlers(new HttpDecoderConfig()));
        pipeline.addLast(new ParleyHttpHandler(endpoint));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpObject object) {
            waiting.addLast(object);
            work();
        } else {
            context.fireChannelRead(message);
        }
    }

    /** Takes what waits, as far as it can be taken now. */
    void work() {
        ChannelHandlerContext context = context();
        if (working) {
            return;
        }
        working = true;
        try {
            HttpObject next = waiting.peekFirst();
            while (next != null && takes(context, next)) {
                waiting.removeFirst();
                take(context, next);
                next = waiting.peekFirst();
            }
        } finally {
            working = false;
        }
        pauseOrResume(context);
    }

    private void pauseOrResume(ChannelHandlerContext context) {
        if (paused == waiting.isEmpty() && !context.isRemoved()) {
            paused = !paused;
            context.channel().config().setAutoRead(!paused);
        }
    }

    private boolean takes(ChannelHandlerContext context, HttpObject object) {
        if (passing || closing) {
            return true;
        }
        if (object instanceof HttpRequest) {
            // A peer that does not read its responses gets no further ones.
            return current == null && !awaiting && context.channel().isWritable();
        }
        return current == null || current.takes((HttpContent) object);
    }

    private void take(ChannelHandlerContext context, HttpObject object) {
        if (passing || (object instanceof HttpRequest request && isForOthers(context, request))) {
            pass(context, object);
            return;
        }
        try {
            if (object instanceof HttpRequest request && !closing) {
                begin(context, request);
            }
            if (object instanceof HttpContent content && !closing) {
                content(context, content);
            }
        } finally {
            ReferenceCountUtil.release(object);
        }
    }

    private boolean isForOthers(ChannelHandlerContext context, HttpRequest request) {
        return !closing
                && !shutdown.hasBegun()
                && request.decoderResult().isSuccess()
                && context.pipeline().lastContext() != context
                && !endpoint.handles(RequestHeads.path(RequestHeads.target(request.uri())));
    }

    private void pass(ChannelHandlerContext context, HttpObject object) {
        awaiting |= object instanceof HttpRequest;
        passing = !(object instanceof LastHttpContent);
        context.fireChannelRead(object);
    }

    private void begin(ChannelHandlerContext context, HttpRequest request) {
        HttpResponse refusal = refusal(request);
        if (refusal != null) {
            refuse(context, request, refusal);
            return;
        }
        dev.parley.engine.HttpRequest converted;
        try {
            converted = convert(context, request);
        } catch (IllegalArgumentException e) {
            refused(EngineIncident.MALFORMED_REQUEST);
            refuse(context, request, WebSocketHandshake.badRequest());
            return;
        }
        boolean handled = endpoint.handles(converted.path());
        if (handled && RequestHeads.isUpgrade(request) && HttpHandlers.hasCodec(context.pipeline())) {
            upgrade = converted;
            return;
        }
        RequestInProgress started = new RequestInProgress(this, context, io(context), request, converted);
        current = started;
        if (handled) {
            started.exchange().passTo(endpoint);
        } else {
            refused(EngineIncident.UNKNOWN_PATH);
            started.exchange().respond(notFound(request));
        }
    }

    private @Nullable HttpResponse refusal(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return malformed(request.decoderResult().cause());
        }
        if (request.protocolVersion().majorVersion() != 1) {
            refused(EngineIncident.MALFORMED_REQUEST);
            return new HttpResponse(505, Headers.empty());
        }
        if (shutdown.hasBegun()) {
            refused(EngineIncident.SHUTTING_DOWN);
            return new HttpResponse(503, Headers.empty());
        }
        return null;
    }

    /** Takes note of what could not be decoded; returns the answer. */
    HttpResponse malformed(Throwable cause) {
        HttpResponse response = HttpResponses.refusal(cause);
        refused(
                switch (response.status()) {
                    case 414 -> EngineIncident.REQUEST_LINE_TOO_LONG;
                    case 431 -> EngineIncident.HEADERS_TOO_LARGE;
                    default -> EngineIncident.MALFORMED_REQUEST;
                });
        return response;
    }

    /** Takes note of what this connection has refused by itself. */
    void refused(EngineIncident incident) {
        endpoint.refused(incident);
    }

    private void refuse(ChannelHandlerContext context, HttpRequest request, HttpResponse response) {
        boolean unread = request.decoderResult().isFailure() || RequestHeads.hasBody(request);
        close(context.writeAndFlush(HttpResponses.convert(request, response, false)), unread);
    }

    private static HttpResponse notFound(HttpRequest request) {
        boolean upgrade = RequestHeads.isUpgrade(request);
        return new HttpResponse(404, upgrade ? Headers.of("Connection", "close") : Headers.empty());
    }

    private dev.parley.engine.HttpRequest convert(ChannelHandlerContext context, HttpRequest request) {
        boolean secure = context.pipeline().get(SslHandler.class) != null;
        return RequestHeads.convert(request, address(context.channel().remoteAddress()), secure);
    }

    private static @Nullable InetAddress address(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet.getAddress() : null;
    }

    private void content(ChannelHandlerContext context, HttpContent content) {
        if (upgrade != null) {
            if (content instanceof LastHttpContent) {
                startUpgrade(context, upgrade);
            }
        } else if (current != null) {
            if (current.takes(content)) {
                current.content(content);
            } else {
                // The body of an aggregated request, for which the endpoint has not asked yet.
                waiting.addFirst(new DefaultLastHttpContent(content.content().retain()));
            }
        }
    }

    private void startUpgrade(ChannelHandlerContext context, dev.parley.engine.HttpRequest request) {
        upgrade = null;
        if (waiting.isEmpty()) {
            new UpgradeHandler(context, io(context), request, endpoint, maxFragments).start();
        } else {
            // What follows has been decoded as HTTP. No client sends it before it has seen the response.
            refused(EngineIncident.MALFORMED_REQUEST);
            context.close();
        }
    }

    /** Told when a request of the endpoint is done and the connection stays open. */
    void finished() {
        current = null;
        work();
    }

    /**
     * Closes the connection behind the last response.
     *
     * @param unread whether the peer may still be sending
     */
    void close(ChannelFuture written, boolean unread) {
        closing = true;
        if (unread || !waiting.isEmpty()) {
            LingeringClose.start(context(), written);
        } else {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    boolean isShutDown() {
        return shutdown.hasBegun();
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (!awaiting) {
            context.write(message, promise);
            return;
        }
        ResponseWatch.Written written = responses.written(message);
        context.write(message, promise);
        if (written == ResponseWatch.Written.SWITCH) {
            // The connection belongs to a handler behind from now on.
            context.pipeline().remove(this);
        } else if (written == ResponseWatch.Written.END) {
            awaiting = false;
            io(context).execute(this::finishOthers);
        }
    }

    private void finishOthers() {
        work();
        finish();
    }

    /** Closes the connection if its server is shut down and nothing is in progress. */
    private void finish() {
        if (shutdown.hasBegun() && current == null && !awaiting && !passing && upgrade == null && !closing) {
            closing = true;
            context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == Shutdown.FINISH) {
            // Behind whatever the endpoint wants to say to its last requests.
            io(context).execute(this::finish);
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        context.fireChannelWritabilityChanged();
        work();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        closing = true;
        if (current != null) {
            current.abort();
        }
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (awaiting || passing) {
            context.fireExceptionCaught(cause);
        } else {
            if (cause instanceof DecoderException) {
                refused(EngineIncident.MALFORMED_REQUEST);
            }
            Failures.log(LOG, "an HTTP connection failed", cause);
            context.close();
        }
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(ctx, "not added to a pipeline");
    }

    private LoopExecutor io(ChannelHandlerContext context) {
        LoopExecutor executor = io;
        if (executor == null) {
            executor = LoopExecutor.of(context.channel().eventLoop());
            io = executor;
        }
        return executor;
    }
}
