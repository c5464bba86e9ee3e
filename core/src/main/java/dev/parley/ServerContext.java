package dev.parley;

import dev.parley.engine.Incidents;
import dev.parley.engine.Scheduler;
import dev.parley.mapping.TypedValues;
import dev.parley.protocol.PacketCodec;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What all parts of one server share. */
final class ServerContext {

    private static final int MOST_WARNINGS = 10;

    private final SocketIoOptions options;
    private final Scheduler scheduler;
    private final TypedValues types;
    private final PacketCodec codec;
    private final LaneExecutor executor;
    private final Deadlines deadlines;
    private volatile HandlerError.@Nullable Hook errorHook;
    private final Incidents<Incident> incidents = new Incidents<>(Incident.class);
    private final AtomicInteger warnings = new AtomicInteger();
    private volatile boolean closing;
    private volatile boolean draining;

    ServerContext(SocketIoOptions options) {
        this.options = options;
        this.scheduler = options.engine().scheduler();
        this.deadlines = new Deadlines(scheduler);
        this.types = new TypedValues(options.mapping());
        this.codec = options.parser().create(options.decoderLimits(), types);
        this.executor = new LaneExecutor(options.executor());
    }

    SocketIoOptions options() {
        return options;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    Deadlines deadlines() {
        return deadlines;
    }

    TypedValues types() {
        return types;
    }

    PacketCodec codec() {
        return codec;
    }

    LaneExecutor executor() {
        return executor;
    }

    Incidents<Incident> incidents() {
        return incidents;
    }

    void count(Incident incident) {
        incidents.add(incident);
    }

    /** Whether connections are closed because the server is. */
    boolean isClosing() {
        return closing;
    }

    void closing(boolean now) {
        closing = now;
    }

    /** Whether the server closes connections for its own sake. */
    boolean isShuttingDown() {
        return closing || draining;
    }

    void draining(boolean now) {
        draining = now;
    }

    /**
     * Whether to warn once more of what any client can cause: the first times show a fault, more would flood the log.
     */
    boolean mayWarn() {
        return warnings.get() < MOST_WARNINGS && warnings.incrementAndGet() <= MOST_WARNINGS;
    }

    void errorHook(HandlerError.Hook hook) {
        errorHook = hook;
    }

    HandlerError.@Nullable Hook errorHook() {
        return errorHook;
    }
}
