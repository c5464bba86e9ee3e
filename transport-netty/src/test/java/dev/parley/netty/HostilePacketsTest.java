package dev.parley.netty;

import static dev.parley.netty.ServerUnderAbuse.echo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Ack;
import dev.parley.Behaviour;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets that no honest client sends, over real connections of both kinds. */
class HostilePacketsTest {

    private static final String PLACEHOLDER = "{\"_placeholder\":true,\"num\":0}";
    private static final String SEPARATOR = "\u001e";

    @RegisterExtension
    final ServerUnderAbuse server = new ServerUnderAbuse();

    /** What ends the connection of a client that has joined the main namespace. Bytes stand as in a polling payload. */
    static Stream<String> violations() {
        return Stream.of(
                "451000000-[\"x\"]",
                "4511-[\"x\"]",
                "45" + "9".repeat(400) + "-[\"x\"]",
                "450-[\"x\"]",
                "450-[\"x\"]" + SEPARATOR + "bAQID",
                "45-[\"x\"]",
                "45-1-[\"x\"]",
                "451",
                "451e0-[\"x\"]",
                "450x1-[\"x\"]",
                "451-[\"x\",{\"_placeholder\":true,\"num\":1}]",
                "451-[\"x\",{\"_placeholder\":true,\"num\":-1}]",
                "451-[\"x\",{\"_placeholder\":true,\"num\":\"0\"}]",
                "451-[\"x\",{\"_placeholder\":true,\"num\":0.5}]",
                "451-[\"x\"" + ("," + PLACEHOLDER).repeat(11) + "]",
                "bAQID",
                "451-[\"x\"," + PLACEHOLDER + "]" + SEPARATOR + "42[\"x\"]",
                "429007199254740992[\"x\"]",
                "42" + "1".repeat(400) + "[\"x\"]",
                "42 [\"x\"]",
                "42-1[\"x\"]",
                "42[]",
                "42{\"a\":1}",
                "42[null]",
                "42[\"x\"]x",
                "42",
                "42[\"disconnect\"]",
                "42[\"newListener\"]",
                "42[\"\\u0063onnect\"]",
                "42[\"" + "x".repeat(5000) + "\"]",
                "42[\"x\"," + "9".repeat(1001) + "]",
                "42[\"x\"," + "[".repeat(5000) + "]".repeat(5000) + "]",
                "42[\"x\"," + "[".repeat(100_000) + "]".repeat(100_000) + "]",
                "42[\"x\"," + "{\"a\":".repeat(100_000) + "0" + "}".repeat(100_000) + "]",
                "47",
                "4x",
                "4",
                "",
                "9",
                "x",
                "2",
                "2probe",
                "1",
                "41{\"a\":1}",
                "44{\"message\":\"x\"}",
                "431{}",
                "43[]",
                "43/other,1[]",
                "42/other,[\"x\"]",
                "40",
                "40/other,[]",
                "40/other,\"x\"",
                "40/other,null",
                "40/other,{\"\\ud800\":1}",
                "40/" + "x".repeat(5000));
    }

    @ParameterizedTest
    @MethodSource("violations")
    @Behaviour({
        "ABUSE-001", "ABUSE-002", "ABUSE-003", "ABUSE-004", "ABUSE-005", "ABUSE-006", "ABUSE-007", "ABUSE-009",
        "ABUSE-011", "ABUSE-012", "ABUSE-013", "ABUSE-015", "ABUSE-017", "ABUSE-018", "ABUSE-019", "ABUSE-021",
        "ABUSE-022", "ABUSE-024", "ABUSE-025", "ABUSE-030", "ABUSE-033", "ABUSE-034"
    })
    void violations_end_the_connection(String packets) throws Exception {
        RawClient client = server.connected();
        send(client, packets);
        assertThat(client.frame()).isEqualTo("close ");
        server.awaitNobodyElse();

        String session = server.connectedByPolling();
        int status = server.post(session, packets).status();
        assertThat(status).isIn(200, 400);
        RawClient.Response last = server.get(session);
        assertThat(last.status() == 400
                        || last.body().endsWith("1")
                        || last.body().equals("6"))
                .as(last.body())
                .isTrue();
        server.awaitNobodyElse();
    }

