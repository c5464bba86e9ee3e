package dev.parley.benchmarks.load;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The one thread of a load generator: reads what has arrived on any connection, then writes what that led to. */
final class LoadLoop implements AutoCloseable {

    private static final int LONGEST_SLEEP_MILLIS = 5;

    private final Selector selector;
    private final boolean spinning;
    private Duration patience = Duration.ofSeconds(15);
    private final Queue<Connection> unflushed = new ArrayDeque<>();
    private final byte[] input = new byte[256 * 1024];
    private long seen = -1;
    private long lastProgress;

    /**
     * @param spinning whether to spin instead of sleeping: it keeps the price of wake-ups out of the server's account,
     *     and takes a whole core
     */
    LoadLoop(boolean spinning) {
        this.spinning = spinning;
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new LoadFailure("no selector", e);
        }
    }

    /** Sets the time without progress after which a wait fails. */
    void patience(Duration time) {
        patience = time;
    }

    Selector selector() {
        return selector;
    }

    /** Asks for a flush of the connection after the events that are being handled. */
    void flushLater(Connection connection) {
        unflushed.add(connection);
    }

    /** For what is read at the moment, on whichever connection. */
    byte[] input() {
        return input;
    }

    /**
     * Runs until the condition holds.
     *
     * @param progress a number that changes as long as things move; the wait fails when it has stood still for long, in
     *     this wait and those before
     * @param state says then how far it got
     */
    void runUntil(BooleanSupplier condition, LongSupplier progress, Supplier<String> state) {
        while (!condition.getAsBoolean()) {
            turn();
            long now = System.nanoTime();
            long step = progress.getAsLong();
            if (seen != step) {
                seen = step;
                lastProgress = now;
            } else if (now - lastProgress > patience.toNanos()) {
                throw new LoadFailure("no progress for " + patience.toMillis() / 1e3 + " s: " + state.get());
            }
        }
    }

    private void turn() {
        flush();
        try {
            if (spinning) {
                selector.selectNow(this::ready);
            } else {
                selector.select(this::ready, LONGEST_SLEEP_MILLIS);
            }
        } catch (IOException e) {
            throw new LoadFailure("select failed", e);
        }
    }

    private void ready(SelectionKey key) {
        ((Connection) key.attachment()).ready();
        flush();
    }

    private void flush() {
        for (Connection next = unflushed.poll(); next != null; next = unflushed.poll()) {
            next.flush();
        }
    }

    /** Closes every connection that is still open. */
    @Override
    public void close() {
        try {
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            throw new LoadFailure("close failed", e);
        }
    }
}
