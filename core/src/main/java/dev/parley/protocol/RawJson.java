package dev.parley.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value as it was received: well-formed, but not parsed until a type is asked for. Sent on unchanged, it is
 * copied byte for byte.
 *
 * <p>Binary data stands in it as placeholder objects that point into the attachments of its packet; every placeholder
 * is known to point to one.
 */
public final class RawJson {

    private final Utf8 json;
    private final List<byte[]> attachments;

    RawJson(Utf8 json, List<byte[]> attachments) {
        this.json = json;
        this.attachments = attachments;
    }

    /**
     * Returns the JSON text, without white space around it.
     *
     * @return the text, with placeholders where {@link #attachments()} belong
     */
    public Utf8 json() {
        return json;
    }

    /**
     * Returns the attachments of the whole packet, to which the placeholders point by their index.
     *
     * @return the bytes themselves, not copies; empty in a packet without binary data
     */
    public List<byte[]> attachments() {
        return attachments;
    }

    /**
     * Parses the value. Objects become {@link java.util.LinkedHashMap} (of duplicate names the last one wins), arrays
     * {@link java.util.ArrayList}, whole numbers {@link Integer}, {@link Long} or {@link java.math.BigInteger}, other
     * numbers {@link Double}, binary data {@code byte[]}.
     *
     * @return the value, modifiable and the caller's own but for the bytes of attachments
     */
    public @Nullable Object toTree() {
        return Json.parse(json, attachments);
    }

    /**
     * Returns the JSON text.
     *
     * @return the text
     */
    @Override
    public String toString() {
        return json.toString();
    }
}
