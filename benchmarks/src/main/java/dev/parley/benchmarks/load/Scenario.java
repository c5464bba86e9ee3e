package dev.parley.benchmarks.load;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What is measured. */
enum Scenario {
    ECHO_32(100, "ack"),
    ECHO_1K(100, "ack"),
    BINARY_1K(100, "ack"),
    BROADCAST_100(100, "copy"),
    BROADCAST_1000(1000, "copy"),
    BROADCAST_1000_BURST(1000, "copy"),
    ROOMS_50X20(1000, "copy"),
    POLLING_100(100, "ack"),
    CONNECT(1000, "client");

    private final int clients;
    private final String unit;

    Scenario(int clients, String unit) {
        this.clients = clients;
        this.unit = unit;
    }

    static Scenario named(String label) {
        return Arrays.stream(values())
                .filter(scenario -> scenario.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no scenario " + label));
    }

    static String labels() {
        return Arrays.stream(values()).map(Scenario::label).collect(Collectors.joining(","));
    }

    /** The name for people: {@code echo-32}. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What is counted. */
    String unit() {
        return unit;
    }

    int clients() {
        return clients;
    }

    Workload workload(int clients) {
        return switch (this) {
            case ECHO_32 -> EchoWorkload.text(clients, 4, 32);
            case ECHO_1K -> EchoWorkload.text(clients, 4, 1024);
            case BINARY_1K -> EchoWorkload.binary(clients, 4, 1024);
            case BROADCAST_100, BROADCAST_1000 -> BroadcastWorkload.toAll(clients, 1);
            case BROADCAST_1000_BURST -> BroadcastWorkload.toAll(clients, 10);
            case ROOMS_50X20 -> BroadcastWorkload.toRooms(clients, 50);
            case POLLING_100 -> EchoWorkload.text(clients, 1, 32);
            case CONNECT -> new ChurnWorkload();
        };
    }

    Client client(LoadRun run, int index) {
        return this == POLLING_100 ? new PollingClient(run, index) : new WebSocketClient(run, index);
    }
}
