package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.engine.Compression;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * RFC 6455 to the letter, byte by byte over real sockets, in the order in which the Autobahn test suite goes through
 * it: framing, pings, reserved bits, opcodes, fragments, UTF-8, closing, limits. All of it holds with compression, too.
 */
@ParameterizedClass
@EnumSource
class StrictWebSocketTest {

    private static final int LIMIT = 16 * 1024 * 1024;

    @Parameter
    private Mode mode;

    private NettyServer server;
    private RawClient client;

    private enum Mode {
        PLAIN,
        /** Compression is agreed on; the client makes use of it for whole messages, the server for all. */
        DEFLATE
    }

    @BeforeEach
    void connect() throws Exception {
        Compression compression = mode == Mode.PLAIN ? null : Compression.DEFAULT.withThreshold(0);
        TestEndpoint endpoint = TestEndpoint.webSockets(LIMIT, compression, EchoListener::new);
        server = NettyServer.bind(endpoint, NettyOptions.builder().eventLoops(1).build());
        client = open();
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        server.close();
    }

    private RawClient open() throws IOException {
        return mode == Mode.PLAIN
                ? RawClient.upgraded(server.port())
                : RawClient.deflating(server.port(), "permessage-deflate");
    }

    private void send(byte[]... frames) throws IOException {
        client.send(ClientFrame.join(frames));
    }

    /** Sends each byte in a segment of its own. */
    private void sendByteByByte(byte[] frame) throws IOException {
        for (byte b : frame) {
            client.send(new byte[] {b});
        }
    }

    private byte[] message(int opcode, byte[] data) {
        return mode == Mode.PLAIN ? ClientFrame.frame(0x80 | opcode, data) : ClientFrame.deflated(opcode, data);
    }

    private byte[] text(String text) {
        return message(Frames.TEXT, utf8(text));
    }

    private byte[] binary(byte[] data) {
        return message(Frames.BINARY, data);
    }

    private static byte[] start(String text) {
        return ClientFrame.frame(0x01, utf8(text));
    }

    private static byte[] next(String text) {
        return ClientFrame.frame(0x00, utf8(text));
    }

    private static byte[] last(String text) {
        return ClientFrame.frame(0x80, utf8(text));
    }

    private static byte[] ping(String payload) {
        return ClientFrame.frame(0x89, utf8(payload));
    }

    private static byte[] pong(String payload) {
        return ClientFrame.frame(0x8a, utf8(payload));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String frame() throws IOException {
        String frame = client.frame();
        return frame.startsWith("deflated ") ? frame.substring("deflated ".length()) : frame;
    }

    private void receives(String... frames) throws IOException {
        for (String frame : frames) {
            assertThat(frame()).isEqualTo(frame);
        }
    }

    private static String pongOf(String payload) {
        return "pong " + HexFormat.of().formatHex(utf8(payload));
    }

    private static String echo(String text) {
        return "text " + text;
    }

    private static String echo(byte[] data) {
        return "binary " + ByteBufUtil.hexDump(data);
    }

    /** The server closes with this code and says nothing else. */
    private void fails(int code) throws IOException {
        receives("close " + code);
        assertThat(client.isAtEnd()).isTrue();
    }

    /** All is well: nothing else has come, and the server answers the close. */
    private void closesInGoodOrder() throws IOException {
        send(ClientFrame.close(1000));
        fails(1000);
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (0xfe - i % 7);
        }
        return bytes;
    }

