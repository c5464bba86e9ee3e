package dev.parley;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Leads one client through the middlewares of a namespace. Each of them runs in the socket's lane. */
final class Admission {

    private static final String FAILED = "Internal server error";
    private static final String TIMED_OUT = "Timed out";

    private final Socket socket;
    private final Listeners.Listener<Middleware>[] middlewares;

    Admission(Socket socket, Listeners.Listener<Middleware>[] middlewares) {
        this.socket = socket;
        this.middlewares = middlewares;
    }

    void start() {
        SocketRecovery recovery = socket.recovery();
        if (recovery == null) {
            begin();
        } else {
            recovery.claim(this::begin);
        }
    }

    private void begin() {
        if (skipsMiddlewares()) {
            socket.lane().execute(new Step(middlewares.length));
            return;
        }
        if (middlewares.length > 0) {
            ServerContext context = socket.namespace().context();
            Duration limit = context.options().middlewareTimeout();
            socket.limitAdmission(context.deadlines()
                    .schedule(limit, () -> socket.refuse(Incident.MIDDLEWARE_TIMEOUT, TIMED_OUT, null)));
        }
        socket.lane().execute(new Step(0));
    }

    private boolean skipsMiddlewares() {
        ConnectionStateRecovery options = socket.namespace().context().options().connectionStateRecovery();
        return options != null && options.skipMiddlewares() && socket.recovered();
    }

    /** One middleware's turn, and its answer; the last step of all connects the client. */
    final class Step extends Lane.Task implements Middleware.Next {

        private final int index;
        private boolean answered;

        Step(int index) {
            this.index = index;
        }

        @Override
        void run() {
            if (index == middlewares.length) {
                socket.connect();
            } else if (socket.life().isConnecting()) {
                ask();
            }
        }

        private void ask() {
            try {
                middlewares[index].handler().handle(socket, this);
            } catch (Throwable e) {
                reject(e);
            }
        }

        private synchronized boolean claim() {
            boolean first = !answered;
            answered = true;
            return first;
        }

        @Override
        public void accept() {
            if (claim()) {
                socket.lane().execute(new Step(index + 1));
            }
        }

        @Override
        public void reject(String message) {
            refuse(Objects.requireNonNull(message, "message"), null);
        }

        @Override
        public void reject(String message, Object data) {
            refuse(Objects.requireNonNull(message, "message"), data);
        }

        @Override
        public void reject(Throwable cause) {
            if (cause instanceof ConnectionRejectedException rejection) {
                refuse(Objects.requireNonNullElse(rejection.getMessage(), FAILED), rejection.data());
            } else if (refuse(FAILED, null)) {
                socket.namespace().failed(new HandlerError(socket, "connect", List.of(), cause));
            }
        }

        private boolean refuse(String message, @Nullable Object data) {
            if (!claim()) {
                return false;
            }
            try {
                socket.refuse(Incident.REJECTED_BY_MIDDLEWARE, message, data);
            } catch (IllegalArgumentException e) {
                socket.refuse(Incident.REJECTED_BY_MIDDLEWARE, FAILED, null);
                socket.namespace().failed(new HandlerError(socket, "connect", List.of(), e));
            }
            return true;
        }
    }
}
