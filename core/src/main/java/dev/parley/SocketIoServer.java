package dev.parley;

import dev.parley.adapter.RoomListener;
import dev.parley.engine.CorsOptions;
import dev.parley.engine.Endpoint;
import dev.parley.engine.EngineIncident;
import dev.parley.engine.EngineServer;
import dev.parley.engine.HttpExchange;
import dev.parley.engine.HttpRequest;
import dev.parley.engine.HttpResponse;
import dev.parley.engine.Incidents;
import dev.parley.engine.Scheduler;
import dev.parley.engine.Session;
import dev.parley.engine.SessionListener;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Socket.IO server. Bound to a transport, it answers the requests below its path. As a {@link Broadcaster}, and in
 * all that concerns sockets, it stands for its main namespace, {@code /}.
 *
 * <pre>{@code
 * SocketIoServer io = SocketIoServer.create();
 * io.onConnection(socket -> {
 *     socket.join("lobby");
 *     socket.on("chat message", String.class, text -> io.to("lobby").emit("chat message", text));
 * });
 * }</pre>
 *
 * <p>All methods may be called from any thread.
 */
public final class SocketIoServer extends Broadcaster implements Endpoint {

    /** How long handlers may take to say goodbye, where nothing else is said. */
    private static final Duration FAREWELL = Duration.ofSeconds(4);

    private final ServerContext context;
    private final EngineServer engine;
    private final String filesPath;
    private final Namespaces namespaces;
    private final Namespace main;
    private volatile boolean stopped;
    /** The closing that is under way. */
    private @Nullable Closing closing;

    private SocketIoServer(SocketIoOptions options) {
        this.context = new ServerContext(options);
        this.engine = EngineServer.create(options.engine(), this::opened);
        this.filesPath = options.engine().path() + '/';
        this.namespaces = new Namespaces(context);
        this.main = namespaces.of(Namespaces.MAIN);
    }

    /**
     * Creates a server with default options.
     *
     * @return a server, to be bound to a transport
     */
    public static SocketIoServer create() {
        return create(SocketIoOptions.defaults());
    }

    /**
     * Creates a server.
     *
     * @param options sets options that differ from the defaults
     * @return a server, to be bound to a transport
     * @throws IllegalArgumentException if an option is not valid
     */
    public static SocketIoServer create(Consumer<SocketIoOptions.Builder> options) {
        SocketIoOptions.Builder builder = SocketIoOptions.builder();
        options.accept(builder);
        return create(builder.build());
    }

    /**
     * Creates a server.
     *
     * @param options how it behaves
     * @return a server, to be bound to a transport
     */
    public static SocketIoServer create(SocketIoOptions options) {
        return new SocketIoServer(Objects.requireNonNull(options, "options"));
    }

    @Override
    BroadcastOperator operator() {
        return main.operator();
    }

    /**
     * Returns how this server behaves.
     *
     * @return its options
     */
    public SocketIoOptions options() {
        return context.options();
    }

    /**
     * Returns how often this server has refused, ended, dropped, ignored or delayed something, by reason. What concerns
     * requests, transports and heartbeats is counted by {@link #engine()}.
     *
     * @return counters that go on counting
     */
    public Incidents<Incident> incidents() {
        return context.incidents();
    }

    /**
     * Returns the Engine.IO server below this one.
     *
     * @return the engine
     */
    public EngineServer engine() {
        return engine;
    }

    /**
     * Returns a namespace, and creates it if need be: as a child, if a pattern given to {@link #of(Pattern)} matches
     * its name. It stays for as long as the server exists.
     *
     * @param name its name; where the slash in front is missing, it is added
     * @return the same namespace for the same name
     * @throws IllegalArgumentException if the name holds a comma, which no client could send
     */
    public Namespace of(String name) {
        return namespaces.of(name);
    }

    /**
     * Returns a namespace, and creates it if need be, with a handler of new sockets.
     *
     * @param name as for {@link #of(String)}
     * @param handler registered as by {@link Namespace#onConnection}, each time anew
     * @return the same namespace for the same name
     * @throws IllegalArgumentException if the name holds a comma
     */
    public Namespace of(String name, ConnectionHandler handler) {
        Namespace namespace = of(name);
        namespace.onConnection(handler);
        return namespace;
    }

    /**
     * Lets clients bring namespaces into being whose names match a pattern: each is created when the first client asks
     * for it, as a child of the namespace returned here.
     *
     * <pre>{@code
     * Namespace orders = io.of(Pattern.compile("/orders-\\d+"));
     * orders.use(this::mayWatch);
     * orders.onConnection(socket -> log(socket.namespace().name()));
     * orders.emit("price changed");
     * }</pre>
     *
     * <p>Namespaces that exist come first; then patterns and filters in the order in which they were given. How many
     * children there may be, and whether empty ones are removed, is set by
     * {@link SocketIoOptions.Builder#maxChildNamespaces} and
     * {@link SocketIoOptions.Builder#cleanupEmptyChildNamespaces}.
     *
     * @param pattern has to match the whole name, with the slash in front
     * @return a new parent namespace, as described at {@link Namespace}
     */
    public Namespace of(Pattern pattern) {
        return namespaces.of(new PatternFilter(Objects.requireNonNull(pattern, "pattern")));
    }

