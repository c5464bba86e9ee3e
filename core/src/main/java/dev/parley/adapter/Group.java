package dev.parley.adapter;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members of one room, never empty. Guarded by the lock of its {@link RoomIndex}. Most rooms hold one socket alone
 * (that named by its id, or by its user), so there the {@link Member} is its own group and costs nothing more.
 */
interface Group {

    /** Returns the group with one more member: this one, or another in its place. */
    Group with(Member member);

    /** Returns the group with one member less: this one, or another in its place, or null for none left. */
    @Nullable
    Group without(Member member);

    /** Returns how many members there are. */
    int size();

    /** Returns the members' sockets in an array that is never written to. */
    Recipient[] recipients();

    /** Any number of members. */
    final class Crowd implements Group {

        private final Set<Member> members = new LinkedHashSet<>();
        /** Kept until a member comes or goes, so that a run of broadcasts copies nothing. */
        private Recipient @Nullable [] recipients;

        @Override
        public Crowd with(Member member) {
            if (members.add(member)) {
                recipients = null;
            }
            return this;
        }

        @Override
        public Group without(Member member) {
            if (members.remove(member)) {
                recipients = null;
            }
            return members.size() == 1 ? members.iterator().next() : this;
        }

        @Override
        public int size() {
            return members.size();
        }

        @Override
        public Recipient[] recipients() {
            Recipient[] kept = recipients;
            if (kept == null) {
                kept = new Recipient[members.size()];
                int i = 0;
                for (Member member : members) {
                    kept[i++] = member.recipient();
                }
                recipients = kept;
            }
            return kept;
        }
    }
}
