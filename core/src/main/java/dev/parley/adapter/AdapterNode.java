package dev.parley.adapter;

import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketBundle;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A namespace of the server, as its adapter may use it. Safe for use by any thread. */
public interface AdapterNode {

    /**
     * Returns the namespace's name.
     *
     * @return the name, with the slash in front
     */
    String namespace();

    /**
     * Writes a packet in the server's encoding. Adapters call it once a broadcast, however many clients receive it.
     *
     * @param packet what to send
     * @return the messages to deliver
     * @throws IllegalArgumentException if a value cannot be encoded
     */
    PacketBundle encode(Packet packet);

    /**
     * Draws the id under which the acknowledgements of a broadcast come in.
     *
     * @return an id that nothing else in this namespace uses
     */
    long nextAckId();

    /**
     * Returns how many rooms a socket may be in.
     *
     * @return the limit, beside the room named by the socket's id
     */
    int maxRoomsPerSocket();

    /**
     * Returns how much to keep of clients that have lost their connection.
     *
     * @return the limits; null if connection state recovery is off
     */
    @Nullable
    RecoveryLimits recovery();

    /**
     * Returns a time that never jumps, for measuring intervals.
     *
     * @return nanoseconds since an arbitrary point
     */
    long nanoTime();

    /**
     * Returns the time of day.
     *
     * @return milliseconds since 1970 in UTC
     */
    long currentTimeMillis();

    /**
     * Runs a task once, after a delay, on the timer thread. Timers of the same delay are cheap.
     *
     * @param delay how long to wait, at least
     * @param task what to run; it must not block
     * @return cancels the task
     */
    Runnable schedule(Duration delay, Runnable task);

    /**
     * Runs code of the application, on the server's executor and one task after another.
     *
     * @param task what to run
     */
    void execute(Runnable task);

    /**
     * Hands an event that another server has sent to the application.
     *
     * @param event the event's name
     * @param args its arguments, values as in a received packet
     * @param answer takes the arguments of the application's answer, at most once, on any thread; null if the other
     *     server waits for none
     */
    void serverSideEvent(
            String event,
            List<? extends @Nullable Object> args,
            @Nullable Consumer<List<? extends @Nullable Object>> answer);
}
