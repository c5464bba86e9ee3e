package dev.parley.protocol;

/** The body of an answer to a poll. */
public final class EnginePayload {

    private final byte[] body;
    private final boolean binary;

    /**
     * Creates a payload.
     *
     * @param body all bytes, not copied and not to be written to any more
     * @param binary false for UTF-8 text
     */
    public EnginePayload(byte[] body, boolean binary) {
        this.body = body;
        this.binary = binary;
    }

    /**
     * Returns the body.
     *
     * @return the bytes themselves, not a copy
     */
    public byte[] body() {
        return body;
    }

    /**
     * Tells whether the body is anything but text.
     *
     * @return false for UTF-8 text
     */
    public boolean isBinary() {
        return binary;
    }
}
