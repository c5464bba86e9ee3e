package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Behaviour;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {

    private static final int LIMIT = 100_000;
    private static final int FRAGMENTS = 1000;

    private final List<String> events = new ArrayList<>();
    private final FrameReader reader = new FrameReader(LIMIT, FRAGMENTS, new EventSink(events));

    private record EventSink(List<String> events, boolean inflates) implements FrameReader.Sink {

        EventSink(List<String> events) {
            this(events, false);
        }

        @Override
        public void textMessage(byte[] utf8) {
            events.add("text " + new String(utf8, StandardCharsets.UTF_8));
        }

        @Override
        public void binaryMessage(byte[] data) {
            events.add("binary " + HexFormat.of().formatHex(data));
        }

        @Override
        public void ping(byte[] payload) {
            events.add("ping " + HexFormat.of().formatHex(payload));
        }

        @Override
        public boolean isReading() {
            return true;
        }

        @Override
        public boolean inflates() {
            return inflates;
        }

        @Override
        public byte[] inflate(byte[] data, int length, int limit) throws FrameException {
            return new MessageInflater().inflate(data, length, limit);
        }

        @Override
        public void closeFrame(int code) {
            events.add("close " + code);
        }
    }

    private void read(byte[]... parts) throws FrameException {
        for (byte[] part : parts) {
            reader.read(Unpooled.wrappedBuffer(part));
        }
    }

    private void refuses(int closeCode, byte[]... parts) {
        assertThatThrownBy(() -> read(parts))
                .isInstanceOfSatisfying(
                        FrameException.class,
                        e -> assertThat(e.closeCode()).as(e.getMessage()).isEqualTo(closeCode));
        assertThat(events).isEmpty();
    }

    @Test
    void readsTextAndBinaryMessages() throws Exception {
        read(ClientFrame.text("4hällo €"), ClientFrame.binary((byte) 1, (byte) 0xff), ClientFrame.text(""));
        assertThat(events).containsExactly("text 4hällo €", "binary 01ff", "text ");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 9, 125, 126, 127, 4095, 4096, 4097, 65_535, 65_536, LIMIT})
    void readsMessagesOfEveryFormOfLength(int length) throws Exception {
        String text = "x".repeat(length - 1) + "y";
        read(ClientFrame.text(text));
        assertThat(events).containsExactly("text " + text);
    }

    @Test
    void readsTheSameHoweverTheBytesAreCut() throws Exception {
        byte[] all = ClientFrame.join(
                ClientFrame.text("first"),
                ClientFrame.frame(0x01, "frag".getBytes(StandardCharsets.UTF_8)),
                ClientFrame.frame(0x89, (byte) 1, (byte) 2, (byte) 3),
                ClientFrame.frame(0x00),
                ClientFrame.frame(0x80, "ments".getBytes(StandardCharsets.UTF_8)),
                ClientFrame.text("z".repeat(10_000)),
                ClientFrame.frame(0x8a),
                ClientFrame.close(1000));
        read(all);
        List<String> expected = List.copyOf(events);
        assertThat(expected).hasSize(5).contains("text fragments", "ping 010203", "close 1000");
        Random random = new Random(42);
        for (int round = 0; round < 200; round++) {
            List<String> got = new ArrayList<>();
            FrameReader another = new FrameReader(LIMIT, FRAGMENTS, new EventSink(got));
            ByteBuf bytes = Unpooled.wrappedBuffer(all);
            while (bytes.isReadable()) {
                int count = 1 + random.nextInt(round == 0 ? 1 : 3000);
                another.read(bytes.readSlice(Math.min(count, bytes.readableBytes())));
            }
            assertThat(got).isEqualTo(expected);
        }
    }

    @Test
    void acceptsCharactersThatAreCutBetweenFragments() throws Exception {
        read(ClientFrame.frame(0x01, (byte) 0xe2, (byte) 0x82), ClientFrame.frame(0x80, (byte) 0xac));
        assertThat(events).containsExactly("text €");
    }

    @Test
    void ignoresWhatFollowsACloseFrame() throws Exception {
        read(ClientFrame.close(1001), ClientFrame.text("late"), ClientFrame.hex("ffffffff"));
        assertThat(events).containsExactly("close 1001");
    }

    @Test
    void refusesTextThatIsNotUtf8AtTheFirstByteThatCannotBeRight() throws Exception {
        byte[] frame = ClientFrame.frame(0x81, ClientFrame.hex("e282ac f09f 28 00 00 00"));
        int wrong = frame.length - 4;
        for (int i = 0; i < wrong; i++) {
            read(new byte[] {frame[i]});
        }
        refuses(1007, new byte[] {frame[wrong]});
    }

    @Test
    void readsCompressedMessages() throws Exception {
        FrameReader inflating = new FrameReader(LIMIT, FRAGMENTS, new EventSink(events, true));
        byte[] compressed = Deflated.message("4hello".repeat(10).getBytes(StandardCharsets.UTF_8));
        byte[] all = ClientFrame.join(
                ClientFrame.frame(0xc1, compressed),
                ClientFrame.frame(0x41, Arrays.copyOf(compressed, 3)),
                ClientFrame.frame(0x89, (byte) 1),
                ClientFrame.frame(0x80, Arrays.copyOfRange(compressed, 3, compressed.length)),
                ClientFrame.text("plain"),
                ClientFrame.deflated(Frames.BINARY, new byte[] {1, 2}));
        for (byte b : all) {
            inflating.read(Unpooled.wrappedBuffer(new byte[] {b}));
        }
        String text = "text " + "4hello".repeat(10);
        assertThat(events).containsExactly(text, "ping 01", text, "text plain", "binary 0102");
    }

    @ParameterizedTest
    @ValueSource(ints = {0xc1, 0xa1, 0x91, 0xf1, 0x83, 0x84, 0x85, 0x86, 0x87, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f})
    @Behaviour("ABUSE-061")
    void refusesReservedBitsAndOpcodes(int firstByte) {
        refuses(1002, ClientFrame.frame(firstByte, (byte) 'x'));
    }

    @Test
    @Behaviour("ABUSE-061")
    void refusesFramesWithoutMask() {
        refuses(1002, ClientFrame.hex("81 01 78"));
    }

    @Test
    @Behaviour("ABUSE-061")
    void refusesAContinuationOfNothing() {
        refuses(1002, ClientFrame.frame(0x80, (byte) 'x'));
    }

    @Test
    void refusesAMessageWithinAMessage() {
        refuses(1002, ClientFrame.frame(0x01, (byte) 'x'), ClientFrame.frame(0x81, (byte) 'x'));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x08, 0x09, 0x0a})
    @Behaviour("ABUSE-061")
    void refusesControlFramesInFragments(int firstByte) {
        refuses(1002, ClientFrame.frame(firstByte));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x88, 0x89, 0x8a})
    @Behaviour("ABUSE-061")
    void refusesControlFramesOfMoreThan125Bytes(int firstByte) {
        refuses(1002, ClientFrame.header(firstByte, 126));
    }

    @ParameterizedTest
    @CsvSource({"81fe007d00000000, 16 bits", "81ff000000000000ffff00000000, 64 bits"})
    void refusesLengthsThatAreNotInTheirShortestForm(String frame, String form) {
        assertThat(form).isNotNull();
        refuses(1002, ClientFrame.hex(frame));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535})
    @Behaviour("ABUSE-061")
    void refusesCloseCodesThatMayNotBeSent(int code) {
        refuses(1002, ClientFrame.close(code));
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 4999})
    void acceptsCloseCodesThatMayBeSent(int code) throws Exception {
        read(ClientFrame.close(code));
        assertThat(events).containsExactly("close " + code);
    }

    @Test
    void acceptsACloseFrameWithoutCode() throws Exception {
        read(ClientFrame.frame(0x88));
        assertThat(events).containsExactly("close 0");
    }

    @Test
    void refusesHalfACloseCode() {
        refuses(1002, ClientFrame.frame(0x88, (byte) 3));
    }

    @Test
    @Behaviour("ABUSE-061")
    void refusesACloseReasonThatIsNotUtf8() {
        refuses(1007, ClientFrame.frame(0x88, (byte) 3, (byte) 0xe8, (byte) 0xff));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff", "c0 80", "ed a0 80", "f5 80 80 80", "e2 82", "80", "61 62 63 64 65 66 67 68 c3"})
    @Behaviour({"ABUSE-028", "ABUSE-061"})
    void refusesTextThatIsNotUtf8(String bytes) {
        refuses(1007, ClientFrame.frame(0x81, ClientFrame.hex(bytes)));
    }

    @Test
    void refusesTextThatIsNotUtf8InFragments() {
        refuses(1007, ClientFrame.frame(0x01, (byte) 0xe2, (byte) 0x82), ClientFrame.frame(0x80, (byte) 'x'));
    }

    @Test
    @Behaviour({"EIO-CLOSE-045", "ABUSE-062"})
    void refusesTooLongAMessageByItsHeaderAlone() {
        refuses(1009, ClientFrame.header(0x82, LIMIT + 1));
    }

    @ParameterizedTest
    @ValueSource(longs = {Integer.MAX_VALUE, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE, -1})
    @Behaviour({"ABUSE-061", "ABUSE-062"})
    void refusesLengthsBeyondAllBounds(long length) {
        refuses(1009, ClientFrame.header(0x82, length));
    }

    @Test
    @Behaviour("ABUSE-062")
    void countsFragmentsTogetherAgainstTheLimit() {
        refuses(1009, ClientFrame.frame(0x02, new byte[LIMIT]), ClientFrame.header(0x00, 1));
    }

    @Test
    @Behaviour("ABUSE-062")
    void reservesNoMemoryForBytesThatHaveNotCome() throws Exception {
        FrameReader unlimited = new FrameReader(Integer.MAX_VALUE, FRAGMENTS, new EventSink(events));
        for (int i = 0; i < 1000; i++) {
            new FrameReader(Integer.MAX_VALUE, FRAGMENTS, new EventSink(events))
                    .read(Unpooled.wrappedBuffer(ClientFrame.header(0x82, Integer.MAX_VALUE)));
        }
        unlimited.read(Unpooled.wrappedBuffer(ClientFrame.header(0x82, Integer.MAX_VALUE), new byte[100]));
        assertThat(events).isEmpty();
    }

    @Test
    @Behaviour({"ABUSE-063", "SEC-008"})
    void boundsTheNumberOfFragments() throws Exception {
        read(ClientFrame.frame(0x02));
        for (int i = 1; i < FRAGMENTS; i++) {
            read(ClientFrame.frame(0x00));
        }
        refuses(1008, ClientFrame.frame(0x00));
    }

    @Test
    void countsTheFragmentsOfEachMessageAnew() throws Exception {
        for (int i = 0; i <= FRAGMENTS; i++) {
            read(ClientFrame.binary());
        }
        assertThat(events).hasSize(FRAGMENTS + 1);
    }
}
