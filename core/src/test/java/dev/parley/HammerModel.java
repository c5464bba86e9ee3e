package dev.parley;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What must and what may arrive, whatever the threads do. Each act lasts from one tick of a common clock to another:
 * only what was over before something else began has surely happened before it.
 */
final class HammerModel {

    private static final long NEVER = Long.MAX_VALUE;

    /**
     * An event sent by the server.
     *
     * @param number counts the events of the sender, which is a thread or the lane of a socket
     * @param to the client that it was sent to, or null for a broadcast
     * @param rooms whose members it was sent to; null for everybody
     * @param but the client that it was not sent to, or null
     * @param droppable whether it may get lost
     */
    record Emission(
            String sender,
            int number,
            String namespace,
            Life to,
            Set<String> rooms,
            Set<String> except,
            Life but,
            boolean droppable,
            long from,
            long till) {

        String id() {
            return sender + ':' + number;
        }
    }

    /** What changes who is in a room: of one client, or where that is null, of all that were in the namespace. */
    private record RoomAct(
            Life life, String namespace, String room, boolean join, boolean sure, long from, long till) {}

    private final AtomicLong clock = new AtomicLong();
    private final List<Life> lives = new ArrayList<>();
    private final Map<String, Emission> emissions = new ConcurrentHashMap<>();
    private final Queue<RoomAct> roomActs = new ConcurrentLinkedQueue<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();

    long tick() {
        return clock.incrementAndGet();
    }

    void violated(String what) {
        violations.add(what);
    }

    boolean hasViolations() {
        return !violations.isEmpty();
    }

    void sent(Emission emission) {
        emissions.put(emission.id(), emission);
    }

    void roomChanged(Life life, String namespace, String room, boolean join, boolean sure, long from) {
        roomActs.add(new RoomAct(life, namespace, room, join, sure, from, tick()));
    }

    synchronized Life newLife(HammerClient client, String namespace, Life origin) {
        Life life = new Life(lives.size(), client, namespace, origin);
        lives.add(life);
        return life;
    }

    synchronized Life life(int number) {
        return lives.get(number);
    }

    synchronized List<Life> lives() {
        return List.copyOf(lives);
    }

    /** A client in a namespace, from CONNECT to its end. */
    final class Life {

        final int number;
        final String namespace;
        final HammerClient client;
        /** The life that the client asks to go on with. */
        private final Life origin;

        /** What has arrived at the client. */
        final Queue<String> received = new ConcurrentLinkedQueue<>();

        /** There as soon as the handlers know it. */
        volatile Socket socket;

        int said;

        private final AtomicInteger inside = new AtomicInteger();
        private final List<Integer> handled = new ArrayList<>();
        private final Set<Integer> acksDue = new HashSet<>();
        private final List<Integer> acks = new ArrayList<>();
        private int saidSurely;
        private int connections;
        private int farewells;
        private boolean recovered;
        private boolean refused;
        private boolean survived;
        private boolean serverMayEnd;
        private long survivedUntil = NEVER;
        private long asked = NEVER;
        private long known = NEVER;
        private long mayEnd = NEVER;
        private long ended = NEVER;

        private Life(int number, HammerClient client, String namespace, Life origin) {
            this.number = number;
            this.client = client;
            this.namespace = namespace;
            this.origin = origin;
        }

        // Told by the client.

        synchronized void asked() {
            asked = tick();
        }

        synchronized void admitted(boolean comesBack) {
            recovered = comesBack;
            known = Math.min(known, tick());
        }

        synchronized void refused() {
            refused = true;
            serverMayEnd(clock.get());
        }

        synchronized void saidSurely(int event, boolean withAck) {
            saidSurely = event + 1;
            if (withAck) {
                acksDue.add(event);
            }
        }

        synchronized void acknowledged(int event) {
            acks.add(event);
        }

        /** The client is about to leave, or to lose its connection. */
        synchronized void clientMayEnd() {
            mayEnd = Math.min(mayEnd, tick());
        }

        /** The client has stayed, and has got all that was sent to it until then. */
        synchronized void survived(long until) {
            survived = true;
            survivedUntil = until;
        }

        // Told by the server's side.

