package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.engine.Headers;
import dev.parley.protocol.Utf8;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.FileInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {

    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    static Path directory;

    private static KeyStore keys;

    @BeforeAll
    static void makeACertificate() throws Exception {
        Path file = directory.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "test",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .start();
        keytool.getInputStream().readAllBytes();
        assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = new FileInputStream(file.toFile())) {
            keys.load(in, PASSWORD);
        }
    }

    private static SslContext serverContext() throws Exception {
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        return SslContextBuilder.forServer(managers).build();
    }

    private static RawClient connect(NettyServer server) throws Exception {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return new RawClient(context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.port()));
    }

    private static TestEndpoint endpoint() {
        return new TestEndpoint(exchange -> {
            if (exchange.request().isWebSocketUpgrade()) {
                exchange.acceptWebSocket(Headers.empty(), 1_000_000, webSocket -> {
                    webSocket.text(Utf8.of("secure " + exchange.request().isSecure()));
                    webSocket.binary(new byte[300_000]);
                    return new RecordingListener(webSocket);
                });
            } else {
                exchange.respond(
                        TestEndpoint.text(200, "secure " + exchange.request().isSecure()));
            }
        });
    }

    @Test
    void servesHttpAndWebSocketsOverTls() throws Exception {
        NettyOptions options =
                NettyOptions.builder().sslContext(serverContext()).build();
        try (NettyServer server = NettyServer.bind(endpoint(), options);
                RawClient http = connect(server);
                RawClient webSocket = connect(server)) {
            for (int i = 0; i < 2; i++) {
                http.send("GET /parley/ HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(http.response().body()).isEqualTo("secure true");
            }
            webSocket.send(RawClient.upgradeRequest(TestEndpoint.PATH));
            assertThat(webSocket.response().status()).isEqualTo(101);
            assertThat(webSocket.frame()).isEqualTo("text secure true");
            assertThat(webSocket.frame()).isEqualTo("binary " + "00".repeat(300_000));
            webSocket.send(ClientFrame.close(1000));
            assertThat(webSocket.frame()).isEqualTo("close 1000");
            assertThat(webSocket.isAtEnd()).isTrue();
        }
    }

    @Test
    void closesConnectionsThatDoNotSpeakTls() throws Exception {
        NettyOptions options =
                NettyOptions.builder().sslContext(serverContext()).build();
        try (NettyServer server = NettyServer.bind(endpoint(), options);
                RawClient plain = new RawClient(server.port())) {
            plain.send("GET /parley/ HTTP/1.1\r\nHost: x\r\n\r\n");
            plain.socket.getInputStream().readAllBytes();
        }
    }
}
