package dev.parley;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;

/** Accepts the names that match a pattern as a whole. */
final class PatternFilter implements NamespaceFilter {

    /** Some patterns take exponential time on names made for it. This many steps take a few milliseconds. */
    private static final int MOST_STEPS = 1_000_000;

    private final Pattern pattern;

    PatternFilter(Pattern pattern) {
        this.pattern = pattern;
    }

    @Override
    public CompletionStage<Boolean> accepts(String name, Handshake handshake) {
        return CompletableFuture.completedFuture(matches(name));
    }

    /**
     * Tells whether a name matches.
     *
     * @throws IllegalStateException if the pattern takes too long to tell
     */
    boolean matches(String name) {
        return pattern.matcher(new CountingText(name)).matches();
    }

    /** A text that can be looked at only so often. */
    private final class CountingText implements CharSequence {

        private final String text;
        private int steps;

        CountingText(String text) {
            this.text = text;
        }

        @Override
        public char charAt(int index) {
            if (++steps > MOST_STEPS) {
                throw new IllegalStateException("the pattern " + pattern + " takes too long for some names");
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
