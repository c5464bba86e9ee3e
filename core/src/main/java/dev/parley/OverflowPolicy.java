package dev.parley;

import dev.parley.engine.EngineOptions;
import dev.parley.engine.EngineServer;
import dev.parley.engine.OutgoingQueueFullException;
import dev.parley.engine.Session;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a client that reads too slowly: more has to wait for it than
 * {@link EngineOptions.Builder#maxQueuedMessages} or {@link EngineOptions.Builder#maxQueuedBytes} allow.
 *
 * <p>An event is dropped as a whole, with its attachments, and never in silence: {@link Session#droppedMessages} counts
 * what a client has lost, {@link EngineServer#droppedMessages} what all have.
 */
public final class OverflowPolicy {

    private static final OverflowPolicy CLOSE = new OverflowPolicy("close", false, null);
    private static final OverflowPolicy DROP_VOLATILE = new OverflowPolicy("dropVolatile", true, null);

    private final String name;
    private final boolean keepsVolatile;
    private final @Nullable Predicate<? super Socket> mayDrop;

    private OverflowPolicy(String name, boolean keepsVolatile, @Nullable Predicate<? super Socket> mayDrop) {
        this.name = name;
        this.keepsVolatile = keepsVolatile;
        this.mayDrop = mayDrop;
    }

    /**
     * Closes the connection with {@link DisconnectReason#TRANSPORT_ERROR} and an {@link OutgoingQueueFullException}. An
     * official client comes back by itself, with connection state recovery even to what it has missed. Volatile events
     * never wait: they are dropped for a client that does not keep up.
     *
     * @return the default policy
     */
    public static OverflowPolicy close() {
        return CLOSE;
    }

    /**
     * Lets volatile events wait like all others, and drops the oldest of them where room is needed. So a client that
     * has not read for a while gets the latest ones, where {@link #close()} lets it have none from then on. A client
     * for which too much else waits is closed.
     *
     * @return a policy for states that are sent again and again
     */
    public static OverflowPolicy dropVolatile() {
        return DROP_VOLATILE;
    }

    /**
     * Asks the application whether a client may lose events. If it may, it stays connected, and misses those for which
     * there is no room; if not, the connection is closed as by {@link #close()}.
     *
     * <p>Only events that nothing else depends on are ever dropped: acknowledgements, events that ask for one, and the
     * packets that connect and disconnect are not, and a quarter of the room is kept for them, nor is any event of a
     * socket that may recover its session, as its client could not know what it has missed.
     *
     * <pre>{@code
     * options.overflowPolicy(OverflowPolicy.dropIf(
     *         socket -> socket.isIn("spectators") && socket.conn().droppedMessages() < 10_000));
     * }</pre>
     *
     * @param mayDrop asked for each event that does not fit, on the thread that sends it; so it must be fast. If it
     *     throws, the error hook is told and the connection closed
     * @return a policy that leaves the decision to the application
     */
    public static OverflowPolicy dropIf(Predicate<? super Socket> mayDrop) {
        return new OverflowPolicy("dropIf", false, Objects.requireNonNull(mayDrop, "mayDrop"));
    }

    /** Whether volatile events wait for a client that does not keep up. */
    boolean keepsVolatile() {
        return keepsVolatile;
    }

    /** Whether the application is asked. */
    boolean asks() {
        return mayDrop != null;
    }

    boolean mayDropFor(Socket socket) {
        return mayDrop != null && mayDrop.test(socket);
    }

    /** Returns the name of the policy. */
    @Override
    public String toString() {
        return name;
    }
}
