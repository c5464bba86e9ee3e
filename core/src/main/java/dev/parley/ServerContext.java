package dev.parley;

import dev.parley.engine.Scheduler;
import dev.parley.mapping.TypedValues;
import dev.parley.protocol.JsonPacketCodec;
import dev.parley.protocol.PacketCodec;
import org.jspecify.annotations.Nullable;

/** What all parts of one server share. */
final class ServerContext {

    private final SocketIoOptions options;
    private final Scheduler scheduler;
    private final TypedValues types;
    private final PacketCodec codec;
    private final LaneExecutor executor;
    private volatile HandlerError.@Nullable Hook errorHook;
    private volatile boolean closing;

    ServerContext(SocketIoOptions options) {
        this.options = options;
        this.scheduler = options.engine().scheduler();
        this.types = new TypedValues(options.mapping());
        this.codec = new JsonPacketCodec(options.decoderLimits(), types);
        this.executor = new LaneExecutor(options.executor());
    }

    SocketIoOptions options() {
        return options;
    }

    Scheduler scheduler() {
        return scheduler;
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

    /** Whether connections are closed because the server is. */
    boolean isClosing() {
        return closing;
    }

    void closing(boolean now) {
        closing = now;
    }

    void errorHook(HandlerError.Hook hook) {
        errorHook = hook;
    }

    HandlerError.@Nullable Hook errorHook() {
        return errorHook;
    }
}
