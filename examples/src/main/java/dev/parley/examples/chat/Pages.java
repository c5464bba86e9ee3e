package dev.parley.examples.chat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files of the chat's web page, by the path at which a browser finds them. */
final class Pages {

    /** A file: its type and its content. */
    record Page(String contentType, ByteBuf content) {

        Page(String contentType, byte[] content) {
            // Sent many times, and never to be released.
            this(
                    contentType,
                    Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(content).asReadOnly()));
        }
    }

    private static final String OWN_CLIENT = "/socket.io/socket.io.js";
    private static final String CDN_CLIENT = "https://cdn.socket.io/4.8.3/socket.io.min.js";
    private static final String CDN_CLIENT_HASH =
            "sha384-kzavj5fiMwLKzzD1f8S7TeoVIEi7uKHvbTA3ueZkrzYq75pNQUiUi6Dy98Q3fxb0";

    private final Map<String, Page> pages;
    private final String contentSecurityPolicy;

    private Pages(String clientTag, String clientSource) {
        String html = new String(read("index.html"), StandardCharsets.UTF_8).replace("<!-- client -->", clientTag);
        pages = Map.of(
                "/", new Page("text/html; charset=utf-8", html.getBytes(StandardCharsets.UTF_8)),
                "/chat.css", new Page("text/css; charset=utf-8", read("chat.css")),
                "/chat.js", new Page("text/javascript; charset=utf-8", read("chat.js")),
                "/favicon.svg", new Page("image/svg+xml", read("favicon.svg")));
        contentSecurityPolicy = "default-src 'none'; script-src 'self'" + clientSource
                + "; style-src 'self'; img-src 'self'; connect-src 'self'"
                + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    /** The page with the client that the Socket.IO server serves. */
    static Pages withOwnClient() {
        return new Pages("<script src=\"" + OWN_CLIENT + "\" defer></script>", "");
    }

    /** The page with the client from the public address of the Socket.IO project. */
    static Pages withPublicClient() {
        String tag = "<script src=\"" + CDN_CLIENT + "\" integrity=\"" + CDN_CLIENT_HASH
                + "\" crossorigin=\"anonymous\" defer></script>";
        return new Pages(tag, " " + CDN_CLIENT);
    }

    /** Finds the file for a path. */
    @Nullable
    Page at(String path) {
        return pages.get(path);
    }

    /** What the page may load, and from where. */
    String contentSecurityPolicy() {
        return contentSecurityPolicy;
    }

    private static byte[] read(String name) {
        try (InputStream in = Pages.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("not on the class path: " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
