package dev.parley.contract;

import dev.parley.adapter.AdapterNode;
import dev.parley.adapter.RecoveryLimits;
import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketBundle;
import dev.parley.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A namespace that counts how often it is asked to encode. */
public final class FakeNode implements AdapterNode {

    /** How often it was asked to encode. */
    public int encodings;
    /** The limit of rooms. */
    public int maxRooms = 100;

    /** How much is kept for absent clients; null for nothing. */
    public RecoveryLimits recovery;

    public final VirtualTime time = new VirtualTime();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private long ackIds;

    @Override
    public String namespace() {
        return "/";
    }

    @Override
    public PacketBundle encode(Packet packet) {
        encodings++;
        return PacketBundle.text(packet.toString());
    }

    @Override
    public long nextAckId() {
        return ackIds++;
    }

    @Override
    public int maxRoomsPerSocket() {
        return maxRooms;
    }

    @Override
    public RecoveryLimits recovery() {
        return recovery;
    }

    @Override
    public long nanoTime() {
        return time.nanoTime();
    }

    @Override
    public long currentTimeMillis() {
        return time.currentTimeMillis();
    }

    @Override
    public Runnable schedule(Duration delay, Runnable task) {
        return time.schedule(delay, task)::cancel;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    /** Runs the application's tasks. */
    public void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @Override
    public void serverSideEvent(
            String event,
            List<? extends @Nullable Object> args,
            @Nullable Consumer<List<? extends @Nullable Object>> answer) {
        throw new AssertionError("there is no other server");
    }
}
