package dev.parley;

import dev.parley.ClientConnection.Arrival;
import dev.parley.Listeners.Listener;
import dev.parley.engine.Scheduler;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Leads the events of a socket through its middlewares, one event after another. Used in the socket's lane only, but
 * for the middlewares' answers.
 */
final class EventGate {

    private final Socket socket;
    private final Listeners<EventMiddleware> middlewares = new Listeners<>();
    private final Queue<Arrival> waiting = new ArrayDeque<>();
    /** The middleware that has not answered yet. */
    private @Nullable Step pending;

    EventGate(Socket socket) {
        this.socket = socket;
    }

    /** Registers a middleware. From any thread. */
    void use(EventMiddleware middleware) {
        middlewares.add(new Listener<>("", middleware, middleware), false);
    }

    void enter(Arrival arrival) {
        if (pending == null) {
            begin(arrival);
        } else {
            waiting.add(arrival);
        }
    }

    private void begin(Arrival arrival) {
        Event event = socket.receive(arrival.take());
        if (event != null) {
            go(event, middlewares.all(), 0);
        }
    }

    /** Asks one middleware after another, until one has to be waited for or the event has come through. */
    private void go(Event event, Listener<EventMiddleware>[] chain, int from) {
        Event current = event;
        for (int i = from; i < chain.length; i++) {
            Step step = new Step(current, chain, i);
            step.ask();
            if (step.waits()) {
                return;
            }
            Event next = step.outcome();
            if (next == null) {
                return;
            }
            current = next;
        }
        if (socket.life().handlesEvents()) {
            socket.dispatch(current);
        }
    }

    /** Drops what waits: the client has left. */
    void close() {
        if (pending != null) {
            pending.abandon();
            pending = null;
        }
        waiting.forEach(arrival -> {
            arrival.take();
            socket.namespace().context().count(Incident.EVENT_DROPPED);
        });
        waiting.clear();
    }

    /** One middleware's turn, and its answer. */
    final class Step extends Lane.Task implements EventMiddleware.Next {

        private final Event event;
        private final Listener<EventMiddleware>[] chain;
        private final int index;
        private Scheduler.@Nullable Timeout limit;

        // Guarded by this object.
        private boolean answered;
        private boolean awaited;
        private @Nullable Event accepted;
        private @Nullable Throwable rejection;

        Step(Event event, Listener<EventMiddleware>[] chain, int index) {
            this.event = event;
            this.chain = chain;
            this.index = index;
        }

        void ask() {
            try {
                chain[index].handler().handle(event, this);
            } catch (Throwable e) {
                if (!answer(null, e)) {
                    socket.failed(event, e, false);
                }
            }
        }

        /** Tells whether the answer is to come, and goes on with the event when it does. */
        boolean waits() {
            synchronized (this) {
                if (answered) {
                    return false;
                }
                awaited = true;
            }
            pending = this;
            ServerContext context = socket.namespace().context();
            limit = context.deadlines().schedule(context.options().middlewareTimeout(), this::late);
            return true;
        }

        private void late() {
            reject(new TimeoutException("a middleware has not answered in time"));
        }

        /** The event to go on with; null if it was rejected. */
        @Nullable
        Event outcome() {
            Event next;
            Throwable cause;
            synchronized (this) {
                next = accepted;
                cause = rejection;
            }
            if (cause != null) {
                socket.failed(event, cause, true);
            }
            return next;
        }

        /** Stops waiting. */
        void abandon() {
            synchronized (this) {
                answered = true;
            }
            if (limit != null) {
                limit.cancel();
            }
        }

        @Override
        public void accept() {
            answer(event, null);
        }

        @Override
        public void accept(String name, @Nullable Object... args) {
            answer(event.with(name, args), null);
        }

        @Override
        public void reject(Throwable cause) {
            answer(null, Objects.requireNonNull(cause, "cause"));
        }

        /** Takes the answer; false if there has been one before. */
        private boolean answer(@Nullable Event next, @Nullable Throwable cause) {
            boolean late;
            synchronized (this) {
                if (answered) {
                    return false;
                }
                answered = true;
                accepted = next;
                rejection = cause;
                late = awaited;
            }
            if (late) {
                socket.lane().execute(this);
            }
            return true;
        }

        /** Goes on with the event, then with those that have gathered behind it. */
        @Override
        void run() {
            if (pending != this) {
                return;
            }
            pending = null;
            abandon();
            Event next = outcome();
            if (next != null) {
                go(next, chain, index + 1);
            }
            while (pending == null && !waiting.isEmpty()) {
                begin(waiting.remove());
            }
        }
    }
}
