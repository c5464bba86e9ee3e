package dev.parley.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;

/**
 * Tells when no connection can be accepted, as when the process has no file descriptor left. New clients wait then, or
 * are refused by the operating system, and Netty tries again each second; that is told once a minute. The last handler
 * of the channel that listens.
 */
final class AcceptFailures extends ChannelInboundHandlerAdapter {

    private static final System.Logger LOG = System.getLogger(AcceptFailures.class.getName());

    private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private long lastTold = System.nanoTime() - PAUSE_NANOS;

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        long now = System.nanoTime();
        if (now - lastTold < PAUSE_NANOS) {
            LOG.log(System.Logger.Level.DEBUG, "no connection can be accepted", cause);
        } else {
            lastTold = now;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "no connection can be accepted; it is tried again each second: {0}",
                    cause.toString());
        }
    }
}
