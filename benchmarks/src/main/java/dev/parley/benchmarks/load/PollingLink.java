package dev.parley.benchmarks.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** Long-polling: one connection for the polls, one for what is sent. */
final class PollingLink implements Link {

    private static final char SEPARATOR = 0x1e;

    private final LoadLoop loop;
    private final InetSocketAddress server;
    private final Owner owner;
    private final Exchange poll;
    private final Exchange post;
    private final StringBuilder unsent = new StringBuilder();
    private String sid = "";
    private boolean polling = true;
    private boolean leaving;
    private boolean over;

    PollingLink(LoadLoop loop, InetSocketAddress server, Owner owner) {
        this.loop = loop;
        this.server = server;
        this.owner = owner;
        poll = new Exchange();
        post = new Exchange();
        poll.request("GET", "");
    }

    /** The session is open. */
    void opened(String id) {
        sid = id;
    }

    String sid() {
        return sid;
    }

    @Override
    public void send(String packet) {
        if (!unsent.isEmpty()) {
            unsent.append(SEPARATOR);
        }
        unsent.append(packet);
        sendRest();
    }

    private void sendRest() {
        if (!unsent.isEmpty() && !post.busy && !over) {
            String body = unsent.toString();
            unsent.setLength(0);
            post.request("POST", body);
        }
    }

    @Override
    public void leave() {
        leaving = true;
        polling = false;
        send("1");
    }

    /** Sends no further poll; the present one is still answered. */
    void stopPolling() {
        polling = false;
    }

    /** Whether every request has been answered, and none is to follow. */
    boolean isIdle() {
        return !poll.busy && !post.busy && unsent.isEmpty();
    }

    @Override
    public void fallSilent() {
        polling = false;
        poll.stopReading();
        post.stopReading();
    }

    @Override
    public void close() {
        over = true;
        poll.close();
        post.close();
    }

    @Override
    public void reset() {
        over = true;
        poll.reset();
        post.reset();
    }

    private void end(String how) {
        if (!over) {
            close();
            owner.ended(this, how);
        }
    }

    private void responded(Exchange exchange, HttpResponse response) {
        if (!response.head().startsWith("HTTP/1.1 200 ")) {
            end("HTTP " + response.head().lines().findFirst().orElse("") + ' ' + response.body());
        } else if (exchange == post) {
            sendRest();
            requestAnswered();
        } else {
            String[] packets = response.body().split(Character.toString(SEPARATOR), -1);
            for (String packet : packets) {
                if (packet.equals("1")) {
                    end("close packet");
                    return;
                }
                owner.packet(this, packet);
            }
            if (over) {
                return;
            }
            if (polling) {
                poll.request("GET", "");
            } else {
                requestAnswered();
            }
        }
    }

    /** No request follows of itself. */
    private void requestAnswered() {
        if (leaving && isIdle()) {
            end("goodbye");
        } else if (!polling && !over) {
            owner.packet(this, "6");
        }
    }

    /** A kept-alive connection, one request at a time. */
    private final class Exchange extends Connection {

        private boolean busy;

        Exchange() {
            super(loop, server);
        }

        void request(String method, String body) {
            busy = true;
            byte[] request = (method + " /socket.io/?EIO=4&transport=polling" + (sid.isEmpty() ? "" : "&sid=" + sid)
                            + " HTTP/1.1\r\nHost: x"
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
            busy = false;
            responded(this, response);
            return response.size();
        }

        @Override
        void ended() {
            lost("end of stream");
        }

        @Override
        void broken(IOException cause) {
            lost(cause.toString());
        }

        /** A connection that is idle may be closed at any time. */
        private void lost(String how) {
            if (busy) {
                end(how);
            } else {
                close();
            }
        }
    }
}
