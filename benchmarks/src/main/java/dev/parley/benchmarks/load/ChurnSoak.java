package dev.parley.benchmarks.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.ToDoubleFunction;

/**
 * Clients come and go over all transports and end in all ways, while there are rooms, acknowledgements and broadcasts.
 * After each round, when all have gone, nothing may be left of them: there has to be as much of everything as after the
 * first round, which warms the server up.
 */
final class ChurnSoak {

    private static final Map<String, String> DEFAULTS =
            Map.of("--rate", "500", "--minutes", "10", "--rounds", "10", "--seed", "1", "--ping", "2000");

    private static final int ROOMS = 50;
    private static final int NEWS_BYTES = 100;
    private static final int NEWS_PER_SECOND = 5;
    private static final long LONGEST_STAY = TimeUnit.MILLISECONDS.toNanos(1500);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** How clients leave. */
    private enum Leaving {
        GOODBYE,
        CLOSE,
        RESET,
        /** They neither read nor answer any more; the server has to notice. */
        SILENCE
    }

    private final Soak soak;
    private final SoakOptions options;
    private final Random random;
    private final long silence;

    private final Set<Guest> present = new HashSet<>();
    /** Those that are to leave, the first to do so in front. */
    private final PriorityQueue<Guest> leaving = new PriorityQueue<>(Comparator.comparingLong(guest -> guest.due));

    private final Map<Peer.Way, Integer> came = new EnumMap<>(Peer.Way.class);
    private final Map<String, Integer> mishaps = new TreeMap<>();
    private long opened;
    private long joined;

    ChurnSoak(Soak soak, List<String> arguments) {
        this.soak = soak;
        this.options = new SoakOptions(arguments, DEFAULTS);
        this.random = new Random(options.number("--seed"));
        // Long enough for the server to give up first, as a rule.
        this.silence = TimeUnit.MILLISECONDS.toNanos(3L * options.number("--ping"));
    }

    void run() {
        List<Vitals> rounds = new ArrayList<>();
        try (SoakedServer server = new SoakedServer(
                        options.text("--jvm"),
                        List.of("--ping", options.text("--ping"), "--transport", options.text("--transport")));
                LoadLoop loop = new LoadLoop(false)) {
            loop.patience(PATIENCE);
            soak.say("idle: %s".formatted(server.vitals()));
            server.tell("broadcast " + NEWS_BYTES + ' ' + NEWS_PER_SECOND);
            int count = options.number("--rounds");
            long nanos = TimeUnit.SECONDS.toNanos(options.seconds("--minutes")) / (count + 1);
            for (int round = 0; round <= count; round++) {
                long before = opened;
                long start = System.nanoTime();
                churn(loop, server, nanos);
                double seconds = (System.nanoTime() - start) / 1e9;
                settle(loop);
                Vitals vitals = rest(server);
                soak.say("round %d: %.0f clients a second; then %s"
                        .formatted(round, (opened - before) / seconds, vitals));
                rounds.add(vitals);
            }
        }
        soak.say("clients: %d, of which %d were served to the end; %s".formatted(opened, joined, came));
        soak.expect(
                mishaps.isEmpty(), "connections that ended otherwise than their clients wanted: %s".formatted(mishaps));
        soak.expect(joined > opened / 2, "served to the end: %d of %d clients".formatted(joined, opened));
        judge(rounds);
    }

    /** Lets clients come and go: as many as wanted, or as the machine can take. */
    private void churn(LoadLoop loop, SoakedServer server, long nanos) {
        int rate = options.number("--rate");
        long start = System.nanoTime();
        long first = opened;
        runUntil(loop, () -> {
            long now = System.nanoTime();
            long due = Math.min((now - start) * rate / TimeUnit.SECONDS.toNanos(1), opened - first + rate / 50 + 1);
            while (opened - first < due && present.size() < 2 * rate) {
                Peer.Way way = any(Peer.Way.values());
                opened++;
                present.add(new Guest(loop, server, way));
            }
            leave(now);
            return now - start > nanos;
        });
    }

