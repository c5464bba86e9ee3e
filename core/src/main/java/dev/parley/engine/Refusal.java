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

    private final Code code;
    private final transient Map<String, Object> context;
    private final @Nullable String reason;

    private Refusal(Code code, Map<String, Object> context, @Nullable String reason) {
        super(code.message, null, false, false);
        this.code = code;
        this.context = context;
        this.reason = reason;
    }

    Refusal(Code code, Map<String, Object> context) {
        this(code, context, null);
    }

    /** A bad request, told apart from others by a name. */
    static Refusal badRequest(String name, Map<String, Object> context) {
        Map<String, Object> named = new HashMap<>(context);
        named.put("name", name);
        return new Refusal(Code.BAD_REQUEST, named);
    }

    /** A handshake that the application does not want. */
    static Refusal forbidden(@Nullable String reason) {
        return new Refusal(Code.FORBIDDEN, reason == null ? Map.of() : Map.of("message", reason), reason);
    }

    ConnectionError toError(HttpRequest request) {
        return new ConnectionError(request, code.number, code.message, context);
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
