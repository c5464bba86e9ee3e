package dev.parley.netty;

import static dev.parley.netty.ServerUnderAbuse.POLLING;
import static dev.parley.netty.ServerUnderAbuse.WEBSOCKET;
import static dev.parley.netty.ServerUnderAbuse.echo;
import static dev.parley.netty.ServerUnderAbuse.head;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.engine.CorsOptions;
import java.io.IOException;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSockets and upgrades that no honest client makes. */
class HostileWebSocketsTest {

    private static final long MOST_UNSENT = 320 * 1024;

    @RegisterExtension
    final ServerUnderAbuse server = new ServerUnderAbuse();

    @ParameterizedTest
    @CsvSource({
        "810178, 1002, without mask",
        "c18000000000, 1002, first reserved bit",
        "a18000000000, 1002, second reserved bit",
        "918000000000, 1002, third reserved bit",
        "838000000000, 1002, reserved opcode",
        "808000000000, 1002, continuation of nothing",
        "89fe007e00000000, 1002, long control frame",
        "098000000000, 1002, control frame in fragments",
        "81fe007d00000000, 1002, length in two bytes too many",
        "82ff8000000000000000, 1009, length of 2^63",
        "82ff00000000000f4241, 1009, one byte too long",
        "88820000000003ed, 1002, close code 1005",
        "88820000000003e7, 1002, close code 999",
        "88830000000003e8ff, 1007, close reason that is no text",
        "818100000000ff, 1007, text that is none",
        "01810000000034818000000000, 1002, message within a message",
    })
    @Behaviour({"ABUSE-061", "ABUSE-062", "SEC-004"})
    void a_frame_that_breaks_the_rules_ends_the_connection_with_a_code(String frame, int code, String what)
            throws Exception {
        assertThat(what).isNotEmpty();
        RawClient client = server.connected();

        client.send(ClientFrame.hex(frame));

        assertThat(client.frame()).isEqualTo("close " + code);
        server.awaitNobodyElse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1000, 1_000_000})
    @Behaviour("ABUSE-062")
    void fragments_that_are_too_long_together_end_the_connection(int size) throws Exception {
        RawClient client = server.connected();
        byte[] fragment = ClientFrame.frame(0x00, new byte[size]);
        client.send(ClientFrame.frame(0x02, new byte[999_999]));

        client.send(ClientFrame.join(fragment, fragment));

        assertThat(client.frame()).isEqualTo("close 1009");
        server.awaitNobodyElse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    @Behaviour({"ABUSE-063", "SEC-008"})
    void fragments_without_end_end_the_connection(int size) throws Exception {
        RawClient client = server.connected();
        byte[] fragment = ClientFrame.frame(0x00, new byte[size]);
        client.send(ClientFrame.frame(0x01));

        client.send(ClientFrame.join(Collections.nCopies(20_000, fragment).toArray(byte[][]::new)));

        assertThat(client.frame()).isEqualTo("close 1008");
        server.awaitNobodyElse();
    }

    @Test
    @Behaviour("ABUSE-065")
    void a_peer_that_reads_no_pongs_gets_no_more_of_them() throws Exception {
        RawClient client =
                ServerUnderAbuse.joined(server.opened(ServerUnderAbuse.upgrade(server.narrowClient(), WEBSOCKET)), "");
        byte[] ping = ClientFrame.frame(0x89, new byte[125]);
        byte[] pings = ClientFrame.join(Collections.nCopies(10_000, ping).toArray(byte[][]::new));

        client.send(pings);
        client.send(ClientFrame.text("42[\"echo\",1]"));
        Await.until(() -> !server.channelOf(client).isWritable(), () -> "writable");

        assertThat(server.unsentBytes(client)).isPositive().isLessThan(MOST_UNSENT);
        int pongs = 0;
        String frame = client.frame();
        while (frame.startsWith("pong ")) {
            pongs++;
            frame = client.frame();
        }
        assertThat(frame).isEqualTo("text 42[\"echo\",1]");
        assertThat(pongs).isLessThan(10_000);
    }

    @ParameterizedTest
    @CsvSource({
        "Sec-WebSocket-Version: 13, Sec-WebSocket-Version: 8, 426",
        "Sec-WebSocket-Version: 13, Sec-WebSocket-Version: 0, 426",
        "Sec-WebSocket-Key, X, 400",
        "dGhlIHNhbXBsZSBub25jZQ==, abc, 400",
        "Connection: Upgrade, X: y, 400",
        "Upgrade: websocket, Upgrade: h2c, 400",
        "HTTP/1.1, HTTP/1.0, 400",
        "Host: localhost, Content-Length: 3, 400",
        "'GET ', 'POST ', 400",
    })
    @Behaviour("ABUSE-066")
    void a_handshake_that_is_not_that_of_rfc_6455_opens_nothing(String part, String replacement, int status)
            throws Exception {
        String request = RawClient.upgradeRequest(WEBSOCKET).replace(part, replacement);

        assertThat(server.client().send(request).response().status()).isEqualTo(status);

        server.awaitNobodyElse();
    }

    @Test
    @Behaviour("ABUSE-067")
    void a_handshake_on_another_path_is_not_found() throws Exception {
        RawClient client = server.client().send(RawClient.upgradeRequest("/other/?EIO=4&transport=websocket"));

        assertThat(client.response().status()).isEqualTo(404);
        assertThat(client.isAtEnd()).isTrue();
    }

    @Test
    @Behaviour({"ABUSE-068", "SEC-003"})
    void peers_that_reset_their_connection_during_the_handshake_leave_nothing_behind() throws Exception {
        for (String request : new String[] {
            RawClient.upgradeRequest(WEBSOCKET),
            RawClient.upgradeRequest(WEBSOCKET + "&sid=x"),
            RawClient.upgradeRequest("/other/"),
            RawClient.upgradeRequest(WEBSOCKET).replace("13", "8"),
        }) {
            for (int i = 0; i < 25; i++) {
                RawClient client = server.client();
                client.socket.setSoLinger(true, 0);
                client.send(request).close();
            }
        }

        echo(server.connected(), "x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "5", "", "abc"})
    @Behaviour("ABUSE-069")
    void an_upgrade_with_another_revision_is_refused(String revision) throws Exception {
        String session = server.connectedByPolling();
        String upgrade = session.replace("polling", "websocket");

        for (String uri : new String[] {upgrade.replace("EIO=4", "EIO=" + revision), upgrade.replace("EIO=4&", "")}) {
            assertThat(server.client()
                            .send(RawClient.upgradeRequest(uri))
                            .response()
                            .status())
                    .isEqualTo(400);
        }

        assertStillPolls(session);
    }

    private void assertStillPolls(String session) throws IOException {
        assertThat(server.post(session, "42[\"echo\",1]").body()).isEqualTo("ok");
        assertThat(server.get(session).body()).isEqualTo("42[\"echo\",1]");
    }

    @Test
    @Behaviour("ABUSE-070")
    void the_second_of_two_upgrades_is_closed() throws Exception {
        String upgrade = server.connectedByPolling().replace("polling", "websocket");
        RawClient first = server.webSocket(upgrade);
        assertThat(first.send(ClientFrame.text("2probe")).frame()).isEqualTo("text 3probe");

        assertThat(server.webSocket(upgrade).frame()).isEqualTo("close ");
        first.send(ClientFrame.text("5"));
        echo(first, "x");
        assertThat(server.webSocket(upgrade).frame()).isEqualTo("close ");
        echo(first, "y");
    }

    @Test
    @Behaviour("ABUSE-071")
    void a_session_that_began_as_a_web_socket_cannot_be_taken_over() throws Exception {
        RawClient victim = server.connected();
        String sid = server.sid(victim);

        RawClient thief = server.webSocket(WEBSOCKET + "&sid=" + sid);
        thief.send(ClientFrame.text("2probe"));
        thief.send(ClientFrame.text("5"));

        assertThat(thief.frame()).isEqualTo("close ");
        assertThat(server.get(POLLING + "&sid=" + sid).status()).isEqualTo(400);
        echo(victim, "x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "2", "42[\"echo\",0]", "3probe", "x", ""})
    @Behaviour("ABUSE-072")
    void an_upgrade_that_does_not_begin_with_a_probe_is_closed_and_polling_goes_on(String packet) throws Exception {
        String session = server.connectedByPolling();
        RawClient webSocket = server.webSocket(session.replace("polling", "websocket"));

        webSocket.send(ClientFrame.text(packet));

        assertThat(webSocket.frame()).isEqualTo("close ");
        assertStillPolls(session);
    }

    @Test
    @Behaviour("ABUSE-072")
    void a_flood_of_probes_is_answered_once() throws Exception {
        String session = server.connectedByPolling();
        RawClient webSocket = server.webSocket(session.replace("polling", "websocket"));
        byte[] probe = ClientFrame.text("2probe");

        webSocket.send(ClientFrame.join(Collections.nCopies(200, probe).toArray(byte[][]::new)));

        assertThat(webSocket.frame()).isEqualTo("text 3probe");
        assertThat(webSocket.frame()).isEqualTo("close ");
        assertStillPolls(session);
    }

    @Test
    @Behaviour("ABUSE-072")
    void bytes_are_no_probe() throws Exception {
        String session = server.connectedByPolling();
        RawClient webSocket = server.webSocket(session.replace("polling", "websocket"));

        webSocket.send(ClientFrame.binary((byte) '2', (byte) 'p'));

        assertThat(webSocket.frame()).isEqualTo("close ");
        assertStillPolls(session);
    }

    @Test
    @Behaviour("ABUSE-074")
    void upgrades_that_are_begun_and_left_leave_nothing_behind() throws Exception {
        String session = server.connectedByPolling();
        int timers = server.time.pendingTimers();
        for (int i = 0; i < 100; i++) {
            RawClient webSocket = server.webSocket(session.replace("polling", "websocket"));
            if (i % 2 == 0) {
                assertThat(webSocket.send(ClientFrame.text("2probe")).frame()).isIn("text 3probe", "close ");
            }
            webSocket.close();
        }

        Await.until(() -> server.time.pendingTimers() == timers, server.time::toString);
        assertStillPolls(session);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://evil.example",
                "null",
                "http://page.example.evil.example",
                "http://evilpage.example",
                "https://page.example",
                "http://page.example:81",
                "http://page.example@evil.example",
                "http://localhost.evil.example",
            })
    @Behaviour({"ABUSE-076", "ABUSE-077"})
    void a_foreign_page_opens_no_web_socket(String origin) throws Exception {
        server.serve(options -> options.cors(CorsOptions.allow("http://page.example")));
        String session = server.connectedByPolling();

        for (String uri : new String[] {WEBSOCKET, session.replace("polling", "websocket")}) {
            String request = RawClient.upgradeRequest(uri).replace("Host:", "Origin: " + origin + "\r\nHost:");
            assertThat(server.client().send(request).response().status()).isEqualTo(403);
        }

        RawClient.Response response =
                server.client().send(head("GET", POLLING, "Origin: " + origin)).response();
        assertThat(response.headers()).containsEntry("vary", "Origin").doesNotContainKey("access-control-allow-origin");
        assertThat(server.takeLoud()).singleElement().asString().contains("another origin was refused");
    }
}
