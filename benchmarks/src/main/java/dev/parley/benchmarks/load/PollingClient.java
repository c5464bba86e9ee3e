package dev.parley.benchmarks.load;

import java.nio.charset.StandardCharsets;

/** A client that stays on long-polling: one connection for its polls, one for what it sends. */
final class PollingClient extends Client {

    private static final char SEPARATOR = 0x1e;

    private final LoadRun run;
    private final Exchange poll;
    private final Exchange post;
    private final StringBuilder unsent = new StringBuilder();
    private String sid = "";

    PollingClient(LoadRun run, int index) {
        super(run, index);
        this.run = run;
        poll = new Exchange();
        post = new Exchange();
        poll.request("GET", "");
    }

    @Override
    void opened(String sid) {
        this.sid = sid;
    }

    @Override
    void sendPacket(String packet) {
        if (!unsent.isEmpty()) {
            unsent.append(SEPARATOR);
        }
        unsent.append(packet);
        sendRest();
    }

    @Override
    void sendAttachment(byte[] attachment) {
        throw new UnsupportedOperationException("no scenario sends attachments over polling");
    }

    @Override
    void sayGoodbye() {
        sendPacket("1");
    }

    private void sendRest() {
        if (!unsent.isEmpty() && !post.busy) {
            String body = unsent.toString();
            unsent.setLength(0);
            post.request("POST", body);
        }
    }

    private void responded(Exchange exchange, String body) {
        if (exchange == post) {
            if (!body.equals("ok")) {
                throw failure("a POST was answered with " + LoadFailure.quote(body));
            }
            sendRest();
        } else {
            int from = 0;
            for (int to = body.indexOf(SEPARATOR); to >= 0; to = body.indexOf(SEPARATOR, from)) {
                packet(body.substring(from, to));
                from = to + 1;
            }
            packet(body.substring(from));
            if (!isClosing()) {
                poll.request("GET", "");
            }
        }
        if (isClosing() && !poll.busy && !post.busy) {
            poll.close();
            post.close();
            ended();
        }
    }

    /** A kept-alive connection, one request at a time. */
    private final class Exchange extends Connection {

        private boolean busy;

        Exchange() {
            super(run.loop(), run.server());
        }

        void request(String method, String body) {
            busy = true;
            byte[] request = (method + " /socket.io/?EIO=4&transport=polling" + (sid.isEmpty() ? "" : "&sid=" + sid)
                            + " HTTP/1.1\r\nHost: " + run.server().getHostString() + ':'
                            + run.server().getPort()
                            + (body.isEmpty()
                                    ? ""
                                    : "\r\nContent-Type: text/plain;charset=UTF-8\r\nContent-Length: " + body.length())
                            + "\r\n\r\n" + body)
                    .getBytes(StandardCharsets.ISO_8859_1);
            output(request.length).put(request);
        }

        @Override
        int received(byte[] bytes, int length) {
            HttpResponse response = HttpResponse.read(bytes, length);
            if (response == null) {
                return 0;
            }
            response.expectStatus(200);
            if (!busy || response.size() != length) {
                throw failure("a response that nobody asked for");
            }
            busy = false;
            responded(this, response.body());
            return length;
        }

        @Override
        void ended() {
            throw failure("the server closed a connection for polling");
        }
    }
}
