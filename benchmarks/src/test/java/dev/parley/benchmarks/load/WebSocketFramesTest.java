package dev.parley.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketFramesTest {

    private final List<String> received = new ArrayList<>();

    private final WebSocketFrames.Receiver receiver = new WebSocketFrames.Receiver() {
        @Override
        public void text(String message) {
            received.add("text " + message);
        }

        @Override
        public void binary(byte[] message) {
            received.add("binary " + HexFormat.of().formatHex(message));
        }

        @Override
        public void closed(int code) {
            received.add("closed " + code);
        }
    };

    @Test
    void masks_as_the_example_of_the_standard_does() {
        ByteBuffer output = ByteBuffer.allocate(20);
        WebSocketFrames.writeText(output, "Hello", 0x37fa213d);
        assertThat(Arrays.copyOf(output.array(), output.position())).isEqualTo(bytes("818537fa213d7f9f4d5158"));
    }

    @Test
    void reads_all_frames_that_are_there_and_leaves_the_rest() {
        byte[] bytes = bytes("8105" + "48656c6c6f" + "8202" + "0102" + "8802" + "03e8" + "8105" + "4865");
        int used = WebSocketFrames.read(bytes, 0, bytes.length, receiver);
        assertThat(received).containsExactly("text Hello", "binary 0102", "closed 1000");
        assertThat(used).isEqualTo(bytes.length - 4);
    }

    @ParameterizedTest
    @ValueSource(ints = {125, 126, 65535, 65536})
    void reads_each_form_of_length_once_the_frame_is_complete(int length) {
        ByteBuffer frame = ByteBuffer.allocate(length + 10).put((byte) 0x81);
        if (length < 126) {
            frame.put((byte) length);
        } else if (length < 65536) {
            frame.put((byte) 126).putShort((short) length);
        } else {
            frame.put((byte) 127).putLong(length);
        }
        frame.put("x".repeat(length).getBytes(StandardCharsets.US_ASCII));
        int size = frame.position();
        for (int part : new int[] {1, 2, 3, 9, size - 1}) {
            assertThat(WebSocketFrames.read(frame.array(), 0, part, receiver)).isZero();
        }
        assertThat(WebSocketFrames.read(frame.array(), 0, size, receiver)).isEqualTo(size);
        assertThat(received).containsExactly("text " + "x".repeat(length));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0101", "0001", "c101", "8181", "8900", "8300"})
    void refuses_fragments_masks_reserved_bits_and_other_frames(String start) {
        byte[] bytes = bytes(start + "0000000000");
        assertThatExceptionOfType(LoadFailure.class)
                .isThrownBy(() -> WebSocketFrames.read(bytes, 0, bytes.length, receiver));
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
