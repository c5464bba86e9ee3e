package dev.parley.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8CheckTest {

    @Test
    void accepts_every_code_point() {
        StringBuilder text = new StringBuilder();
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
                text.appendCodePoint(codePoint);
            }
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);

        assertThat(Utf8Check.isWellFormed(bytes, 0, bytes.length)).isTrue();
    }

    @Test
    void agrees_with_the_jdk_about_all_sequences_of_two_bytes() {
        for (int first = 0; first < 256; first++) {
            for (int second = 0; second < 256; second++) {
                assertAgrees(new byte[] {(byte) first, (byte) second});
            }
        }
    }

    @Test
    void agrees_with_the_jdk_about_longer_sequences() {
        int[] edges = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
        for (int lead = 0xc0; lead < 256; lead++) {
            for (int second : edges) {
                for (int third : edges) {
                    assertAgrees(new byte[] {(byte) lead, (byte) second, (byte) third});
                    for (int fourth : edges) {
                        assertAgrees(new byte[] {(byte) lead, (byte) second, (byte) third, (byte) fourth});
                    }
                }
            }
        }
    }

    @Test
    void agrees_with_the_jdk_about_random_bytes() {
        Random random = new Random(7);
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(6)];
            random.nextBytes(bytes);
            assertAgrees(bytes);
        }
    }

    private static void assertAgrees(byte[] bytes) {
        boolean expected = jdkAccepts(bytes);
        if (Utf8Check.isWellFormed(bytes, 0, bytes.length) != expected) {
            fail("%s: expected %s", Arrays.toString(bytes), expected);
        }
        if (Utf8.of(bytes).isWellFormed() != expected) {
            fail("%s as a slice: expected %s", Arrays.toString(bytes), expected);
        }
    }

    private static boolean jdkAccepts(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
