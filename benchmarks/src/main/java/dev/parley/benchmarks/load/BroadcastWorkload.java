package dev.parley.benchmarks.load;

import java.util.HexFormat;

/**
 * Senders, each of which emits the next message when all copies of its last one have come. The clients are all in the
 * namespace, or divided into rooms with a sender in each. One unit is a copy.
 */
final class BroadcastWorkload extends Workload {

    private static final int SIZE = 64;
    private static final int DIGITS = 8;
    private static final String FILLER = filler(SIZE - 2 * DIGITS);

    private static final class Sender {
        private final Client client;
        private final int members;
        private int message;
        private int missing;
        private String due = "";

        Sender(Client client, int members) {
            this.client = client;
            this.members = members;
        }
    }

    private final boolean inRooms;
    private final int clients;
    private final int groups;
    private final Sender[] senders;
    private final String prefix;
    /** The last message that has come, by client and sender in its group. */
    private final int[][] last;

    private final boolean[] joined;

    private BroadcastWorkload(boolean inRooms, int clients, int groups, int senders) {
        this.inRooms = inRooms;
        this.clients = clients;
        this.groups = groups;
        this.senders = new Sender[senders];
        prefix = inRooms ? "2[\"room\",\"" : "2[\"broadcast\",\"";
        last = new int[clients][senders / groups];
        joined = new boolean[clients];
    }

    static Workload toAll(int clients, int senders) {
        return new BroadcastWorkload(false, clients, 1, senders);
    }

    static Workload toRooms(int clients, int rooms) {
        return new BroadcastWorkload(true, clients, rooms, rooms);
    }

    @Override
    void connected(LoadRun run, Client client) {
        if (inRooms) {
            client.send("20[\"join\",\"" + room(client.index()) + "\"]");
        } else {
            client.ready();
        }
    }

    @Override
    void begin(LoadRun run) {
        for (int number = 0; number < senders.length; number++) {
            // The groups are filled in turn, the first ones with the clients that are left over.
            int members = clients / groups + (number % groups < clients % groups ? 1 : 0);
            senders[number] = new Sender(run.clients().get(number), members);
            emit(number);
        }
    }

    private void emit(int number) {
        Sender sender = senders[number];
        sender.message++;
        sender.missing = sender.members;
        String text = HexFormat.of().toHexDigits(number) + HexFormat.of().toHexDigits(sender.message) + FILLER;
        sender.due = prefix + text + "\"]";
        expect(sender.members);
        sender.client.send(inRooms ? "2[\"room\",\"" + room(number) + "\",\"" + text + "\"]" : sender.due);
    }

    @Override
    void message(Client client, String packet) {
        if (inRooms && !joined[client.index()] && packet.equals("30[]")) {
            joined[client.index()] = true;
            client.ready();
            return;
        }
        int number = senderOf(client, packet);
        Sender sender = senders[number];
        if (number % groups != client.index() % groups) {
            throw client.failure("is in " + room(client.index()) + " and got " + LoadFailure.quote(packet));
        }
        if (!packet.equals(sender.due)) {
            throw client.failure(
                    LoadFailure.quote(sender.due) + " was due, but there came " + LoadFailure.quote(packet));
        }
        int[] seen = last[client.index()];
        if (seen[number / groups] == sender.message) {
            throw client.failure("got twice " + LoadFailure.quote(packet));
        }
        seen[number / groups] = sender.message;
        unit();
        if (--sender.missing == 0 && isSending()) {
            emit(number);
        }
    }

    private int senderOf(Client client, String packet) {
        if (packet.startsWith(prefix) && packet.length() > prefix.length() + DIGITS) {
            String digits = packet.substring(prefix.length(), prefix.length() + DIGITS);
            if (digits.chars().allMatch(HexFormat::isHexDigit)) {
                int number = HexFormat.fromHexDigits(digits);
                if (number >= 0 && number < senders.length && senders[number] != null) {
                    return number;
                }
            }
        }
        throw unexpected(client, packet);
    }

    private String room(int index) {
        return "room-" + index % groups;
    }
}
