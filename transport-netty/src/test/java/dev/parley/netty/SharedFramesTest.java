package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.engine.Compression;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedFramesTest {

    private final List<String> scheduled = new ArrayList<>();
    private final SharedFrames frames = new SharedFrames(() -> scheduled.add("turn"));
    private final List<ByteBuf> given = new ArrayList<>();

    @AfterEach
    void releaseAll() {
        frames.clear();
        given.forEach(ByteBuf::release);
        assertThat(given).allMatch(frame -> frame.refCnt() == 0);
    }

    private @Nullable ByteBuf share(int opcode, byte[] array, int offset, int length) {
        ByteBuf frame = frames.share(UnpooledByteBufAllocator.DEFAULT, opcode, array, offset, length);
        if (frame != null) {
            given.add(frame);
        }
        return frame;
    }

    private @Nullable ByteBuf share(byte[] array) {
        return share(Frames.TEXT, array, 0, array.length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    @Behaviour("ADP-006")
    void buildsAFrameForTheSecondRecipientAndGivesItToAllOthers() {
        byte[] array = bytes("4123");
        assertThat(share(array)).as("one recipient").isNull();
        ByteBuf second = share(array);
        ByteBuf third = share(array);
        assertThat(second).isNotNull();
        assertThat(third).isNotNull();
        assertThat(ByteBufUtil.hexDump(second)).isEqualTo("8104" + "34313233");
        assertThat(third).isEqualTo(second);
        assertThat(third.memoryAddress()).isEqualTo(second.memoryAddress());
        second.skipBytes(3);
        assertThat(third.readableBytes()).isEqualTo(6);
    }

    @Test
    void knowsArraysNotContents() {
        assertThat(share(bytes("same"))).isNull();
        assertThat(share(bytes("same"))).isNull();
    }

    @Test
    void tellsSlicesAndKindsOfOneArrayApart() {
        byte[] array = new byte[100];
        assertThat(share(Frames.TEXT, array, 0, 50)).isNull();
        assertThat(share(Frames.TEXT, array, 50, 50)).isNull();
        assertThat(share(Frames.TEXT, array, 0, 49)).isNull();
        assertThat(share(Frames.BINARY, array, 0, 50)).isNull();
        assertThat(share(Frames.BINARY, array, 0, 50)).isNotNull();
    }

    @Test
    void compressesAFrameOnceForAllRecipients() {
        byte[] array = bytes("4" + "news ".repeat(1000));
        DeflateExtension small = new DeflateExtension(Compression.DEFAULT, "");
        DeflateExtension fast = new DeflateExtension(Compression.DEFAULT.withLevel(1), "");
        ByteBuf first = deflated(small, array);
        ByteBuf second = deflated(new DeflateExtension(Compression.DEFAULT, "the same"), array);
        ByteBuf other = deflated(fast, array);
        assertThat(second.memoryAddress()).isEqualTo(first.memoryAddress());
        assertThat(second).isEqualTo(first);
        assertThat(other.memoryAddress()).isNotEqualTo(first.memoryAddress());
        assertThat(deflated(fast, array).memoryAddress()).isEqualTo(other.memoryAddress());
        assertThat(share(array)).as("not compressed").isNull();
        assertThat(first.readableBytes()).isLessThan(200);
        assertThat(first.getByte(first.readerIndex())).isEqualTo((byte) 0xc1);
        frames.clear();
        assertThat(given.get(0).refCnt()).as("held by its recipients only").isEqualTo(2);
    }

    private ByteBuf deflated(DeflateExtension extension, byte[] array) {
        ByteBuf frame =
                frames.deflated(UnpooledByteBufAllocator.DEFAULT, extension, Frames.TEXT, array, 0, array.length);
        given.add(frame);
        return frame;
    }

    @Test
    void forgetsAllAtTheEndOfATurn() {
        byte[] array = bytes("4hello");
        assertThat(share(array)).isNull();
        assertThat(share(array)).isNotNull();
        frames.clear();
        assertThat(given.get(0).refCnt()).isEqualTo(1);
        assertThat(share(array)).isNull();
        assertThat(scheduled).as("one turn to forget each").hasSize(2);
    }

    @Test
    void sharesManyMessagesThatGoRoundAndRound() {
        List<byte[]> messages = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            messages.add(bytes("42[\"message\",{\"number\":" + i + ",\"text\":\"of one burst\"}]"));
        }
        messages.forEach(message -> assertThat(share(message)).isNull());
        int shared = 0;
        for (int recipient = 0; recipient < 100; recipient++) {
            for (byte[] message : messages) {
                shared += share(message) == null ? 0 : 1;
            }
        }
        assertThat(shared).as("of 5000").isGreaterThan(4900);
    }

    @Test
    void survivesMoreMessagesThanItCanRemember() {
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 10_000; i++) {
                share(bytes("message " + i));
            }
            byte[] last = bytes("last");
            share(last);
            assertThat(share(last)).isNotNull();
        }
    }

    @Test
    void sharesFramesOfAnyLength() {
        for (int length : new int[] {0, 1, 2, 7, 8, 9, 125, 126, 65_536}) {
            byte[] array = new byte[length];
            assertThat(share(array)).isNull();
            ByteBuf frame = share(array);
            assertThat(frame).isNotNull();
            assertThat(frame.readableBytes()).isEqualTo(Frames.size(length));
        }
    }
}
