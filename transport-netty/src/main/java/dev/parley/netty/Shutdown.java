package dev.parley.netty;

/** Tells the connections of one server that it closes: no request is passed on any more. */
final class Shutdown {

    /** For handlers in an application's own pipeline, which closes its channels itself. */
    static final Shutdown NEVER = new Shutdown();

    /** The user event that asks each channel to close as soon as it has nothing left to say. */
    static final Object FINISH = new Object();

    private volatile boolean begun;

    void begin() {
        begun = true;
    }

    boolean hasBegun() {
        return begun;
    }
}
