package dev.parley;

import dev.parley.protocol.Packet;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Acknowledges an event of a client. May be used at any time, from any thread, but only once: all later calls are
 * ignored, as are those for a client that did not ask for an acknowledgement or has left.
 */
public abstract sealed class Ack {

    private static final Ack NOT_REQUESTED = new NotRequested();

    private static final VarHandle SENT;

    static {
        try {
            SENT = MethodHandles.lookup().findVarHandle(Ack.class, "sent", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("UnusedVariable") // by name
    private volatile boolean sent;

    private Ack() {}

    /** Acknowledges an event of a client. */
    static Ack of(Socket socket, long id) {
        return id == Packet.NO_ACK ? NOT_REQUESTED : new ToClient(socket, id);
    }

    /** Acknowledges an event of another server. */
    static Ack of(@Nullable Consumer<List<? extends @Nullable Object>> answer) {
        return answer == null ? NOT_REQUESTED : new ToServer(answer);
    }

    private static final class NotRequested extends Ack {
        @Override
        void answer(List<? extends @Nullable Object> args) {}
    }

    private static final class ToClient extends Ack {

        private final Socket socket;
        private final long id;

        ToClient(Socket socket, long id) {
            this.socket = socket;
            this.id = id;
        }

        @Override
        void answer(List<? extends @Nullable Object> args) {
            socket.sendAck(id, args, this);
        }
    }

    private static final class ToServer extends Ack {

        private final Consumer<List<? extends @Nullable Object>> answer;

        ToServer(Consumer<List<? extends @Nullable Object>> answer) {
            this.answer = answer;
        }

        @Override
        void answer(List<? extends @Nullable Object> args) {
            if (claim()) {
                answer.accept(args);
            }
        }
    }

    /** Answers, unless another answer is claimed first. */
    abstract void answer(List<? extends @Nullable Object> args);

    /**
     * Answers the client, or the server that has sent the event.
     *
     * @param args what to answer: plain values, byte arrays, or objects of the application
     * @throws IllegalArgumentException if a value cannot be encoded; another answer can be sent then
     */
    public final void send(@Nullable Object... args) {
        if (isRequested() && !sent) {
            answer(asList(args));
        }
    }

    /** Claims the only answer. */
    final boolean claim() {
        return SENT.compareAndSet(this, false, true);
    }

    /**
     * Tells whether the client waits for an answer.
     *
     * @return false if it did not ask for one
     */
    public final boolean isRequested() {
        return this != NOT_REQUESTED;
    }

    /** A lone null given as a varargs array is meant as one argument. */
    static List<@Nullable Object> asList(@Nullable Object @Nullable [] args) {
        return args == null ? Collections.singletonList(null) : Arrays.asList(args);
    }
}
