package dev.parley.netty;

import dev.parley.engine.Headers;
import dev.parley.engine.HttpResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;

/** Writes responses where the HTTP codec has already left the pipeline. */
final class RawHttp {

    private static final int HEAD_CAPACITY = 512;

    private RawHttp() {}

    /** Returns the head of a response that switches to the WebSocket protocol. */
    static ByteBuf switchingProtocols(ByteBufAllocator allocator, String accept, Headers headers) {
        ByteBuf out = head(allocator, 101, HEAD_CAPACITY);
        line(out, "Upgrade", "websocket");
        line(out, "Connection", "Upgrade");
        line(out, "Sec-WebSocket-Accept", accept);
        headers.forEach((name, value) -> line(out, name, value));
        return end(out);
    }

    /** Returns a whole response, after which the connection closes. */
    static ByteBuf response(ByteBufAllocator allocator, HttpResponse response) {
        byte[] body = response.body();
        ByteBuf out = head(allocator, response.status(), HEAD_CAPACITY + body.length);
        response.headers().forEach((name, value) -> {
            if (!name.equalsIgnoreCase("Connection")) {
                line(out, name, value);
            }
        });
        line(out, "Content-Length", Integer.toString(body.length));
        line(out, "Connection", "close");
        return end(out).writeBytes(body);
    }

    private static ByteBuf head(ByteBufAllocator allocator, int status, int capacity) {
        ByteBuf out = allocator.directBuffer(capacity);
        ByteBufUtil.writeAscii(out, "HTTP/1.1 ");
        ByteBufUtil.writeAscii(out, HttpResponseStatus.valueOf(status).toString());
        return end(out);
    }

    private static void line(ByteBuf out, String name, String value) {
        ByteBufUtil.writeAscii(out, name);
        out.writeByte(':').writeByte(' ');
        ByteBufUtil.writeAscii(out, value);
        end(out);
    }

    private static ByteBuf end(ByteBuf out) {
        return out.writeByte('\r').writeByte('\n');
    }
}
