package dev.parley.msgpack;

import dev.parley.protocol.RawValue;
import dev.parley.protocol.Utf8;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageFormat;
import org.msgpack.core.MessagePack.Code;
import org.msgpack.core.MessagePacker;
import org.msgpack.value.ValueType;

/** A value in MessagePack as it was received, which a {@link MsgpackScanner} has passed. */
final class RawMsgpack implements RawValue {

    private final byte[] array;
    private final int offset;
    private final int length;

    RawMsgpack(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    ValueType type() {
        return MessageFormat.valueOf(array[offset]).getValueType();
    }

    /** Tells whether this is null, or the {@code undefined} of the official parser. */
    boolean isNothing() {
        return type() == ValueType.NIL || MessageFormat.valueOf(array[offset]) == MessageFormat.FIXEXT1;
    }

    /** Returns what stands in a string. */
    Utf8 text() {
        int header = switch (array[offset]) {
            case Code.STR8 -> 2;
            case Code.STR16 -> 3;
            case Code.STR32 -> 5;
            default -> 1;
        };
        return Utf8.of(array, offset + header, length - header);
    }

    void writeTo(MessagePacker out) throws IOException {
        out.addPayload(array, offset, length);
    }

    @Override
    public @Nullable Object toTree() {
        if (Code.isFixInt(array[offset])) {
            return (int) array[offset];
        }
        return type() == ValueType.STRING ? text().toString() : MsgpackTree.parse(array, offset, length);
    }

    /** Returns the tree as text, for people to read. */
    @Override
    public String toString() {
        return String.valueOf(toTree());
    }
}
