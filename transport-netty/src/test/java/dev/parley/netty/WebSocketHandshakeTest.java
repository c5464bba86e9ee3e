package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketHandshakeTest {

    private static final String VALID = RawClient.upgradeRequest(TestEndpoint.PATH);

    private final TestEndpoint endpoint = TestEndpoint.webSockets(100, RecordingListener::new);
    private NettyServer server;
    private RawClient client;

    @BeforeEach
    void connect() throws Exception {
        server = NettyServer.bind(endpoint, 0);
        client = new RawClient(server.port());
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        server.close();
    }

    @Test
    void opensAWebSocket() throws Exception {
        RawClient.Response response = client.send(VALID).response();
        assertThat(response.status()).isEqualTo(101);
        assertThat(response.headers())
                .containsOnlyKeys("upgrade", "connection", "sec-websocket-accept")
                .containsEntry("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "permessage-deflate",
                "permessage-deflate; client_max_window_bits",
                "permessage-deflate; server_no_context_takeover, x-webkit-deflate-frame, deflate-frame",
                "\""
            })
    @Behaviour("EIO-WS-014")
    void agreesToNoExtension(String offer) throws Exception {
        client.send(VALID.replace("Host: localhost", "Host: localhost\r\nSec-WebSocket-Extensions: " + offer));
        RawClient.Response response = client.response();
        assertThat(response.status()).isEqualTo(101);
        assertThat(response.headers()).doesNotContainKey("sec-websocket-extensions");
    }

    @Test
    void agreesToNoSubprotocol() throws Exception {
        client.send(VALID.replace("Host: localhost", "Host: localhost\r\nSec-WebSocket-Protocol: chat, superchat"));
        RawClient.Response response = client.response();
        assertThat(response.status()).isEqualTo(101);
        assertThat(response.headers()).doesNotContainKey("sec-websocket-protocol");
    }

    @ParameterizedTest
    @ValueSource(strings = {"keep-alive, Upgrade", "upgrade", "UPGRADE"})
    void understandsEveryFormOfTheConnectionHeader(String connection) throws Exception {
        client.send(VALID.replace("Connection: Upgrade", "Connection: " + connection));
        assertThat(client.response().status()).isEqualTo(101);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "7", "8", "14", "", "13.0", "x"})
    @Behaviour("ABUSE-066")
    void offersVersion13InPlaceOfAnyOther(String version) throws Exception {
        client.send(VALID.replace("Version: 13", "Version: " + version));
        RawClient.Response response = client.response();
        assertThat(response.status()).isEqualTo(426);
        assertThat(response.headers())
                .containsEntry("sec-websocket-version", "13")
                .containsEntry("connection", "close");
        assertThat(client.isAtEnd()).isTrue();
    }

    @Test
    @Behaviour("ABUSE-066")
    void offersVersion13WhereNoneIsNamed() throws Exception {
        client.send(VALID.replace("Sec-WebSocket-Version: 13\r\n", ""));
        assertThat(client.response().status()).isEqualTo(426);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "abc", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZTEyMw==", "!!!!!!!!!!!!!!!!!!!!!!=="})
    @Behaviour("ABUSE-066")
    void refusesAKeyThatIsNot16Bytes(String key) throws Exception {
        client.send(VALID.replace("dGhlIHNhbXBsZSBub25jZQ==", key));
        assertThat(client.response().status()).isEqualTo(400);
        assertThat(client.isAtEnd()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "'GET ', 'POST '",
        "HTTP/1.1, HTTP/1.0",
        "'Connection: Upgrade', 'Connection: close'",
        "'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'X: y'",
        "'Host: localhost', 'Content-Length: 3'",
        "'Host: localhost', 'Transfer-Encoding: chunked'",
    })
    @Behaviour("ABUSE-066")
    void refusesWhatIsNoUpgrade(String part, String replacement) throws Exception {
        client.send(VALID.replace(part, replacement));
        assertThat(client.response().status()).isEqualTo(400);
        assertThat(client.isAtEnd()).isTrue();
    }

    @Test
    @Behaviour("ABUSE-067")
    void answers404ToAnUpgradeOnAnotherPathAndCloses() throws Exception {
        client.send(RawClient.upgradeRequest("/other/"));
        assertThat(client.response().status()).isEqualTo(404);
        assertThat(client.isAtEnd()).isTrue();
    }

    @Test
    @Behaviour({"ABUSE-068", "SEC-003"})
    void survivesAPeerThatResetsTheConnectionBeforeTheAnswer() throws Exception {
        client.socket.setSoLinger(true, 0);
        client.send(VALID);
        client.close();
        try (RawClient next = RawClient.upgraded(server.port())) {
            assertThat(next.send(ClientFrame.frame(0x89)).frame()).isEqualTo("pong ");
        }
    }
}
