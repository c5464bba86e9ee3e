package dev.parley;

import dev.parley.adapter.DeliveryFlags;
import dev.parley.mapping.TypeRef;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Sends events to one client in a particular way. Immutable: each modifier returns a new operator. */
public final class SocketOperator implements SocketEmitter {

    private final Socket socket;
    private final DeliveryFlags flags;
    private final @Nullable Duration timeout;

    SocketOperator(Socket socket, DeliveryFlags flags, @Nullable Duration timeout) {
        this.socket = socket;
        this.flags = flags;
        this.timeout = timeout;
    }

    @Override
    public void emit(String event, @Nullable Object... args) {
        socket.emit(event, args, flags);
    }

    @Override
    public <T> CompletableFuture<T> emitWithAck(Class<T> type, String event, @Nullable Object... args) {
        return socket.emitForAck(AckReader.first(type), event, args, flags, timeout);
    }

    @Override
    public <T> CompletableFuture<T> emitWithAck(TypeRef<T> type, String event, @Nullable Object... args) {
        return socket.emitForAck(AckReader.first(type.type()), event, args, flags, timeout);
    }

    @Override
    public CompletableFuture<Arguments> emitWithAck(String event, @Nullable Object... args) {
        return socket.emitForAck(AckReader.all(), event, args, flags, timeout);
    }

    @Override
    public SocketOperator compress(boolean compress) {
        return new SocketOperator(socket, flags.withCompress(compress), timeout);
    }

    @Override
    public SocketOperator asVolatile() {
        return new SocketOperator(socket, flags.withDroppable(true), timeout);
    }

    @Override
    public SocketOperator timeout(Duration newTimeout) {
        return new SocketOperator(socket, flags, BroadcastOperator.checkTimeout(newTimeout));
    }

    @Override
    public BroadcastOperator broadcast() {
        return new BroadcastOperator(socket.namespace(), socket.others(), flags, timeout);
    }
}
