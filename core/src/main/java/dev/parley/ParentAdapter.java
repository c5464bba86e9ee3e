package dev.parley;

import dev.parley.adapter.AckListener;
import dev.parley.adapter.Adapter;
import dev.parley.adapter.DeliveryFlags;
import dev.parley.adapter.MemberInfo;
import dev.parley.adapter.Membership;
import dev.parley.adapter.PendingAcks;
import dev.parley.adapter.Recipient;
import dev.parley.adapter.RoomListener;
import dev.parley.adapter.Selection;
import dev.parley.protocol.Packet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The adapter of a parent namespace: the sum of its children's. What is done on the parent is done on each of them. */
final class ParentAdapter implements Adapter {

    private final Set<Namespace> children = ConcurrentHashMap.newKeySet();

    void add(Namespace child) {
        children.add(child);
    }

    void remove(Namespace child) {
        children.remove(child);
    }

    private Stream<Adapter> adapters() {
        return children.stream().map(Namespace::adapter);
    }

    /** Does it on every child, also if it fails on some. */
    private void onEach(Consumer<Adapter> action) {
        @Nullable RuntimeException failure = null;
        for (Namespace child : children) {
            try {
                action.accept(child.adapter());
            } catch (RuntimeException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static Packet.Event in(Namespace child, Packet.Event event) {
        return new Packet.Event(child.name(), event.ackId(), event.name(), event.args());
    }

    @Override
    public Membership register(Recipient recipient) {
        throw new IllegalStateException("clients join children, not their parent");
    }

    @Override
    public void broadcast(Packet.Event event, Selection selection, DeliveryFlags flags) {
        for (Namespace child : children) {
            child.adapter().broadcast(in(child, event), selection, flags);
        }
    }

    @Override
    public PendingAcks broadcastForAcks(
            Packet.Event event, Selection selection, DeliveryFlags flags, Duration timeout, AckListener acks) {
        return onEachForAcks(
                acks,
                (child, sum) -> child.adapter().broadcastForAcks(in(child, event), selection, flags, timeout, sum));
    }

    private PendingAcks onEachForAcks(AckListener acks, BiFunction<Namespace, AckListener, PendingAcks> action) {
        List<Namespace> all = List.copyOf(children);
        if (all.isEmpty()) {
            acks.sentTo(0);
        }
        AckListener sum = new SumOfAcks(all.size(), acks);
        List<PendingAcks> pending = new ArrayList<>(all.size());
        for (Namespace child : all) {
            pending.add(action.apply(child, sum));
        }
        return () -> pending.forEach(PendingAcks::forget);
    }

    @Override
    public List<Recipient> localMembers(Selection selection) {
        return adapters()
                .flatMap(adapter -> adapter.localMembers(selection).stream())
                .toList();
    }

    @Override
    public int localSize(String room) {
        return adapters().mapToInt(adapter -> adapter.localSize(room)).sum();
    }

    @Override
    public Set<String> localRooms() {
        Set<String> rooms = new HashSet<>();
        adapters().forEach(adapter -> rooms.addAll(adapter.localRooms()));
        return Set.copyOf(rooms);
    }

    @Override
    public CompletableFuture<List<MemberInfo>> fetch(Selection selection, Duration timeout) {
        List<CompletableFuture<List<MemberInfo>>> parts =
                adapters().map(adapter -> adapter.fetch(selection, timeout)).toList();
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(all ->
                        parts.stream().flatMap(part -> part.join().stream()).toList());
    }

    @Override
    public void join(Selection selection, Collection<String> rooms) {
        onEach(adapter -> adapter.join(selection, rooms));
    }

    @Override
    public void leave(Selection selection, Collection<String> rooms) {
        onEach(adapter -> adapter.leave(selection, rooms));
    }

    @Override
    public void disconnect(Selection selection, boolean close) {
        onEach(adapter -> adapter.disconnect(selection, close));
    }

    /** Children tell by themselves. */
    @Override
    public void watchRooms(RoomListener listener) {}

    @Override
    public void serverSideEmit(String event, List<? extends @Nullable Object> args) {
        onEach(adapter -> adapter.serverSideEmit(event, args));
    }

    @Override
    public PendingAcks serverSideEmitForAcks(
            String event, List<? extends @Nullable Object> args, Duration timeout, AckListener answers) {
        return onEachForAcks(answers, (child, sum) -> child.adapter().serverSideEmitForAcks(event, args, timeout, sum));
    }

    @Override
    public CompletableFuture<Void> close() {
        return CompletableFuture.completedFuture(null);
    }

    /** Counts the clients of all children as those of one broadcast. */
    private static final class SumOfAcks implements AckListener {

        private final AckListener acks;
        private int children;
        private int clients;

        SumOfAcks(int children, AckListener acks) {
            this.children = children;
            this.acks = acks;
        }

        @Override
        public void sentTo(int more) {
            int all;
            synchronized (this) {
                clients += more;
                if (--children > 0) {
                    return;
                }
                all = clients;
            }
            acks.sentTo(all);
        }

        @Override
        public void acknowledged(List<? extends @Nullable Object> args) {
            acks.acknowledged(args);
        }

        @Override
        public void left() {
            acks.left();
        }
    }
}