    private <T> T any(T[] choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** Waits until all have gone. */
    private void settle(LoadLoop loop) {
        runUntil(loop, () -> {
            leave(System.nanoTime());
            return present.isEmpty();
        });
    }

    private void runUntil(LoadLoop loop, BooleanSupplier condition) {
        loop.runUntil(
                condition,
                () -> opened + joined - present.size(),
                () -> present.size() + " clients are left, " + opened + " came; " + mishaps);
    }

    private void leave(long now) {
        while (!leaving.isEmpty() && leaving.peek().due - now <= 0) {
            leaving.remove().leaveNow();
        }
    }

    /** Waits for the server, too, to notice that all have gone, and for what it still has to do then. */
    private static Vitals rest(SoakedServer server) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Vitals vitals = server.vitals();
        while (System.nanoTime() - deadline < 0
                && (vitals.get("sessions") > 0 || vitals.get("acks") > 0 || vitals.get("rooms") > 0)) {
            try {
                Thread.sleep(200);
            } catch (InterruptedException e) {
                throw new LoadFailure("interrupted", e);
            }
            vitals = server.vitals();
        }
        return vitals;
    }

    private void judge(List<Vitals> rounds) {
        for (Vitals vitals : rounds) {
            for (String gone : List.of("sessions", "sockets", "rooms", "acks")) {
                soak.expectAtMost(gone, vitals.count(gone), 0);
            }
            soak.expect(
                    vitals.get("connects") == vitals.get("disconnects"),
                    "%d connections, but %d disconnects".formatted(vitals.get("connects"), vitals.get("disconnects")));
        }
        // A line of timeouts of the same duration keeps its timer for a while; threads of pools come and go.
        expectNoMore(rounds, "timers", vitals -> vitals.count("timers"), 8);
        expectNoMore(rounds, "threads", vitals -> vitals.count("threads"), 20);
        expectNoMore(rounds, "file descriptors", vitals -> vitals.count("descriptors"), 8);
        expectNoMore(rounds, "objects of dev.parley", vitals -> vitals.count("objects"), 500);
        expectNoMore(rounds, "heap, MiB", vitals -> vitals.mib("heap"), 3);
        expectNoMore(rounds, "direct memory, MiB", vitals -> vitals.mib("direct"), 8);
    }

    /** Compares the least of the last rounds with the first: what leaks is there in each of them. */
    private void expectNoMore(List<Vitals> rounds, String what, ToDoubleFunction<Vitals> figure, double slack) {
        double least = rounds.subList(Math.max(1, rounds.size() - 3), rounds.size()).stream()
                .mapToDouble(figure)
                .min()
                .orElseThrow();
        soak.expectAtMost(what, least, figure.applyAsDouble(rounds.get(0)) + slack);
    }

    /** A client that joins a room, talks, and leaves in some way after a while. */
    private final class Guest extends Peer {

        private final String room = "room-" + random.nextInt(ROOMS);
        private final Leaving how = any(Leaving.values());
        private final boolean polite = random.nextBoolean();
        private long due;
        private boolean gone;
        private boolean silent;

        Guest(LoadLoop loop, SoakedServer server, Way way) {
            super(loop, server.address(), way);
            came.merge(way, 1, Integer::sum);
        }

        @Override
        void connected() {
            send("20[\"join\",\"" + room + "\"]");
        }

        @Override
        void message(String packet) {
            if (packet.startsWith("30")) {
                send("2[\"say\",\"" + room + "\",\"hello\"]");
            } else if (packet.startsWith("2[\"said\"")) {
                if (due == 0) {
                    joined++;
                    due = System.nanoTime() + random.nextLong(LONGEST_STAY);
                    leaving.add(this);
                }
            } else if (packet.endsWith("[\"question\"]") && polite) {
                send('3' + packet.substring(1, packet.indexOf('[')) + "[\"answer\"]");
            }
        }

        void leaveNow() {
            if (gone) {
                return;
            }
            switch (how) {
                case GOODBYE -> {
                    silent = true;
                    leave();
                }
                case CLOSE -> {
                    close();
                    forget();
                }
                case RESET -> {
                    reset();
                    forget();
                }
                case SILENCE -> {
                    if (silent) {
                        reset();
                        forget();
                    } else {
                        silent = true;
                        fallSilent();
                        due = System.nanoTime() + silence;
                        leaving.add(this);
                    }
                }
            }
        }

        @Override
        void ended(String end) {
            if (!gone && !silent) {
                mishaps.merge(way() + " " + end, 1, Integer::sum);
            }
            leaving.remove(this);
            forget();
        }

        private void forget() {
            gone = true;
            present.remove(this);
        }
    }
}
