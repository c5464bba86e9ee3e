package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8CheckTest {

    private static final int[] EDGES = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0xbf, 0xc0, 0xff};

    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();

    private boolean isValidForTheJdk(byte[] bytes) {
        // Unlike decode(ByteBuffer) it says so without an exception, which takes long a million times.
        decoder.reset();
        return !decoder.decode(ByteBuffer.wrap(bytes), CharBuffer.allocate(bytes.length), true)
                .isError();
    }

    private void agreesOn(byte... bytes) {
        if (Utf8Check.isValid(bytes, 0, bytes.length) != isValidForTheJdk(bytes)) {
            fail("not the same: " + HexFormat.of().formatHex(bytes));
        }
    }

    @Test
    void agreesWithTheJdkOnAllPairsOfBytesWhateverFollows() {
        for (int third : EDGES) {
            for (int pair = 0; pair < 1 << 16; pair++) {
                byte[] bytes = {(byte) (pair >> 8), (byte) pair, (byte) third};
                agreesOn(bytes);
            }
        }
    }

    @Test
    void agreesWithTheJdkOnTheEdgesOfFourByteSequences() {
        for (int lead = 0xee; lead <= 0xff; lead++) {
            for (int second : EDGES) {
                for (int third : EDGES) {
                    for (int fourth : EDGES) {
                        agreesOn((byte) lead, (byte) second, (byte) third, (byte) fourth);
                    }
                }
            }
        }
    }

    @Test
    void agreesWithTheJdkOnLongerTexts() {
        Random random = new Random(7);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = "abcdefghäöü€𝄞ijklmnop".repeat(2).getBytes(StandardCharsets.UTF_8);
            if (random.nextBoolean()) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            agreesOn(Arrays.copyOfRange(bytes, random.nextInt(20), 20 + random.nextInt(bytes.length - 20)));
        }
    }

    @Test
    void knowsWhetherAnythingCanFollowThatMakesItRight() {
        for (int pair = 0; pair < 1 << 16; pair++) {
            agreesOnWhatMayFollow((byte) (pair >> 8), (byte) pair);
        }
        for (int lead = 0xe0; lead <= 0xff; lead++) {
            for (int second : EDGES) {
                for (int third : EDGES) {
                    agreesOnWhatMayFollow((byte) lead, (byte) second, (byte) third);
                }
            }
        }
    }

    private void agreesOnWhatMayFollow(byte... bytes) {
        int unfinished = Utf8Check.unfinished(bytes, 0, bytes.length);
        int missing = missing(bytes);
        boolean same = missing < 0 ? unfinished < 0 : missing == 0 ? unfinished == 0 : unfinished > 0;
        if (!same) {
            fail("not the same: " + HexFormat.of().formatHex(bytes));
        }
    }

    /** How many bytes at least make this valid, or -1 if none can. */
    private int missing(byte[] bytes) {
        int[] continuations = {0x80, 0x90, 0xa0, 0xbf};
        for (int more = 0; more <= 3; more++) {
            byte[] longer = Arrays.copyOf(bytes, bytes.length + more);
            Arrays.fill(longer, bytes.length, longer.length, (byte) 0x80);
            for (int continuation : continuations) {
                if (more > 0) {
                    longer[bytes.length] = (byte) continuation;
                }
                if (isValidForTheJdk(longer)) {
                    return more;
                }
            }
        }
        return -1;
    }

    @Test
    void tellsHowMuchIsUnfinished() {
        byte[] bytes = "abcdefgh\u00e4\u20ac\ud834\udd1e".getBytes(StandardCharsets.UTF_8);
        int[] expected = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 2, 0, 1, 2, 3, 0};
        for (int to = 0; to <= bytes.length; to++) {
            assertThat(Utf8Check.unfinished(bytes, 0, to)).isEqualTo(expected[to]);
        }
    }

    @Test
    void looksAtNothingOutsideItsBounds() {
        byte[] bytes = {(byte) 0xff, 'a', 'b', (byte) 0xc3};
        assertThat(Utf8Check.isValid(bytes, 1, 3)).isTrue();
        assertThat(Utf8Check.isValid(bytes, 1, 4)).isFalse();
    }
}
