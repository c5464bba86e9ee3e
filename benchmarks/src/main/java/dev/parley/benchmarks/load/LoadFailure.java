package dev.parley.benchmarks.load;

/** A server did something wrong, or nothing at all. Figures of such a run count for nothing. */
final class LoadFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private static final int LONGEST_QUOTE = 120;

    LoadFailure(String message) {
        super(message);
    }

    LoadFailure(String message, Throwable cause) {
        super(message + ": " + cause, cause);
    }

    /** What was received, short enough for a message. */
    static String quote(String received) {
        return received.length() <= LONGEST_QUOTE
                ? '<' + received + '>'
                : '<' + received.substring(0, LONGEST_QUOTE) + "...> (" + received.length() + " characters)";
    }
}
