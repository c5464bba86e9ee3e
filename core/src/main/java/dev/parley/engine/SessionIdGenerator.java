package dev.parley.engine;

import java.util.concurrent.CompletionStage;

/**
 * Makes the ids of sessions. A session's id is the secret by which its requests are recognised, so it must not be
 * guessable, and it must be unique among all servers that share clients.
 */
@FunctionalInterface
public interface SessionIdGenerator {

    /**
     * Makes an id.
     *
     * @param request the handshake's first request; called on its I/O thread, so this must not block
     * @return completes with the id; failing refuses the handshake
     */
    CompletionStage<String> generate(HttpRequest request);

    /**
     * Returns the usual generator: 20 characters of {@code A-Z a-z 0-9 - _} from a cryptographic random generator.
     *
     * @return the generator
     */
    static SessionIdGenerator random() {
        return RandomIds.INSTANCE;
    }
}
