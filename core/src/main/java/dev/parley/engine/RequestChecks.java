package dev.parley.engine;

import dev.parley.engine.Refusal.Code;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The checks that every request passes before anything is done for it, in the reference's order. */
final class RequestChecks {

    private final EngineOptions options;

    RequestChecks(EngineOptions options) {
        this.options = options;
    }

    /** Checks what does not depend on a session, and returns the transport that the request names. */
    TransportType transport(HttpRequest request, Map<String, String> query) throws Refusal {
        String name = query.get("transport");
        TransportType transport = TransportType.of(name);
        if (transport == null || !options.transports().contains(transport)) {
            throw new Refusal(Code.UNKNOWN_TRANSPORT, Map.of("transport", name == null ? "" : name));
        }
        String origin = request.header("origin");
        if (origin != null && origin.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 0x7f)) {
            throw Refusal.badRequest("INVALID_ORIGIN", Map.of("origin", origin));
        }
        if (request.isWebSocketUpgrade() && origin != null && !isAllowed(origin, request)) {
            throw Refusal.forbidden(null);
        }
        return transport;
    }

    /** Checks a request without session id. */
    void handshake(HttpRequest request, TransportType transport) throws Refusal {
        if (!request.method().equals("GET")) {
            throw new Refusal(Code.BAD_HANDSHAKE_METHOD, Map.of("method", request.method()));
        }
        boolean upgrade = request.isWebSocketUpgrade();
        if (upgrade != (transport == TransportType.WEBSOCKET)) {
            throw Refusal.badRequest("TRANSPORT_HANDSHAKE_ERROR", Map.of("transport", transport.toString()));
        }
    }

    /** Checks a request of a session that exists. */
    void session(HttpRequest request, TransportType transport, @Nullable String revision, Session session)
            throws Refusal {
        boolean upgrade = request.isWebSocketUpgrade();
        TransportType current = session.transportType();
        boolean mismatch = upgrade
                ? transport != TransportType.WEBSOCKET || !options.allowUpgrades()
                : transport != current || current != TransportType.POLLING;
        if (mismatch) {
            throw Refusal.badRequest(
                    "TRANSPORT_MISMATCH",
                    Map.of("transport", transport.toString(), "previousTransport", current.toString()));
        }
        if (!Integer.toString(session.protocol()).equals(revision)) {
            throw Refusal.badRequest(
                    "PROTOCOL_MISMATCH",
                    Map.of("protocol", revision == null ? "" : revision, "previousProtocol", session.protocol()));
        }
    }

    private boolean isAllowed(String origin, HttpRequest request) {
        CorsOptions cors = options.cors();
        return isSameOrigin(origin, request) || (cors != null && cors.allows(origin));
    }

    /** Whether the page was loaded from this very host and port, as far as its requests tell. */
    private static boolean isSameOrigin(String origin, HttpRequest request) {
        String host = request.header("host");
        if (host == null) {
            return false;
        }
        try {
            String authority = URI.create(origin).getRawAuthority();
            return host.equalsIgnoreCase(authority);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
