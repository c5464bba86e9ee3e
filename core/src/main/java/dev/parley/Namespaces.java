package dev.parley;

import dev.parley.Listeners.Listener;
import dev.parley.engine.Scheduler;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The namespaces of a server: those that exist, by name, and the parents that let clients create more. A namespace that
 * the application has asked for stays; one that was created for a client ends with the last of its clients, if the
 * server is to clean up.
 */
final class Namespaces {

    static final String MAIN = "/";

    private static final System.Logger LOG = System.getLogger(SocketIoServer.class.getName());

    /** Namespaces that look alike: the children of {@code face}, which stands for all of them. */
    record Parent(Namespace face, ParentAdapter adapter, NamespaceFilter filter) {}

    private final ServerContext context;
    private final Map<String, Namespace> existing = new ConcurrentHashMap<>();
    private final List<Parent> parents = new CopyOnWriteArrayList<>();
    private final Listeners<Consumer<Namespace>> listeners = new Listeners<>();
    /** Those that have been removed, as long as their adapters are being closed. */
    private final Set<Namespace> ending = ConcurrentHashMap.newKeySet();
    /** Those that are empty, and stay as long as clients may come back to their sessions; the oldest first. */
    private final Map<Namespace, Scheduler.Timeout> awaiting = new LinkedHashMap<>();
    /** How many sockets have ended whose handlers are still being told of that. */
    private final AtomicInteger leaving = new AtomicInteger();
    /** Completes when there are none. */
    private volatile CompletableFuture<Void> allLeft = new CompletableFuture<>();
    /** How many there are that were created for clients. Guarded by this object. */
    private int temporary;

    Namespaces(ServerContext context) {
        this.context = context;
    }

    /** Returns what the application asks for. */
    Namespace of(String name) {
        String path = name.startsWith(MAIN) ? name : MAIN + name;
        if (path.indexOf(',') >= 0) {
            throw new IllegalArgumentException("namespace: " + path + " (expected: no comma)");
        }
        Namespace created;
        synchronized (this) {
            Namespace present = existing.get(path);
            if (present != null) {
                if (present.makePermanent()) {
                    temporary--;
                    awaitNoLonger(present);
                }
                return present;
            }
            created = create(path, parentByPattern(path));
            created.makePermanent();
        }
        announce(created);
        return created;
    }

    /** Filters that are not patterns decide by the client, so they have no say in what the application asks for. */
    private @Nullable Parent parentByPattern(String path) {
        for (Parent parent : parents) {
            if (parent.filter() instanceof PatternFilter pattern && pattern.matches(path)) {
                return parent;
            }
        }
        return null;
    }

    /** Makes a parent, which asks the filter behind all parents that were made before. */
    synchronized Namespace of(NamespaceFilter filter) {
        ParentAdapter adapter = new ParentAdapter();
        Namespace face = new Namespace("/_" + parents.size(), context, this, adapter);
        parents.add(new Parent(face, adapter, filter));
        return face;
    }

    private Namespace create(String path, @Nullable Parent parent) {
        Namespace created = new Namespace(path, context, this, parent);
        existing.put(path, created);
        if (parent != null) {
            parent.adapter().add(created);
        }
        return created;
    }

    /** Tells of a new namespace, and only then lets clients in: a listener may add a middleware that keeps them out. */
    private void announce(Namespace created) {
        if (!created.name().equals(MAIN)) {
            for (Listener<Consumer<Namespace>> listener : listeners.all()) {
                try {
                    listener.handler().accept(created);
                } catch (Throwable e) {
                    LOG.log(System.Logger.Level.WARNING, "a listener of new namespaces failed", e);
                }
            }
        }
        created.open();
    }

    Subscription onNew(Consumer<Namespace> listener) {
        Objects.requireNonNull(listener, "listener");
        return listeners.add(new Listener<>("", listener, listener), false);
    }

    @Nullable
    Namespace get(String path) {
        return existing.get(path);
    }

    List<Namespace> all() {
        return List.copyOf(existing.values());
    }

