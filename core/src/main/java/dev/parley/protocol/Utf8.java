package dev.parley.protocol;

import java.nio.charset.StandardCharsets;

/**
 * A slice of UTF-8 text that becomes a {@link String} only when somebody asks for one.
 *
 * <p>The array is shared, never copied: whoever creates a slice promises that nobody writes to its bytes any more.
 */
public final class Utf8 {

    private static final Utf8 EMPTY = new Utf8(new byte[0], 0, 0);

    private final byte[] array;
    private final int offset;
    private final int length;

    private Utf8(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    /**
     * Returns a slice of an array, without copying it.
     *
     * @param array the bytes, not to be written to any more
     * @param offset index of the first byte
     * @param length number of bytes
     * @return the slice
     * @throws IndexOutOfBoundsException if the slice does not lie within the array
     */
    public static Utf8 of(byte[] array, int offset, int length) {
        if ((offset | length | array.length - offset - length) < 0) {
            throw new IndexOutOfBoundsException(
                    "offset " + offset + ", length " + length + " (expected: within " + array.length + " bytes)");
        }
        return new Utf8(array, offset, length);
    }

    /**
     * Returns a slice of a whole array, without copying it.
     *
     * @param array the bytes, not to be written to any more
     * @return the slice
     */
    public static Utf8 of(byte[] array) {
        return new Utf8(array, 0, array.length);
    }

    /**
     * Returns the UTF-8 form of a string. An unpaired surrogate becomes {@code ?}.
     *
     * @param text any text
     * @return its UTF-8 bytes
     */
    public static Utf8 of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Returns the slice of no bytes.
     *
     * @return the empty slice
     */
    public static Utf8 empty() {
        return EMPTY;
    }

    /**
     * Returns the array in which the bytes lie: not a copy, and not to be written to.
     *
     * @return the array
     */
    public byte[] array() {
        return array;
    }

    /**
     * Returns the index of the first byte in {@link #array()}.
     *
     * @return the index
     */
    public int offset() {
        return offset;
    }

    /**
     * Returns the number of bytes.
     *
     * @return the length in bytes
     */
    public int length() {
        return length;
    }

    /**
     * Tells whether there is no byte.
     *
     * @return true for a length of 0
     */
    public boolean isEmpty() {
        return length == 0;
    }

    /**
     * Returns one byte.
     *
     * @param index position within this slice
     * @return the byte
     * @throws IndexOutOfBoundsException if the index is not within this slice
     */
    public byte byteAt(int index) {
        if (index < 0 || index >= length) {
            throw new IndexOutOfBoundsException("index " + index + " (expected: 0 to " + (length - 1) + ")");
        }
        return array[offset + index];
    }

    /**
     * Returns a part of this slice, without copying it.
     *
     * @param from position of its first byte within this slice
     * @param to position after its last byte within this slice
     * @return the part
     * @throws IndexOutOfBoundsException if the part does not lie within this slice
     */
    public Utf8 slice(int from, int to) {
        if (from < 0 || to < from || to > length) {
            throw new IndexOutOfBoundsException(
                    "from " + from + " to " + to + " (expected: within 0 to " + length + ")");
        }
        return new Utf8(array, offset + from, to - from);
    }

    /**
     * Tells whether the bytes are UTF-8 as Unicode defines it: complete, in the shortest form, and without surrogates.
     *
     * @return whether the text can be decoded without loss
     */
    public boolean isWellFormed() {
        return Utf8Check.isWellFormed(array, offset, offset + length);
    }

    /**
     * Decodes the text. Bytes that are not UTF-8 become U+FFFD.
     *
     * @return the text
     */
    @Override
    public String toString() {
        return new String(array, offset, length, StandardCharsets.UTF_8);
    }
}
