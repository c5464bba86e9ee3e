package dev.parley.benchmarks.load;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * One run of a scenario against a server: {@link #connect}, {@link #start}, load for a while, {@link #finish}.
 * Everything that arrives is checked; a {@link LoadFailure} says what was wrong. One thread.
 */
final class LoadRun implements AutoCloseable {

    /** Clients that are connecting at the same time. */
    static final int OPENING_AT_ONCE = 64;

    private final Scenario scenario;
    private final int size;
    private final InetSocketAddress server;
    private final Workload workload;
    private final LoadLoop loop;
    private final List<Client> clients = new ArrayList<>();
    private int opened;
    private int ready;
    private int closed;

    LoadRun(Scenario scenario, int clients, int port, boolean spinning) {
        this.scenario = scenario;
        this.size = clients;
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        workload = scenario.workload(clients);
        loop = new LoadLoop(spinning);
    }

    /** Connects all clients. */
    void connect() {
        while (opened < Math.min(size, OPENING_AT_ONCE)) {
            open();
        }
        runUntil(() -> ready == size);
    }

    void start() {
        workload.start(this);
    }

    void loadFor(Duration time) {
        long start = System.nanoTime();
        runUntil(() -> System.nanoTime() - start >= time.toNanos());
    }

    void loadUntil(long units) {
        runUntil(() -> workload.units() >= units);
    }

    /** Waits for what is missing, disconnects all clients, and checks that nothing came that was not due. */
    void finish() {
        workload.stop();
        runUntil(() -> workload.missing() == 0);
        while (!clients.isEmpty()) {
            close(clients.get(clients.size() - 1));
        }
        runUntil(() -> closed == opened);
    }

    /** Replies and copies that have come. */
    long units() {
        return workload.units();
    }

    private void runUntil(BooleanSupplier condition) {
        loop.runUntil(
                condition,
                () -> workload.units() + ready + closed,
                () -> "%d of %d clients ready, %d closed, %d replies or copies came, %d are missing"
                        .formatted(ready, opened, closed, workload.units(), workload.missing()));
    }

    void open() {
        clients.add(scenario.client(this, opened++));
    }

    /** Tells a client that is connected to disconnect. */
    void close(Client client) {
        clients.remove(client);
        client.close();
    }

    void ready() {
        ready++;
        if (opened < size) {
            open();
        }
    }

    void closed() {
        closed++;
    }

    /** Those that have not been told to close, in the order in which they began to connect. */
    List<Client> clients() {
        return clients;
    }

    InetSocketAddress server() {
        return server;
    }

    Workload workload() {
        return workload;
    }

    LoadLoop loop() {
        return loop;
    }

    @Override
    public void close() {
        loop.close();
    }
}
