package dev.parley.netty;

import dev.parley.engine.Compression;
import dev.parley.engine.Endpoint;
import dev.parley.engine.EngineIncident;
import dev.parley.engine.Headers;
import dev.parley.engine.HttpExchange.BodyListener;
import dev.parley.engine.HttpExchange.WebSocketAcceptor;
import dev.parley.engine.HttpRequest;
import dev.parley.engine.HttpResponse;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Holds a connection between the request for an upgrade and its answer. The HTTP codec is gone by then: whatever
 * arrives behind the request is kept as it is, for the WebSocket.
 */
final class UpgradeHandler extends ChannelInboundHandlerAdapter implements NettyExchange.Carrier {

    private final ChannelHandlerContext http;
    private final LoopExecutor io;
    private final Endpoint endpoint;
    private final int maxFragments;
    private final NettyExchange exchange;
    private final Queue<Object> early = new ArrayDeque<>(0);

    /**
     * Creates the handler.
     *
     * @param http context of the handler that it takes the place of
     * @param maxFragments most fragments of a message on the WebSocket
     */
    UpgradeHandler(
            ChannelHandlerContext http, LoopExecutor io, HttpRequest request, Endpoint endpoint, int maxFragments) {
        this.http = http;
        this.io = io;
        this.endpoint = endpoint;
        this.maxFragments = maxFragments;
        this.exchange = new NettyExchange(request, io, this);
    }

    /** Takes the connection over and passes the request on. */
    void start() {
        http.pipeline().replace(http.handler(), null, this);
        HttpHandlers.removeAllBut(http.pipeline(), this);
        if (early.isEmpty()) {
            // To see the peer leave, should requests that waited have stopped the reading.
            http.channel().config().setAutoRead(true);
        }
        exchange.passTo(endpoint);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        early.add(message);
        ctx.channel().config().setAutoRead(false);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        exchange.abort(null);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        early.forEach(ReferenceCountUtil::release);
        early.clear();
    }

    @Override
    public void readBody(NettyExchange exchange, int limit, BodyListener listener) {
        if (exchange.isGone()) {
            listener.aborted();
        } else if (exchange.isOpen()) {
            listener.complete(new byte[0]);
        }
    }

    @Override
    public void respond(NettyExchange exchange, HttpResponse response) {
        ChannelHandlerContext ctx = http.pipeline().context(this);
        if (ctx != null) {
            LingeringClose.start(ctx, ctx.writeAndFlush(RawHttp.response(ctx.alloc(), response)));
        }
    }

    private void refuse(NettyExchange exchange, HttpResponse refusal) {
        endpoint.refused(EngineIncident.INVALID_WEBSOCKET_HANDSHAKE);
        respond(exchange, refusal);
    }

    @Override
    public void acceptWebSocket(
            NettyExchange exchange,
            Headers headers,
            int maxMessageBytes,
            @Nullable Compression compression,
            WebSocketAcceptor acceptor) {
        HttpResponse refusal = WebSocketHandshake.refusal(exchange.request());
        if (refusal != null) {
            refuse(exchange, refusal);
            return;
        }
        DeflateExtension deflate;
        try {
            deflate = compression == null ? null : DeflateExtension.agree(exchange.request(), compression);
        } catch (IllegalArgumentException e) {
            refuse(exchange, WebSocketHandshake.badRequest());
            return;
        }
        ChannelHandlerContext ctx = http.pipeline().context(this);
        if (ctx == null) {
            return;
        }
        NettyWebSocket webSocket = new NettyWebSocket(ctx.channel(), io, maxMessageBytes, maxFragments, deflate);
        Queue<Object> behind = new ArrayDeque<>(early);
        early.clear();
        ctx.pipeline().replace(this, null, webSocket);
        ctx.channel().config().setAutoRead(true); // whoever takes the first frames may want no more for now
        String accept = WebSocketHandshake.accept(exchange.request());
        Headers all = deflate == null ? headers : headers.and(DeflateExtension.HEADER, deflate.response());
        webSocket.open(RawHttp.switchingProtocols(ctx.alloc(), accept, all), acceptor);
        behind.forEach(bytes -> webSocket.receive((ByteBuf) bytes));
        webSocket.readComplete();
    }
}
