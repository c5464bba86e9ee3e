package dev.parley;

import dev.parley.adapter.DeliveryFlags;
import dev.parley.adapter.Selection;
import dev.parley.protocol.Packet;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A choice of clients and of the way in which events are sent to them. Immutable: each modifier returns a new operator,
 * so an operator can be kept and used any number of times.
 */
public final class BroadcastOperator extends Broadcaster {

    private final Namespace namespace;
    private final Selection selection;
    private final DeliveryFlags flags;
    private final @Nullable Duration timeout;

    BroadcastOperator(Namespace namespace, Selection selection, DeliveryFlags flags, @Nullable Duration timeout) {
        this.namespace = namespace;
        this.selection = selection;
        this.flags = flags;
        this.timeout = timeout;
    }

    @Override
    BroadcastOperator operator() {
        return this;
    }

    BroadcastOperator plus(Collection<String> rooms) {
        return new BroadcastOperator(namespace, selection.to(rooms), flags, timeout);
    }

    BroadcastOperator minus(Collection<String> rooms) {
        return new BroadcastOperator(namespace, selection.without(rooms), flags, timeout);
    }

    /** Returns the name of a room, if it is one of this namespace. */
    String nameOf(Room room) {
        if (room.namespace() != namespace) {
            throw new IllegalArgumentException("room: " + room.name() + " of "
                    + room.namespace().name() + " (expected: a room of " + namespace.name() + ")");
        }
        return room.name();
    }

    BroadcastOperator onlyLocal() {
        return new BroadcastOperator(namespace, selection.onlyLocal(), flags, timeout);
    }

    BroadcastOperator withCompress(boolean compress) {
        return new BroadcastOperator(namespace, selection, flags.withCompress(compress), timeout);
    }

    BroadcastOperator withVolatile() {
        return new BroadcastOperator(namespace, selection, flags.withDroppable(true), timeout);
    }

    BroadcastOperator withTimeout(Duration newTimeout) {
        return new BroadcastOperator(namespace, selection, flags, checkTimeout(newTimeout));
    }

    static Duration checkTimeout(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout: " + timeout + " (expected: >= 0)");
        }
        return timeout;
    }

    void broadcast(String event, @Nullable Object @Nullable [] args) {
        namespace.adapter().broadcast(packet(event, args), selection, flags);
    }

    <T> CompletableFuture<List<T>> broadcastForAcks(
            AckReader<T> reader, String event, @Nullable Object @Nullable [] args) {
        ServerContext context = namespace.context();
        Duration limit = timeout == null ? context.options().ackTimeout() : timeout;
        BroadcastAck<T> ack = new BroadcastAck<>(context, reader);
        ack.waitFor(namespace.adapter().broadcastForAcks(packet(event, args), selection, flags, limit, ack), limit);
        return ack.future();
    }

    private Packet.Event packet(String event, @Nullable Object @Nullable [] args) {
        ReservedNames.check(event);
        return new Packet.Event(namespace.name(), Packet.NO_ACK, event, Ack.asList(args));
    }

    CompletableFuture<List<RemoteSocket>> fetch() {
        Duration limit = timeout == null ? namespace.context().options().ackTimeout() : timeout;
        return namespace
                .adapter()
                .fetch(selection, limit)
                .thenApply(members -> members.stream()
                        .map(member -> new RemoteSocket(namespace, member))
                        .toList());
    }

    void join(Collection<String> rooms) {
        namespace.adapter().join(selection, rooms);
    }

    void leave(Collection<String> rooms) {
        namespace.adapter().leave(selection, rooms);
    }

    void disconnect(boolean close) {
        namespace.adapter().disconnect(selection, close);
    }
}
