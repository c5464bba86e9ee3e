package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.SocketIoServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The end of a Socket.IO server whose handlers take longer than there is time. */
class SocketIoShutdownTest {

    private final HttpClient http = HttpClient.newHttpClient();
    private final SocketIoServer io = SocketIoServer.create();
    private final CountDownLatch handlersMayEnd = new CountDownLatch(1);

    @AfterEach
    void letHandlersEnd() {
        handlersMayEnd.countDown();
    }

    private NettyServer bind(int port, Duration timeout) {
        return NettyServer.bind(
                io,
                NettyOptions.builder()
                        .port(port)
                        .eventLoops(2)
                        .shutdownTimeout(timeout)
                        .build());
    }

    private static HttpRequest.Builder request(NettyServer server, String sid) {
        return HttpRequest.newBuilder(
                URI.create("http://localhost:" + server.port() + "/socket.io/?EIO=4&transport=polling" + sid));
    }

    private String send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    /** Opens a session, joins the main namespace and returns what names the session. */
    private String connect(NettyServer server) throws IOException, InterruptedException {
        String opened = send(request(server, ""));
        String sid = "&sid=" + opened.substring(9, opened.indexOf('"', 9)); // 0{"sid":"
        send(request(server, sid).POST(HttpRequest.BodyPublishers.ofString("40")));
        assertThat(send(request(server, sid))).startsWith("40{");
        return sid;
    }

    private NettyServer serveHandlersThatDoNotEnd(Duration timeout) {
        io.onConnection(socket -> socket.onDisconnect((reason, cause) -> handlersMayEnd.await()));
        return bind(0, timeout);
    }

    private void servesAgainOn(int port) throws Exception {
        assertThat(io.engine().sessionCount()).isZero();
        try (NettyServer again = bind(port, Duration.ZERO)) {
            connect(again);
            assertThat(io.sockets()).hasSize(1);
        }
    }

    @Test
    void aPollThatWaitsIsAnsweredAndTheEndpointServesAgainAtOnce() throws Exception {
        NettyServer server = serveHandlersThatDoNotEnd(Duration.ofSeconds(2));
        String sid = connect(server);
        CompletableFuture<HttpResponse<String>> poll =
                http.sendAsync(request(server, sid).build(), HttpResponse.BodyHandlers.ofString());
        Await.until(() -> io.engine().sessions().iterator().next().isWritable(), () -> "no poll waits");

        server.close();

        assertThat(Await.result(poll).body()).isEqualTo("1");
        servesAgainOn(server.port());
    }

    @Test
    void theEndpointServesAgainAtOnceEvenIfNothingWasWaitedFor() throws Exception {
        NettyServer server = serveHandlersThatDoNotEnd(Duration.ZERO);
        connect(server);

        server.close();

        servesAgainOn(server.port());
    }
}
