package dev.parley.adapter;

/** The acknowledgements that a broadcast waits for. */
@FunctionalInterface
public interface PendingAcks {

    /** Waits for none of them any more. Safe to call from any thread, more than once. */
    void forget();
}
