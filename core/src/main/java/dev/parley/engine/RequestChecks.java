package dev.parley.engine;

import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The checks that every request passes before anything is done for it, in the reference's order. */
final class RequestChecks {

    private static final System.Logger LOG = System.getLogger(EngineServer.class.getName());

    private final EngineOptions options;
    /** The revisions of the protocol that are spoken, by their name in the query. */
    private final Map<String, Revision> revisions;

    private final AtomicBoolean warned = new AtomicBoolean();

    RequestChecks(EngineOptions options) {
        this.options = options;
        this.revisions = Revision.spoken(options);
    }

    /** Checks what does not depend on a session, and returns the transport that the request names. */
    TransportType transport(HttpRequest request, Map<String, String> query) throws Refusal {
        String name = query.get("transport");
        TransportType transport = TransportType.of(name);
        if (transport == null || !options.transports().contains(transport)) {
            throw new Refusal(EngineIncident.UNKNOWN_TRANSPORT, Map.of("transport", name == null ? "" : name));
        }
        String origin = request.header("origin");
        if (request.isWebSocketUpgrade() && origin != null && !isAllowed(origin, request)) {
            throw forbiddenOrigin(origin, request);
        }
        return transport;
    }

    /** Warns once: behind a proxy that changes the host this concerns every browser, and polling hides it. */
    private Refusal forbiddenOrigin(String origin, HttpRequest request) {
        if (!warned.getAndSet(true)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "a WebSocket or script of another origin was refused; if pages of that origin are to connect, name it in the"
                            + " option cors; if it is this server's own, its proxy has to pass on the Host header");
        }
        String host = Objects.requireNonNullElse(request.header("host"), "");
        return new Refusal(EngineIncident.ORIGIN_NOT_ALLOWED, Map.of("origin", origin, "host", host));
    }

    /** Checks a request without session id. */
    void handshake(HttpRequest request, TransportType transport) throws Refusal {
        if (!request.method().equals("GET")) {
            throw new Refusal(EngineIncident.BAD_HANDSHAKE_METHOD, Map.of("method", request.method()));
        }
        if (request.isWebSocketUpgrade() != (transport == TransportType.WEBSOCKET)) {
            throw new Refusal(EngineIncident.TRANSPORT_HANDSHAKE_ERROR, Map.of("transport", transport.toString()));
        }
    }

    /** Finds the revision of the protocol for a new session. */
    Revision revision(Map<String, String> query) throws Refusal {
        String name = revisionName(query);
        Revision revision = revisions.get(name);
        if (revision == null) {
            throw new Refusal(EngineIncident.UNSUPPORTED_PROTOCOL_VERSION, Map.of("protocol", name));
        }
        return revision;
    }

    /** Finds out whether a new session is polled by scripts, and if so, whether its page may do that. */
    @Nullable
    Jsonp jsonp(HttpRequest request, Map<String, String> query) throws Refusal {
        Jsonp jsonp = options.allowEio3() ? Jsonp.of(query) : null;
        String site = request.header("sec-fetch-site");
        if (jsonp != null && site != null && !site.equals("same-origin") && !site.equals("none")) {
            String origin = originOf(request.header("referer"));
            if (!isAllowed(origin, request)) {
                throw forbiddenOrigin(origin, request);
            }
        }
        return jsonp;
    }

    /** The origin of a page, as browsers write it. */
    private static String originOf(@Nullable String page) {
        try {
            URI uri = URI.create(Objects.requireNonNullElse(page, ""));
            return uri.getScheme() + "://" + uri.getRawAuthority();
        } catch (IllegalArgumentException e) {
            return "null";
        }
    }

    /** Checks a request of a session that exists. */
    void session(HttpRequest request, TransportType transport, Map<String, String> query, Session session)
            throws Refusal {
        boolean upgrade = request.isWebSocketUpgrade();
        if (upgrade && !request.method().equals("GET")) {
            throw new Refusal(EngineIncident.BAD_HANDSHAKE_METHOD, Map.of("method", request.method()));
        }
        TransportType current = session.transportType();
        boolean match = upgrade
                ? transport == TransportType.WEBSOCKET && options.allowUpgrades()
                : transport == TransportType.POLLING && current == TransportType.POLLING;
        if (!match) {
            throw new Refusal(
                    EngineIncident.TRANSPORT_MISMATCH,
                    Map.of("transport", transport.toString(), "previousTransport", current.toString()));
        }
        String revision = revisionName(query);
        Revision named = revisions.get(revision);
        if (named == null || named.codec() != session.codec()) {
            throw new Refusal(
                    EngineIncident.PROTOCOL_MISMATCH,
                    Map.of("protocol", revision, "previousProtocol", session.protocol()));
        }
    }

    private static String revisionName(Map<String, String> query) {
        return query.getOrDefault("EIO", "");
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
