package dev.parley.netty;

import dev.parley.engine.Compression;
import dev.parley.engine.HttpRequest;
import dev.parley.netty.ExtensionHeader.Extension;
import dev.parley.netty.ExtensionHeader.Parameter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The extension {@code permessage-deflate} (RFC 7692) as it was agreed on with one client. Neither side refers to
 * earlier messages ("context takeover"): no connection has a compressor of its own, and what is compressed for one
 * client is right for all that agreed on the same.
 *
 * @param compression what is worth while
 * @param response what the server answers
 */
record DeflateExtension(Compression compression, String response) {

    static final String HEADER = "Sec-WebSocket-Extensions";

    private static final String NAME = "permessage-deflate";
    private static final String SERVER_WINDOW = "server_max_window_bits";
    private static final String ANSWER = NAME + "; server_no_context_takeover; client_no_context_takeover";
    /** The window of Java's compressor, in bits: it has no smaller ones. */
    private static final String WINDOW = "15";

    private static final Pattern BITS = Pattern.compile("[89]|1[0-5]");

    /**
     * Answers a client's offers: with the first that can be accepted, or null if there is none.
     *
     * @throws IllegalArgumentException if the client's header is malformed
     */
    static @Nullable DeflateExtension agree(HttpRequest request, Compression compression) {
        for (Extension offer : ExtensionHeader.parse(request.headers().getAll(HEADER))) {
            if (offer.name().equals(NAME) && isAcceptable(offer.parameters())) {
                return accept(offer.parameters(), compression);
            }
        }
        return null;
    }

    private static boolean isAcceptable(List<Parameter> parameters) {
        Set<String> names = new HashSet<>();
        for (Parameter parameter : parameters) {
            if (!names.add(parameter.name()) || !isValid(parameter)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isValid(Parameter parameter) {
        String value = parameter.value();
        return switch (parameter.name()) {
            case "server_no_context_takeover", "client_no_context_takeover" -> value == null;
            case "client_max_window_bits" ->
                value == null || BITS.matcher(value).matches();
            case SERVER_WINDOW -> WINDOW.equals(value);
            default -> false;
        };
    }

    private static DeflateExtension accept(List<Parameter> parameters, Compression compression) {
        boolean asksForWindow =
                parameters.stream().anyMatch(parameter -> parameter.name().equals(SERVER_WINDOW));
        String response = asksForWindow ? ANSWER + "; " + SERVER_WINDOW + '=' + WINDOW : ANSWER;
        return new DeflateExtension(compression, response);
    }

    /** Returns an opcode that tells frames apart that differ in how they are compressed. */
    int kind(int opcode) {
        return (compression.level() << 8) | Frames.COMPRESSED | opcode;
    }
}
