package dev.parley.benchmarks.load;

/** What the clients of a scenario send and expect. One thread. */
abstract class Workload {

    private long units;
    private long missing;
    private boolean sending;

    /** Makes all clients begin; from then on each reply leads to the next request. */
    final void start(LoadRun run) {
        sending = true;
        begin(run);
    }

    /** No further requests; what is missing may still come. */
    final void stop() {
        sending = false;
    }

    abstract void begin(LoadRun run);

    /** A client is connected; {@link Client#ready} says that it can take part. */
    void connected(LoadRun run, Client client) {
        client.ready();
    }

    /** A Socket.IO packet other than CONNECT has arrived. */
    abstract void message(Client client, String packet);

    void attachment(Client client, byte[] attachment) {
        throw client.failure("an attachment of " + attachment.length + " bytes that no packet announced");
    }

    final boolean isSending() {
        return sending;
    }

    final void expect(int replies) {
        missing += replies;
    }

    /** One reply or copy has come and was right. */
    final void unit() {
        units++;
        missing--;
    }

    /** Replies and copies that have come. */
    final long units() {
        return units;
    }

    /** Replies and copies that are still to come. */
    final long missing() {
        return missing;
    }

    static LoadFailure unexpected(Client client, String packet) {
        return client.failure("not a packet that was due: " + LoadFailure.quote(packet));
    }

    /** So many characters that need no escape in JSON. */
    static String filler(int size) {
        return "The quick brown fox jumps over the lazy dog. "
                .repeat(size / 45 + 1)
                .substring(0, size);
    }
}
