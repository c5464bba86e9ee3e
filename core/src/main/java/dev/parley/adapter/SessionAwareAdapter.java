package dev.parley.adapter;

import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketBundle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The adapter of a server that works alone and restores the sessions of clients that come back.
 *
 * <p>Each event is logged and handed to its recipients as one step, with the lock of the rooms held; so all of them get
 * events in the order of the log, and the last one that a client has received tells which are missing. Logging costs
 * the same for any number of recipients: an event is encoded once, and the log keeps what was sent.
 */
public final class SessionAwareAdapter implements Adapter, SessionRecovery {

    /** How often what has expired is dropped, at least. */
    private static final Duration SWEEP = Duration.ofMinutes(1);

    private final AdapterNode node;
    private final RecoveryLimits limits;
    private final InMemoryAdapter local;
    private final RoomIndex index;
    private final Offsets offsets = new Offsets();

    // Guarded by the lock of the index.
    private final PacketLog log;
    private final Map<String, Absent> absent = new LinkedHashMap<>();
    private @Nullable Runnable sweepTimer;
    private boolean closed;

    /**
     * Creates an adapter without members.
     *
     * @param node the namespace whose rooms and sessions it keeps
     * @throws IllegalArgumentException if connection state recovery is off
     */
    public SessionAwareAdapter(AdapterNode node) {
        RecoveryLimits set = node.recovery();
        if (set == null) {
            throw new IllegalArgumentException("connectionStateRecovery: off (expected: on)");
        }
        this.node = node;
        this.limits = set;
        this.local = new InMemoryAdapter(node);
        this.index = local.index();
        this.log = new PacketLog(set);
    }

    /** A member of the namespace, and how much of the log has been sent to it. */
    private final class Place implements Membership {

        private final Membership rooms;

        // Guarded by the lock of the index.
        /** The offset of the last event that was sent to the socket, or that its client has told. */
        private String lastOffset = "";
        /** The session that the socket has claimed and not resumed yet. */
        private @Nullable Claim claim;

        private boolean sealed;

        Place(Membership rooms) {
            this.rooms = rooms;
        }

        @Override
        public void join(Collection<String> names) {
            rooms.join(names);
        }

        @Override
        public void leave(String name) {
            rooms.leave(name);
        }

        @Override
        public Set<String> rooms() {
            return rooms.rooms();
        }

        @Override
        public boolean isIn(String name) {
            return rooms.isIn(name);
        }

        @Override
        public void activate() {
            rooms.activate();
        }

        @Override
        public void seal() {
            index.locked(() -> {
                sealed = true;
                rooms.seal();
            });
        }

        @Override
        public void close() {
            seal();
            rooms.close();
        }

        /** What a client that has received the last offset has seen of the log: all that concerns it, up to there. */
        long seenUpTo() {
            return claim == null ? log.newest().position() : claim.from;
        }
    }

    private static Place place(Recipient recipient) {
        return (Place) recipient.membership();
    }

    @Override
    public Membership register(Recipient recipient) {
        return new Place(local.register(recipient));
    }

    @Override
    public SessionRecovery recovery() {
        return this;
    }

    // Sending

    @Override
    public void broadcast(Packet.Event event, Selection selection, DeliveryFlags flags) {
        if (flags.droppable()) {
            local.broadcast(event, selection, flags);
            return;
        }
        Dispatch dispatch = new Dispatch(event, flags);
        index.locked(() -> {
            dispatch.log(selection);
            index.forEach(selection, dispatch);
        });
        dispatch.tell();
    }

    @Override
    public void emit(Recipient recipient, Packet.Event event, DeliveryFlags flags) {
        Selection own = Selection.ALL.to(Set.of(recipient.id()));
        Dispatch dispatch = new Dispatch(event, flags);
        index.locked(() -> {
            Place place = place(recipient);
            dispatch.log(own);
            if (place.sealed) {
                index.forEach(own, dispatch);
            } else if (place.claim == null) {
                dispatch.accept(recipient);
            }
        });
        dispatch.tell();
    }

    /** One event on its way into the log and to its recipients. */
    private final class Dispatch implements Consumer<Recipient>, Executor {

        private final Packet.Event event;
        private final DeliveryFlags flags;
        private final String offset = offsets.next(node.currentTimeMillis());
        private final PacketBundle encoded;
        private @Nullable List<Recipient> watched;
        private @Nullable List<Runnable> later;

