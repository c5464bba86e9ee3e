package dev.parley.benchmarks;

import dev.parley.adapter.Membership;
import dev.parley.adapter.Selection;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * Joining and leaving among many others: each socket is in ten rooms, each room has ten members. It is another socket
 * each time, so where there are many memberships hardly any is in the processor's caches.
 */
@SuppressWarnings("NullAway.Init") // JMH calls the setup
public class MembershipBenchmark extends MicroBenchmark {

    private static final int ROOMS_PER_SOCKET = 10;
    private static final List<String> CROWD = List.of("crowd");
    private static final List<String> NEW = List.of("new");
    /** Has no divisor in common with the number of sockets, so that all have their turn. */
    private static final int STEP = 7_919;

    @Param({"1000", "1000000"})
    int memberships;

    private final Rooms rooms = new Rooms();
    private final List<Membership> sockets = new ArrayList<>();
    private final List<List<String>> names = new ArrayList<>();
    private int at;

    @Setup
    public void join() {
        for (int i = 0; i < memberships / ROOMS_PER_SOCKET; i++) {
            names.add(List.of("room" + i));
        }
        for (int i = 0; i < names.size(); i++) {
            sockets.add(enter(i));
        }
        checkMembers();
        for (int i = 0; i < sockets.size(); i++) {
            room();
            crowd();
            newRoom();
            connection();
        }
        checkMembers();
    }

    private Membership enter(int socket) {
        Membership membership = rooms.register("id" + socket);
        membership.activate();
        membership.join(CROWD);
        for (int i = 0; i < ROOMS_PER_SOCKET; i++) {
            membership.join(room(socket + i));
        }
        return membership;
    }

    private List<String> room(int number) {
        return names.get(number % names.size());
    }

    private void checkMembers() {
        check(rooms.count(Selection.ALL) == sockets.size(), sockets.size() + " sockets");
        check(rooms.count(Selection.ALL.to(CROWD)) == sockets.size(), "all in one room");
        check(rooms.count(Selection.ALL.to(NEW)) == 0, "a room of nobody");
        for (List<String> name : names) {
            check(rooms.count(Selection.ALL.to(name)) == ROOMS_PER_SOCKET, "rooms of " + ROOMS_PER_SOCKET);
        }
    }

    private int next() {
        at = (at + STEP) % sockets.size();
        return at;
    }

    /** Joins a room of others, and leaves it. */
    @Benchmark
    public void room() {
        int socket = next();
        joinAndLeave(sockets.get(socket), room(socket + ROOMS_PER_SOCKET));
    }

    /** Leaves a room that all sockets are in, and joins it. */
    @Benchmark
    public void crowd() {
        Membership socket = sockets.get(next());
        socket.leave("crowd");
        socket.join(CROWD);
    }

    /** Joins a room of nobody, and leaves it. */
    @Benchmark
    public void newRoom() {
        joinAndLeave(sockets.get(next()), NEW);
    }

    private static void joinAndLeave(Membership socket, List<String> room) {
        socket.join(room);
        socket.leave(room.get(0));
    }

    /** The whole life of a further socket: it joins eleven rooms, one by one, and leaves them all at its end. */
    @Benchmark
    public void connection() {
        enter(next() + sockets.size()).close();
    }
}
