package dev.parley.engine;

import java.util.Map;

/**
 * Why a request was refused: the reference's {@code connection_error} event.
 *
 * @param request the request
 * @param incident what was wrong; all refusals are counted by it, see {@link EngineServer#incidents}
 * @param code 0 to 5, see {@link #message}
 * @param message the code in words: Transport unknown, Session ID unknown, Bad handshake method, Bad request,
 *     Forbidden, Unsupported protocol version
 * @param context what exactly was wrong, by name; values come from the client
 */
public record ConnectionError(
        HttpRequest request, EngineIncident incident, int code, String message, Map<String, Object> context) {

    /**
     * Copies the context.
     *
     * @param request the request
     * @param incident what was wrong
     * @param code the code
     * @param message the code in words
     * @param context what exactly was wrong
     */
    public ConnectionError {
        context = Map.copyOf(context);
    }
}
