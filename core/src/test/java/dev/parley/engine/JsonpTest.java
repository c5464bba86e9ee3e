package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryWebSocket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Polling by scripts, for browsers that know no other way to another origin. */
class JsonpTest extends EngineFixture {

    private static final String SCRIPT = "/engine.io/?EIO=3&transport=polling&b64=1&j=";
    private static final byte[] THREE_BYTES = {1, 2, 3};

    @BeforeEach
    void serveOldClients() {
        serve(options -> options.allowEio3(true));
    }

    /** A client that polls by scripts. */
    private PollingClient open() {
        transport.get(SCRIPT + "0");
        return new PollingClient(SCRIPT + "0", session().id());
    }

    /** What clients make of text before they put it into a form. */
    private static String form(String payload) {
        String escaped = payload.replace("\\n", "\\\n").replace("\n", "\\n");
        return "d=" + URLEncoder.encode(escaped, StandardCharsets.UTF_8);
    }

    @Test
    @Behaviour("EIO-V3-008")
    void the_answer_to_a_poll_is_a_script() {
        MemoryExchange handshake = transport.get(SCRIPT + "12x");
        String script = handshake.text();
        assertThat(script)
                .startsWith("___eio[12](\"")
                .contains(":0{\\\"sid\\\":\\\"")
                .endsWith("}\");");
        assertThat(handshake.response().headers().get("content-type")).isEqualTo("text/plain; charset=UTF-8");

        String sid = session().id();
        session().send("hello");
        // the number is that of the handshake
        assertThat(transport.get(SCRIPT + "99&sid=" + sid).text()).isEqualTo("___eio[12](\"6:4hello\");");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "alert(1)//", "%22%5D%28"})
    @Behaviour("ABUSE-056")
    void nothing_but_digits_of_the_number_is_said_again(String number) {
        assertThat(transport.get(SCRIPT + number).text()).matches("(?s)___eio\\[1?]\\(\"[0-9]+:0\\{.*}\"\\);");
    }

    @Test
    @Behaviour({"EIO-V3-009", "ABUSE-056"})
    void what_would_end_a_line_or_the_string_is_escaped() {
        PollingClient client = open();

        session().send("\u2028\u2029\u2027\"\\\n\r\u0000é€😀\u20a8");

        assertThat(client.poll().text())
                .isEqualTo("___eio[0](\"14:4\\u2028\\u2029\u2027\\\"\\\\\\u000a\\u000d\\u0000é€😀\u20a8\");");
    }

    @Test
    @Behaviour("EIO-V3-010")
    void a_form_brings_packets() {
        PollingClient client = open();

        assertThat(client.push(form("6:4a b+c2:4€")).text()).isEqualTo("ok");
        assertThat(client.push("t=1&d=2%3A4x&d2=3").text()).isEqualTo("ok");
        assertThat(client.push("d=3%3A4%5Cnx").text()).isEqualTo("ok");
        assertThat(client.push("d=4%3A4%5C%5Cnx").text()).isEqualTo("ok");

        assertThat(recorder().messages()).containsExactly("a b+c", "€", "x", "\nx", "\\nx");
    }

    @Test
    @Behaviour("EIO-V3-010")
    void a_form_without_packets_does_nothing() {
        PollingClient client = open();

        assertThat(client.push("").text()).isEqualTo("ok");
        assertThat(client.push("6:4hello").text()).isEqualTo("ok");

        assertThat(recorder().messages()).isEmpty();
        assertThat(session().isOpen()).isTrue();
    }

    @Test
    void a_form_with_a_malformed_payload_closes_the_session() {
        PollingClient client = open();

        assertThat(client.push("d=").status()).isEqualTo(400);

        assertThat(recorder().reason()).isEqualTo(CloseReason.PARSE_ERROR);
    }

    @ParameterizedTest
    @Behaviour("EIO-V3-011")
    @ValueSource(strings = {"{\"a\":\"x\r\ny\n\n\nz\"}", "{\"a\":\"\\n\\\\n\\\\\\n\"}", "\n", "\\n", "\\\\n\n\nn\\n\\"})
    void line_breaks_survive_both_ways(String text) {
        echo();
        PollingClient client = open();

        client.push(form((text.length() + 1) + ":4" + text));

        assertThat(recorder().messages()).containsExactly(text);
        String script = client.poll().text();
        String escaped = text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\u000a");
        assertThat(script).isEqualTo("___eio[0](\"%d:4%s\");", text.length() + 1, escaped.replace("\r", "\\u000d"));
    }

    @Test
    @Behaviour("EIO-V3-012")
    void bytes_survive_both_ways() {
        echo();
        PollingClient client = open();

        client.push(form("6:b4AQID"));

        assertThat(recorder().messages()).containsExactly(THREE_BYTES);
        assertThat(client.poll().text()).isEqualTo("___eio[0](\"6:b4AQID\");");
    }

    @Test
    void bytes_are_written_as_text_even_if_the_client_did_not_ask_for_that() {
        String uri = "/engine.io/?EIO=3&transport=polling&j=0";
        transport.get(uri);

        session().send(THREE_BYTES);

        assertThat(transport.get(uri + "&sid=" + session().id()).text()).isEqualTo("___eio[0](\"6:b4AQID\");");
    }

    @Test
    @Behaviour("EIO-V3-013")
    void the_application_may_close_the_session() {
        PollingClient client = open();
        MemoryExchange poll = client.poll();

        session().close();

        assertThat(poll.text()).isEqualTo("___eio[0](\"1:1\");");
        assertThat(recorder().reason()).isEqualTo(CloseReason.FORCED_CLOSE);
    }

    @Test
    @Behaviour("EIO-V3-013")
    void the_client_may_close_the_session() {
        PollingClient client = open();
        MemoryExchange poll = client.poll();

        assertThat(client.push(form("1:1")).text()).isEqualTo("ok");

        assertThat(poll.text()).isEqualTo("___eio[0](\"1:6\");");
        assertThat(recorder().reason()).isEqualTo(CloseReason.TRANSPORT_CLOSE);
    }

    @Test
    void a_session_may_change_from_scripts_to_a_web_socket() {
        PollingClient client = open();

        MemoryWebSocket webSocket = client.upgrade();
        session().send(THREE_BYTES);

        assertThat(webSocket.poll()).isEqualTo("b4AQID");
    }

    @Test
    @Behaviour("EIO-V3-019")
    void clients_of_revision_4_may_use_scripts_too() {
        String uri = POLLING + "&j=3";
        assertThat(transport.get(uri).text()).startsWith("___eio[3](\"0{\\\"sid\\\"");
        PollingClient client = new PollingClient(uri, session().id());

        assertThat(client.push("d=40").text()).isEqualTo("ok");
        session().send(THREE_BYTES);

        assertThat(recorder().messages()).containsExactly("0");
        assertThat(client.poll().text()).isEqualTo("___eio[3](\"bAQID\");");
    }

    @Test
    void nobody_may_use_scripts_where_old_clients_are_not_allowed() {
        serve(options -> options);

        assertThat(transport.get(POLLING + "&j=3").text()).startsWith("0{");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cross-site", "same-site"})
    void a_browser_that_tells_of_a_foreign_page_is_held_to_the_allowed_origins(String site) {
        String[] page = {"Host", "me.com", "Sec-Fetch-Site", site, "Referer", "https://other.com/page?x"};
        assertRefused(transport.get(SCRIPT + "0", page), 4, "Forbidden");
        assertThat(error().context()).containsEntry("origin", "https://other.com");
        assertRefused(transport.get(SCRIPT + "0", "Host", "me.com", "Sec-Fetch-Site", site), 4, "Forbidden");
        assertRefused(transport.get(SCRIPT + "0", "Sec-Fetch-Site", site, "Referer", "%"), 4, "Forbidden");
        assertThat(opened).isEmpty();

        serve(options -> options.allowEio3(true).cors(CorsOptions.allow("https://other.com")));
        assertThat(transport.get(SCRIPT + "0", page).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"same-origin", "none"})
    void a_page_of_the_server_itself_may_use_scripts(String site) {
        assertThat(transport.get(SCRIPT + "0", "Sec-Fetch-Site", site).status()).isEqualTo(200);
    }
}
