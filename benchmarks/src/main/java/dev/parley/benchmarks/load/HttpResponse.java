package dev.parley.benchmarks.load;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A response to the load generator. Its body has a {@code Content-Length}, or is absent.
 *
 * @param head status line and header lines
 * @param size bytes of head and body
 */
record HttpResponse(String head, String body, int size) {

    private static final String END_OF_HEAD = "\r\n\r\n";

    /** The response that the bytes begin with, or null if it is not there in full. */
    static @Nullable HttpResponse read(byte[] bytes, int length) {
        String all = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
        int end = all.indexOf(END_OF_HEAD);
        if (end < 0) {
            return null;
        }
        int start = end + END_OF_HEAD.length();
        HttpResponse head = new HttpResponse(all.substring(0, end), "", start);
        String contentLength = head.header("content-length");
        if (contentLength == null) {
            return head;
        }
        int size = start + Integer.parseInt(contentLength);
        return size > length ? null : new HttpResponse(head.head, all.substring(start, size), size);
    }

    void expectStatus(int status) {
        if (!head.startsWith("HTTP/1.1 " + status + ' ')) {
            throw new LoadFailure("HTTP status " + status + " was due, but there came "
                    + LoadFailure.quote(head.lines().findFirst().orElse("") + ' ' + body));
        }
    }

    @Nullable
    String header(String name) {
        String prefix = name + ':';
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                .map(line -> line.substring(prefix.length()).strip())
                .findFirst()
                .orElse(null);
    }
}
