package dev.parley;

import dev.parley.engine.Headers;
import dev.parley.engine.HttpRequest;
import dev.parley.engine.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The JavaScript client's files, read once and served from memory. */
final class ClientFiles {

    private static final List<String> NAMES = List.of(
            "socket.io.js",
            "socket.io.js.map",
            "socket.io.min.js",
            "socket.io.min.js.map",
            "socket.io.esm.min.js",
            "socket.io.esm.min.js.map",
            "socket.io.msgpack.min.js",
            "socket.io.msgpack.min.js.map");

    private static final int TAG_BYTES = 15;

    /** Gzip among the encodings that a client takes, but not with a quality of 0. */
    private static final Pattern GZIP =
            Pattern.compile("(^|,)\\s*gzip\\s*(,|$|;(?!\\s*q=0(\\.0*)?\\s*(,|$)))", Pattern.CASE_INSENSITIVE);

    private final Map<String, File> files = new HashMap<>();

    /** A file as it is and, where that is shorter, compressed. */
    private record File(HttpResponse plain, @Nullable HttpResponse gzipped, String tag) {}

    @FunctionalInterface
    private interface Source {
        /** Returns a file, or null if there is none. */
        @Nullable
        InputStream open(String name) throws IOException;
    }

    private ClientFiles(Object location, Source source) {
        for (String name : NAMES) {
            try (InputStream in = source.open(name)) {
                if (in != null) {
                    files.put(name, file(name, in.readAllBytes()));
                }
            } catch (IOException e) {
                throw new IllegalArgumentException("clientFiles: " + name + " cannot be read", e);
            }
        }
        if (files.isEmpty()) {
            throw new IllegalArgumentException("clientFiles: " + location + " (expected: holds socket.io.js)");
        }
    }

    static ClientFiles inFolder(Path folder) {
        return new ClientFiles(folder, name -> {
            Path file = folder.resolve(name);
            return Files.isRegularFile(file) ? Files.newInputStream(file) : null;
        });
    }

    static ClientFiles onClassPath(ClassLoader loader, String location) {
        return new ClientFiles(location, name -> loader.getResourceAsStream(location + '/' + name));
    }

    private static File file(String name, byte[] content) {
        String tag = '"' + hash(content) + '"';
        String type = name.endsWith(".map") ? "application/json" : "application/javascript";
        Headers headers = Headers.of(
                "Content-Type", type + "; charset=utf-8",
                "Cache-Control", "public, max-age=0",
                "Vary", "Accept-Encoding");
        HttpResponse plain = new HttpResponse(200, headers.and(Headers.of("ETag", tag)), content);
        byte[] gzipped = gzip(content);
        // To be told apart from the file byte for byte: hence the weak tag.
        Headers encoded = headers.and(Headers.of("ETag", "W/" + tag, "Content-Encoding", "gzip"));
        return new File(plain, gzipped.length < content.length ? new HttpResponse(200, encoded, gzipped) : null, tag);
    }

    private static byte[] gzip(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static String hash(byte[] content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            byte[] start = Arrays.copyOf(digest, TAG_BYTES);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(start);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has SHA-256", e);
        }
    }

    /** Whether there is a file of this name. */
    boolean has(String name) {
        return files.containsKey(name);
    }

    /** Answers a request for a file. */
    HttpResponse respond(String name, HttpRequest request) {
        File file = files.get(name);
        if (file == null) {
            return new HttpResponse(404, Headers.empty());
        }
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return new HttpResponse(405, Headers.of("Allow", "GET, HEAD"));
        }
        if (isKnown(file.tag(), request.header("if-none-match"))) {
            return new HttpResponse(304, file.plain().headers());
        }
        HttpResponse gzipped = file.gzipped();
        return gzipped != null && takesGzip(request.header("accept-encoding")) ? gzipped : file.plain();
    }

    private static boolean takesGzip(@Nullable String acceptEncoding) {
        return acceptEncoding != null && GZIP.matcher(acceptEncoding).find();
    }

    /** Compares weakly, as RFC 9110 demands for this header: it makes no difference whether {@code W/} is in front. */
    private static boolean isKnown(String tag, @Nullable String ifNoneMatch) {
        return ifNoneMatch != null
                && (ifNoneMatch.contains(tag) || ifNoneMatch.strip().equals("*"));
    }
}
