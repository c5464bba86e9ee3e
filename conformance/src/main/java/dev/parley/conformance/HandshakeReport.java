package dev.parley.conformance;

import dev.parley.Handshake;
import dev.parley.engine.Headers;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What clients may ask about how they presented themselves, under the names of the reference. */
final class HandshakeReport {

    private HandshakeReport() {}

    static Map<String, Object> of(Handshake handshake) {
        return Map.of(
                "headers", headers(handshake.headers()),
                "time", handshake.time(),
                "address", handshake.address(),
                "xdomain", handshake.isCrossDomain(),
                "secure", handshake.isSecure(),
                "issued", handshake.time().toEpochMilli(),
                "url", handshake.url(),
                "query", handshake.query(),
                "auth", handshake.auth());
    }

    /** Headers by their names in lower case; of a repeated one the first. */
    static Map<String, String> headers(Headers headers) {
        Map<String, String> byName = new LinkedHashMap<>();
        headers.forEach((name, value) -> byName.putIfAbsent(name.toLowerCase(Locale.ROOT), value));
        return byName;
    }
}