    // 1 Framing

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 127, 128, 65_535, 65_536, 65_537})
    void echoesTextOfEveryFormOfLength(int length) throws Exception {
        String text = "*".repeat(length);
        send(text(text));
        receives(echo(text));
        closesInGoodOrder();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 127, 128, 65_535, 65_536, 65_537})
    void echoesBinaryOfEveryFormOfLength(int length) throws Exception {
        send(binary(bytes(length)));
        receives(echo(bytes(length)));
        closesInGoodOrder();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 997, 4096})
    void itDoesNotMatterHowAFrameIsCut(int chop) throws Exception {
        byte[] frame = ClientFrame.frame(0x82, bytes(chop < 100 ? 300 : 65_536));
        for (int from = 0; from < frame.length; from += chop) {
            client.send(Arrays.copyOfRange(frame, from, Math.min(frame.length, from + chop)));
        }
        receives(echo(bytes(chop < 100 ? 300 : 65_536)));
        closesInGoodOrder();
    }

    // 2 Pings and pongs

    @ParameterizedTest
    @ValueSource(strings = {"", "Hello, world!", "\u0000\u00ff\u00fe"})
    void answersAPingWithItsPayload(String payload) throws Exception {
        send(ping(payload));
        receives(pongOf(payload));
        closesInGoodOrder();
    }

    @Test
    void answersTheLongestPing() throws Exception {
        send(ping("x".repeat(125)));
        receives(pongOf("x".repeat(125)));
        sendByteByByte(ping("y".repeat(125)));
        receives(pongOf("y".repeat(125)));
        closesInGoodOrder();
    }

    @Test
    void refusesAPingThatIsTooLong() throws Exception {
        send(ClientFrame.header(0x89, 126));
        fails(1002);
    }

    @Test
    void doesNotMindPongsThatNobodyHasAskedFor() throws Exception {
        send(pong(""), pong("unsolicited"), ping("ping"));
        receives(pongOf("ping"));
        closesInGoodOrder();
    }

    @Test
    void answersEachOfManyPings() throws Exception {
        for (int i = 0; i < 10; i++) {
            send(ping("payload-" + i));
        }
        for (int i = 0; i < 10; i++) {
            receives(pongOf("payload-" + i));
        }
        for (int i = 0; i < 10; i++) {
            sendByteByByte(ping("payload-" + i));
        }
        for (int i = 0; i < 10; i++) {
            receives(pongOf("payload-" + i));
        }
        closesInGoodOrder();
    }

    // 3 Reserved bits

    @ParameterizedTest
    @ValueSource(ints = {0xa1, 0x91, 0xb1, 0xe1, 0xf1, 0xd2, 0xa2, 0xc0, 0xe9, 0xc9, 0xca, 0xf8, 0xc8})
    @Behaviour("ABUSE-061")
    void refusesReservedBits(int firstByte) throws Exception {
        send(text("before"), ClientFrame.frame(firstByte, utf8("x")), ping(""));
        receives(echo("before"));
        fails(1002);
    }

    @ParameterizedTest
    @ValueSource(ints = {0xc1, 0xc2, 0x41})
    void takesCompressedMessagesOnlyIfThatWasAgreedOn(int firstByte) throws Exception {
        send(ClientFrame.frame(firstByte, Deflated.message(utf8("x"))));
        if (mode == Mode.PLAIN) {
            fails(1002);
        } else {
            send(firstByte == 0x41 ? last("") : new byte[0]);
            receives(firstByte == 0xc2 ? "binary 78" : "text x");
            closesInGoodOrder();
        }
    }

    @Test
    void refusesReservedBitsAsSoonAsTheyArrive() throws Exception {
        client.send(new byte[] {(byte) 0xa1});
        fails(1002);
    }

    // 4 Opcodes

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 6, 7, 11, 12, 13, 14, 15})
    @Behaviour("ABUSE-061")
    void refusesReservedOpcodes(int opcode) throws Exception {
        send(text("before"), ClientFrame.frame(0x80 | opcode), ping(""));
        receives(echo("before"));
        fails(1002);
        client.close();
        client = open();
        send(ClientFrame.frame(0x80 | opcode, utf8("reserved")));
        fails(1002);
    }

    // 5 Fragments

    @ParameterizedTest
    @ValueSource(ints = {0x08, 0x09, 0x0a})
    @Behaviour("ABUSE-061")
    void refusesControlFramesInFragments(int firstByte) throws Exception {
        send(ClientFrame.frame(firstByte, utf8("ab")), last("c"));
        fails(1002);
    }

    @Test
    void joinsFragments() throws Exception {
        send(start("fragment1"), last("fragment2"));
        receives(echo("fragment1fragment2"));
        client.send(start("one"));
        client.send(next(""));
        client.send(next("two"));
        client.send(last(""));
        receives(echo("onetwo"));
        sendByteByByte(ClientFrame.join(start("a"), next("b"), last("c")));
        receives(echo("abc"));
        send(ClientFrame.frame(0x02, (byte) 1), ClientFrame.frame(0x80, (byte) 2));
        receives("binary 0102");
        closesInGoodOrder();
    }

    @Test
    void answersPingsBetweenFragmentsAtOnce() throws Exception {
        client.send(start("fragment1"));
        client.send(ping("between"));
        receives(pongOf("between"));
        client.send(next("fragment2"));
        sendByteByByte(ping("again"));
        receives(pongOf("again"));
        client.send(last("fragment3"));
        receives(echo("fragment1fragment2fragment3"));
        closesInGoodOrder();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x80, 0x00})
    @Behaviour("ABUSE-061")
    void refusesAContinuationOfNothing(int firstByte) throws Exception {
        send(ClientFrame.frame(firstByte, utf8("non-continuation payload")), text("behind"));
        fails(1002);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x80, 0x00})
    void refusesAContinuationAfterTheEndOfAMessage(int firstByte) throws Exception {
        send(start("fragment1"), last("fragment2"), ClientFrame.frame(firstByte, utf8("fragment3")), text("x"));
        receives(echo("fragment1fragment2"));
        fails(1002);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x01, 0x81, 0x02, 0x82})
    void refusesAMessageWithinAMessage(int firstByte) throws Exception {
        send(start("fragment1"), ClientFrame.frame(firstByte, utf8("fragment2")));
        fails(1002);
    }

    // 6 UTF-8

    @Test
    void echoesTextOfNothing() throws Exception {
        send(text(""), start(""), next(""), last(""), start(""), next("middle"), last(""));
        receives(echo(""), echo(""), echo("middle"));
        closesInGoodOrder();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "48656c6c6f2dc2b540c39fc3b6c3a4c3bcc3a0c3a12d5554462d382121",
                "cebae1bdb9cf83cebcceb5",
                "ceba",
                "00",
                "c280",
                "e0a080",
                "f0908080",
                "7f",
                "dfbf",
                "efbfbf",
                "f48fbfbf",
                "ed9fbf",
                "ee8080",
                "efbfbd",
                "efbfbe",
                "f09fbfbe",
                "f3bfbfbf",
                "f48fbfbe",
            })
    void echoesWellFormedTextHoweverItIsCut(String hex) throws Exception {
        byte[] data = ClientFrame.hex(hex);
        String text = new String(data, StandardCharsets.UTF_8);
        send(message(Frames.TEXT, data));
        receives(echo(text));
        send(inFragmentsOfOneByte(data));
        receives(echo(text));
        sendByteByByte(ClientFrame.frame(0x81, data));
        receives(echo(text));
        closesInGoodOrder();
    }

    private static byte[] inFragmentsOfOneByte(byte[] data) {
        byte[][] frames = new byte[data.length + 1][];
        for (int i = 0; i < data.length; i++) {
            frames[i] = ClientFrame.frame(i == 0 ? 0x01 : 0x00, data[i]);
        }
        frames[data.length] = last("");
        return ClientFrame.join(frames);
    }

    static Stream<String> malformed() {
        List<String> hex = new ArrayList<>(List.of(
                // in the midst of a text
                "cebae1bdb9cf83cebcceb5eda080656469746564",
                // incomplete
                "ce",
                "cebae1",
                "cebae1bd",
                "cebae1bdb9cf",
                // beyond four bytes, or U+10FFFF
                "f888808080",
                "fc8480808080",
                "f7bfbfbf",
                "fbbfbfbfbf",
                "fdbfbfbfbfbf",
                "f4908080",
                // continuations of nothing
                "80",
                "bf",
                "80bf",
                "80bf80",
                "80bf80bf80bf80",
                // beginnings of nothing
                "c020c120df20",
                "e020ef20",
                "f020f720",
                "f820fb20",
                "fc20fd20",
                "c0",
                "e080",
                "f08080",
                "f8808080",
                "df",
                "efbf",
                "f7bfbf",
                "c0e080f08080f8808080fc80808080dfefbff7bfbffbbfbfbffdbfbfbfbf",
                // impossible
                "fe",
                "ff",
                "fefeffff",
                // not in the shortest form
                "c0af",
                "e080af",
                "f08080af",
                "c1bf",
                "e09fbf",
                "f08fbfbf",
                "c080",
                "e08080",
                "f0808080",
                // surrogates
                "eda080",
                "edadbf",
                "edae80",
                "edafbf",
                "edb080",
                "edbe80",
                "edbfbf",
                "eda080edb080",
                "edafbfedbfbf"));
        IntStream.range(0x80, 0xc0).forEach(i -> hex.add("%02x".formatted(i)));
        return hex.stream();
    }

    @ParameterizedTest
    @MethodSource("malformed")
    @Behaviour("ABUSE-061")
    void refusesMalformedText(String hex) throws Exception {
        byte[] data = ClientFrame.hex(hex);
        send(message(Frames.TEXT, data));
        fails(1007);
        client.close();
        client = open();
        send(inFragmentsOfOneByte(data));
        fails(1007);
    }

    /** What follows is never sent. */
    @ParameterizedTest
    @CsvSource({
        "cebae1bdb9cf83cebcceb5, f490",
        "cebae1bdb9cf83cebcceb5, eda0",
        "cebae1bdb9cf83cebcceb5f4, 90",
        "cebae1bdb9cf83cebcceb5ed, a0",
        "'', ff",
        "e2, 28",
        "e282, 28",
        "f09f92, c0",
        "c3, c3",
    })
    void refusesTextAtTheFirstByteThatCannotBeRight(String right, String wrong) throws Exception {
        byte[] first = ClientFrame.hex(right);
        byte[] second = ClientFrame.hex(wrong);
        client.send(ClientFrame.frame(0x01, first));
        client.send(ping(""));
        receives(pongOf(""));
        client.send(ClientFrame.frame(0x00, second));
        fails(1007);
        client.close();

        client = open();
        byte[] whole = ClientFrame.frame(0x81, ClientFrame.join(first, second, new byte[100]));
        int known = whole.length - 100;
        client.send(Arrays.copyOf(whole, known - second.length));
        client.send(Arrays.copyOfRange(whole, known - second.length, known));
        fails(1007);
    }

    @Test
    void doesNotLookIntoBinaryMessages() throws Exception {
        byte[] data = ClientFrame.hex("ff80c0eda080");
        send(binary(data));
        receives(echo(data));
        closesInGoodOrder();
    }

    // 7 Closing

    @Test
    void answersACloseOnceAndNothingBehindIt() throws Exception {
        send(text("Hello World!"), ClientFrame.close(1000), ClientFrame.close(1001), ping("late"), text("late"));
        receives(echo("Hello World!"));
        fails(1000);
    }

    @Test
    void dropsAMessageThatWasBegunBeforeTheClose() throws Exception {
        send(start("fragment1"), ClientFrame.close(1000), last("fragment2"));
        fails(1000);
    }

    @Test
    void answersALongMessageBeforeTheClose() throws Exception {
        String text = "BAsd7&jh23".repeat(26_000);
        send(text(text), ClientFrame.close(1000), ping("late"));
        receives(echo(text));
        fails(1000);
    }

    @Test
    void answersACloseWithoutCode() throws Exception {
        send(ClientFrame.frame(0x88));
        receives("close ");
        assertThat(client.isAtEnd()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Hello World!", "caf\u00e9 \u20ac"})
    void answersACloseWithAReason(String reason) throws Exception {
        send(close(1000, utf8(reason)));
        fails(1000);
    }

    @Test
    void answersACloseWithTheLongestReason() throws Exception {
        send(close(1000, utf8("*".repeat(123))));
        fails(1000);
    }

    private static byte[] close(int code, byte[] reason) {
        return ClientFrame.frame(0x88, ClientFrame.join(new byte[] {(byte) (code >> 8), (byte) code}, reason));
    }

    @Test
    void refusesAReasonThatIsTooLong() throws Exception {
        send(ClientFrame.header(0x88, 126));
        fails(1002);
    }

    @Test
    void refusesHalfACode() throws Exception {
        send(ClientFrame.frame(0x88, (byte) 3));
        fails(1002);
    }

    @Test
    @Behaviour("ABUSE-061")
    void refusesAReasonThatIsMalformed() throws Exception {
        send(close(1000, ClientFrame.hex("cebae1bdb9cf83cebcceb5eda080656469746564")));
        fails(1007);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999})
    void answersEveryCodeThatMayBeSent(int code) throws Exception {
        send(ClientFrame.close(code));
        fails(code);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535})
    @Behaviour("ABUSE-061")
    void refusesCodesThatMayNotBeSent(int code) throws Exception {
        send(close(code, utf8("reason")));
        fails(1002);
    }

    // 9, 10 Limits and sizes

    @ParameterizedTest
    @ValueSource(ints = {65_536, 262_144, 1 << 20, 1 << 22, 1 << 24})
    void echoesLongMessages(int length) throws Exception {
        String text = "BAsd7&jh".repeat(length / 8);
        send(text(text));
        assertThat(frame().equals(echo(text))).isTrue();
        send(binary(bytes(length / 4)));
        assertThat(frame().equals(echo(bytes(length / 4)))).isTrue();
        closesInGoodOrder();
    }

    @ParameterizedTest
    @ValueSource(ints = {256, 1300, 4096, 65_536})
    void echoesLongMessagesInFragments(int fragment) throws Exception {
        byte[] data = bytes(1 << 22);
        for (int from = 0; from < data.length; from += fragment) {
            int to = Math.min(data.length, from + fragment);
            int first = (from == 0 ? 0x02 : 0x00) | (to == data.length ? 0x80 : 0x00);
            client.send(ClientFrame.frame(first, Arrays.copyOfRange(data, from, to)));
        }
        assertThat(frame().equals(echo(data))).isTrue();
        closesInGoodOrder();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 64, 256, 1024, 4096})
    void echoesManyMessages(int length) throws Exception {
        String text = "x".repeat(length);
        byte[] frame = text(text);
        for (int i = 0; i < 500; i++) {
            client.send(frame);
            receives(echo(text));
        }
        for (int i = 0; i < 200; i++) {
            client.send(frame);
        }
        for (int i = 0; i < 200; i++) {
            receives(echo(text));
        }
        closesInGoodOrder();
    }

    @Test
    @Behaviour("ABUSE-062")
    void refusesAMessageThatIsTooLongByItsHeader() throws Exception {
        client.send(ClientFrame.header(0x82, LIMIT + 1));
        fails(1009);
    }

    @Test
    @Behaviour("ABUSE-063")
    void refusesTooManyFragments() throws Exception {
        byte[][] fragments = new byte[NettyOptions.DEFAULT_MAX_FRAGMENTS + 1][];
        for (int i = 0; i < fragments.length; i++) {
            fragments[i] = i == 0 ? start("") : next("");
        }
        send(fragments);
        fails(1008);
    }

    @ParameterizedTest
    @CsvSource({
        "8100, 1002",
        "81fe007d00000000, 1002",
        "81ff000000000000ffff00000000, 1002",
        "81ff8000000000000000, 1009"
    })
    @Behaviour("ABUSE-061")
    void refusesFramesWithoutMaskAndOddLengths(String hex, int code) throws Exception {
        client.send(ClientFrame.hex(hex));
        fails(code);
    }
}
