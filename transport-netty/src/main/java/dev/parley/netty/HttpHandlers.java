package dev.parley.netty;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpServerCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Finds the handlers of a pipeline that serve HTTP: the codec and all behind it. */
final class HttpHandlers {

    private HttpHandlers() {}

    /** Removes the handlers of HTTP but one. What the decoder has not decoded yet goes to that one. */
    static void removeAllBut(ChannelPipeline pipeline, ChannelHandler kept) {
        List<ChannelHandler> handlers = new ArrayList<>();
        for (Map.Entry<String, ChannelHandler> entry : pipeline) {
            ChannelHandler handler = entry.getValue();
            if (handler != kept && (!handlers.isEmpty() || isCodec(handler))) {
                handlers.add(handler);
            }
        }
        handlers.forEach(pipeline::remove);
    }

    /** Tells whether a pipeline has an HTTP codec to take out. */
    static boolean hasCodec(ChannelPipeline pipeline) {
        for (Map.Entry<String, ChannelHandler> entry : pipeline) {
            if (isCodec(entry.getValue())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isCodec(ChannelHandler handler) {
        return handler instanceof HttpServerCodec
                || handler instanceof HttpRequestDecoder
                || handler instanceof HttpResponseEncoder;
    }
}
