package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopExecutorTest {

    private final CountingLoop loop = new CountingLoop();
    private final LoopExecutor executor = onLoop(() -> LoopExecutor.of(loop));

    /** Counts how often somebody gave it something to do. */
    private static final class CountingLoop extends DefaultEventLoop {

        final AtomicInteger submissions = new AtomicInteger();

        @Override
        public void execute(Runnable task) {
            submissions.incrementAndGet();
            super.execute(task);
        }
    }

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private <T> T onLoop(java.util.function.Supplier<T> supplier) {
        return CompletableFuture.supplyAsync(supplier, loop).join();
    }

    private void awaitAll() {
        CompletableFuture.runAsync(() -> {}, executor).join();
    }

    @Test
    void thereIsOnePerEventLoop() {
        EventLoop other = new DefaultEventLoop();
        assertThat(onLoop(() -> LoopExecutor.of(loop))).isSameAs(executor);
        assertThat(CompletableFuture.supplyAsync(() -> LoopExecutor.of(other), other)
                        .join())
                .isNotSameAs(executor);
        other.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void aBurstOfTasksWakesTheEventLoopOnce() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        loop.execute(() -> awaitUninterruptibly(busy));
        int before = loop.submissions.get();
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 1000; i++) {
            executor.execute(ran::incrementAndGet);
        }
        assertThat(loop.submissions.get() - before).isEqualTo(1);
        busy.countDown();
        awaitAll();
        assertThat(ran).hasValue(1000);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void tasksRunInTheOrderGivenByEachThread() {
        List<List<Integer>> ran = IntStream.range(0, 4)
                .<List<Integer>>mapToObj(i -> new ArrayList<>())
                .toList();
        List<CompletableFuture<Void>> threads = ran.stream()
                .map(list -> CompletableFuture.runAsync(
                        () -> IntStream.range(0, 10_000).forEach(i -> executor.execute(() -> list.add(i)))))
                .toList();
        threads.forEach(CompletableFuture::join);
        awaitAll();
        assertThat(ran)
                .allSatisfy(list -> assertThat(list)
                        .containsExactlyElementsOf(
                                IntStream.range(0, 10_000).boxed().toList()));
    }

    @Test
    void aTaskThatComesAgainAndAgainLeavesTheEventLoopTimeForOtherThings() {
        CompletableFuture<Integer> othersRan = new CompletableFuture<>();
        AtomicInteger rounds = new AtomicInteger();
        Runnable endless = new Runnable() {
            @Override
            public void run() {
                rounds.incrementAndGet();
                if (!othersRan.isDone()) {
                    executor.execute(this);
                }
            }
        };
        executor.execute(() -> {
            executor.execute(endless);
            loop.execute(() -> othersRan.complete(rounds.get()));
        });
        assertThat(othersRan.join()).isPositive();
    }

    @Test
    void framesAreSharedByAllTasksOfABurst() {
        byte[] message = "42[\"news\"]".getBytes(StandardCharsets.UTF_8);
        AtomicInteger shared = new AtomicInteger();
        for (int burst = 1; burst <= 2; burst++) {
            CountDownLatch busy = new CountDownLatch(1);
            loop.execute(() -> awaitUninterruptibly(busy));
            for (int i = 0; i < 5000; i++) {
                executor.execute(() -> shared.addAndGet(share(message)));
            }
            busy.countDown();
            awaitAll();
            onLoop(() -> null);
            assertThat(shared).as("all but the first of each burst").hasValue(burst * 4999);
        }
    }

    private int share(byte[] message) {
        ByteBuf frame =
                executor.frames().share(UnpooledByteBufAllocator.DEFAULT, Frames.TEXT, message, 0, message.length);
        if (frame == null) {
            return 0;
        }
        frame.release();
        return 1;
    }

    @Test
    void nothingIsSharedForEver() {
        byte[] message = "42[\"news\"]".getBytes(StandardCharsets.UTF_8);
        AtomicInteger alone = new AtomicInteger();
        CountDownLatch busy = new CountDownLatch(1);
        loop.execute(() -> awaitUninterruptibly(busy));
        for (int i = 0; i < 40_000; i++) {
            executor.execute(() -> alone.addAndGet(1 - share(message)));
        }
        busy.countDown();
        awaitAll();
        assertThat(alone).hasValue(3);
    }

    @Test
    void aTaskThatFailsStopsNoOther() {
        AtomicInteger ran = new AtomicInteger();
        executor.execute(() -> {
            throw new IllegalStateException("on purpose");
        });
        executor.execute(() -> {
            throw new StackOverflowError("on purpose");
        });
        executor.execute(ran::incrementAndGet);
        awaitAll();
        assertThat(ran).hasValue(1);
    }

    @Test
    void tasksForAnEventLoopThatHasEndedAreDropped() {
        stop();
        executor.execute(() -> {
            throw new AssertionError("the event loop has ended");
        });
    }
}
