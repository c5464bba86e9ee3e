package dev.parley.adapter;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The place of one socket in a {@link RoomIndex}, whose lock guards all fields. */
final class Member implements Membership, Group {

    /** In this order; a state is never left for one before it. */
    enum State {
        PENDING,
        ACTIVE,
        SEALED,
        CLOSED
    }

    private final RoomIndex index;
    private final Recipient recipient;
    /** Immutable while it is none or one, as nearly all sockets are alone in a room of their own and in no other. */
    private Set<String> rooms = Set.of();

    private State state = State.PENDING;

    /** The neighbours in {@link Everybody}, who sets them, while this member is active. */
    @Nullable
    Member before;

    @Nullable
    Member behind;

    Member(RoomIndex index, Recipient recipient) {
        this.index = index;
        this.recipient = recipient;
    }

    Recipient recipient() {
        return recipient;
    }

    @Override
    public void join(Collection<String> names) {
        names.forEach(name -> Objects.requireNonNull(name, "room"));
        index.locked(() -> {
            if (state.compareTo(State.SEALED) >= 0) {
                return;
            }
            checkLimit(names);
            for (String name : names) {
                if (note(name) && state == State.ACTIVE) {
                    index.enter(this, name);
                }
            }
        });
    }

    private void checkLimit(Collection<String> names) {
        int limit = index.maxRooms();
        if (rooms.size() + names.size() <= limit) {
            return;
        }
        Set<String> all = new LinkedHashSet<>(rooms);
        all.addAll(names);
        all.remove(recipient.id());
        if (all.size() > limit) {
            throw new IllegalStateException("maxRoomsPerSocket: " + all.size() + " (expected: <= " + limit + ")");
        }
    }

    @Override
    public void leave(String name) {
        index.locked(() -> {
            if (forget(name) && state == State.ACTIVE) {
                index.exit(this, name);
            }
        });
    }

    @Override
    public Set<String> rooms() {
        return index.locked(() -> Set.copyOf(rooms));
    }

    @Override
    public boolean isIn(String name) {
        return index.locked(() -> rooms.contains(name));
    }

    @Override
    public void activate() {
        index.locked(() -> {
            if (state != State.PENDING) {
                return;
            }
            state = State.ACTIVE;
            note(recipient.id());
            rooms.forEach(name -> index.enter(this, name));
            index.enterNamespace(this);
        });
    }

    @Override
    public void seal() {
        index.locked(() -> {
            if (state == State.ACTIVE) {
                rooms.forEach(name -> index.exit(this, name));
                index.exitNamespace(this);
            }
            if (state != State.CLOSED) {
                state = State.SEALED;
            }
        });
    }

    @Override
    public void close() {
        index.locked(() -> {
            seal();
            state = State.CLOSED;
            rooms = Set.of();
        });
    }

    private boolean note(String name) {
        if (rooms.isEmpty()) {
            rooms = Set.of(name);
            return true;
        }
        if (rooms.size() == 1) {
            rooms = new LinkedHashSet<>(rooms);
        }
        return rooms.add(name);
    }

    private boolean forget(String name) {
        if (rooms.size() > 1) {
            return rooms.remove(name);
        }
        boolean known = rooms.contains(name);
        if (known) {
            rooms = Set.of();
        }
        return known;
    }

    @Override
    public Group with(Member member) {
        return member == this ? this : new Crowd().with(this).with(member);
    }

    @Override
    public @Nullable Group without(Member member) {
        return member == this ? null : this;
    }

    @Override
    public int size() {
        return 1;
    }

    @Override
    public Recipient[] recipients() {
        return new Recipient[] {recipient};
    }
}