        /** Somebody has begun to disconnect the client at some time. */
        synchronized void serverMayEnd(long from) {
            if (asked != NEVER && ended > from) {
                serverMayEnd = true;
                mayEnd = Math.min(mayEnd, from);
            }
        }

        /** A handler of the socket begins. */
        void enter(String what) {
            if (inside.getAndIncrement() != 0) {
                violated(what + ": two handlers at once for " + this);
            }
            if (isOver()) {
                violated(what + " after disconnect of " + this);
            }
        }

        void exit() {
            inside.decrementAndGet();
        }

        private synchronized boolean isOver() {
            return farewells > 1;
        }

        synchronized void connected(Socket connected) {
            known = Math.min(known, tick());
            socket = connected;
            connections++;
        }

        synchronized void handled(int event) {
            handled.add(event);
        }

        /** A handler of the end is called: those of {@code disconnecting} first, then those of {@code disconnect}. */
        synchronized void farewell(boolean last) {
            if (farewells != (last ? 1 : 0)) {
                violated("farewells in wrong order or number for " + this);
            }
            farewells++;
            if (last) {
                ended = tick();
            }
        }

        synchronized boolean isConnectedOnServer() {
            return connections > 0 && farewells == 0;
        }

        synchronized boolean hasEnded() {
            return connections == 0 || farewells == 2;
        }

        private Life root() {
            return recovered && origin != null ? origin.root() : this;
        }

        private synchronized void check() {
            if (connections > 1 || farewells != 2 * connections) {
                violated(connections + " connections and " + farewells + " farewells of " + this);
            }
            if (connections == 0 && !refused && asked != NEVER && mayEnd == NEVER) {
                violated(this + " was never connected");
            }
            if (connections > 0 && mayEnd == NEVER) {
                violated(this + " has ended though nobody wanted it");
            }
            if (refused && (connections > 0 || !received.isEmpty())) {
                violated(this + " was refused, but connected, or has received " + received);
            }
            if (!handled.equals(IntStream.range(0, handled.size()).boxed().toList())) {
                violated(this + " has sent its events in order, but handled were " + handled);
            }
            if (handled.size() > said || (handled.size() < saidSurely && (survived || !serverMayEnd))) {
                violated(this + " has sent " + saidSurely + " to " + said + ", but handled were " + handled.size());
            }
            if (acks.size() != Set.copyOf(acks).size()
                    || (survived && !Set.copyOf(acks).equals(acksDue))) {
                violated(this + " waits for the acknowledgements " + acksDue + " but has got " + acks);
            }
        }

        @Override
        public String toString() {
            return "life " + number + " in " + namespace + " (asked " + asked + ", known " + known + ", may end "
                    + mayEnd + ", ended " + ended + (survived ? ", survived" : "")
                    + (recovered ? ", goes on with " + origin.number : "") + ")";
        }
    }

    /** The lives of one client in a namespace that go on with each other. */
    private final class Story {

        private final List<Life> parts;
        private final Life root;
        private final Life last;
        private final List<RoomAct> acts;
        /** Whether the client gets what it has missed by the rooms in which it was at the end, and not at that time. */
        private final boolean comesBack;

        Story(List<Life> parts) {
            this.parts = parts;
            this.root = parts.get(0);
            this.last = parts.get(parts.size() - 1);
            this.comesBack = parts.size() > 1;
            this.acts = roomActs.stream()
                    .filter(act -> act.life() == null
                            ? act.namespace().equals(root.namespace)
                            : act.life().root() == root)
                    .toList();
        }

        private boolean may(Emission event) {
            return event.namespace().equals(root.namespace)
                    && event.till() > root.asked
                    && event.from() < last.ended
                    && (event.to() == null ? isPossible(event) : event.to().root() == root);
        }

        private boolean must(Emission event) {
            return event.namespace().equals(root.namespace)
                    && !event.droppable()
                    && event.till() < last.survivedUntil
                    && (event.to() == null
                            ? event.from() > root.known && isSure(event)
                            : event.to().root() == root);
        }

        private boolean isPossible(Emission event) {
            return !isLeftOut(event)
                    && (event.rooms() == null || event.rooms().stream().anyMatch(room -> !isSurelyOut(room, event)))
                    && event.except().stream().noneMatch(room -> isSurelyIn(room, event));
        }

