package dev.parley.engine;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * What a transport serves: everything that answers HTTP requests and WebSockets below one path. An {@link EngineServer}
 * is one; so is the Socket.IO server built on it.
 */
public interface Endpoint {

    /**
     * Tells whether requests to a path belong to this endpoint. Safe to call from any thread.
     *
     * @param path the request's path as it was sent, without the query
     * @return whether to pass the request to {@link #handle}; where not, the transport answers 404 or passes the
     *     request to whatever else shares its port
     */
    boolean handles(String path);

    /**
     * Takes a request whose head has arrived. Returns quickly; the answer may come later. Never throws.
     *
     * @param exchange the request and the way to answer it; called on its I/O thread
     */
    void handle(HttpExchange exchange);

    /**
     * Takes note that the transport has refused or closed a connection by itself, for which it asked nobody. Safe to
     * call from any thread. Default: nothing.
     *
     * @param incident why
     */
    default void refused(EngineIncident incident) {}

    /**
     * Closes the sessions one after another, so that their clients do not all come back to other servers at once. New
     * sessions are refused from now on with status 503, until {@link #close} has been called. What was sent before is
     * still delivered.
     *
     * @param sessionsPerSecond how many to close in a second
     * @param limit when to give up, 1 ms to 100 years
     * @return completes when no session is left, or at the limit
     * @throws IllegalArgumentException if a value is not positive or the limit is longer than that; nothing has begun
     */
    CompletableFuture<Void> drain(int sessionsPerSecond, Duration limit);

    /**
     * Closes every session at once and tells the clients. Afterwards the endpoint takes new sessions again, so the
     * transport has to stop passing on requests first.
     *
     * @return completes when every session is closed; what was written last may still be on its way
     */
    CompletableFuture<Void> close();

    /**
     * Closes as {@link #close()} does, and waits no longer than given for anything, such as handlers that do not end.
     * Where the endpoint is being closed already, the shorter limit counts. Default: {@link #close()}, for endpoints
     * that wait for nothing.
     *
     * @param limit how long to wait, zero or more
     * @return completes as that of {@link #close()}
     */
    default CompletableFuture<Void> close(Duration limit) {
        return close();
    }
}
