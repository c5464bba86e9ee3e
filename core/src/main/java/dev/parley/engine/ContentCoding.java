package dev.parley.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** How the body of a response can be compressed. Bodies of requests never are: nothing here decompresses. */
enum ContentCoding {
    /** The better one, if a client takes both alike: some have taken {@code deflate} for something else. */
    GZIP,
    DEFLATE;

    private static final Pattern ELEMENT = Pattern.compile("([^\\s;]+)\\s*(?:;\\s*[qQ]\\s*=\\s*(\\S*))?");
    private static final Pattern QUALITY = Pattern.compile("0(\\.\\d{0,3})?|1(\\.0{0,3})?");
    private static final int SMALLEST_BUFFER = 64;

    /** Returns the coding that a client likes best, or null if it takes none of them. */
    static @Nullable ContentCoding preferredBy(HttpRequest request) {
        Map<String, Double> qualities = new HashMap<>();
        for (String value : request.headers().getAll("Accept-Encoding")) {
            for (String element : value.toLowerCase(Locale.ROOT).split(",", -1)) {
                Matcher matcher = ELEMENT.matcher(element.strip());
                if (matcher.matches()) {
                    qualities.put(matcher.group(1), quality(matcher.group(2)));
                }
            }
        }
        ContentCoding best = null;
        double most = 0;
        for (ContentCoding coding : values()) {
            double quality = qualities.getOrDefault(coding.token(), qualities.getOrDefault("*", 0.0));
            if (quality > most) {
                best = coding;
                most = quality;
            }
        }
        return best;
    }

    private static double quality(@Nullable String text) {
        if (text == null) {
            return 1;
        }
        return QUALITY.matcher(text).matches() ? Double.parseDouble(text) : 0;
    }

    /** Returns the name in headers. */
    String token() {
        return name().toLowerCase(Locale.ROOT);
    }

    byte[] encode(byte[] body, int level) {
        ByteArrayOutputStream encoded = new ByteArrayOutputStream(Math.max(SMALLEST_BUFFER, body.length / 2));
        try (OutputStream out = this == GZIP ? new Gzip(encoded, level) : new Zlib(encoded, level)) {
            out.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return encoded.toByteArray();
    }

    private static final class Gzip extends GZIPOutputStream {

        Gzip(OutputStream out, int level) throws IOException {
            super(out);
            def.setLevel(level);
        }
    }

    private static final class Zlib extends DeflaterOutputStream {

        Zlib(OutputStream out, int level) {
            super(out);
            def.setLevel(level);
        }
    }
}
