package dev.parley.netty;

import dev.parley.engine.Headers;
import dev.parley.engine.HttpResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpLineException;

/** Makes the responses that go through the HTTP codec. */
final class HttpResponses {

    /** Headers have been checked when they were made. */
    private static final DefaultHttpHeadersFactory UNCHECKED =
            DefaultHttpHeadersFactory.headersFactory().withValidation(false);

    private static final DefaultHttpHeadersFactory NO_TRAILERS = DefaultHttpHeadersFactory.trailersFactory();

    private HttpResponses() {}

    /** Converts a response to a request. */
    static FullHttpResponse convert(HttpRequest request, HttpResponse response, boolean keepAlive) {
        byte[] body = response.body();
        // Whether a codec drops the body of a response to HEAD depends on the codec.
        boolean empty = body.length == 0 || request.method().equals(HttpMethod.HEAD);
        ByteBuf content = empty ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body);
        FullHttpResponse converted = create(HttpResponseStatus.valueOf(response.status()), content);
        HttpHeaders headers = converted.headers();
        response.headers().forEach(headers::add);
        headers.set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        if (!keepAlive) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (request.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
        return converted;
    }

    static FullHttpResponse continues() {
        return create(HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER);
    }

    /** Returns the answer to a request that could not be decoded. */
    static HttpResponse refusal(Throwable cause) {
        int status = 400;
        if (cause instanceof TooLongHttpLineException) {
            status = 414;
        } else if (cause instanceof TooLongFrameException) {
            status = 431;
        }
        return new HttpResponse(status, Headers.empty());
    }

    private static FullHttpResponse create(HttpResponseStatus status, ByteBuf content) {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, content, UNCHECKED, NO_TRAILERS);
    }
}
