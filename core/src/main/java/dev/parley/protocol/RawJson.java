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
public final class RawJson implements RawValue {

    private final Utf8 json;
    private final List<byte[]> attachments;

    RawJson(Utf8 json, List<byte[]> attachments) {
        this.json = json;
        this.attachments = attachments;
    }

    /**
     * Creates a value from JSON text, without binary data.
     *
     * @param json well-formed JSON that keeps the default limits; white space may stand around it
     * @return the value
     * @throws IllegalArgumentException if the text is not well-formed or exceeds a limit
     */
    public static RawJson parse(String json) {
        Utf8 text = Utf8.of(json);
        int from = 0;
        while (from < text.length() && " \t\r\n".indexOf(text.byteAt(from)) >= 0) {
            from++;
        }
        try {
            int to = new JsonScanner(DecoderLimits.DEFAULT).scan(text.array(), from, text.length(), 0);
            return new RawJson(text.slice(from, to), List.of());
        } catch (ProtocolException e) {
            throw new IllegalArgumentException("json: malformed, or beyond a limit", e);
        }
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
     * Tells whether binary data may stand in this value.
     *
     * @return true if the packet came with attachments, whether or not a placeholder in this value points to one
     */
    public boolean hasAttachments() {
        return !attachments.isEmpty();
    }

    /**
     * Tells whether this is the value null.
     *
     * @return true for null
     */
    public boolean isNull() {
        return json.byteAt(0) == 'n';
    }

    /**
     * {@inheritDoc}
     *
     * <p>Numbers beyond the range of {@link Double} are infinite, as in JavaScript.
     *
     * @throws IllegalArgumentException if the name of a member holds half of a surrogate pair, which only JavaScript
     *     takes for text; such a value can still be sent on unchanged
     */
    @Override
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
