package dev.parley;

import java.time.Duration;

/** Checks of option values, with messages that name the option, its value and what was expected. */
final class Checks {

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private Checks() {}

    /** Clocks count nanoseconds, which overflow after 292 years. */
    static Duration positive(String name, Duration value) {
        return between(name, value, SHORTEST, "1 ms");
    }

    static Duration zeroOrMore(String name, Duration value) {
        return between(name, value, Duration.ZERO, "0");
    }

    private static Duration between(String name, Duration value, Duration shortest, String text) {
        if (value.compareTo(shortest) < 0 || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + text + " to 100 years)");
        }
        return value;
    }

    static int positive(String name, int value) {
        return (int) positive(name, (long) value);
    }

    static long positive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
        }
        return value;
    }
}