    /**
     * Lets clients bring namespaces into being that a filter accepts, by their names and by how the client presents
     * itself. The same as {@link #of(Pattern)} otherwise. The filter is asked only as long as the namespace does not
     * exist; a {@link Middleware} decides about each client.
     *
     * <pre>{@code
     * Namespace projects = io.of((name, handshake) -> database.hasProject(name));
     * projects.use(this::mayEnter);
     * }</pre>
     *
     * @param filter asked about each client that wants to join a namespace which does not exist
     * @return a new parent namespace, as described at {@link Namespace}
     */
    public Namespace of(NamespaceFilter filter) {
        return namespaces.of(Objects.requireNonNull(filter, "filter"));
    }

    /**
     * Finds a namespace, without creating it.
     *
     * @param name its name, with the slash in front
     * @return the namespace, if it exists
     */
    public Optional<Namespace> namespace(String name) {
        return Optional.ofNullable(namespaces.get(name));
    }

    /**
     * Returns the namespaces that exist: those that the application has asked for, and those that clients have. Parents
     * are not among them.
     *
     * @return an immutable copy, in no particular order
     */
    public List<Namespace> namespaces() {
        return namespaces.all();
    }

    /**
     * Registers what is told of each namespace that is created from now on, also for a client: the reference's
     * {@code new_namespace} event. Parents and the main namespace are not told. No client is let into the namespace
     * before the listeners have returned, so they can add middlewares and handlers to it.
     *
     * @param listener called on the thread that creates the namespace: for a client one of the server's executor
     * @return to take the listener away again
     */
    public Subscription onNewNamespace(Consumer<Namespace> listener) {
        return namespaces.onNew(listener);
    }

    /**
     * Returns the main namespace.
     *
     * @return the namespace {@code /}
     */
    public Namespace mainNamespace() {
        return main;
    }

    /**
     * Registers a middleware of the main namespace.
     *
     * @param middleware runs after those registered before
     * @return this
     */
    public SocketIoServer use(Middleware middleware) {
        main.use(middleware);
        return this;
    }

    /**
     * Registers a handler of new sockets in the main namespace.
     *
     * @param handler called for each socket that is connected from now on
     * @return to take the handler away again
     */
    public Subscription onConnection(ConnectionHandler handler) {
        return main.onConnection(handler);
    }

    /**
     * Registers what is told how rooms of the main namespace come and go. See {@link Namespace#onRooms}.
     *
     * @param listener what to call
     * @return to take the listener away again
     */
    public Subscription onRooms(RoomListener listener) {
        return main.onRooms(listener);
    }

    /**
     * Sends an event to the other servers. See {@link Namespace#serverSideEmit}.
     *
     * @param event the event's name
     * @param args the arguments, as in {@link #emit(String, Object...)}
     * @throws IllegalArgumentException if the name is {@code connect}, {@code connection} or {@code new_namespace}, or
     *     an argument cannot be encoded
     */
    public void serverSideEmit(String event, @Nullable Object... args) {
        main.serverSideEmit(event, args);
    }

    /**
     * Sends an event to the other servers, and asks each to acknowledge it. See
     * {@link Namespace#serverSideEmitWithAck(Class, String, Object...)}.
     *
     * @param type type of each answer's first argument
     * @param event the event's name
     * @param args the arguments, as in {@link #emit(String, Object...)}
     * @param <T> type of the answers
     * @return the first argument of each other server's answer
     * @throws IllegalArgumentException as {@link #serverSideEmit} does
     */
    public <T> CompletableFuture<List<T>> serverSideEmitWithAck(Class<T> type, String event, @Nullable Object... args) {
        return main.serverSideEmitWithAck(type, event, args);
    }

    /**
     * Sends an event to the other servers, and asks each to acknowledge it. See
     * {@link Namespace#serverSideEmitWithAck(String, Object...)}.
     *
     * @param event the event's name
     * @param args the arguments, as in {@link #emit(String, Object...)}
     * @return the other servers' answers
     * @throws IllegalArgumentException as {@link #serverSideEmit} does
     */
    public CompletableFuture<List<Arguments>> serverSideEmitWithAck(String event, @Nullable Object... args) {
        return main.serverSideEmitWithAck(event, args);
    }

    /**
     * Registers a handler of an event that another server sends. See {@link Namespace#onServerSideEvent}.
     *
     * @param event the event's name
     * @param handler called for each event of this name
     * @return to take the handler away again
     * @throws IllegalArgumentException if no server can send an event of this name
     */
    public Subscription onServerSideEvent(String event, EventHandler handler) {
        return main.onServerSideEvent(event, handler);
    }

    /**
     * Sets what is told of exceptions in middlewares and handlers of all namespaces that have no hook of their own.
     * Default: they are logged, without arguments.
     *
     * @param hook told of each exception
     * @return this
     */
    public SocketIoServer onError(HandlerError.Hook hook) {
        context.errorHook(Objects.requireNonNull(hook, "hook"));
        return this;
    }

