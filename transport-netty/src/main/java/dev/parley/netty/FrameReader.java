package dev.parley.netty;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a WebSocket client sends (RFC 6455, and compressed messages by RFC 7692) and joins fragments. Bytes go
 * from the socket's buffer straight into the array of the message: nothing else is kept between reads, and the array
 * grows with what has arrived, not with what was announced.
 */
final class FrameReader {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final byte[] EMPTY = new byte[0];
    private static final int INITIAL_CAPACITY = 4096;
    private static final int MAX_CONTROL_PAYLOAD = 125;
    private static final int RESERVED_BITS = 0x70;

    private final int maxMessageBytes;
    private final int maxFragments;
    private final Sink sink;

    private Step step = Step.FIRST_BYTE;
    private boolean fin;
    private byte opcode;
    /** Opcode of the message whose fragments are being joined, 0 if there is none. */
    private byte messageOpcode;
    /** How many bytes the length takes. */
    private byte lengthBytes;
    /** Bytes of length or mask that are still to come. */
    private byte missing;
    /** Whether the message whose fragments are being joined is compressed. */
    private boolean compressed;
    /** Bytes at the end of a text that begin a character whose others are still to come. */
    private byte unfinished;

    private int mask;
    private long length;
    private int position;

    private byte @Nullable [] control;
    private byte[] message = EMPTY;
    private int messageLength;
    private int fragments;

    /**
     * Creates a reader.
     *
     * @param maxMessageBytes longest message to accept, fragments together
     * @param maxFragments most fragments of one message; beyond it a peer is wasting our time
     * @param sink takes what is read
     */
    FrameReader(int maxMessageBytes, int maxFragments, Sink sink) {
        this.maxMessageBytes = maxMessageBytes;
        this.maxFragments = maxFragments;
        this.sink = sink;
    }

    /** Takes whole messages and control frames. The arrays are its own. */
    interface Sink {

        /** Tells whether the next frame is wanted. */
        boolean isReading();

        void textMessage(byte[] utf8);

        void binaryMessage(byte[] data);

        void ping(byte[] payload);

        /** Tells whether compressed messages have been agreed on. */
        boolean inflates();

        /**
         * Decompresses a message.
         *
         * @param data holds it from the beginning
         * @param length its compressed length
         * @param limit most bytes to accept
         */
        byte[] inflate(byte[] data, int length, int limit) throws FrameException;

        /** Takes a close frame: its code, or 0 if it has none. Nothing is read after it. */
        void closeFrame(int code);
    }

    private enum Step {
        FIRST_BYTE,
        SECOND_BYTE,
        LENGTH,
        MASK,
        PAYLOAD,
        CLOSED
    }

    /** Reads a buffer, as far as its frames are wanted. After an exception the reader is not to be used again. */
    void read(ByteBuf in) throws FrameException {
        while (in.isReadable() && (step != Step.FIRST_BYTE || sink.isReading())) {
            switch (step) {
                case PAYLOAD -> payload(in);
                case CLOSED -> in.skipBytes(in.readableBytes());
                default -> header(in.readByte());
            }
        }
    }

    private void header(byte b) throws FrameException {
        switch (step) {
            case FIRST_BYTE -> firstByte(b);
            case SECOND_BYTE -> secondByte(b);
            case LENGTH -> {
                length = (length << 8) | (b & 0xff);
                if (--missing == 0) {
                    checkLengthIsMinimal();
                    lengthKnown();
                }
            }
            default -> {
                mask = (mask << 8) | (b & 0xff);
                if (--missing == 0) {
                    startPayload();
                }
            }
        }
    }

    private void firstByte(byte b) throws FrameException {
        fin = (b & 0x80) != 0;
        opcode = (byte) (b & 0x0f);
        if ((b & RESERVED_BITS) != 0) {
            reservedBits(b & RESERVED_BITS);
        }
        switch (opcode) {
            case Frames.CONTINUATION -> {
                if (messageOpcode == 0) {
                    throw protocolError("continuation without a start");
                }
            }
            case Frames.TEXT, Frames.BINARY -> {
                if (messageOpcode != 0) {
                    throw protocolError("message within a message");
                }
            }
            case Frames.CLOSE, Frames.PING, Frames.PONG -> {
                if (!fin) {
                    throw protocolError("fragmented control frame");
                }
            }
            default -> throw protocolError("reserved opcode");
        }
        step = Step.SECOND_BYTE;
    }

    /** The first fragment of a message tells whether it is compressed. */
    private void reservedBits(int bits) throws FrameException {
        boolean first = opcode == Frames.TEXT || opcode == Frames.BINARY;
        if (bits != Frames.COMPRESSED || !first || !sink.inflates()) {
            throw protocolError("reserved bits are set");
        }
        compressed = true;
    }

    private void secondByte(byte b) throws FrameException {
        if ((b & 0x80) == 0) {
            throw protocolError("frame without mask");
        }
        int size = b & 0x7f;
        if (isControl() && size > MAX_CONTROL_PAYLOAD) {
            throw protocolError("control frame of more than 125 bytes");
        }
        if (opcode == Frames.CLOSE && size == 1) {
            throw protocolError("close frame with half a code");
        }
        length = 0;
        if (size <= MAX_CONTROL_PAYLOAD) {
            length = size;
            lengthKnown();
        } else {
            lengthBytes = (byte) (size == 126 ? 2 : 8);
            missing = lengthBytes;
            step = Step.LENGTH;
        }
    }

    private void checkLengthIsMinimal() throws FrameException {
        // A length of 64 bits that does not fit into 63 is negative here, and too big rather than not minimal.
        if (length >= 0 && length <= (lengthBytes == 2 ? MAX_CONTROL_PAYLOAD : 0xffff)) {
            throw protocolError("length is not in its shortest form");
        }
    }

