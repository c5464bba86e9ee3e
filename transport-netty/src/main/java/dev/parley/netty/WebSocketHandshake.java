package dev.parley.netty;

import dev.parley.engine.Headers;
import dev.parley.engine.HttpRequest;
import dev.parley.engine.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The server's part in the opening handshake of RFC 6455, version 13 and no other. */
final class WebSocketHandshake {

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int NONCE_BYTES = 16;
    private static final int NONCE_CHARACTERS = 24;

    private WebSocketHandshake() {}

    /** Returns the response to a handshake that is not valid, or null if it is. */
    static @Nullable HttpResponse refusal(HttpRequest request) {
        if (!"13".equals(request.header("sec-websocket-version"))) {
            return new HttpResponse(426, Headers.of("Upgrade", "websocket", "Sec-WebSocket-Version", "13"));
        }
        return isNonce(request.header("sec-websocket-key")) ? null : badRequest();
    }

    static HttpResponse badRequest() {
        return new HttpResponse(400, Headers.empty());
    }

    /** Returns the value of {@code Sec-WebSocket-Accept} for a request with a valid key. */
    static String accept(HttpRequest request) {
        String joined = request.header("sec-websocket-key") + GUID;
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(joined.getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-1 is part of every Java platform", e);
        }
    }

    private static boolean isNonce(@Nullable String key) {
        if (key == null || key.length() != NONCE_CHARACTERS) {
            return false;
        }
        try {
            return Base64.getDecoder().decode(key).length == NONCE_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