    private static void send(RawClient client, String packets) throws IOException {
        for (String packet : packets.split(SEPARATOR, -1)) {
            client.send(
                    packet.startsWith("b")
                            ? ClientFrame.binary(Base64.getDecoder().decode(packet.substring(1)))
                            : ClientFrame.text(packet));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "3probe", "0", "5", "6", "6x", "431[]", "43999[1,2]"})
    @Behaviour({"ABUSE-023", "ABUSE-025"})
    void what_means_nothing_is_ignored_however_often_it_comes(String packet) throws Exception {
        RawClient client = server.connected();
        int timers = server.time.pendingTimers();

        byte[] frame = ClientFrame.text(packet);
        client.send(ClientFrame.join(Collections.nCopies(10_000, frame).toArray(byte[][]::new)));

        echo(client, "x");
        assertThat(server.time.pendingTimers()).isEqualTo(timers);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"_placeholder\":true,\"num\":0} | {\"_placeholder\":true,\"num\":0}",
                "{\"__proto__\":1,\"constructor\":2,\"hasOwnProperty\":3,\"\":4} | {\"__proto__\":1,\"constructor\":2,\"hasOwnProperty\":3,\"\":4}",
                "\"\\u0000\" | \"\\u0000\"",
                "\"\\ud800\" | \"\\ud800\"",
                "{\"a\":1,\"b\":2,\"a\":3} | {\"a\":3,\"b\":2}",
                "[1e400,-1e400] | [null,null]",
                "-0 | 0",
            })
    @Behaviour({"ABUSE-008", "ABUSE-017", "ABUSE-018"})
    void what_is_only_strange_is_delivered(String sent, String received) throws Exception {
        RawClient client = server.connected();

        client.send(ClientFrame.text("42[\"tree\"," + sent + "]"));

        assertThat(client.frame()).isEqualTo("text 42[\"tree\"," + received + "]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "\"error\"",
                "\"__proto__\"",
                "\"constructor\"",
                "\"hasOwnProperty\"",
                "\"\"",
                "\"\\u0000\"",
                "\"\\ud800\""
            })
    @Behaviour({"ABUSE-014", "ABUSE-016", "ABUSE-017"})
    void strange_names_are_those_of_ordinary_events(String name) throws Exception {
        BlockingQueue<String> names = new LinkedBlockingQueue<>();
        server.io().onConnection(socket -> socket.onAny(event -> names.add(event.name())));
        RawClient client = server.connected();

        client.send(ClientFrame.text("42[" + name + ",2]"));

        String expected = switch (name) {
            case "\"\\u0000\"" -> "\0";
            case "\"\\ud800\"" -> "\ud800";
            default -> name.replace("\"", "");
        };
        assertThat(Await.next(names)).isEqualTo(expected);
        echo(client, "x");
    }

    @Test
    @Behaviour("ABUSE-017")
    void a_name_writes_no_line_of_its_own_into_the_log() throws Exception {
        server.io()
                .onConnection(socket -> socket.onAny(event -> {
                    throw new IllegalStateException("on purpose");
                }));
        RawClient client = server.connected();

        client.send(ClientFrame.text("42[\"a\\r\\nb\\u2028c\\u001b" + "d".repeat(1000) + "\"]"));
        echo(client, "x");

        assertThat(server.takeLoud())
                .isNotEmpty()
                .allSatisfy(
                        line -> assertThat(line).hasSizeLessThan(300).doesNotContain("\r", "\n", "\u2028", "\u001b"))
                .anyMatch(line -> line.contains("\"a??b?c?ddd"));
    }

    @Test
    @Behaviour("ABUSE-019")
    void values_as_deep_as_allowed_go_both_ways() throws Exception {
        RawClient client = server.connected();
        String deepest = "[".repeat(499) + "]".repeat(499);

        client.send(ClientFrame.text("42[\"tree\"," + deepest + "]"));

        assertThat(client.frame()).isEqualTo("text 42[\"tree\"," + deepest + "]");
    }

    @Test
    @Behaviour("ABUSE-007")
    void each_placeholder_becomes_bytes_of_its_own() throws Exception {
        RawClient client = server.connected();

        client.send(ClientFrame.text("452-[\"tree\",[" + PLACEHOLDER + "," + PLACEHOLDER + "]]"));
        client.send(ClientFrame.binary((byte) 1, (byte) 2));
        client.send(ClientFrame.binary((byte) 3));

        assertThat(client.frame())
                .isEqualTo("text 452-[\"tree\",[" + PLACEHOLDER + ",{\"_placeholder\":true,\"num\":1}]]");
        assertThat(client.frame()).isEqualTo("binary 0102");
        assertThat(client.frame()).isEqualTo("binary 0102");
    }

    @Test
    @Behaviour("ABUSE-020")
    void keys_with_the_same_hash_code_are_keys_like_any_other() throws Exception {
        RawClient client = server.connected();
        List<String> members = IntStream.range(0, 1 << 14)
                .mapToObj(i -> "\"" + colliding(i) + "\":0")
                .toList();
        String object = "{" + String.join(",", members) + "}";

        client.send(ClientFrame.text("42[\"tree\"," + object + "]"));

        assertThat(client.frame()).isEqualTo("text 42[\"tree\"," + object + "]");
    }

    /** Texts that differ for each number of 14 bits, but have one hash code. */
    private static String colliding(int number) {
        StringBuilder key = new StringBuilder();
        for (int bit = 0; bit < 14; bit++) {
            key.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return key.toString();
    }

    @Test
    @Behaviour("ABUSE-026")
    void acknowledgements_that_are_never_given_are_not_kept() throws Exception {
        Queue<WeakReference<Ack>> owed = new ConcurrentLinkedQueue<>();
        server.io().onConnection(socket -> socket.on("ask", event -> owed.add(new WeakReference<>(event.ack()))));
        RawClient client = server.connected();

        for (int i = 0; i < 1000; i++) {
            client.send(ClientFrame.text("42" + i + "[\"ask\"]"));
        }
        echo(client, "x");

        assertThat(owed).hasSize(1000);
        Await.until(
                () -> {
                    System.gc();
                    return owed.stream().allMatch(ack -> ack.get() == null);
                },
                () -> "acknowledgements are still held");
    }

    @ParameterizedTest
    @ValueSource(strings = {"3432ff", "3432c080", "3432eda080", "3432f5808080", "3432e282"})
    @Behaviour("ABUSE-028")
    void text_that_is_not_utf_8_ends_the_connection(String hex) throws Exception {
        byte[] text = HexFormat.of().parseHex(hex);

        assertThat(server.connected().send(ClientFrame.frame(0x81, text)).frame())
                .isEqualTo("close 1007");

        String session = server.connectedByPolling();
        assertThat(server.post(session, text).status()).isEqualTo(400);
        server.awaitNobodyElse();
    }
}