    List<Parent> parents() {
        return parents;
    }

    /** Counts a client in; null if there is no such namespace. */
    synchronized @Nullable Namespace enter(String path) {
        Namespace namespace = existing.get(path);
        if (namespace != null) {
            namespace.clients++;
            awaitNoLonger(namespace);
        }
        return namespace;
    }

    /** Counts a client in, and creates the namespace for it if need be; null if there are too many. */
    @Nullable
    Namespace enterChild(String path, Parent parent) {
        Namespace created;
        Namespace evicted = null;
        synchronized (this) {
            Namespace present = enter(path);
            if (present != null) {
                return present;
            }
            boolean full = temporary >= context.options().maxChildNamespaces();
            if (full && awaiting.isEmpty()) {
                return null;
            }
            created = create(path, parent);
            temporary++;
            created.clients++;
            if (full) {
                evicted = awaiting.keySet().iterator().next();
                awaitNoLonger(evicted);
                remove(evicted);
            }
        }
        if (evicted != null) {
            end(evicted);
        }
        announce(created);
        return created;
    }

    /** Counts a client out. */
    void exit(Namespace namespace) {
        boolean awaited = namespace.isAwaitingClients();
        synchronized (this) {
            if (--namespace.clients > 0
                    || namespace.isPermanent()
                    || !context.options().cleanupEmptyChildNamespaces()) {
                return;
            }
            if (awaited) {
                await(namespace);
            } else {
                remove(namespace);
            }
        }
        if (!awaited) {
            end(namespace);
        } else if (!namespace.isAwaitingClients()) {
            // The server has been closed meanwhile.
            awaitedInVain(namespace);
        }
    }

    void leaving() {
        leaving.incrementAndGet();
    }

    void left() {
        if (leaving.decrementAndGet() == 0) {
            allLeft.complete(null);
        }
    }

    /** Returns what completes as soon as no handlers of sockets that have ended are left to be told. */
    CompletableFuture<Void> allLeft() {
        CompletableFuture<Void> future = new CompletableFuture<>();
        allLeft = future;
        if (leaving.get() == 0) {
            future.complete(null);
        }
        return future;
    }

    private void await(Namespace namespace) {
        ConnectionStateRecovery recovery =
                Objects.requireNonNull(context.options().connectionStateRecovery());
        awaiting.put(
                namespace,
                context.deadlines().schedule(recovery.maxDisconnectionDuration(), () -> awaitedInVain(namespace)));
    }

    /** False if nobody was awaited. */
    private boolean awaitNoLonger(Namespace namespace) {
        Scheduler.Timeout timeout = awaiting.remove(namespace);
        if (timeout != null) {
            timeout.cancel();
        }
        return timeout != null;
    }

    private void awaitedInVain(Namespace namespace) {
        synchronized (this) {
            if (!awaitNoLonger(namespace)) {
                return;
            }
            remove(namespace);
        }
        end(namespace);
    }

    private void remove(Namespace namespace) {
        temporary--;
        existing.remove(namespace.name());
        Parent parent = namespace.parent();
        if (parent != null) {
            parent.adapter().remove(namespace);
        }
    }

    /** Frees what the adapter of a namespace holds that has been removed. */
    private void end(Namespace namespace) {
        ending.add(namespace);
        namespace.close().whenComplete((closed, failure) -> ending.remove(namespace));
    }

    /** Frees what adapters hold, and completes when that is done. */
    CompletableFuture<Void> close() {
        CompletableFuture<Void> closed =
                CompletableFuture.allOf(Stream.concat(existing.values().stream(), ending.stream())
                        .map(Namespace::close)
                        .toArray(CompletableFuture[]::new));
        // Nobody can come back any more.
        awaiting().forEach(this::awaitedInVain);
        return closed;
    }

    private synchronized List<Namespace> awaiting() {
        return List.copyOf(awaiting.keySet());
    }

    /** Makes adapters anew, after the server had been closed. */
    void reopen() {
        existing.values().forEach(Namespace::reopen);
    }
}
