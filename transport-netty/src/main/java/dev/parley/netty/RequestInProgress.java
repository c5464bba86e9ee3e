package dev.parley.netty;

import dev.parley.engine.Compression;
import dev.parley.engine.EngineIncident;
import dev.parley.engine.Headers;
import dev.parley.engine.HttpExchange.BodyListener;
import dev.parley.engine.HttpExchange.WebSocketAcceptor;
import dev.parley.engine.HttpResponse;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * A request that the endpoint answers, from its head to the end of its body and of its response. For the I/O thread.
 */
final class RequestInProgress implements NettyExchange.Carrier {

    private final ParleyHttpHandler connection;
    private final ChannelHandlerContext ctx;
    private final HttpRequest head;
    private final NettyExchange exchange;

    /** Whether bytes of the body may still come. */
    private boolean bodyPending;
    /** Whether the codec has told the end of the request. */
    private boolean ended;

    private boolean answered;
    private @Nullable RequestBody body;

    RequestInProgress(
            ParleyHttpHandler connection,
            ChannelHandlerContext ctx,
            LoopExecutor io,
            HttpRequest head,
            dev.parley.engine.HttpRequest request) {
        this.connection = connection;
        this.ctx = ctx;
        this.head = head;
        this.exchange = new NettyExchange(request, io, this);
        this.bodyPending = RequestHeads.hasBody(head);
    }

    NettyExchange exchange() {
        return exchange;
    }

    /** Tells whether a part of the body can be taken now. What cannot has to wait, unread if possible. */
    boolean takes(HttpContent content) {
        return answered
                || body != null
                || !bodyPending
                || content.decoderResult().isFailure();
    }

    /** Takes a part of the body. */
    void content(HttpContent content) {
        if (content.decoderResult().isFailure()) {
            invalid(content.decoderResult().cause());
            return;
        }
        if (body != null && exchange.isOpen()) {
            body.add(content.content());
        }
        if (content instanceof LastHttpContent) {
            bodyPending = false;
            ended = true;
            if (body != null && exchange.isOpen()) {
                body.complete();
            }
            finishIfDone();
        }
    }

    private void invalid(Throwable cause) {
        boolean unanswered = exchange.isOpen();
        HttpResponse refusal = connection.malformed(cause);
        abort();
        if (unanswered) {
            write(refusal, false);
        }
    }

    /** Tells the endpoint that the peer is gone, if it waits for anything of it. */
    void abort() {
        exchange.abort(body);
    }

    @Override
    public void readBody(NettyExchange exchange, int limit, BodyListener listener) {
        if (exchange.isGone()) {
            listener.aborted();
            return;
        }
        if (body != null || !exchange.isOpen()) {
            return;
        }
        long announced = HttpUtil.getContentLength(head, -1L);
        body = new RequestBody(limit, announced, listener);
        if (announced > limit) {
            body.refuse();
        } else if (!bodyPending) {
            body.complete();
        } else if (HttpUtil.is100ContinueExpected(head) && !(head instanceof FullHttpRequest)) {
            ctx.writeAndFlush(HttpResponses.continues(), ctx.voidPromise());
        }
        connection.work();
    }

    @Override
    public void respond(NettyExchange exchange, HttpResponse response) {
        boolean close = "close".equalsIgnoreCase(response.headers().get("Connection"));
        write(response, HttpUtil.isKeepAlive(head) && !bodyPending && !close && !connection.isShutDown());
    }

    @Override
    public void acceptWebSocket(
            NettyExchange exchange,
            Headers headers,
            int maxMessageBytes,
            @Nullable Compression compression,
            WebSocketAcceptor acceptor) {
        // What could become a WebSocket never comes here.
        connection.refused(EngineIncident.INVALID_WEBSOCKET_HANDSHAKE);
        HttpResponse refusal = WebSocketHandshake.refusal(exchange.request());
        write(refusal == null ? WebSocketHandshake.badRequest() : refusal, false);
    }

    private void write(HttpResponse response, boolean keepAlive) {
        answered = true;
        Object message = HttpResponses.convert(head, response, keepAlive);
        if (keepAlive) {
            ctx.writeAndFlush(message, ctx.voidPromise());
            finishIfDone();
        } else {
            connection.close(ctx.writeAndFlush(message), bodyPending);
        }
    }

    private void finishIfDone() {
        if (answered && ended) {
            connection.finished();
        }
    }
}
