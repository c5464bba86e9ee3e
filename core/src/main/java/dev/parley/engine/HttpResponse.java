package dev.parley.engine;

import java.util.Objects;

/** An HTTP response. The transport adds {@code Content-Length} and what concerns the connection. */
public final class HttpResponse {

    private static final byte[] NO_BODY = new byte[0];

    private final int status;
    private final Headers headers;
    private final byte[] body;

    /**
     * Creates a response.
     *
     * @param status the status code
     * @param headers the headers, without {@code Content-Length}
     * @param body the body, not copied and not to be written to any more
     */
    public HttpResponse(int status, Headers headers, byte[] body) {
        this.status = status;
        this.headers = Objects.requireNonNull(headers, "headers");
        this.body = Objects.requireNonNull(body, "body");
    }

    /**
     * Creates a response without body.
     *
     * @param status the status code
     * @param headers the headers
     */
    public HttpResponse(int status, Headers headers) {
        this(status, headers, NO_BODY);
    }

    /**
     * Returns the status code.
     *
     * @return the code
     */
    public int status() {
        return status;
    }

    /**
     * Returns the headers.
     *
     * @return the headers
     */
    public Headers headers() {
        return headers;
    }

    /**
     * Returns the body.
     *
     * @return the bytes themselves, not a copy
     */
    public byte[] body() {
        return body;
    }

    /**
     * Returns the same response with more headers.
     *
     * @param more headers to add behind the present ones
     * @return a response
     */
    public HttpResponse with(Headers more) {
        return more.isEmpty() ? this : new HttpResponse(status, headers.and(more), body);
    }
}
