package dev.parley.benchmarks;

import dev.parley.adapter.Membership;
import dev.parley.adapter.Selection;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * Finds out who receives a broadcast. One operation is one broadcast that delivers nothing but a call to each member.
 */
@SuppressWarnings("NullAway.Init") // JMH calls the setup
public class RoomBenchmark extends MicroBenchmark {

    private static final List<String> ROOM = List.of("room");

    @Param({"10", "1000", "100000"})
    int members;

    private final Rooms rooms = new Rooms();
    private final Selection room = Selection.ALL.to(ROOM);
    private final Selection severalRooms = Selection.ALL.to(List.of("halves", "fifths"));
    private final Selection exceptOne = room.without(List.of("id0"));
    private final Selection exceptRoom = room.without(List.of("halves"));
    private Membership first;

    @Setup
    public void join() {
        for (int i = 0; i < members; i++) {
            Membership membership = rooms.register("id" + i);
            membership.activate();
            membership.join(ROOM);
            if (i % 2 == 0) {
                membership.join(List.of("halves"));
            }
            if (i % 5 == 0) {
                membership.join(List.of("fifths"));
            }
            first = i == 0 ? membership : first;
        }
        checkCount(Selection.ALL, members);
        checkCount(room, members);
        checkCount(severalRooms, members * 6 / 10);
        checkCount(exceptOne, members - 1);
        checkCount(exceptRoom, members / 2);
    }

    private void checkCount(Selection selection, int expected) {
        check(rooms.count(selection) == expected, expected + " recipients");
    }

    @Benchmark
    public long everybody() {
        return rooms.broadcast(Selection.ALL);
    }

    @Benchmark
    public long oneRoom() {
        return rooms.broadcast(room);
    }

    /** Half of the members in one room, a fifth in the other, a tenth in both. */
    @Benchmark
    public long severalRooms() {
        return rooms.broadcast(severalRooms);
    }

    /** As when a socket broadcasts, who gets nothing itself. */
    @Benchmark
    public long exceptOne() {
        return rooms.broadcast(exceptOne);
    }

    /** Half of the members are left out. */
    @Benchmark
    public long exceptRoom() {
        return rooms.broadcast(exceptRoom);
    }

    /** A member has left and joined since the last broadcast. */
    @Benchmark
    public long oneRoomAfterAChange() {
        first.leave("room");
        first.join(ROOM);
        return rooms.broadcast(room);
    }
}