    /**
     * Returns a room of the main namespace.
     *
     * @param name the room's name
     * @return a live view, whether or not anybody is in the room
     */
    public Room room(String name) {
        return main.room(name);
    }

    /**
     * Returns the rooms of the main namespace that somebody is in, on this server.
     *
     * @return as {@link Namespace#rooms()}
     */
    public List<Room> rooms() {
        return main.rooms();
    }

    /**
     * Returns the sockets that are connected to the main namespace on this server.
     *
     * @return an immutable copy
     */
    public List<Socket> sockets() {
        return main.sockets();
    }

    /** Returns how many timeouts of this layer wait. */
    int pendingTimeouts() {
        return context.deadlines().pending();
    }

    private SessionListener opened(Session session) {
        if (context.isClosing()) {
            session.abort();
        } else if (stopped) {
            reopen();
        }
        ClientConnection connection = new ClientConnection(context, namespaces, session);
        connection.opened();
        return connection;
    }

    private synchronized void reopen() {
        if (stopped) {
            namespaces.reopen();
            stopped = false;
        }
    }

    @Override
    public boolean handles(String path) {
        return engine.handles(path) || fileName(path) != null;
    }

    @Override
    public void refused(EngineIncident incident) {
        engine.refused(incident);
    }

    @Override
    public void handle(HttpExchange exchange) {
        HttpRequest request = exchange.request();
        ClientFiles files = context.options().clientFiles();
        String file = fileName(request.path());
        if (files == null || file == null) {
            engine.handle(exchange);
            return;
        }
        HttpResponse response = files.respond(file, request);
        CorsOptions cors = context.options().engine().cors();
        exchange.respond(cors == null ? response : response.with(cors.responseHeaders(request)));
    }

    /** The client file that a path names, or null. */
    private @Nullable String fileName(String path) {
        ClientFiles files = context.options().clientFiles();
        if (files == null || !path.startsWith(filesPath)) {
            return null;
        }
        String name = path.substring(filesPath.length());
        return files.has(name) ? name : null;
    }

    /**
     * Closes the connections one after another, with {@link DisconnectReason#SERVER_SHUTTING_DOWN}: for rolling
     * deploys, so that the clients do not all come back to other servers at once. New clients are refused from now on
     * with status 503, until {@link #close} has been called.
     */
    @Override
    public CompletableFuture<Void> drain(int sessionsPerSecond, Duration limit) {
        Checks.positive("sessionsPerSecond", sessionsPerSecond);
        Checks.positive("limit", limit);
        context.draining(true);
        return engine.drain(sessionsPerSecond, limit);
    }

    /**
     * Closes the server: every socket is disconnected with {@link DisconnectReason#SERVER_SHUTTING_DOWN}; when the
     * handlers of that, and of sockets that have left just before, have run, the adapters are closed, then the
     * connections. Handlers and adapters are waited for no longer than four seconds in all. Afterwards the server can
     * be used again, with all its namespaces and handlers.
     *
     * @return completes when every connection is closed
     */
    @Override
    public CompletableFuture<Void> close() {
        return close(FAREWELL);
    }

    /**
     * Closes the server as {@link #close()} does, with another limit. It is what {@code NettyServer.close()} calls.
     *
     * @param limit how long to wait for handlers and adapters, zero for not at all; if the server is being closed
     *     already, the shorter limit counts
     * @return completes when every connection is closed
     * @throws IllegalArgumentException if the limit is negative, or more than 100 years
     */
    @Override
    public synchronized CompletableFuture<Void> close(Duration limit) {
        Checks.zeroOrMore("limit", limit);
        Closing current = closing;
        if (current == null) {
            current = new Closing();
            closing = current;
            close(current);
        }
        current.limit(limit);
        return current.end;
    }

    private void close(Closing present) {
        context.closing(true);
        for (Namespace namespace : namespaces.all()) {
            namespace.sockets().forEach(Socket::shutDown);
        }
        present.inTime(namespaces.allLeft())
                .thenCompose(all -> present.inTime(namespaces.close()))
                .handle((all, failure) -> null)
                .thenCompose(all -> engine.close())
                .whenComplete((all, failure) -> stopped(present.end));
    }

    /** A closing that is under way. */
    private final class Closing {

        private final CompletableFuture<Void> timeIsUp = new CompletableFuture<>();
        private final CompletableFuture<Void> end = new CompletableFuture<>();

        /** Waits for something for as long as there is time. */
        CompletableFuture<Object> inTime(CompletableFuture<Void> something) {
            return CompletableFuture.anyOf(something, timeIsUp);
        }

        void limit(Duration limit) {
            if (!end.isDone()) {
                Scheduler.Timeout timer = context.scheduler().schedule(limit, () -> timeIsUp.complete(null));
                end.whenComplete((closed, failure) -> timer.cancel());
            }
        }
    }

    private void stopped(CompletableFuture<Void> end) {
        // Clients may have brought more of them into being until their connections were closed.
        namespaces.close();
        synchronized (this) {
            context.executor().shutDown();
            context.deadlines().clear();
            stopped = true;
            context.closing(false);
            context.draining(false);
            closing = null;
        }
        end.complete(null);
    }
}
