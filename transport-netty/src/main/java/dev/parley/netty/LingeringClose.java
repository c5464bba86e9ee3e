package dev.parley.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose peer is still sending: closing at once would reset it, and the peer might never read the
 * answer. What arrives is thrown away until the peer closes too, for a bounded time.
 */
final class LingeringClose extends ChannelInboundHandlerAdapter {

    private static final long MAX_MILLIS = 2000;

    private @Nullable Future<?> timer;

    /**
     * Starts to close a connection.
     *
     * @param ctx context of the handler to replace; the handlers of HTTP go as well
     * @param lastWrite completes when the last bytes have been written
     */
    static void start(ChannelHandlerContext ctx, ChannelFuture lastWrite) {
        if (ctx.isRemoved()) {
            return;
        }
        LingeringClose lingering = new LingeringClose();
        ctx.pipeline().replace(ctx.handler(), null, lingering);
        HttpHandlers.removeAllBut(ctx.pipeline(), lingering);
        ctx.channel().config().setAutoRead(true);
        lastWrite.addListener(written -> {
            if (written.isSuccess()) {
                shutdownOutput(ctx.channel());
            } else {
                ctx.channel().close();
            }
        });
    }

    private static void shutdownOutput(Channel channel) {
        if (channel instanceof DuplexChannel duplex && channel.pipeline().get(SslHandler.class) == null) {
            duplex.shutdownOutput();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (ctx.channel().isActive()) {
            timer = ctx.executor().schedule(() -> ctx.close(), MAX_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
