package dev.parley;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Waits for one client's answer. The future is completed on the server's executor, never on an I/O or timer thread. */
final class SingleAck<T> implements AckTable.Pending {

    private final ServerContext context;
    private final AckReader<T> reader;
    private final CompletableFuture<T> future = new CompletableFuture<>();

    SingleAck(ServerContext context, AckReader<T> reader) {
        this.context = context;
        this.reader = reader;
    }

    CompletableFuture<T> future() {
        return future;
    }

    @Override
    public void answered(List<? extends @Nullable Object> args) {
        context.executor().executeAnyway(() -> {
            try {
                future.complete(reader.read(args, context.types()));
            } catch (Throwable e) {
                future.completeExceptionally(e);
            }
        });
    }

    @Override
    public void left() {
        fail(new SocketDisconnectedException());
    }

    void timedOut() {
        fail(new AckTimeoutException(List.of()));
    }

    private void fail(RuntimeException reason) {
        context.executor().executeAnyway(() -> future.completeExceptionally(reason));
    }
}
