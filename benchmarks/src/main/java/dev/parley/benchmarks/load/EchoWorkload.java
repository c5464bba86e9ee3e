package dev.parley.benchmarks.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Each client has so many acknowledged events in flight, with a text or an attachment that comes back; each
 * acknowledgement leads to the next event. One unit is an acknowledgement.
 */
final class EchoWorkload extends Workload {

    private static final String PLACEHOLDER = "{\"_placeholder\":true,\"num\":0}";
    private static final int HEAD = 16;

    private record Request(int id, String reply, String data) {

        byte[] attachment() {
            byte[] bytes = data.getBytes(StandardCharsets.ISO_8859_1);
            bytes[0] |= (byte) 0x80; // not UTF-8
            return bytes;
        }
    }

    private final boolean binary;
    private final int inFlight;
    private final String filler;
    private final @Nullable Request[][] waiting;
    /** Whose attachment comes next, by client. */
    private final @Nullable Request[] announced;

    private EchoWorkload(boolean binary, int clients, int inFlight, int size) {
        this.binary = binary;
        this.inFlight = inFlight;
        filler = filler(size - HEAD);
        waiting = new Request[clients][inFlight];
        announced = new Request[clients];
    }

    static Workload text(int clients, int inFlight, int size) {
        return new EchoWorkload(false, clients, inFlight, size);
    }

    static Workload binary(int clients, int inFlight, int size) {
        return new EchoWorkload(true, clients, inFlight, size);
    }

    @Override
    void begin(LoadRun run) {
        for (Client client : run.clients()) {
            for (int id = 0; id < inFlight; id++) {
                echo(client, id);
            }
        }
    }

    private void echo(Client client, int id) {
        HexFormat hex = HexFormat.of();
        String data = hex.toHexDigits(client.index()) + hex.toHexDigits(id) + filler;
        String reply = binary ? "61-" + id + '[' + PLACEHOLDER + ']' : "3" + id + "[\"" + data + "\"]";
        Request request = new Request(id, reply, data);
        waiting[client.index()][id % inFlight] = request;
        expect(1);
        if (binary) {
            client.send("51-" + id + "[\"echo\"," + PLACEHOLDER + ']');
            client.sendAttachment(request.attachment());
        } else {
            client.send("2" + id + "[\"echo\",\"" + data + "\"]");
        }
    }

    @Override
    void message(Client client, String packet) {
        if (announced[client.index()] != null) {
            throw client.failure("an attachment was due, but there came " + LoadFailure.quote(packet));
        }
        Request request = take(client, packet);
        if (binary) {
            announced[client.index()] = request;
        } else {
            acknowledged(client, request);
        }
    }

    @Override
    void attachment(Client client, byte[] attachment) {
        Request request = announced[client.index()];
        if (request == null) {
            super.attachment(client, attachment);
        } else if (!Arrays.equals(attachment, request.attachment())) {
            throw client.failure("a wrong attachment of " + attachment.length + " bytes for " + request.reply);
        } else {
            announced[client.index()] = null;
            acknowledged(client, request);
        }
    }

    private Request take(Client client, String reply) {
        @Nullable Request[] ofClient = waiting[client.index()];
        for (int i = 0; i < inFlight; i++) {
            Request request = ofClient[i];
            if (request != null && request.reply.equals(reply)) {
                ofClient[i] = null;
                return request;
            }
        }
        throw unexpected(client, reply);
    }

    private void acknowledged(Client client, Request request) {
        unit();
        if (isSending()) {
            echo(client, request.id + inFlight);
        }
    }
}
