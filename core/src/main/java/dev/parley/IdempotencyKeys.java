package dev.parley;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets events that clients send again, until they are acknowledged, be handled once: an event whose key has been seen
 * gets the answer of the first one. Keys are chosen by the client, one for each thing that it wants done, and sent
 * along with every attempt.
 *
 * <pre>{@code
 * IdempotencyKeys orders = IdempotencyKeys.remembering(100_000);
 * io.onConnection(socket -> socket.on("order", String.class, Order.class, (key, order, ack) ->
 *         orders.once(key, ack, () -> shop.place(order))));
 * }</pre>
 *
 * <p>What is remembered is lost with the process, and not shared between servers. Where that matters, keep the keys
 * where the effects are: in the same transaction of the same database.
 *
 * <p>Whoever knows a key can ask for its answer. If answers are not for everybody, make the user a part of the key:
 * {@code List.of(user, key)}. Safe for use by any thread.
 */
public final class IdempotencyKeys {

    private final int maxKeys;
    /** The answers, those that are still awaited included; the oldest first. Guarded by this object. */
    private final Map<Object, CompletableFuture<@Nullable Object>> answers = new LinkedHashMap<>();

    private IdempotencyKeys(int maxKeys) {
        this.maxKeys = maxKeys;
    }

    /**
     * Creates an empty memory.
     *
     * @param maxKeys how many keys and answers to remember; beyond it the oldest are forgotten
     * @return a memory, for as many sockets as you like
     * @throws IllegalArgumentException if the number is not positive
     */
    public static IdempotencyKeys remembering(int maxKeys) {
        return new IdempotencyKeys(Checks.positive("maxKeys", maxKeys));
    }

    /**
     * Runs a handler unless an event of the same key has been handled, and acknowledges with its answer. While that
     * other one is being handled, the acknowledgement waits for its answer.
     *
     * @param key what the client calls the event, with {@code equals} and {@code hashCode}
     * @param ack acknowledges the event
     * @param handler returns the answer, null for one without arguments. If it throws, nothing is acknowledged or
     *     remembered: the client may try again
     */
    public void once(Object key, Ack ack, Supplier<? extends @Nullable Object> handler) {
        CompletableFuture<@Nullable Object> mine = begin(key, ack);
        if (mine != null) {
            try {
                end(mine, ack, handler.get());
            } finally {
                forgetUnlessDone(key, mine);
            }
        }
    }

    /**
     * Does the same as {@link #once} with a handler whose answer comes later.
     *
     * @param key what the client calls the event, with {@code equals} and {@code hashCode}
     * @param ack acknowledges the event
     * @param handler begins to handle the event. If it throws, or what it returns fails, nothing is acknowledged or
     *     remembered: the client may try again
     */
    public void onceAsync(
            Object key, Ack ack, Supplier<? extends CompletionStage<? extends @Nullable Object>> handler) {
        CompletableFuture<@Nullable Object> mine = begin(key, ack);
        if (mine != null) {
            CompletionStage<? extends @Nullable Object> later;
            try {
                later = Objects.requireNonNull(handler.get(), "stage");
            } catch (Throwable e) {
                forgetUnlessDone(key, mine);
                throw e;
            }
            later.thenAccept(answer -> end(mine, ack, answer))
                    .whenComplete((done, failure) -> forgetUnlessDone(key, mine));
        }
    }

    /** Returns what is to be completed with the answer; null if another event has begun with this key. */
    private @Nullable CompletableFuture<@Nullable Object> begin(Object key, Ack ack) {
        Objects.requireNonNull(key, "key");
        CompletableFuture<@Nullable Object> mine = new CompletableFuture<>();
        CompletableFuture<@Nullable Object> first;
        synchronized (this) {
            first = answers.putIfAbsent(key, mine);
            if (answers.size() > maxKeys) {
                answers.remove(answers.keySet().iterator().next());
            }
        }
        if (first == null) {
            return mine;
        }
        first.thenAccept(answer -> acknowledge(ack, answer));
        return null;
    }

    private static void end(CompletableFuture<@Nullable Object> mine, Ack ack, @Nullable Object answer) {
        acknowledge(ack, answer);
        mine.complete(answer);
    }

    private static void acknowledge(Ack ack, @Nullable Object answer) {
        if (answer == null) {
            ack.send();
        } else {
            ack.send(new Object[] {answer});
        }
    }

    private synchronized void forgetUnlessDone(Object key, CompletableFuture<@Nullable Object> mine) {
        if (!mine.isDone()) {
            answers.remove(key, mine);
        }
    }
}
