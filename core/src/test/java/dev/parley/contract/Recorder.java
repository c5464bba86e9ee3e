package dev.parley.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.engine.CloseReason;
import dev.parley.engine.Session;
import dev.parley.engine.SessionAcceptor;
import dev.parley.engine.SessionListener;
import dev.parley.protocol.Utf8;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The server's side of a contract test: keeps what became of each session, by the order in which they came. */
final class Recorder implements SessionAcceptor {

    /** Long enough for the slowest machine; no test takes it unless it fails. */
    static final long PATIENCE_SECONDS = 20;

    private final List<Entry> entries = new CopyOnWriteArrayList<>();
    private final List<CompletableFuture<Entry>> awaited = new CopyOnWriteArrayList<>();
    private volatile Consumer<Session> onOpen = session -> {};
    private volatile boolean echoing;

    private final class Entry implements SessionListener {

        private final Session session;
        private final CompletableFuture<CloseReason> reason = new CompletableFuture<>();
        private final AtomicInteger closings = new AtomicInteger();

        Entry(Session session) {
            this.session = session;
        }

        @Override
        public void text(Utf8 message) {
            if (echoing) {
                session.send(message.toString());
            }
        }

        @Override
        public void binary(byte[] message) {
            if (echoing) {
                session.send(message);
            }
        }

        @Override
        public void closed(CloseReason why, @Nullable Throwable cause) {
            closings.incrementAndGet();
            reason.complete(why);
        }
    }

    void echo() {
        echoing = true;
    }

    void onOpen(Consumer<Session> action) {
        onOpen = action;
    }

    @Override
    public synchronized SessionListener opened(Session session) {
        Entry entry = new Entry(session);
        entries.add(entry);
        future(entries.size() - 1).complete(entry);
        onOpen.accept(session);
        return entry;
    }

    private synchronized CompletableFuture<Entry> future(int index) {
        while (awaited.size() <= index) {
            awaited.add(new CompletableFuture<>());
        }
        return awaited.get(index);
    }

    Session session(int index) {
        return await(future(index)).session;
    }

    CloseReason closeReason(int index) {
        return await(await(future(index)).reason);
    }

    void sessionsClosedExactlyOnce() {
        for (Entry entry : entries) {
            await(entry.reason);
            assertThat(entry.closings).hasValue(1);
        }
    }

    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("nothing came", e);
        }
    }
}
