package dev.parley.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A value as it was received: checked in full, but not parsed until a type is asked for. Sent on in the encoding in
 * which it came, its bytes are copied; in any other, it is written anew from its tree.
 *
 * <p>Each {@link PacketCodec} has a class of its own: {@link RawJson} is that of JSON. Immutable.
 */
public interface RawValue {

    /**
     * Parses the value. Objects become {@link java.util.LinkedHashMap} with String keys (of duplicate names the last
     * one wins), arrays {@link java.util.ArrayList}, whole numbers {@link Integer}, {@link Long} or
     * {@link java.math.BigInteger}, whichever is the first to hold them, other numbers {@link Double}, binary data
     * {@code byte[]}; the rest are {@link String}, {@link Boolean} and null.
     *
     * @return the value, modifiable and the caller's own
     * @throws IllegalArgumentException if the value can be sent on, but has no such form
     */
    @Nullable
    Object toTree();
}
