package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.parley.Behaviour;
import dev.parley.engine.CloseReason;
import dev.parley.engine.EngineOptions;
import dev.parley.engine.EngineServer;
import dev.parley.engine.Headers;
import dev.parley.engine.SessionListener;
import dev.parley.protocol.Utf8;
import io.netty.handler.ssl.ClientAuth;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    private static KeyManagerFactory identity() throws Exception {
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        return managers;
    }

    private static TrustManagerFactory trust() throws Exception {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(keys);
        return trust;
    }

    private static SslContext serverContext() throws Exception {
        return serverContext(ClientAuth.NONE);
    }

    private static SslContext serverContext(ClientAuth clients) throws Exception {
        return SslContextBuilder.forServer(identity())
                .trustManager(trust())
                .clientAuth(clients)
                .build();
    }

    private static RawClient connect(NettyServer server) throws Exception {
        return connect(server, null);
    }

    /** A client that shows a certificate if it has one. */
    private static RawClient connect(NettyServer server, @Nullable KeyManagerFactory identity) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(identity == null ? null : identity.getKeyManagers(), trust().getTrustManagers(), null);
        return new RawClient(context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.port()));
    }

    private static TestEndpoint endpoint() {
        return new TestEndpoint(exchange -> {
            if (exchange.request().isWebSocketUpgrade()) {
                exchange.acceptWebSocket(Headers.empty(), 1_000_000, null, webSocket -> {
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

    private static NettyServer serveEngine(ClientAuth clients) throws Exception {
        EngineServer engine = EngineServer.create(EngineOptions.defaults(), session -> {
            session.send("hi");
            return new SessionListener() {
                @Override
                public void text(Utf8 message) {
                    session.send(message.toString());
                }

                @Override
                public void binary(byte[] message) {
                    session.send(message);
                }

                @Override
                public void closed(CloseReason reason, @Nullable Throwable cause) {}
            };
        });
        return NettyServer.bind(
                engine,
                NettyOptions.builder().sslContext(serverContext(clients)).build());
    }

    @ParameterizedTest
    @CsvSource({"REQUIRE, true", "OPTIONAL, true", "OPTIONAL, false"})
    @Behaviour({"EIO-MSG-007", "EIO-MSG-008", "EIO-MSG-010"})
    void pollsWithClientCertificates(ClientAuth clients, boolean certificate) throws Exception {
        try (NettyServer server = serveEngine(clients);
                RawClient client = connect(server, certificate ? identity() : null)) {
            String uri = "/engine.io/?EIO=4&transport=polling";
            client.send("GET " + uri + " HTTP/1.1\r\nHost: x\r\n\r\n");
            uri += "&sid=" + client.response().body().replaceAll("^.*\"sid\":\"|\".*$", "");
            client.send("GET " + uri + " HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(client.response().body()).isEqualTo("4hi");
            client.send("POST " + uri + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n4a");
            assertThat(client.response().body()).isEqualTo("ok");
            client.send("GET " + uri + " HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(client.response().body()).isEqualTo("4a");
        }
    }

    @ParameterizedTest
    @CsvSource({"REQUIRE, true", "OPTIONAL, true", "OPTIONAL, false"})
    @Behaviour({"EIO-MSG-009", "EIO-MSG-011"})
    void opensWebSocketsWithClientCertificates(ClientAuth clients, boolean certificate) throws Exception {
        try (NettyServer server = serveEngine(clients);
                RawClient client = connect(server, certificate ? identity() : null)) {
            client.send(RawClient.upgradeRequest("/engine.io/?EIO=4&transport=websocket"));
            assertThat(client.response().status()).isEqualTo(101);
            assertThat(client.frame()).startsWith("text 0{");
            assertThat(client.frame()).isEqualTo("text 4hi");
            client.send(ClientFrame.text("4a"));
            assertThat(client.frame()).isEqualTo("text 4a");
            client.send(ClientFrame.binary((byte) 1, (byte) 2));
            assertThat(client.frame()).isEqualTo("binary 0102");
        }
    }

    @Test
    void refusesAClientWithoutTheCertificateThatIsRequired() throws Exception {
        try (NettyServer server = serveEngine(ClientAuth.REQUIRE);
                RawClient client = connect(server)) {
            assertThatIOException()
                    .isThrownBy(() -> client.send("GET /engine.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n")
                            .response());
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
