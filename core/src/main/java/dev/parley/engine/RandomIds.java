package dev.parley.engine;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Ids of 120 random bits. */
final class RandomIds implements SessionIdGenerator {

    static final RandomIds INSTANCE = new RandomIds();

    private static final int BYTES = 15;
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder();

    private final SecureRandom random = new SecureRandom();

    private RandomIds() {}

    @Override
    public CompletionStage<String> generate(HttpRequest request) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return CompletableFuture.completedFuture(BASE64.encodeToString(bytes));
    }
}