    private void lengthKnown() throws FrameException {
        if (!isControl()) {
            if (Long.compareUnsigned(length, maxMessageBytes - messageLength) > 0) {
                throw new FrameException(FrameException.TOO_BIG, "Max payload size exceeded");
            }
            if (++fragments > maxFragments) {
                throw new FrameException(FrameException.POLICY_VIOLATION, "Too many message fragments");
            }
        }
        mask = 0;
        missing = 4;
        step = Step.MASK;
    }

    private void startPayload() throws FrameException {
        position = 0;
        step = Step.PAYLOAD;
        if (isControl()) {
            control = length == 0 ? EMPTY : new byte[(int) length];
        }
        if (length == 0) {
            endFrame();
        }
    }

    private void payload(ByteBuf in) throws FrameException {
        int count = Math.min(in.readableBytes(), (int) length - position);
        if (control != null) {
            copy(in, control, position, count);
        } else {
            reserve(count);
            copy(in, message, messageLength, count);
            messageLength += count;
            if (type() == Frames.TEXT && !compressed) {
                checkText(count);
            }
        }
        position += count;
        if (position == length) {
            endFrame();
        }
    }

    private void copy(ByteBuf in, byte[] target, int at, int count) {
        in.readBytes(target, at, count);
        unmask(target, at, at + count, Integer.rotateLeft(mask, 8 * (position & 3)));
    }

    private static void unmask(byte[] bytes, int from, int to, int mask) {
        int inOrder = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? mask : Integer.reverseBytes(mask);
        long wide = ((long) inOrder << 32) | (inOrder & 0xffffffffL);
        int i = from;
        for (; i <= to - 4 * Long.BYTES; i += 4 * Long.BYTES) {
            unmask(bytes, i, wide);
            unmask(bytes, i + Long.BYTES, wide);
            unmask(bytes, i + 2 * Long.BYTES, wide);
            unmask(bytes, i + 3 * Long.BYTES, wide);
        }
        for (; i <= to - Long.BYTES; i += Long.BYTES) {
            unmask(bytes, i, wide);
        }
        for (int shift = 24; i < to; i++, shift = shift == 0 ? 24 : shift - 8) {
            bytes[i] ^= (byte) (mask >>> shift);
        }
    }

    private static void unmask(byte[] bytes, int i, long wide) {
        LONG.set(bytes, i, (long) LONG.get(bytes, i) ^ wide);
    }

    private void reserve(int count) {
        int needed = messageLength + count;
        if (needed <= message.length) {
            return;
        }
        int most = fin ? messageLength + (int) length - position : maxMessageBytes;
        int grown = (int) Math.max(INITIAL_CAPACITY, 2L * message.length);
        message = Arrays.copyOf(message, Math.max(needed, Math.min(grown, most)));
    }

    private void endFrame() throws FrameException {
        step = Step.FIRST_BYTE;
        if (isControl()) {
            endControlFrame();
        } else if (fin) {
            endMessage();
        } else if (messageOpcode == 0) {
            messageOpcode = opcode;
        }
    }

    /** The type of the message to which the present frame belongs. */
    private int type() {
        return messageOpcode == 0 ? opcode : messageOpcode;
    }

    /** Checks a text as it arrives, so that one that cannot be right ends at once. */
    private void checkText(int count) throws FrameException {
        int tail = Utf8Check.unfinished(message, messageLength - count - unfinished, messageLength);
        if (tail < 0) {
            throw notUtf8();
        }
        unfinished = (byte) tail;
    }

    private void endMessage() throws FrameException {
        int type = type();
        byte[] data = compressed ? inflated() : received();
        if (unfinished > 0) {
            throw notUtf8();
        }
        message = EMPTY;
        messageLength = 0;
        messageOpcode = 0;
        fragments = 0;
        compressed = false;
        if (type == Frames.BINARY) {
            sink.binaryMessage(data);
        } else {
            sink.textMessage(data);
        }
    }

    private byte[] received() {
        return messageLength == message.length ? message : Arrays.copyOf(message, messageLength);
    }

    private byte[] inflated() throws FrameException {
        byte[] data = sink.inflate(message, messageLength, maxMessageBytes);
        if (type() == Frames.TEXT) {
            checkUtf8(data, 0);
        }
        return data;
    }

    private void endControlFrame() throws FrameException {
        byte[] payload = control == null ? EMPTY : control;
        control = null;
        if (opcode == Frames.PING) {
            sink.ping(payload);
        } else if (opcode == Frames.CLOSE) {
            step = Step.CLOSED;
            sink.closeFrame(closeCode(payload));
        }
    }

    private static int closeCode(byte[] payload) throws FrameException {
        if (payload.length == 0) {
            return 0;
        }
        int code = ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
        boolean defined = code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
        if (!defined && (code < 3000 || code > 4999)) {
            throw protocolError("invalid close code");
        }
        checkUtf8(payload, 2);
        return code;
    }

    private static void checkUtf8(byte[] text, int from) throws FrameException {
        if (!Utf8Check.isValid(text, from, text.length)) {
            throw notUtf8();
        }
    }

    private static FrameException notUtf8() {
        return new FrameException(FrameException.INVALID_DATA, "Invalid UTF-8");
    }

    private boolean isControl() {
        return opcode >= Frames.CLOSE;
    }

    private static FrameException protocolError(String message) {
        return new FrameException(FrameException.PROTOCOL_ERROR, "Invalid WebSocket frame: " + message);
    }
}
