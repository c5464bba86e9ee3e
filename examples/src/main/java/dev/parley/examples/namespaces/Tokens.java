package dev.parley.examples.namespaces;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Who owns which token. Stands for a database or a service, which answers later. */
final class Tokens {

    private static final Map<String, String> OWNERS = Map.of("token-of-ada", "ada", "token-of-ben", "ben");

    CompletableFuture<Optional<String>> ownerOf(String token) {
        return CompletableFuture.supplyAsync(() -> Optional.ofNullable(OWNERS.get(token)));
    }
}
