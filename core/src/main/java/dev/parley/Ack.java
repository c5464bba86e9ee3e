package dev.parley;

import dev.parley.protocol.Packet;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Acknowledges an event of a client. May be used at any time, from any thread, but only once: all later calls are
 * ignored, as are those for a client that did not ask for an acknowledgement or has left.
 */
public final class Ack {

    private static final Ack NOT_REQUESTED = new Ack(null, Packet.NO_ACK);

    private static final VarHandle SENT;

    static {
        try {
            SENT = MethodHandles.lookup().findVarHandle(Ack.class, "sent", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final @Nullable Socket socket;
    private final long id;

    @SuppressWarnings("UnusedVariable") // by name
    private volatile boolean sent;

    private Ack(@Nullable Socket socket, long id) {
        this.socket = socket;
        this.id = id;
    }

    static Ack of(Socket socket, long id) {
        return id == Packet.NO_ACK ? NOT_REQUESTED : new Ack(socket, id);
    }

    /**
     * Answers the client.
     *
     * @param args what to answer: plain values, byte arrays, or objects of the application
     * @throws IllegalArgumentException if a value cannot be encoded; another answer can be sent then
     */
    public void send(@Nullable Object... args) {
        if (socket != null && !sent) {
            List<@Nullable Object> values = asList(args);
            socket.sendAck(id, values, this);
        }
    }

    /** Claims the only answer. */
    boolean claim() {
        return SENT.compareAndSet(this, false, true);
    }

    /**
     * Tells whether the client waits for an answer.
     *
     * @return false if it did not ask for one
     */
    public boolean isRequested() {
        return socket != null;
    }

    /** A lone null given as a varargs array is meant as one argument. */
    static List<@Nullable Object> asList(@Nullable Object @Nullable [] args) {
        return args == null ? Collections.singletonList(null) : Arrays.asList(args);
    }
}
