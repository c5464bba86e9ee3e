package dev.parley.benchmarks.load;

/** A Socket.IO client in the main namespace: Engine.IO 4, Socket.IO 5, every packet checked. */
abstract class Client {

    private enum State {
        OPENING,
        CONNECTING,
        CONNECTED,
        CLOSING,
        CLOSED
    }

    private final int index;
    private final LoadRun run;
    private State state = State.OPENING;

    Client(LoadRun run, int index) {
        this.run = run;
        this.index = index;
    }

    /** The clients of a run are counted from 0. */
    final int index() {
        return index;
    }

    /** Sends a Socket.IO packet. */
    final void send(String packet) {
        sendPacket('4' + packet);
    }

    /** Sends an attachment of the packet before. */
    abstract void sendAttachment(byte[] attachment);

    /** The client can take part in what is measured. */
    final void ready() {
        run.ready();
    }

    /** Says goodbye; what the server has sent before it says so too is still received and checked. */
    final void close() {
        if (state != State.CONNECTED) {
            throw new IllegalStateException("client " + index + " is " + state);
        }
        state = State.CLOSING;
        sayGoodbye();
    }

    abstract void sendPacket(String packet);

    abstract void sayGoodbye();

    final boolean isClosing() {
        return state == State.CLOSING;
    }

    /** The transport is at its end; nothing more can come. */
    final void ended() {
        if (state != State.CLOSING) {
            throw failure("the server closed the connection");
        }
        state = State.CLOSED;
        run.closed();
    }

    /** Takes an Engine.IO packet. */
    final void packet(String packet) {
        switch (packet.isEmpty() ? ' ' : packet.charAt(0)) {
            case '0' -> open(packet);
            case '2' -> {
                if (!isClosing()) {
                    sendPacket('3' + packet.substring(1));
                }
            }
            case '4' -> message(packet.substring(1));
            case '6' -> {}
            default -> throw failure("not a packet that was due: " + LoadFailure.quote(packet));
        }
    }

    final void attachment(byte[] attachment) {
        run.workload().attachment(this, attachment);
    }

    private void open(String packet) {
        if (state != State.OPENING) {
            throw failure("opened twice");
        }
        opened(sid(packet));
        state = State.CONNECTING;
        send("0");
    }

    /** The Engine.IO session is open. */
    void opened(String sid) {}

    private void message(String packet) {
        if (state == State.CONNECTING) {
            sid(packet);
            state = State.CONNECTED;
            run.workload().connected(run, this);
        } else {
            run.workload().message(this, packet);
        }
    }

    private String sid(String packet) {
        String name = "\"sid\":\"";
        int from = packet.indexOf(name) + name.length();
        int to = packet.indexOf('"', from);
        if (!packet.startsWith("0{") || from < name.length() || to <= from) {
            throw failure("a packet with a sid was due, but there came " + LoadFailure.quote(packet));
        }
        return packet.substring(from, to);
    }

    final LoadFailure failure(String message) {
        return new LoadFailure("client " + index + ": " + message);
    }
}
