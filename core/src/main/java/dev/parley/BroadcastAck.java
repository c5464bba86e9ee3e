package dev.parley;

import dev.parley.adapter.AckListener;
import dev.parley.adapter.PendingAcks;
import dev.parley.engine.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Collects the answers to one broadcast. A client that leaves without an answer is not waited for. The future is
 * completed on the server's executor, where the answers are read as well.
 */
final class BroadcastAck<T> implements AckListener {

    private final ServerContext context;
    private final AckReader<T> reader;
    private final CompletableFuture<List<T>> future = new CompletableFuture<>();

    // Guarded by this object.
    private final List<List<? extends @Nullable Object>> answers = new ArrayList<>();
    private int missing;
    private boolean sent;
    private boolean ended;

    BroadcastAck(ServerContext context, AckReader<T> reader) {
        this.context = context;
        this.reader = reader;
    }

    CompletableFuture<List<T>> future() {
        return future;
    }

    /** Begins to wait. */
    void waitFor(PendingAcks pending, Duration timeout) {
        synchronized (this) {
            if (ended) {
                return;
            }
        }
        Scheduler.Timeout timer = context.deadlines().schedule(timeout, this::timedOut);
        future.whenComplete((answered, failure) -> {
            timer.cancel();
            pending.forget();
        });
    }

    @Override
    public void sentTo(int clients) {
        boolean complete;
        synchronized (this) {
            sent = true;
            missing += clients;
            complete = end(missing == 0);
        }
        if (complete) {
            context.executor().executeAnyway(this::complete);
        }
    }

    @Override
    public void acknowledged(List<? extends @Nullable Object> args) {
        settled(args);
    }

    @Override
    public void left() {
        settled(null);
    }

    private void settled(@Nullable List<? extends @Nullable Object> args) {
        boolean complete;
        synchronized (this) {
            missing--;
            if (args != null && !ended) {
                answers.add(args);
            }
            complete = end(sent && missing == 0);
        }
        if (complete) {
            context.executor().executeAnyway(this::complete);
        }
    }

    private void timedOut() {
        boolean late;
        synchronized (this) {
            late = end(true);
        }
        if (late) {
            context.executor().executeAnyway(this::failLate);
        }
    }

    /** Claims the only end. Called with the lock held. */
    private boolean end(boolean now) {
        boolean claimed = now && !ended;
        ended |= claimed;
        return claimed;
    }

    private void complete() {
        try {
            future.complete(read());
        } catch (Throwable e) {
            future.completeExceptionally(e);
        }
    }

    private void failLate() {
        List<@Nullable Object> responses;
        try {
            responses = new ArrayList<>(read());
        } catch (Throwable e) {
            future.completeExceptionally(e);
            return;
        }
        future.completeExceptionally(new AckTimeoutException(Collections.unmodifiableList(responses)));
    }

    private List<T> read() {
        List<T> results = new ArrayList<>(answers.size());
        for (List<? extends @Nullable Object> args : answers) {
            results.add(reader.read(args, context.types()));
        }
        return results;
    }
}
