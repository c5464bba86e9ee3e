package dev.parley.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * The same as {@link HttpServerCodec}, which can not be extended, but for headers that go on in the next line: they are
 * refused. Nobody sends them any more, but they let a proxy and a server read the same bytes differently.
 *
 * <p>These are two handlers, so that those of the application find what they look for in a pipeline: Netty's types.
 */
final class HttpCodec {

    /**
     * Requests that may wait for their answers, as many as in Netty's own codec. They take much more than their bytes.
     */
    private static final int MOST_WAITING = 128;

    /** Of the requests that have not been answered. */
    private final Queue<HttpMethod> methods = new ArrayDeque<>(2);

    private HttpCodec() {}

    /** Returns the handlers of one connection. */
    static ChannelHandler[] handlers(HttpDecoderConfig config) {
        HttpCodec codec = new HttpCodec();
        return new ChannelHandler[] {codec.new Decoder(config), codec.new Encoder()};
    }

    private final class Decoder extends HttpRequestDecoder {

        private boolean inHead = true;
        /** Whether the byte before the next one ended a line of the head. */
        private boolean lineEnded;

        private boolean folded;

        Decoder(HttpDecoderConfig config) {
            super(config);
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
            int from = in.readerIndex();
            int known = out.size();
            super.decode(context, in, out);
            if (inHead) {
                // What is decoded in one turn never reaches beyond a head.
                look(in, from, in.readerIndex());
            }
            for (int i = known; i < out.size(); i++) {
                if (out.get(i) instanceof HttpRequest request) {
                    endHead(request);
                }
                inHead |= out.get(i) instanceof LastHttpContent;
            }
        }

        /** Looks at the first byte of each line. */
        private void look(ByteBuf in, int from, int to) {
            int line = lineEnded ? from : behindLine(in, from, to);
            while (line < to) {
                byte first = in.getByte(line);
                folded |= first == ' ' || first == '\t';
                line = behindLine(in, line, to);
            }
            lineEnded = line == to;
        }

        private static int behindLine(ByteBuf in, int from, int to) {
            int end = in.indexOf(from, to, (byte) '\n');
            return end < 0 ? to + 1 : end + 1;
        }

        private void endHead(HttpRequest request) {
            // Of a head that was refused already, it depends on the pieces how much has been looked at.
            if (folded && request.decoderResult().isSuccess()) {
                request.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("folded header")));
            }
            folded = false;
            lineEnded = false;
            inHead = false;
            if (methods.size() == MOST_WAITING) {
                throw new TooLongFrameException("more than " + MOST_WAITING + " requests wait for their answers");
            }
            methods.add(request.method());
        }
    }

    private final class Encoder extends HttpResponseEncoder {

        @Override
        protected boolean isContentAlwaysEmpty(HttpResponse response) {
            if (response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
                return super.isContentAlwaysEmpty(response);
            }
            return HttpMethod.HEAD.equals(methods.poll()) || super.isContentAlwaysEmpty(response);
        }
    }
}
