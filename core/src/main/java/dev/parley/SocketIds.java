package dev.parley;

import java.security.SecureRandom;
import java.util.Base64;

/** Makes the ids of sockets: 120 random bits, unrelated to the session's id, which is secret. */
final class SocketIds {

    private static final int BYTES = 15;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private SocketIds() {}

    /** Returns a new id: 20 letters, digits, {@code -} and {@code _}. */
    static String next() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return ENCODER.encodeToString(bytes);
    }
}
