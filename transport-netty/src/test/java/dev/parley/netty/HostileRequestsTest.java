package dev.parley.netty;

import static dev.parley.netty.ServerUnderAbuse.POLLING;
import static dev.parley.netty.ServerUnderAbuse.WEBSOCKET;
import static dev.parley.netty.ServerUnderAbuse.echo;
import static dev.parley.netty.ServerUnderAbuse.head;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.engine.CookieOptions;
import dev.parley.engine.CorsOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP requests that no honest client sends. */
class HostileRequestsTest {

    /** What a peer that reads nothing may cost: what Netty lets pile up, and a little that is on its way there. */
    private static final long MOST_UNSENT = 320 * 1024;

    @RegisterExtension
    final ServerUnderAbuse server = new ServerUnderAbuse();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET    | ?EIO=4&transport=tobi                          | 400 | 0 | Transport unknown",
                "GET    | ?EIO=4&transport=constructor                   | 400 | 0 | Transport unknown",
                "GET    | ?EIO=4                                         | 400 | 0 | Transport unknown",
                "GET    | ?EIO=4&transport=webtransport&sid=__proto__    | 400 | 0 | Transport unknown",
                "GET    | ?EIO=4&transport=polling&sid=unknown           | 400 | 1 | Session ID unknown",
                "GET    | ?EIO=4&transport=polling&sid=__proto__         | 400 | 1 | Session ID unknown",
                "GET    | ?EIO=4&transport=polling&sid=%0d%0aX-A:%201    | 400 | 1 | Session ID unknown",
                "GET    | ?EIO=4&transport=polling&sid=%zz%00%ff         | 400 | 1 | Session ID unknown",
                "GET    | ?sid=a&EIO=3&EIO=4&sid=b&transport=polling     | 400 | 1 | Session ID unknown",
                "POST   | ?EIO=4&transport=polling                       | 400 | 2 | Bad handshake method",
                "PUT    | ?EIO=4&transport=polling                       | 400 | 2 | Bad handshake method",
                "OPTIONS| ?EIO=4&transport=polling                       | 400 | 2 | Bad handshake method",
                "DELETE | ?EIO=4&transport=polling                       | 400 | 2 | Bad handshake method",
                "GET    | ?EIO=4&transport=websocket                     | 400 | 3 | Bad request",
                "GET    | ?EIO=3&transport=polling                       | 400 | 5 | Unsupported protocol version",
                "GET    | ?EIO=4&EIO=3&transport=polling                 | 400 | 5 | Unsupported protocol version",
                "GET    | ?transport=polling                             | 400 | 5 | Unsupported protocol version",
            })
    @Behaviour({"ABUSE-039", "ABUSE-040", "ABUSE-041", "ABUSE-042", "ABUSE-043", "ABUSE-044"})
    void what_is_no_request_of_a_client_is_refused_with_a_reason(
            String method, String query, int status, int code, String message) throws Exception {
        RawClient.Response response =
                server.client().send(head(method, "/socket.io/" + query)).response();

        assertThat(response.status()).isEqualTo(status);
        assertThat(response.body()).isEqualTo("{\"code\":" + code + ",\"message\":\"" + message + "\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE", "get", "X"})
    @Behaviour("ABUSE-051")
    void other_methods_do_a_session_no_harm(String method) throws Exception {
        String session = server.connectedByPolling();

        RawClient client = server.client();
        assertThat(client.send(head(method, session)).response().status()).isEqualTo(405);

        assertThat(server.post(session, "42[\"echo\",1]").body()).isEqualTo("ok");
        assertThat(server.get(session).body()).isEqualTo("42[\"echo\",1]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/socket.io/x",
                "/socket.io/../socket.io/",
                "//socket.io/",
                "/socket.io",
                "/socket.io/./",
                "/%73ocket.io/",
                "/socket.io/socket.io.js/../../../etc/passwd",
                "/SOCKET.IO/",
                "/socket.io/;x",
            })
    @Behaviour("ABUSE-060")
    void other_paths_are_not_found(String path) throws Exception {
        assertThat(server.get(path + "?EIO=4&transport=polling").status()).isEqualTo(404);
    }

    @Test
    @Behaviour("ABUSE-045")
    void two_polls_at_a_time_end_the_session() throws Exception {
        String session = server.connectedByPolling();
        RawClient first = server.client().send(head("GET", session));
        // Both connections are served by threads of their own, so either poll may be the second.
        RawClient second = server.client().send(head("GET", session));

        RawClient.Response one = first.response();
        RawClient.Response other = second.response();

        assertThat(List.of(one.status(), other.status())).containsExactlyInAnyOrder(200, 400);
        assertThat(one.status() == 200 ? one.body() : other.body()).isEqualTo("1");
        server.awaitNobodyElse();
    }

    @Test
    @Behaviour("ABUSE-046")
    void two_posts_at_a_time_end_the_session() throws Exception {
        String session = server.connectedByPolling();
        String post = head("POST", session, "Content-Length: 3");
        RawClient first = server.client().send(post);
        RawClient second = server.client().send(post);

        assertThat(first.response().status()).isEqualTo(400);
        assertThat(second.response().status()).isEqualTo(400);
        server.awaitNobodyElse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "3\u001e", "\u001e", "bAQ=I", "b!", "7"})
    @Behaviour("ABUSE-049")
    void what_is_no_payload_ends_the_session(String body) throws Exception {
        String session = server.connectedByPolling();

        assertThat(server.post(session, body).status()).isEqualTo(400);

        server.awaitNobodyElse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u001e", "6\u001e", "3\u001e", "43999[]\u001e"})
    @Behaviour("ABUSE-050")
    void packets_without_number_end_the_session(String packet) throws Exception {
        String session = server.connectedByPolling();
        String body = packet.repeat(990_000 / packet.length());

        RawClient.Response response = server.post(session, body);

        assertThat(response.status()).isEqualTo(400);
        server.awaitNobodyElse();
    }

    @Test
    @Behaviour("ABUSE-047")
    void a_body_of_bytes_ends_the_session() throws Exception {
        String session = server.connectedByPolling();

        RawClient.Response response =
                server.post(session, new byte[] {0, 1, (byte) 0xff, '4'}, "Content-Type: application/octet-stream");

        assertThat(response.status()).isEqualTo(400);
        server.awaitNobodyElse();
    }

    @ParameterizedTest
    @CsvSource({"Content-Length: 1000001, ''", "Transfer-Encoding: chunked, 'fffff\r\n'"})
    @Behaviour("ABUSE-048")
    void a_body_that_is_too_long_is_refused_before_its_end(String header, String start) throws Exception {
        String session = server.connectedByPolling();
        RawClient client = server.client().send(head("POST", session, header) + start);
        if (!start.isEmpty()) {
            client.send("x".repeat(0xfffff - 1));
        }

        assertThat(client.response().status()).isEqualTo(413);
        assertThat(client.isAtEnd()).isTrue();
        server.awaitNobodyElse();
    }

    @Test
    @Behaviour("ABUSE-058")
    void a_compressed_body_stays_as_it_is() throws Exception {
        String session = server.connectedByPolling();
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bomb)) {
            gzip.write(new byte[50_000_000]);
        }

        RawClient.Response response = server.post(session, bomb.toByteArray(), "Content-Encoding: gzip");

        assertThat(response.status()).isEqualTo(400);
        server.awaitNobodyElse();
    }

    @Test
    @Behaviour("ABUSE-054")
    void a_peer_that_asks_and_asks_and_reads_no_answer_is_not_read_either() throws Exception {
        // Headers of this kind stand on every response.
        CorsOptions cors = CorsOptions.builder()
                .origins("*")
                .exposedHeaders("x".repeat(1000))
                .build();
        server.serve(options -> options.cors(cors));
        int requests = 2000;
        RawClient client = server.narrowClient();
        CompletableFuture<Void> asking = CompletableFuture.runAsync(() -> send(client, requests));

        Await.until(() -> !server.channelOf(client).isWritable(), () -> "asked: " + asking);
        assertThat(server.unsentBytes(client)).isPositive().isLessThan(MOST_UNSENT);

        for (int i = 0; i < requests; i++) {
            assertThat(client.response().status()).isEqualTo(400);
        }
        Await.result(asking);
        assertThat(server.unsentBytes(client)).isZero();
    }

    private static void send(RawClient client, int requests) {
        try {
            // Long enough that no more of them than may wait come at a time.
            client.send(head("GET", POLLING + "&sid=unknown", "X: " + "x".repeat(600))
                    .repeat(requests));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @Behaviour("ABUSE-054")
    void a_peer_that_asks_and_asks_and_leaves_is_forgotten() throws Exception {
        RawClient client = server.client();
        client.socket.setSoLinger(true, 0);

        client.send(head("GET", POLLING).repeat(1000));
        client.close();

        echo(server.connected(), "x");
    }

    /** The values that a server may be tempted to repeat, with a line break, a quote and markup in them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/socket.io/?EIO=4&transport=polling&sid=#",
                "/socket.io/?EIO=4&transport=#",
                "/socket.io/?EIO=#&transport=polling",
                "/socket.io/?EIO=4&transport=polling&j=#",
                "/socket.io/?EIO=4&transport=polling&#=1",
                "/#?EIO=4&transport=polling",
                "/socket.io/#",
                "/socket.io/?#",
            })
    @Behaviour("ABUSE-056")
    void what_a_request_says_is_not_said_again(String uri) throws Exception {
        server.serve(options -> options.allowEio3(true)
                .cookie(CookieOptions.builder().build())
                .cors(CorsOptions.builder().originIf(origin -> true).build()));
        String hostile = uri.replace("#", "%0d%0aX-Evil:%201%0d%0a%0d%0a%22%3Cscript%3Ealert(1)%3C/script%3E");

        for (String header : List.of("", "Upgrade: websocket")) {
            RawClient client = server.client();
            client.send(header.isEmpty() ? head("GET", hostile) : RawClient.upgradeRequest(hostile));
            RawClient.Response response = client.response();
            assertThat(response.status()).isBetween(101, 404);
            assertThat(response.headers()).doesNotContainKey("x-evil");
            assertThat(response.headers().toString() + response.body()).doesNotContain("script", "Evil");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: http://a.example\u0085X-Evil: 1",
                "Origin: http://a.example\u008d\u008aX-Evil: 1",
                "Access-Control-Request-Headers: x\u008d\u008aX-Evil: 1",
            })
    @Behaviour("ABUSE-056")
    void a_header_that_is_said_again_makes_no_other(String header) throws Exception {
        server.serve(options ->
                options.cors(CorsOptions.builder().originIf(origin -> true).build()));

        for (String method : List.of("GET", "OPTIONS")) {
            RawClient.Response response = server.client()
                    .send(head(method, POLLING + "&sid=x", header))
                    .response();
            assertThat(response.headers()).doesNotContainKey("x-evil");
        }
    }

    @Test
    @Behaviour("ABUSE-056")
    void the_text_of_a_refusal_is_data() throws Exception {
        String text = "\u001e\"},\r\n40{\"sid\":\"<script>";
        server.namespace("/no");
        server.io().of("/no").use((socket, next) -> next.reject(text, text));
        RawClient client = server.connected();

        client.send(ClientFrame.text("40/no,"));

        String escaped = "\"\\u001e\\\"},\\r\\n40{\\\"sid\\\":\\\"<script>\"";
        assertThat(client.frame()).isEqualTo("text 44/no,{\"message\":" + escaped + ",\"data\":" + escaped + "}");
        echo(client, "x");
    }

    @Test
    @Behaviour({"ABUSE-057", "SEC-007"})
    void an_upgrade_with_too_many_headers_is_refused() throws Exception {
        String request = RawClient.upgradeRequest(WEBSOCKET).replace("Host:", "X: y\r\n".repeat(10_000) + "Host:");

        RawClient client = server.client().send(request);

        assertThat(client.response().status()).isEqualTo(431);
        assertThat(client.isAtEnd()).isTrue();
    }
}
