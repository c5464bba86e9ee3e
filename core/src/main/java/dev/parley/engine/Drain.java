package dev.parley.engine;

import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;

/** Closes the sessions of a server one after another, at a steady pace. Runs on the timer's thread. */
final class Drain implements Runnable {

    private static final System.Logger LOG = System.getLogger(Drain.class.getName());

    private static final Duration TICK = Duration.ofMillis(100);
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final EngineServer server;
    private final Scheduler scheduler;
    private final EngineServer.Era era;
    private final long rate;
    private final long limit;
    private final long begin;

    /** There are no new ones, unless the server is closed or drained anew meanwhile; then this is over. */
    private final Iterator<Session> remaining;

    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private long closed;

    Drain(EngineServer server, EngineServer.Era era, int sessionsPerSecond, Duration limit) {
        this.server = server;
        this.scheduler = server.options().scheduler();
        this.era = era;
        this.rate = sessionsPerSecond;
        this.limit = limit.toNanos();
        this.begin = scheduler.nanoTime();
        this.remaining = server.sessions().iterator();
    }

    CompletableFuture<Void> start() {
        run();
        return done;
    }

    /** Goes on, or fails: whoever waits for the end has to learn of it. */
    @Override
    public void run() {
        try {
            closeSome();
        } catch (Throwable e) {
            done.completeExceptionally(e);
        }
    }

    private void closeSome() {
        long elapsed = scheduler.nanoTime() - begin;
        boolean over = elapsed >= limit || server.isOver(era);
        // Rounded up, so that the first is closed at once; a limit of years is no reason to overflow.
        long due = elapsed / SECOND * rate + elapsed % SECOND * rate / SECOND + 1;
        while (remaining.hasNext() && !over && closed < due) {
            close(remaining.next());
            closed++;
        }
        if (over || server.sessionCount() == 0) {
            done.complete(null);
        } else {
            scheduler.schedule(TICK, this);
        }
    }

    /** One that cannot be closed keeps none of the others. */
    private static void close(Session session) {
        try {
            session.close();
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.ERROR, "a session could not be closed in good order", e);
            session.abort();
        }
    }
}
