package dev.parley.engine;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request is not what the protocol or the application allows. Thrown on the way through the checks of a request. */
final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;

    /** The reference's error codes; where it has no limit, a code of "Forbidden" with a status of its own. */
    enum Code {
        UNKNOWN_TRANSPORT(0, "Transport unknown", 400),
        UNKNOWN_SID(1, "Session ID unknown", 400),
        BAD_HANDSHAKE_METHOD(2, "Bad handshake method", 400),
        BAD_REQUEST(3, "Bad request", 400),
        FORBIDDEN(4, "Forbidden", 403),
        TOO_MANY_REQUESTS(4, "Too many requests", 429),
        OVERLOADED(4, "Server overloaded", 503),
        UNSUPPORTED_PROTOCOL_VERSION(5, "Unsupported protocol version", 400);

        private final int number;
        private final String message;
        private final int status;

        Code(int number, String message, int status) {
            this.number = number;
            this.message = message;
            this.status = status;
        }
    }

    private final EngineIncident incident;
    private final Code code;
    private final transient Map<String, Object> context;
    private final @Nullable String reason;

    private Refusal(EngineIncident incident, Code code, Map<String, Object> context, @Nullable String reason) {
        super(code.message, null, false, false);
        this.incident = incident;
        this.code = code;
        this.context = context;
        this.reason = reason;
    }

    Refusal(EngineIncident incident, Map<String, Object> context) {
        this(incident, code(incident), context, null);
    }

    /** A handshake that the application does not want. */
    static Refusal forbidden(@Nullable String reason) {
        Map<String, Object> context = reason == null ? Map.of() : Map.of("message", reason);
        return new Refusal(EngineIncident.FORBIDDEN, Code.FORBIDDEN, context, reason);
    }

    private static Code code(EngineIncident incident) {
        return switch (incident) {
            case UNKNOWN_TRANSPORT -> Code.UNKNOWN_TRANSPORT;
            case UNKNOWN_SID -> Code.UNKNOWN_SID;
            case BAD_HANDSHAKE_METHOD -> Code.BAD_HANDSHAKE_METHOD;
            case FORBIDDEN, ORIGIN_NOT_ALLOWED -> Code.FORBIDDEN;
            case TOO_MANY_SESSIONS_OF_ADDRESS, HANDSHAKE_RATE_EXCEEDED -> Code.TOO_MANY_REQUESTS;
            case TOO_MANY_SESSIONS, SHUTTING_DOWN -> Code.OVERLOADED;
            case UNSUPPORTED_PROTOCOL_VERSION -> Code.UNSUPPORTED_PROTOCOL_VERSION;
            default -> Code.BAD_REQUEST;
        };
    }

    EngineIncident incident() {
        return incident;
    }

    /** Where the code does not say it all, the context holds the incident's name. */
    ConnectionError toError(HttpRequest request) {
        Map<String, Object> named = new HashMap<>(context);
        if (!code.name().equals(incident.name())) {
            named.put("name", incident.name());
        }
        return new ConnectionError(request, incident, code.number, code.message, named);
    }

    HttpResponse toResponse(HttpRequest request) {
        String message = reason == null ? code.message : reason;
        if (request.isWebSocketUpgrade()) {
            Headers headers = Headers.of("Connection", "close", "Content-Type", "text/html; charset=utf-8");
            return new HttpResponse(code.status, headers, htmlSafe(message).getBytes(StandardCharsets.UTF_8));
        }
        String body = "{\"code\":" + code.number + ",\"message\":\"" + jsonSafe(message) + "\"}";
        Headers headers = Headers.of("Content-Type", "application/json");
        return new HttpResponse(code.status, headers, body.getBytes(StandardCharsets.UTF_8));
    }

    private static String htmlSafe(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String jsonSafe(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                safe.append('\\').append(c);
            } else if (c < ' ') {
                safe.append(String.format("\\u%04x", (int) c));
            } else {
                safe.append(c);
            }
        }
        return safe.toString();
    }
}
