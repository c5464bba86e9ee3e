package dev.parley;

import dev.parley.Namespaces.Parent;
import dev.parley.engine.Scheduler;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Leads one client to a namespace that does not exist: asks the parents, one after another, which of them takes the
 * namespace as its child. Runs in a lane, as what a client makes the application do always does.
 */
final class NamespaceSearch {

    private static final System.Logger LOG = System.getLogger(SocketIoServer.class.getName());

    private static final String FAILED = "Internal server error";
    private static final String TIMED_OUT = "Timed out";
    private static final String TOO_MANY = "Too many namespaces";

    private final ServerContext context;
    private final Namespaces namespaces;
    private final ClientConnection connection;
    private final String name;
    private final Handshake handshake;
    private final Lane lane;
    private Scheduler.@Nullable Timeout limit;
    private boolean ended;

    NamespaceSearch(
            ServerContext context,
            Namespaces namespaces,
            ClientConnection connection,
            String name,
            Handshake handshake) {
        this.context = context;
        this.namespaces = namespaces;
        this.connection = connection;
        this.name = name;
        this.handshake = handshake;
        this.lane = new Lane(context.executor(), connection);
    }

    String name() {
        return name;
    }

    void start() {
        synchronized (this) {
            if (ended) {
                return;
            }
            limit = context.deadlines()
                    .schedule(
                            context.options().middlewareTimeout(),
                            () -> refuse(Incident.MIDDLEWARE_TIMEOUT, TIMED_OUT));
        }
        lane.execute(Lane.task(() -> ask(0)));
    }

    private void ask(int index) {
        if (hasEnded()) {
            return;
        }
        if (index == namespaces.parents().size()) {
            refuse(Incident.INVALID_NAMESPACE, ClientConnection.NO_SUCH_NAMESPACE);
            return;
        }
        Parent parent = namespaces.parents().get(index);
        try {
            CompletionStage<Boolean> answer = parent.filter().accepts(name, handshake);
            answer.whenComplete((accepted, failure) ->
                    lane.execute(Lane.task(() -> answered(index, Boolean.TRUE.equals(accepted), failure))));
        } catch (Throwable e) {
            answered(index, false, e);
        }
    }

    private void answered(int index, boolean accepted, @Nullable Throwable failure) {
        if (failure != null) {
            report(failure);
        }
        if (accepted) {
            enter(namespaces.parents().get(index));
        } else {
            lane.execute(Lane.task(() -> ask(index + 1)));
        }
    }

    private void enter(Parent parent) {
        if (!end()) {
            return;
        }
        Namespace namespace;
        try {
            namespace = namespaces.enterChild(name, parent);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a namespace could not be created", e);
            connection.refuse(this, Incident.REJECTED_BY_MIDDLEWARE, FAILED);
            return;
        }
        if (namespace != null) {
            connection.join(namespace, handshake);
            return;
        }
        if (context.mayWarn()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "maxChildNamespaces: there are {0} already; clients that want another one are refused",
                    context.options().maxChildNamespaces());
        }
        connection.refuse(this, Incident.TOO_MANY_CHILD_NAMESPACES, TOO_MANY);
    }

    private void refuse(Incident incident, String message) {
        if (end()) {
            connection.refuse(this, incident, message);
        }
    }

    private void report(Throwable failure) {
        if (context.mayWarn()) {
            Throwable cause = failure instanceof CompletionException e && e.getCause() != null ? e.getCause() : failure;
            LOG.log(System.Logger.Level.WARNING, "a filter of namespaces failed", cause);
        }
    }

    private synchronized boolean hasEnded() {
        return ended;
    }

    /** Claims the only end. */
    private synchronized boolean end() {
        boolean first = !ended;
        ended = true;
        if (limit != null) {
            limit.cancel();
        }
        return first;
    }

    /** The client has gone. */
    void cancel() {
        end();
    }
}
