package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.engine.Compression;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameDeflaterTest {

    private final FrameDeflater deflater = new FrameDeflater();

    private static DeflateExtension extension(int level) {
        return new DeflateExtension(new Compression(0, level), "");
    }

    private byte[] frame(DeflateExtension extension, int opcode, byte[] array, int offset, int length) {
        ByteBuf frame = deflater.frame(PooledByteBufAllocator.DEFAULT, extension, opcode, array, offset, length);
        try {
            return ByteBufUtil.getBytes(frame);
        } finally {
            frame.release();
        }
    }

    private byte[] frame(byte[] data) {
        return frame(extension(6), Frames.BINARY, data, 0, data.length);
    }

    private static byte[] payload(byte[] frame) {
        int length = frame[1] & 0x7f;
        int header = length < 126 ? 2 : length == 126 ? 4 : 10;
        return Arrays.copyOfRange(frame, header, frame.length);
    }

    private static byte[] inflated(byte[] frame) throws FrameException {
        byte[] payload = payload(frame);
        return new MessageInflater().inflate(payload, payload.length, Integer.MAX_VALUE);
    }

    private static byte[] words(int length) {
        StringBuilder text = new StringBuilder();
        Random random = new Random(length);
        while (text.length() < length) {
            text.append("word").append(random.nextInt(1000)).append(' ');
        }
        return text.substring(0, length).getBytes(StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 3000, 1_000_000})
    void writesHeadersOfEveryForm(int length) throws Exception {
        byte[] data = words(length);
        byte[] frame = frame(data);
        assertThat(frame[0]).isEqualTo((byte) 0xc2);
        assertThat(frame.length).isLessThan(length);
        ByteBuf header = Unpooled.wrappedBuffer(frame, 1, 9);
        long announced = header.readByte();
        announced = announced == 126 ? header.readUnsignedShort() : announced == 127 ? header.readLong() : announced;
        assertThat(announced).isEqualTo(payload(frame).length);
        assertThat(inflated(frame)).isEqualTo(data);
    }

    @Test
    void compressesAPartOfAnArray() throws Exception {
        byte[] data = words(1000);
        byte[] frame = frame(extension(1), Frames.TEXT, data, 100, 800);
        assertThat(inflated(frame)).isEqualTo(Arrays.copyOfRange(data, 100, 900));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 10, 125, 126, 1000, 65_535, 65_536, 100_000})
    void leavesWhatDoesNotGetShorterAsItIs(int length) {
        byte[] noise = new byte[length];
        new Random(length).nextBytes(noise);
        byte[] frame = frame(noise);
        assertThat(frame).hasSize(Frames.size(length));
        assertThat(frame[0]).isEqualTo((byte) 0x82);
        assertThat(payload(frame)).isEqualTo(noise);
    }

    @Test
    void remembersNothingOfEarlierFrames() {
        byte[] data = words(1000);
        byte[] first = frame(data);
        frame(words(500));
        frame(extension(1), Frames.TEXT, words(500), 0, 500);
        assertThat(frame(data)).isEqualTo(first);
    }

    @Test
    void keepsNoReferenceToAMessage() {
        WeakReference<byte[]> message = framedAndForgotten();
        for (int i = 0; i < 10 && message.get() != null; i++) {
            System.gc();
        }
        assertThat(message.get()).isNull();
    }

    private WeakReference<byte[]> framedAndForgotten() {
        byte[] data = words(100_000);
        frame(data);
        return new WeakReference<>(data);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void takesNoMoreMemoryThanAFrameNeeds(boolean shrinks) {
        byte[] data = new byte[1_000_000];
        if (!shrinks) {
            new Random(1).nextBytes(data);
        }
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
        ByteBuf frame = deflater.frame(allocator, extension(6), Frames.BINARY, data, 0, data.length);
        assertThat(frame.readableBytes() < 2000).isEqualTo(shrinks);
        assertThat(allocator.metric().usedDirectMemory()).isEqualTo(frame.readableBytes());
        frame.release();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void losesNoBufferWhenThereIsNoMemory(int successes) {
        Exhausted allocator = new Exhausted(successes);
        byte[] data = words(1000);
        assertThatThrownBy(() -> deflater.frame(allocator, extension(6), Frames.TEXT, data, 0, data.length))
                .isInstanceOf(OutOfMemoryError.class);
        assertThat(allocator.given).hasSize(successes).allMatch(buffer -> buffer.refCnt() == 0);
    }

    /** Has memory for so many buffers. */
    private static final class Exhausted extends AbstractByteBufAllocator {

        private final List<ByteBuf> given = new ArrayList<>();
        private final int successes;

        Exhausted(int successes) {
            super(true);
            this.successes = successes;
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            if (given.size() == successes) {
                throw new OutOfMemoryError("no more");
            }
            ByteBuf buffer = UnpooledByteBufAllocator.DEFAULT.directBuffer(initialCapacity, maxCapacity);
            given.add(buffer);
            return buffer;
        }

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }

    @Test
    void takesTheLevelAsked() {
        byte[] data = words(20_000);
        int fast = frame(extension(1), Frames.TEXT, data, 0, data.length).length;
        int small = frame(extension(9), Frames.TEXT, data, 0, data.length).length;
        assertThat(small).isLessThan(fast);
        assertThat(frame(extension(1), Frames.TEXT, data, 0, data.length)).hasSize(fast);
    }
}