        private boolean isSure(Emission event) {
            return !isLeftOut(event)
                    && (event.rooms() == null || event.rooms().stream().anyMatch(room -> isSurelyIn(room, event)))
                    && event.except().stream().allMatch(room -> isSurelyOut(room, event));
        }

        private boolean isLeftOut(Emission event) {
            return event.but() != null && event.but().root() == root;
        }

        private boolean isSurelyIn(String room, Emission event) {
            return acts.stream()
                    .anyMatch(join -> join.join()
                            && join.room().equals(room)
                            && isSure(join)
                            && join.till() < event.from()
                            && acts.stream()
                                    .noneMatch(leave -> !leave.join()
                                            && leave.room().equals(room)
                                            && leave.till() > join.from()
                                            && (comesBack || leave.from() < event.till())));
        }

        private boolean isSurelyOut(String room, Emission event) {
            return acts.stream()
                    .noneMatch(join -> join.join()
                            && join.room().equals(room)
                            && (comesBack || join.from() < event.till())
                            && (comesBack
                                    || acts.stream()
                                            .noneMatch(leave -> !leave.join()
                                                    && leave.room().equals(room)
                                                    && isSure(leave)
                                                    && leave.from() > join.till()
                                                    && leave.till() < event.from())));
        }

        /** Whether an act was done to a socket that was there. */
        private boolean isSure(RoomAct act) {
            if (!act.sure()) {
                return false;
            }
            return act.life() == null
                    ? parts.stream().anyMatch(part -> part.known < act.from() && act.till() < part.mayEnd)
                    : act.till() < act.life().mayEnd;
        }

        void check(Map<String, List<Emission>> bySender) {
            Set<String> received = new HashSet<>();
            Map<String, Integer> latest = new HashMap<>();
            for (Life part : parts) {
                for (String id : part.received) {
                    Emission event = emissions.get(id);
                    if (!received.add(id)) {
                        violated(id + " was received twice by " + part);
                    } else if (event == null || !mayHave(part, event)) {
                        violated(event + " was received by " + part + " with " + acts);
                    } else if (!isOutOfLog(event)) {
                        int before = latest.getOrDefault(event.sender(), -1);
                        if (before > event.number()) {
                            violated(id + " was received by " + part + " behind " + before);
                        }
                        latest.put(event.sender(), event.number());
                    }
                }
            }
            bySender.values().forEach(events -> checkComplete(events, received));
        }

        /** Whether an event has no place in the order of what is missed. */
        private boolean isOutOfLog(Emission event) {
            return comesBack && event.droppable();
        }

        /** A thread that was about to send to the life before may send while this one begins. */
        private boolean mayHave(Life part, Emission event) {
            return may(event)
                    || lives().stream()
                            .anyMatch(before -> before.client == part.client
                                    && before.number < part.number
                                    && new Story(storyOf(before)).may(event));
        }

        /** Who stays gets all, who leaves gets all up to some moment. */
        private void checkComplete(List<Emission> events, Set<String> received) {
            Emission missing = null;
            for (Emission event : events) {
                if (!must(event)) {
                    continue;
                }
                if (!received.contains(event.id())) {
                    missing = missing == null ? event : missing;
                    if (last.survived) {
                        violated(event + " was not received by " + last + " with " + acts);
                        return;
                    }
                } else if (missing != null) {
                    violated(missing + " was not received by " + last + ", but " + event + " was, with " + acts);
                    return;
                }
            }
        }
    }

    private List<Life> storyOf(Life life) {
        return lives().stream().filter(other -> other.root() == life.root()).toList();
    }

    /** Compares all that has happened with what should have. */
    List<String> check() {
        Map<Life, List<Life>> stories = new LinkedHashMap<>();
        lives().forEach(life ->
                stories.computeIfAbsent(life.root(), root -> new ArrayList<>()).add(life));
        Map<String, List<Emission>> bySender = emissions.values().stream()
                .sorted((left, right) -> Integer.compare(left.number(), right.number()))
                .collect(Collectors.groupingBy(Emission::sender));
        lives().forEach(Life::check);
        stories.values().forEach(parts -> new Story(parts).check(bySender));
        return List.copyOf(violations);
    }
}
