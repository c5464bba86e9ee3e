package dev.parley.engine;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The way in which a session's packets travel at present. Running it sends what waits in the session's outbox; that
 * happens on the {@linkplain #ioThread I/O thread}, once for all that is sent in a burst.
 */
abstract class Transport implements Runnable {

    private static final System.Logger LOG = System.getLogger(Transport.class.getName());

    final Session session;

    Transport(Session session) {
        this.session = session;
    }

    abstract TransportType type();

    /** The thread to run on, or null while nothing could be sent. Called with the session's lock held. */
    abstract @Nullable Executor ioThread();

    /** The thread on which packets arrive at present. Called on it. */
    abstract Executor receiver();

    /** Whether the calling thread is about to run this transport anyway. Called with the session's lock held. */
    boolean runsSoon() {
        return false;
    }

    /**
     * Does as {@link Session#isReadingPaused} says now: takes no more from the client, or goes on. From any thread,
     * without the lock.
     */
    abstract void readOrPause();

    /** Whether what is sent now leaves at once. Called with the session's lock held. */
    abstract boolean isWritable();

    /** Sends what waits, unless another transport has taken over. Called on the I/O thread. */
    abstract void flush();

    /** Whatever cannot be sent ends its own session, and keeps nothing else on this thread from running. */
    @Override
    public final void run() {
        try {
            flush();
        } catch (Throwable e) {
            session.server().warnings().give(LOG, "a session could not be written to; it is closed", e);
            session.finish(CloseReason.TRANSPORT_ERROR, e);
        }
    }

    /**
     * Takes note of the session's end. Called with the session's lock held, before {@link #close}.
     *
     * @return whether a poll may still come that has to be answered as if the session were there
     */
    boolean ended(CloseReason reason) {
        return false;
    }

    /**
     * Ends the transport after its session was closed, telling the client.
     *
     * @param reason why the session was closed
     */
    abstract void close(CloseReason reason);
}