        Dispatch(Packet.Event event, DeliveryFlags flags) {
            this.event = event;
            this.flags = flags;
            List<@Nullable Object> args = new ArrayList<>(event.args().size() + 1);
            args.addAll(event.args());
            args.add(offset);
            Packet.Event numbered = new Packet.Event(event.namespace(), event.ackId(), event.name(), args);
            this.encoded = flags.applyTo(node.encode(numbered));
        }

        /** Called with the lock held, as is the next one. */
        void log(Selection selection) {
            if (!closed) {
                long now = node.nanoTime();
                log.purge(now);
                log.append(offset, selection, encoded, now);
                sweepLater();
            }
        }

        @Override
        public void accept(Recipient recipient) {
            place(recipient).lastOffset = offset;
            recipient.send(encoded, flags, this);
            if (recipient.isWatched()) {
                if (watched == null) {
                    watched = new ArrayList<>();
                }
                watched.add(recipient);
            }
        }

        /** Leaves for later what calls handlers. */
        @Override
        public void execute(Runnable closing) {
            if (later == null) {
                later = new ArrayList<>();
            }
            later.add(closing);
        }

        /** Tells the application what has come of it; so without the lock. */
        void tell() {
            if (watched != null) {
                watched.forEach(recipient -> recipient.announce(event));
            }
            if (later != null) {
                later.forEach(Runnable::run);
            }
        }
    }

    // Sessions

    /** The session of a client that has gone. */
    private record Absent(CompletionStage<RecoverableSession> session, long leftAt, String lastOffset, long seenUpTo) {}

    @Override
    public void keep(Recipient recipient, String privateId, CompletionStage<RecoverableSession> session) {
        index.locked(() -> {
            Place place = place(recipient);
            place.seal();
            put(privateId, new Absent(session, node.nanoTime(), place.lastOffset, place.seenUpTo()));
        });
    }

    private void put(String privateId, Absent session) {
        if (closed) {
            return;
        }
        absent.put(privateId, session);
        if (absent.size() > limits.maxSessions()) {
            absent.remove(absent.keySet().iterator().next());
        }
        sweepLater();
    }

    @Override
    public CompletionStage<@Nullable ClaimedSession> claim(String privateId, String offset) {
        Claim claim = index.locked(() -> take(privateId, offset));
        if (claim == null) {
            return CompletableFuture.completedFuture(null);
        }
        return claim.absent.session().thenApply(session -> claim.begin(session) ? claim : null);
    }

    private @Nullable Claim take(String privateId, String offset) {
        Absent session = absent.get(privateId);
        if (session == null) {
            return null;
        }
        if (hasExpired(session, node.nanoTime())) {
            absent.remove(privateId);
            return null;
        }
        PacketLog.Entry last = log.find(offset);
        Claim claim = null;
        if (last != null) {
            claim = new Claim(session, privateId, offset, last, last.position());
        } else if (!offset.isEmpty()
                && offset.equals(session.lastOffset())
                && log.start().position() <= session.seenUpTo()) {
            // Nothing was sent to the client for so long that its last event is not kept any more.
            claim = new Claim(session, privateId, offset, log.start(), session.seenUpTo());
        }
        if (claim != null) {
            absent.remove(privateId);
        }
        return claim;
    }

    private boolean hasExpired(Absent session, long now) {
        return now - session.leftAt() > limits.maxDisconnectionDuration().toNanos();
    }

    /** A session on its way to a new socket. */
    private final class Claim implements ClaimedSession {

        private final Absent absent;
        private final String privateId;
        private final String offset;
        /** The position up to which the client has seen the log. */
        private final long from;
        /** The last entry that has been read. */
        private PacketLog.Entry read;

        private final List<PacketLog.Entry> missed = new ArrayList<>();
        private @Nullable RecoverableSession session;
        private @Nullable Place heir;

        Claim(Absent absent, String privateId, String offset, PacketLog.Entry start, long from) {
            this.absent = absent;
            this.privateId = privateId;
            this.offset = offset;
            this.read = start;
            this.from = from;
        }

        /** Reads what the client has missed so far; false if that is too much to be sent at once. */
        boolean begin(RecoverableSession kept) {
            session = kept;
            readUpTo(index.locked(log::newest));
            long bytes = 0;
            for (PacketLog.Entry entry : missed) {
                bytes += entry.bundle().byteCount();
            }
            return missed.size() <= limits.maxMissedPackets() && bytes <= limits.maxMissedBytes();
        }

