package dev.parley.engine;

import dev.parley.protocol.Utf8;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Notes what a session tells its listener, and whether it keeps the listener's promises. */
final class Recorder implements SessionListener {

    private final Session session;
    private final BiConsumer<Session, Object> onMessage;
    private final List<Object> messages = new ArrayList<>();
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger closings = new AtomicInteger();
    private volatile @Nullable CloseReason reason;
    private volatile @Nullable Throwable cause;

    /**
     * Creates a listener.
     *
     * @param onMessage what else to do with a message: a {@link String} or a {@code byte[]}
     */
    Recorder(Session session, BiConsumer<Session, Object> onMessage) {
        this.session = session;
        this.onMessage = onMessage;
    }

    @Override
    public void text(Utf8 message) {
        enter(() -> take(message.toString()));
    }

    @Override
    public void binary(byte[] message) {
        enter(() -> take(message));
    }

    @Override
    public void closed(CloseReason why, @Nullable Throwable what) {
        enter(() -> {
            reason = why;
            cause = what;
            closings.incrementAndGet();
        });
    }

    private void take(Object message) {
        synchronized (messages) {
            messages.add(message);
            messages.notifyAll();
        }
        onMessage.accept(session, message);
    }

    private void enter(Runnable action) {
        if (inside.getAndIncrement() > 0) {
            violations.add("entered while it was being called");
        }
        if (closings.get() > 0) {
            violations.add("called after the end");
        }
        try {
            action.run();
        } finally {
            inside.decrementAndGet();
        }
    }

    Session session() {
        return session;
    }

    /** All messages so far, each a {@link String} or a {@code byte[]}. */
    List<Object> messages() {
        synchronized (messages) {
            return List.copyOf(messages);
        }
    }

    /** Waits until so many messages have come. */
    void awaitMessages(int count) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        synchronized (messages) {
            while (messages.size() < count) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    throw new AssertionError("only " + messages.size() + " messages of " + count);
                }
                messages.wait(left);
            }
        }
    }

    /** Why the session was closed, or null while it is open. */
    @Nullable
    CloseReason reason() {
        return reason;
    }

    @Nullable
    Throwable cause() {
        return cause;
    }

    int closings() {
        return closings.get();
    }

    /** Promises that were broken. */
    List<String> violations() {
        return violations;
    }
}
