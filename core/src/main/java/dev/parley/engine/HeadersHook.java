package dev.parley.engine;

/** Changes the headers of the responses that a session gives: the reference's events {@code headers}. */
@FunctionalInterface
public interface HeadersHook {

    /**
     * Decides about the headers of a response.
     *
     * @param headers the headers that the response has so far, without those that the transport sets
     * @param request the request that is answered
     * @return the headers to send, most often {@code headers.and(...)}; called on any thread, so this must not block.
     *     Failing leaves the headers as they were
     */
    Headers apply(Headers headers, HttpRequest request);
}
