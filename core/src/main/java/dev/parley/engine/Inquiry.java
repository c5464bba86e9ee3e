package dev.parley.engine;

import dev.parley.engine.EngineServer.Step;
import dev.parley.engine.Scheduler.Timeout;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks the application about a request. It may take its time and answer on any thread; what follows its answer runs on
 * the I/O thread of the request.
 */
final class Inquiry {

    private final EngineServer server;
    private final HttpExchange exchange;

    Inquiry(EngineServer server, HttpExchange exchange) {
        this.server = server;
        this.exchange = exchange;
    }

    /** What follows an answer of the application: exactly one of both is there, unless the answer was null. */
    @FunctionalInterface
    interface Answered<T> {
        void go(@Nullable T result, @Nullable Throwable failure) throws Refusal;
    }

    /** Asks the application and, once it has answered, goes on on the I/O thread. */
    <T> void ask(Function<HttpRequest, CompletionStage<T>> question, Answered<T> next) throws Refusal {
        CompletionStage<T> answer;
        try {
            answer = Objects.requireNonNull(question.apply(exchange.request()), "answer");
        } catch (Throwable e) {
            next.go(null, e);
            return;
        }
        // The class itself, as a minimal stage is one too but does not tell.
        if (answer.getClass() == CompletableFuture.class
                && answer instanceof CompletableFuture<T> future
                && future.isDone()
                && !future.isCompletedExceptionally()) {
            next.go(future.join(), null);
        } else {
            await(answer, next);
        }
    }

    /** Waits for an answer for a limited time, as a client whose request is never answered would stay for ever. */
    private <T> void await(CompletionStage<T> answer, Answered<T> next) {
        AtomicBoolean answered = new AtomicBoolean();
        BiConsumer<@Nullable T, @Nullable Throwable> first = (result, failure) -> {
            if (!answered.getAndSet(true)) {
                Step step = () -> next.go(result, failure);
                exchange.ioThread().execute(() -> server.handle(exchange, step));
            }
        };
        EngineOptions options = server.options();
        Timeout limit = options.scheduler()
                .schedule(options.upgradeTimeout(), () -> first.accept(null, new TimeoutException("no answer")));
        answer.whenComplete((result, failure) -> {
            limit.cancel();
            first.accept(result, failure);
        });
    }
}
