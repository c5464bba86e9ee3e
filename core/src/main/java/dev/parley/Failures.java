package dev.parley;

import java.util.concurrent.CompletionException;

/** Finds what went wrong. */
final class Failures {

    private Failures() {}

    /** What made a stage fail: stages that depend on others tell it in a wrapper. */
    static Throwable unwrap(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
