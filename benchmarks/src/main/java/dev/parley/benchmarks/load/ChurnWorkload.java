package dev.parley.benchmarks.load;

/**
 * Clients come and go: whenever one has connected, the one that has been there longest leaves and a new one begins to
 * connect. One unit is a client that has connected.
 */
final class ChurnWorkload extends Workload {

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
        if (missing() > 0) {
            unit();
            if (isSending()) {
                run.closeOldest();
                open(run);
            }
        }
    }

    @Override
    void message(Client client, String packet) {
        throw unexpected(client, packet);
    }
}
