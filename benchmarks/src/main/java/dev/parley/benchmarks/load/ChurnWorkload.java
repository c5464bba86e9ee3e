package dev.parley.benchmarks.load;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Clients come and go: whenever one has connected, the one that has been there longest leaves and a new one begins to
 * connect. One unit is a client that has connected.
 */
final class ChurnWorkload extends Workload {

    /** In the order in which they got there, which need not be the order in which they began. */
    private final Queue<Client> connected = new ArrayDeque<>();

    @Override
    void begin(LoadRun run) {
        for (int i = 0; i < LoadRun.OPENING_AT_ONCE; i++) {
            open(run);
        }
    }

    private void open(LoadRun run) {
        expect(1);
        run.open();
    }

    @Override
    void connected(LoadRun run, Client client) {
        client.ready();
        connected.add(client);
        if (missing() > 0) {
            unit();
            if (isSending()) {
                run.close(connected.remove());
                open(run);
            }
        }
    }

    @Override
    void message(Client client, String packet) {
        throw unexpected(client, packet);
    }
}
