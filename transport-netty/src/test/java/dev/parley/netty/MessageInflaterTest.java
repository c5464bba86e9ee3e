package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Behaviour;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageInflaterTest {

    private static final int LIMIT = 1_000_000;

    private final MessageInflater inflater = new MessageInflater();

    private byte[] inflate(byte[]... parts) throws FrameException {
        byte[] data = ClientFrame.join(parts);
        // The array of a message is often longer than the message.
        return inflater.inflate(Arrays.copyOf(data, data.length + 10), data.length, LIMIT);
    }

    private void refuses(int closeCode, byte[]... parts) {
        assertThatThrownBy(() -> inflate(parts))
                .isInstanceOfSatisfying(
                        FrameException.class, e -> assertThat(e.closeCode()).isEqualTo(closeCode));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void readsTheExamplesOfTheStandard() throws Exception {
        assertThat(inflate(ClientFrame.hex("f248cdc9c90700"))).isEqualTo(bytes("Hello"));
        assertThat(inflate(ClientFrame.hex("000500faff48656c6c6f00")))
                .as("not compressed")
                .isEqualTo(bytes("Hello"));
        assertThat(inflate(ClientFrame.hex("f348cdc9c9070000")))
                .as("the last block of a stream")
                .isEqualTo(bytes("Hello"));
        assertThat(inflate(ClientFrame.hex("f24805000000ffffcac9c90700")))
                .as("two blocks")
                .isEqualTo(bytes("Hello"));
        assertThat(inflate(ClientFrame.hex("00"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1, 100_000, LIMIT})
    void readsMessagesOfEveryLength(int length) throws Exception {
        byte[] data = new byte[length];
        new Random(length).nextBytes(data);
        Arrays.fill(data, length / 2, length, (byte) 'x');
        for (int level : new int[] {0, 1, 6, 9}) {
            assertThat(inflate(Deflated.message(data, level))).isEqualTo(data);
        }
    }

    @Test
    void readsMessagesOfSeveralStreams() throws Exception {
        byte[] data = bytes("some text, some text, some text");
        assertThat(inflate(Deflated.finished(data), new byte[1])).isEqualTo(data);
        assertThat(inflate(Deflated.finished(data)))
                .as("without the byte behind")
                .isEqualTo(data);
        assertThat(inflate(Deflated.finished(data), Deflated.finished(data), Deflated.message(data)))
                .isEqualTo(ClientFrame.join(data, data, data));
    }

    @Test
    void remembersNothingOfEarlierMessages() throws Exception {
        byte[] data = bytes("a text that could be referred to, a text that could be referred to");
        inflate(Deflated.message(data));
        // Goes back by 3 bytes where there is nothing yet.
        refuses(1007, ClientFrame.hex("022200"));
        assertThat(inflate(Deflated.message(data))).isEqualTo(data);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff", "07", "000500ffff", "feffffffffff", "789c", "1f8b0800"})
    void refusesGarbage(String hex) throws Exception {
        refuses(1007, ClientFrame.hex(hex));
        assertThat(inflate(Deflated.message(bytes("goes on")))).isEqualTo(bytes("goes on"));
    }

    @Test
    void survivesArbitraryBytes() {
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            byte[] garbage = new byte[random.nextInt(50)];
            random.nextBytes(garbage);
            try {
                assertThat(inflate(garbage)).hasSizeLessThanOrEqualTo(LIMIT);
            } catch (FrameException e) {
                assertThat(e.closeCode()).isIn(1007, 1009);
            }
        }
    }

    @Test
    void refusesMessagesThatBecomeTooLong() throws Exception {
        assertThat(inflate(Deflated.bomb(LIMIT))).hasSize(LIMIT);
        refuses(1009, Deflated.bomb(LIMIT + 1));
        refuses(1009, Deflated.finished(new byte[LIMIT]), Deflated.message(new byte[1]));
        assertThat(inflate(Deflated.message(bytes("goes on")))).isEqualTo(bytes("goes on"));
    }

    @Test
    @Behaviour("ABUSE-064")
    void takesNoMoreMemoryThanMessagesMayHave() {
        byte[] bomb = Deflated.bomb(100_000_000);
        assertThat(bomb).as("what it takes to send it").hasSizeLessThan(LIMIT);
        refuses(1009, bomb);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10; i++) {
            refuses(1009, bomb);
        }
        long each = (threads.getCurrentThreadAllocatedBytes() - before) / 10;
        // The message as it grows, doubling up to the limit, and what this test makes of the bomb.
        assertThat(each).isLessThan(3L * LIMIT + 3L * bomb.length);
    }

    @Test
    @Behaviour("ABUSE-064")
    void isNotHeldUpByStreamsOfNothing() {
        byte[] nothing = ClientFrame.hex("0300");
        byte[] many = new byte[LIMIT];
        for (int i = 0; i < many.length; i++) {
            many[i] = nothing[i % 2];
        }
        refuses(1007, many);
    }
}