        private void readUpTo(PacketLog.Entry end) {
            Set<String> rooms = session().rooms();
            while (read != end) {
                read = Objects.requireNonNull(read.next());
                if (read.position() > from && read.concerns(rooms)) {
                    missed.add(read);
                }
            }
        }

        @Override
        public RecoverableSession session() {
            return Objects.requireNonNull(session);
        }

        @Override
        public void passTo(Membership membership) {
            Place place = (Place) membership;
            heir = place;
            Set<String> rooms = new HashSet<>(session().rooms());
            rooms.remove(session().id());
            place.join(rooms);
            index.locked(() -> {
                place.lastOffset = offset;
                place.claim = this;
            });
        }

        @Override
        public List<PacketBundle> resume() {
            Place place = Objects.requireNonNull(heir);
            // Most of it without the lock, which is then held for what has come meanwhile.
            readUpTo(index.locked(log::newest));
            return index.locked(() -> place.sealed ? List.of() : finish(place));
        }

        private List<PacketBundle> finish(Place place) {
            readUpTo(log.newest());
            place.activate();
            Set<String> rooms = place.rooms();
            List<PacketBundle> bundles = new ArrayList<>(missed.size());
            for (PacketLog.Entry entry : missed) {
                if (entry.concerns(rooms)) {
                    bundles.add(entry.bundle());
                    place.lastOffset = entry.offset();
                }
            }
            place.claim = null;
            return bundles;
        }

        @Override
        public void release() {
            index.locked(() -> {
                if (!hasExpired(absent, node.nanoTime())) {
                    put(privateId, absent);
                }
            });
        }
    }

    @Override
    public boolean isAwaitingClients() {
        return sessionCount() > 0;
    }

    // What expires

    private void sweepLater() {
        if (sweepTimer == null) {
            Duration longest = limits.maxDisconnectionDuration();
            sweepTimer = node.schedule(longest.compareTo(SWEEP) < 0 ? longest : SWEEP, this::sweep);
        }
    }

    private void sweep() {
        index.locked(() -> {
            sweepTimer = null;
            long now = node.nanoTime();
            log.purge(now);
            absent.values().removeIf(session -> hasExpired(session, now));
            if (!closed && !(log.isEmpty() && absent.isEmpty())) {
                sweepLater();
            }
        });
    }

    /** Returns how many sessions of absent clients are kept. */
    int sessionCount() {
        return index.locked(absent::size);
    }

    /** Returns how many packets are kept. */
    int packetCount() {
        return index.locked(log::size);
    }

    /** Forgets all sessions and packets. */
    @Override
    public CompletableFuture<Void> close() {
        index.locked(() -> {
            closed = true;
            log.clear();
            absent.clear();
            if (sweepTimer != null) {
                sweepTimer.run();
                sweepTimer = null;
            }
        });
        return local.close();
    }

    // The rest is the same as without sessions.

    @Override
    public PendingAcks broadcastForAcks(
            Packet.Event event, Selection selection, DeliveryFlags flags, Duration timeout, AckListener acks) {
        return local.broadcastForAcks(event, selection, flags, timeout, acks);
    }

    @Override
    public List<Recipient> localMembers(Selection selection) {
        return local.localMembers(selection);
    }

    @Override
    public int localSize(String room) {
        return local.localSize(room);
    }

    @Override
    public Set<String> localRooms() {
        return local.localRooms();
    }

    @Override
    public CompletableFuture<List<MemberInfo>> fetch(Selection selection, Duration timeout) {
        return local.fetch(selection, timeout);
    }

    @Override
    public void join(Selection selection, Collection<String> rooms) {
        local.join(selection, rooms);
    }

    @Override
    public void leave(Selection selection, Collection<String> rooms) {
        local.leave(selection, rooms);
    }

    @Override
    public void disconnect(Selection selection, boolean close) {
        local.disconnect(selection, close);
    }

    @Override
    public void serverSideEmit(String event, List<? extends @Nullable Object> args) {
        local.serverSideEmit(event, args);
    }

    @Override
    public PendingAcks serverSideEmitForAcks(
            String event, List<? extends @Nullable Object> args, Duration timeout, AckListener answers) {
        return local.serverSideEmitForAcks(event, args, timeout, answers);
    }

    @Override
    public void watchRooms(RoomListener listener) {
        local.watchRooms(listener);
    }
}
