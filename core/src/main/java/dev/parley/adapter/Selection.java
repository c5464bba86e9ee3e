package dev.parley.adapter;

import java.util.Collection;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/**
 * Which sockets of a namespace are meant: all members of some rooms, or everybody, but for the members of other rooms.
 * A socket in several of the rooms is meant once. Immutable.
 *
 * @param everybody whether the whole namespace is meant, and not the members of rooms; so a list of rooms that happens
 *     to be empty means nobody
 * @param rooms the rooms; none where everybody is meant
 * @param except rooms whose members are left out; as each socket is in the room named by its id, ids work as well
 * @param local whether only sockets of this server are meant, where several servers work together
 */
public record Selection(boolean everybody, Set<String> rooms, Set<String> except, boolean local) {

    /** Everybody. */
    public static final Selection ALL = new Selection(true, Set.of(), Set.of(), false);

    /**
     * Creates a selection from copies of the sets.
     *
     * @param everybody whether the whole namespace is meant
     * @param rooms the rooms; none where everybody is meant
     * @param except rooms whose members are left out
     * @param local whether only sockets of this server are meant
     */
    public Selection {
        rooms = Set.copyOf(rooms);
        except = Set.copyOf(except);
    }

    /**
     * Returns the members of these rooms as well.
     *
     * @param more names of rooms
     * @return the wider selection
     */
    public Selection to(Collection<String> more) {
        return new Selection(false, union(rooms, more), except, local);
    }

    /**
     * Returns this selection without the members of some rooms.
     *
     * @param more names of rooms
     * @return the narrower selection
     */
    public Selection without(Collection<String> more) {
        return new Selection(everybody, rooms, union(except, more), local);
    }

    /**
     * Returns this selection, limited to the sockets of this server.
     *
     * @return the narrower selection
     */
    public Selection onlyLocal() {
        return new Selection(everybody, rooms, except, true);
    }

    private static Set<String> union(Set<String> names, Collection<String> more) {
        if (names.isEmpty() && more.size() == 1) {
            return Set.of(more.iterator().next());
        }
        Set<String> all = new HashSet<>(names);
        for (String name : more) {
            all.add(Objects.requireNonNull(name, "room"));
        }
        return all;
    }
}
