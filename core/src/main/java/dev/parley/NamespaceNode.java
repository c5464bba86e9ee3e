package dev.parley;

import dev.parley.adapter.Adapter;
import dev.parley.adapter.AdapterNode;
import dev.parley.adapter.RecoveryLimits;
import dev.parley.adapter.SessionRecovery;
import dev.parley.engine.EngineOptions;
import dev.parley.engine.Scheduler;
import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketBundle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A namespace as its adapter sees it. */
final class NamespaceNode implements AdapterNode {

    private final String name;
    private final ServerContext context;
    private final AtomicLong ackIds = new AtomicLong();
    private final Lane lane;
    private final ServerSideEvents serverSideEvents;

    NamespaceNode(String name, ServerContext context, ServerSideEvents serverSideEvents) {
        this.name = name;
        this.context = context;
        this.serverSideEvents = serverSideEvents;
        this.lane = new Lane(context.executor(), context.executor()::warnOfRefusal);
    }

    /** Makes the adapter. */
    Adapter createAdapter() {
        Adapter adapter = context.options().adapter().create(this);
        if (context.options().connectionStateRecovery() != null && adapter.recovery() == null) {
            throw new IllegalArgumentException(
                    "connectionStateRecovery: on (expected: off, as the adapter keeps no sessions)");
        }
        return adapter;
    }

    /** What keeps sessions, or null if recovery is off. */
    @Nullable
    SessionRecovery recovery(Adapter adapter) {
        return context.options().connectionStateRecovery() == null ? null : adapter.recovery();
    }

    @Override
    public String namespace() {
        return name;
    }

    @Override
    public PacketBundle encode(Packet packet) {
        return context.codec().encode(packet);
    }

    @Override
    public long nextAckId() {
        return ackIds.getAndIncrement();
    }

    @Override
    public int maxRoomsPerSocket() {
        return context.options().maxRoomsPerSocket();
    }

    @Override
    public @Nullable RecoveryLimits recovery() {
        ConnectionStateRecovery recovery = context.options().connectionStateRecovery();
        if (recovery == null) {
            return null;
        }
        EngineOptions engine = context.options().engine();
        return new RecoveryLimits(
                recovery.maxDisconnectionDuration(),
                recovery.maxSessions(),
                recovery.maxPackets(),
                recovery.maxBytes(),
                // What was missed is queued at once; as much room again is left for what comes meanwhile.
                engine.maxQueuedMessages() / 2,
                engine.maxQueuedBytes() / 2);
    }

    @Override
    public long nanoTime() {
        return context.scheduler().nanoTime();
    }

    @Override
    public long currentTimeMillis() {
        return context.scheduler().currentTimeMillis();
    }

    @Override
    public Runnable schedule(Duration delay, Runnable task) {
        Scheduler.Timeout timeout = context.deadlines().schedule(delay, task);
        return timeout::cancel;
    }

    @Override
    public void execute(Runnable task) {
        lane.execute(Lane.task(task));
    }

    @Override
    public void serverSideEvent(
            String event,
            List<? extends @Nullable Object> args,
            @Nullable Consumer<List<? extends @Nullable Object>> answer) {
        execute(() -> serverSideEvents.handle(event, args, answer));
    }
}
