package dev.parley.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which frames go to several channels of one event loop within one burst, and builds those once for all. What
 * is sent is known by its array, not by its content. An array that is seen for the first time is only remembered, as
 * most frames have one recipient; from the second time on all its recipients share one buffer.
 */
final class SharedFrames {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final int SLOTS = 256;
    private static final int PROBES = 4;

    private final Runnable scheduleTurn;
    private final Slot[] slots = new Slot[SLOTS];
    private final List<Slot> used = new ArrayList<>(SLOTS);
    private @Nullable FrameDeflater deflater;

    /**
     * Creates an empty cache.
     *
     * @param scheduleTurn makes sure that {@link #clear} is called soon
     */
    SharedFrames(Runnable scheduleTurn) {
        this.scheduleTurn = scheduleTurn;
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Slot();
        }
    }

    /**
     * Returns a frame that others get too.
     *
     * @return a duplicate to be released by the caller; null if this is the first recipient, who makes a frame alone
     */
    @Nullable
    ByteBuf share(ByteBufAllocator allocator, int opcode, byte[] array, int offset, int length) {
        Slot slot = find(opcode, array, offset, length);
        if (slot.holds(opcode, array, offset, length)) {
            return slot.duplicate(allocator);
        }
        remember(slot, opcode, array, offset, length);
        return null;
    }

    /**
     * Returns a compressed frame. As compressing costs far more than a buffer, it is kept from the first time on.
     *
     * @return a duplicate to be released by the caller
     */
    ByteBuf deflated(
            ByteBufAllocator allocator, DeflateExtension extension, int opcode, byte[] array, int offset, int length) {
        int kind = extension.kind(opcode);
        Slot slot = find(kind, array, offset, length);
        if (!slot.holds(kind, array, offset, length)) {
            ByteBuf frame = deflater().frame(allocator, extension, opcode, array, offset, length);
            remember(slot, kind, array, offset, length);
            slot.frame = frame;
        }
        return slot.duplicate(allocator);
    }

    private FrameDeflater deflater() {
        FrameDeflater present = deflater;
        if (present == null) {
            present = new FrameDeflater();
            deflater = present;
        }
        return present;
    }

    /** Returns the slot that holds a frame, or else the one to take for it. */
    private Slot find(int opcode, byte[] array, int offset, int length) {
        int home = hash(array, offset, length);
        for (int i = 0; i < PROBES; i++) {
            Slot slot = slots[(home + i) & (SLOTS - 1)];
            if (slot.array == null || slot.holds(opcode, array, offset, length)) {
                return slot;
            }
        }
        return slots[home & (SLOTS - 1)];
    }

    private void remember(Slot slot, int opcode, byte[] array, int offset, int length) {
        if (slot.array == null) {
            if (used.isEmpty()) {
                scheduleTurn.run();
            }
            used.add(slot);
        }
        slot.clear();
        slot.set(opcode, array, offset, length);
    }

    /** Forgets all frames, at the end of a burst. */
    void clear() {
        for (int i = 0; i < used.size(); i++) {
            used.get(i).clear();
        }
        used.clear();
    }

    /** Spreads arrays by some of their bytes, which is cheaper than their identity hash when each is used once. */
    private static int hash(byte[] array, int offset, int length) {
        if (length < Long.BYTES) {
            return length == 0 ? 0 : array[offset] * 31 + array[offset + length - 1] * 37 + length;
        }
        long sample = (long) LONG.get(array, offset + length - Long.BYTES);
        sample = sample * 31 + (long) LONG.get(array, offset + (length - Long.BYTES) / 2);
        sample = (sample + length) * 0x9e3779b97f4a7c15L;
        return (int) (sample >>> 56);
    }

    /** One array, and its frame once there is a second recipient. */
    private static final class Slot {

        private byte @Nullable [] array;
        private int offset;
        private int length;
        private int opcode;
        private @Nullable ByteBuf frame;

        boolean holds(int opcode, byte[] array, int offset, int length) {
            return this.array == array && this.offset == offset && this.length == length && this.opcode == opcode;
        }

        void set(int opcode, byte[] array, int offset, int length) {
            this.array = array;
            this.offset = offset;
            this.length = length;
            this.opcode = opcode;
        }

        ByteBuf duplicate(ByteBufAllocator allocator) {
            ByteBuf shared = frame;
            if (shared == null) {
                shared = allocator.directBuffer(Frames.size(length));
                Frames.write(shared, opcode, Objects.requireNonNull(array), offset, length);
                frame = shared;
            }
            return shared.retainedDuplicate();
        }

        void clear() {
            array = null;
            if (frame != null) {
                frame.release();
                frame = null;
            }
        }
    }
}
