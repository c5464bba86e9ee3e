package dev.parley.adapter;

import org.jspecify.annotations.Nullable;

/**
 * All members of a namespace, in the order in which they came: a list linked through the members, as there may be very
 * many. Guarded by the lock of its {@link RoomIndex}.
 */
final class Everybody {

    private @Nullable Member first;
    private @Nullable Member last;
    private int size;
    /** Kept until a member comes or goes, so that a run of broadcasts copies nothing. */
    private Recipient @Nullable [] recipients;

    /** Adds a member that is not in the list. */
    void add(Member member) {
        member.before = last;
        if (last == null) {
            first = member;
        } else {
            last.behind = member;
        }
        last = member;
        size++;
        recipients = null;
    }

    /** Removes a member that is in the list. */
    void remove(Member member) {
        if (member.before == null) {
            first = member.behind;
        } else {
            member.before.behind = member.behind;
        }
        if (member.behind == null) {
            last = member.before;
        } else {
            member.behind.before = member.before;
        }
        member.before = null;
        member.behind = null;
        size--;
        recipients = null;
    }

    /** Returns the members' sockets in an array that is never written to. */
    Recipient[] recipients() {
        Recipient[] kept = recipients;
        if (kept == null) {
            kept = new Recipient[size];
            int i = 0;
            for (Member member = first; member != null; member = member.behind) {
                kept[i++] = member.recipient();
            }
            recipients = kept;
        }
        return kept;
    }
}
