package dev.parley;

/** A handler that has been registered. */
@FunctionalInterface
public interface Subscription {

    /** Takes the handler away again. Does nothing the second time. Safe to call from any thread. */
    void cancel();
}
