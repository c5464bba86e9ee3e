package dev.parley.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** HTTP headers in their order. Names are compared without regard to case. Immutable. */
public final class Headers {

    private static final Headers EMPTY = new Headers(new String[0]);

    /** Names and values in turn: one array a request, as sessions keep the headers of their handshake. */
    private final String[] entries;

    private Headers(String[] entries) {
        this.entries = entries;
    }

    /**
     * Returns no headers.
     *
     * @return the empty headers
     */
    public static Headers empty() {
        return EMPTY;
    }

    /**
     * Creates headers.
     *
     * @param namesAndValues names and values in turn
     * @return the headers
     * @throws IllegalArgumentException if a name has no value, or a name or value cannot stand in a header line
     */
    public static Headers of(String... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException(
                    "namesAndValues: " + namesAndValues.length + " (expected: an even number)");
        }
        for (int i = 0; i < namesAndValues.length; i += 2) {
            checkName(namesAndValues[i]);
            checkValue(namesAndValues[i], namesAndValues[i + 1]);
        }
        return namesAndValues.length == 0 ? EMPTY : new Headers(namesAndValues.clone());
    }

    /**
     * Returns the first value of a header.
     *
     * @param name the header's name, in any case
     * @return its first value, or null
     */
    public @Nullable String get(String name) {
        for (int i = 0; i < entries.length; i += 2) {
            if (entries[i].equalsIgnoreCase(name)) {
                return entries[i + 1];
            }
        }
        return null;
    }

    /**
     * Returns all values of a header.
     *
     * @param name the header's name, in any case
     * @return its values, in order, often none
     */
    public List<String> getAll(String name) {
        List<String> values = new ArrayList<>(1);
        forEach((each, value) -> {
            if (each.equalsIgnoreCase(name)) {
                values.add(value);
            }
        });
        return List.copyOf(values);
    }

    /**
     * Calls back for each header line.
     *
     * @param action takes name and value
     */
    public void forEach(BiConsumer<String, String> action) {
        for (int i = 0; i < entries.length; i += 2) {
            action.accept(entries[i], entries[i + 1]);
        }
    }

    /**
     * Tells whether there is no header.
     *
     * @return true if empty
     */
    public boolean isEmpty() {
        return entries.length == 0;
    }

    /**
     * Returns these headers and more.
     *
     * @param more headers to add behind these
     * @return all of them
     */
    public Headers and(Headers more) {
        if (more.isEmpty()) {
            return this;
        }
        if (isEmpty()) {
            return more;
        }
        String[] all = new String[entries.length + more.entries.length];
        System.arraycopy(entries, 0, all, 0, entries.length);
        System.arraycopy(more.entries, 0, all, entries.length, more.entries.length);
        return new Headers(all);
    }

    /**
     * Returns these headers and one more line.
     *
     * @param name the header's name
     * @param value its value
     * @return all of them
     * @throws IllegalArgumentException if the name or the value cannot stand in a header line
     */
    public Headers and(String name, String value) {
        return and(of(name, value));
    }

    /** Returns these headers but for those of one name, in any case. */
    Headers without(String name) {
        String[] rest = new String[entries.length];
        int count = 0;
        for (int i = 0; i < entries.length; i += 2) {
            if (!entries[i].equalsIgnoreCase(name)) {
                rest[count++] = entries[i];
                rest[count++] = entries[i + 1];
            }
        }
        return count == entries.length ? this : new Headers(Arrays.copyOf(rest, count));
    }

    /** Returns the header lines, for debugging. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        forEach((name, value) -> text.append(name).append(": ").append(value).append('\n'));
        return text.toString();
    }

    private static void checkName(String name) {
        if (name.isEmpty() || name.chars().anyMatch(c -> c <= ' ' || c >= 0x7f || c == ':')) {
            throw new IllegalArgumentException("header name (expected: visible ASCII characters without a colon)");
        }
    }

    private static void checkValue(String name, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f) {
                throw new IllegalArgumentException("value of header " + name + " (expected: no control characters)");
            }
        }
    }
}
