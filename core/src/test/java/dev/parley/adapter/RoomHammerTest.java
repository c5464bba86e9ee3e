package dev.parley.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.contract.FakeNode;
import dev.parley.contract.FakeRecipient;
import dev.parley.protocol.Packet;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several threads at once. What each has to find in the end does not depend on how they were interleaved. */
class RoomHammerTest {

    private static final int THREADS = 4;
    private static final int ROUNDS = 5_000;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final InMemoryAdapter adapter = new InMemoryAdapter(new FakeNode());

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /** What the threads do, told apart by their number. */
    private interface Work {
        void run(int thread) throws Exception;
    }

    private void together(Work work) throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<Future<?>> results = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int thread = i;
            results.add(threads.submit(() -> {
                start.await();
                work.run(thread);
                return null;
            }));
        }
        for (Future<?> result : results) {
            result.get();
        }
    }

    private List<Recipient> members(String room) {
        return adapter.localMembers(Selection.ALL.to(List.of(room)));
    }

    @Test
    void a_join_is_never_lost_to_the_last_leave() throws Exception {
        together(thread -> {
            FakeRecipient mine = FakeRecipient.active(adapter, "id" + thread);
            int missing = 0;
            int left = 0;
            for (int i = 0; i < ROUNDS; i++) {
                mine.membership.join(List.of("room"));
                missing += members("room").contains(mine) ? 0 : 1;
                mine.membership.leave("room");
                left += members("room").contains(mine) ? 1 : 0;
            }
            assertThat(missing).isZero();
            assertThat(left).isZero();
        });

        assertThat(members("room")).isEmpty();
        assertThat(adapter.roomCount()).isEqualTo(THREADS);
    }

    @Test
    @Behaviour("ABUSE-037")
    void what_has_disconnected_is_never_in_a_room_again() throws Exception {
        for (int round = 0; round < ROUNDS / 10; round++) {
            FakeRecipient shared = FakeRecipient.active(adapter, "shared", "a");
            together(thread -> {
                switch (thread) {
                    case 0 -> shared.membership.join(List.of("a", "b", "c"));
                    case 1 -> shared.membership.close();
                    case 2 -> adapter.join(Selection.ALL, List.of("b", "d"));
                    default -> shared.membership.leave("a");
                }
            });
            assertThat(shared.membership.rooms()).isEmpty();
            assertThat(adapter.roomCount()).isZero();
            assertThat(adapter.localMembers(Selection.ALL)).isEmpty();
        }
    }

    @Test
    void random_joins_leaves_and_ends_agree_with_a_model() throws Exception {
        List<FakeRecipient> alive = new ArrayList<>();
        List<Set<String>> model = new ArrayList<>();
        together(thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < ROUNDS / 20; i++) {
                FakeRecipient mine = new FakeRecipient(adapter, thread + "-" + i);
                Set<String> rooms = new HashSet<>(Set.of(mine.id()));
                int activation = random.nextInt(10);
                for (int step = 0; step < 20; step++) {
                    if (step == activation) {
                        mine.membership.activate();
                    }
                    String room = "room" + random.nextInt(5);
                    if (random.nextInt(3) > 0) {
                        mine.membership.join(List.of(room));
                        rooms.add(room);
                    } else {
                        mine.membership.leave(room);
                        rooms.remove(room);
                    }
                    if (step % 7 == 0) {
                        adapter.broadcast(
                                new Packet.Event("/", Packet.NO_ACK, "x", List.of()),
                                Selection.ALL
                                        .to(List.of("nobody", room))
                                        .without(List.of("room0", "room1", "room2", "room3", "room4")),
                                DeliveryFlags.DEFAULT);
                    }
                }
                if (random.nextBoolean()) {
                    mine.membership.close();
                } else {
                    synchronized (alive) {
                        alive.add(mine);
                        model.add(rooms);
                    }
                }
            }
        });

        Set<String> names = new HashSet<>();
        for (int i = 0; i < alive.size(); i++) {
            assertThat(alive.get(i).membership.rooms()).isEqualTo(model.get(i));
            names.addAll(model.get(i));
        }
        assertThat(adapter.localMembers(Selection.ALL)).hasSameSizeAs(alive).containsAll(alive);
        assertThat(adapter.roomCount()).isEqualTo(names.size());
        for (int room = 0; room < 5; room++) {
            String name = "room" + room;
            assertThat(Set.copyOf(members(name)))
                    .isEqualTo(Set.copyOf(alive.stream()
                            .filter(each -> each.membership.rooms().contains(name))
                            .toList()));
        }
        alive.forEach(each -> each.membership.close());
        assertThat(adapter.roomCount()).isZero();
    }
}
