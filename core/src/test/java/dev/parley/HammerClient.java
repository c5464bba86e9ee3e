package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.HammerModel.Life;
import dev.parley.engine.Endpoint;
import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryTransport;
import dev.parley.testing.MemoryWebSocket;
import dev.parley.testing.VirtualTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One connection of a client that keeps the rules of the protocol, over any transport, and that any thread may drive:
 * it takes in what has arrived, and sends what waits, whenever it is pumped.
 */
final class HammerClient {

    private static final String PATH = "/socket.io/?EIO=4&transport=";
    /** Each life has so many numbers for acknowledgements. */
    private static final int ACKS = 1000;

    private static final String SEPARATOR = "\u001e";

    private static final Pattern PACKET = Pattern.compile("(\\d)(?:\\d+-)?(?:(/[^,]*),)?(\\d+)?(.*)", Pattern.DOTALL);
    private static final Pattern EVENT = Pattern.compile("\\[\"(\\w+)\",(?:\"([^\"]*)\",)?(\\d+)(.*)]");
    private static final Pattern OFFSET = Pattern.compile(",\"([^\"]+)\"$");
    private static final Pattern PRIVATE_ID = Pattern.compile("\"pid\":\"([^\"]+)\"");

    /** A client in one namespace. */
    private static final class Seat {

        Life life;
        /** The life before, of the same connection. */
        Life before;

        boolean asked;
        boolean admitted;
        String privateId;
        String offset;
        /** What arrives before the answer to CONNECT. */
        final List<String> early = new ArrayList<>();

        int synced;
    }

    /** A packet that waits to be sent; {@code then} runs when the server has surely got it. */
    private record Outgoing(String packet, List<byte[]> attachments, Runnable first, Runnable then) {}

    private final HammerModel model;
    private final VirtualTime time;
    private final MemoryTransport transport;
    private final Map<String, Seat> seats = new HashMap<>();
    private final Queue<Outgoing> outgoing = new ArrayDeque<>();
    private final String sid;

    private MemoryExchange poll;
    private MemoryExchange push;
    private List<Outgoing> pushed = List.of();
    private MemoryExchange upgrade;
    private MemoryWebSocket probe;
    private boolean probed;
    private MemoryWebSocket webSocket;
    private boolean over;
    /** What came and went, for messages of failing tests. */
    private final Queue<String> log = new ConcurrentLinkedQueue<>();
    /** The event whose attachment comes next. */
    private Matcher incomplete;

    /** Opens a session; a server that is just being closed takes none, and the client tries again. */
    HammerClient(HammerModel model, Endpoint server, VirtualTime time, boolean polling, boolean mayBeRefused) {
        this.model = model;
        this.time = time;
        this.transport = new MemoryTransport(server);
        String open = open(polling);
        while (open == null && mayBeRefused) {
            open = open(polling);
        }
        assertThat(open).as("answer to the handshake").isNotNull();
        this.sid = open.substring(open.indexOf("\"sid\":\"") + 7, open.indexOf("\",\"upgrades\""));
    }

    private String open(boolean polling) {
        if (polling) {
            MemoryExchange handshake = transport.get(PATH + "polling");
            return handshake.status() == 503 ? null : handshake.text();
        }
        webSocket = transport.upgrade(PATH + "websocket").webSocket();
        return (String) webSocket.poll();
    }

    String sid() {
        return sid;
    }

    @Override
    public String toString() {
        return log.toString();
    }

    synchronized boolean isOver() {
        return over;
    }

    // What an application does.

    synchronized void connect(String namespace) {
        Seat seat = seats.computeIfAbsent(namespace, name -> new Seat());
        if (!over && !seat.asked && !seat.admitted) {
            ask(seat, namespace, null);
        }
    }

    /** Asks for what another connection has lost. */
    synchronized void comeBack(HammerClient lost) {
        for (Map.Entry<String, Seat> entry : lost.lostSeats()) {
            if (seats.containsKey(entry.getKey())) {
                continue;
            }
            Seat old = entry.getValue();
            Seat seat = new Seat();
            seat.privateId = old.privateId;
            seat.offset = old.offset;
            seats.put(entry.getKey(), seat);
            ask(seat, entry.getKey(), old.life);
        }
    }

    private synchronized Collection<Map.Entry<String, Seat>> lostSeats() {
        return seats.entrySet().stream()
                .filter(entry -> entry.getValue().admitted)
                .toList();
    }

    private void ask(Seat seat, String namespace, Life origin) {
        Life life = model.newLife(this, namespace, origin);
        seat.before = seat.life;
        seat.life = life;
        seat.asked = true;
        String session = origin == null || seat.privateId == null
                ? ""
                : ",\"pid\":\"" + seat.privateId + '"'
                        + (seat.offset == null ? "" : ",\"offset\":\"" + seat.offset + '"');
        send("0" + prefix(namespace) + "{\"life\":" + life.number + session + "}", life::asked, () -> {});
    }

    private static String prefix(String namespace) {
        return namespace.equals("/") ? "" : namespace + ",";
    }

    /** Sends an event, which may ask for an acknowledgement, with or without an attachment. */
    synchronized void say(String namespace, boolean withAck, boolean binary) {
        Seat seat = seats.get(namespace);
        if (over || seat == null || !seat.admitted) {
            return;
        }
        Life life = seat.life;
        int number = life.said++;
        String ack = withAck ? "" + (life.number * ACKS + number) : "";
        Runnable then = () -> life.saidSurely(number, withAck);
        if (binary) {
            String packet =
                    "51-" + prefix(namespace) + ack + "[\"say\"," + number + ",{\"_placeholder\":true,\"num\":0}]";
            outgoing.add(new Outgoing(packet, List.of(new byte[] {(byte) number}), () -> {}, then));
            pump();
        } else {
            send("2" + prefix(namespace) + ack + "[\"say\"," + number + "]", () -> {}, then);
        }
    }

    /** Asks for an answer that overtakes nothing. */
    synchronized void sync(int round) {
        seats.forEach((namespace, seat) -> {
            if (seat.admitted) {
                send("2" + prefix(namespace) + "[\"sync\"," + round + "]", () -> {}, () -> {});
            }
        });
    }

    /** Whether all namespaces have answered that the client is still in. */
    synchronized boolean isSynced(int round) {
        pump();
        return over || seats.values().stream().allMatch(seat -> !seat.admitted || seat.synced == round);
    }

    /** Whether no CONNECT waits for its answer. */
    synchronized boolean isSettled() {
        pump();
        return over || seats.values().stream().noneMatch(seat -> seat.asked);
    }

    synchronized void leave(String namespace) {
        Seat seat = seats.get(namespace);
        if (over || seat == null || !seat.admitted) {
            return;
        }
        Life life = seat.life;
        seat.admitted = false;
        send("1" + prefix(namespace), life::clientMayEnd, () -> {});
    }

    synchronized void upgrade() {
        if (!over && webSocket == null && upgrade == null) {
            upgrade = transport.upgrade(PATH + "websocket&sid=" + sid);
            pump();
        }
    }

    /** Loses the connection, with what has arrived and was not taken. */
    synchronized void cut() {
        if (over) {
            return;
        }
        seats.values().stream().filter(seat -> seat.life != null).forEach(seat -> seat.life.clientMayEnd());
        if (webSocket != null) {
            webSocket.close();
        } else if (poll != null && !poll.isAnswered()) {
            poll.cut();
        } else {
            transport.post(PATH + "polling&sid=" + sid, "1");
        }
        if (probe != null) {
            probe.close();
        }
        over = true;
    }

    /** The lives that have been admitted and have not ended, as far as the client knows. */
    synchronized List<Life> present() {
        pump();
        return over
                ? List.of()
                : seats.values().stream()
                        .filter(seat -> seat.admitted)
                        .map(seat -> seat.life)
                        .toList();
    }

    // What its engine does.

    private void send(String packet, Runnable first, Runnable then) {
        outgoing.add(new Outgoing(packet, List.of(), first, then));
        pump();
    }

    /** Takes what has arrived, and sends what waits, until there is nothing more to do for now. */
    synchronized void pump() {
        boolean more = true;
        while (more && !over) {
            more = takePoll();
            more |= takePush();
            more |= upgradeFurther();
            more |= takeFrames();
            flush();
        }
    }

    private boolean isPausing() {
        return probed;
    }

    private boolean takePoll() {
        if (webSocket != null) {
            return false;
        }
        if (poll == null) {
            if (!isPausing()) {
                poll = transport.get(PATH + "polling&sid=" + sid);
            }
            return !isPausing() && poll.isAnswered();
        }
        if (!poll.isAnswered()) {
            if (isPausing()) {
                // The server ends a poll that waits during an upgrade, but only after a while.
                time.advance(Duration.ofMillis(100));
            }
            return poll.isAnswered();
        }
        MemoryExchange answered = poll;
        poll = null;
        if (answered.status() != 200) {
            over = true;
            return false;
        }
        for (String packet : answered.text().split(SEPARATOR, -1)) {
            take(packet);
        }
        return true;
    }

    private boolean takePush() {
        if (push == null || !push.isAnswered()) {
            return false;
        }
        if (push.status() == 200) {
            pushed.forEach(packet -> packet.then().run());
        } else {
            over = true;
        }
        push = null;
        pushed = List.of();
        return true;
    }

    private boolean upgradeFurther() {
        if (upgrade == null || webSocket != null || !upgrade.isAnswered()) {
            return false;
        }
        if (probe == null) {
            try {
                probe = upgrade.webSocket();
            } catch (AssertionError refused) {
                // its session has ended, which the poll will tell
                upgrade = null;
                return false;
            }
            probe.send("2probe");
        }
        if (!probed) {
            probed = "3probe".equals(probe.poll());
        }
        if (probe.isClosed()) {
            probe = null;
            upgrade = null;
            probed = false;
            return true;
        }
        if (probed && poll == null && push == null) {
            webSocket = probe;
            probe = null;
            probed = false;
            webSocket.send("5");
            return true;
        }
        return false;
    }

    private boolean takeFrames() {
        if (webSocket == null) {
            return false;
        }
        boolean closed = webSocket.isClosed();
        boolean any = false;
        for (Object frame = webSocket.poll(); frame != null; frame = webSocket.poll()) {
            any = true;
            if (frame instanceof byte[] attachment) {
                attachment(attachment);
            } else {
                take((String) frame);
            }
        }
        over |= closed;
        return any;
    }

    private void flush() {
        if (over || outgoing.isEmpty()) {
            return;
        }
        if (webSocket != null) {
            for (Outgoing next = outgoing.poll(); next != null; next = outgoing.poll()) {
                next.first().run();
                log.add("> " + next.packet());
                webSocket.send(next.packet().equals("3") ? "3" : "4" + next.packet());
                next.attachments().forEach(webSocket::send);
                next.then().run();
            }
        } else if (push == null && !isPausing()) {
            pushed = List.copyOf(outgoing);
            outgoing.clear();
            List<String> packets = new ArrayList<>();
            for (Outgoing next : pushed) {
                next.first().run();
                log.add("> " + next.packet());
                packets.add(next.packet().equals("3") ? "3" : "4" + next.packet());
                next.attachments()
                        .forEach(each -> packets.add("b" + Base64.getEncoder().encodeToString(each)));
            }
            push = transport.post(PATH + "polling&sid=" + sid, String.join(SEPARATOR, packets));
            takePush();
        }
    }

    // What arrives.

    private void take(String packet) {
        log.add((webSocket == null ? "< " : "<< ") + packet);
        switch (packet.charAt(0)) {
            case '4' -> packet(packet.substring(1));
            case 'b' -> attachment(Base64.getDecoder().decode(packet.substring(1)));
            case '2' -> outgoing.add(new Outgoing("3", List.of(), () -> {}, () -> {}));
            case '1' -> over = true;
            case '6' -> {}
            default -> model.violated("unexpected " + packet);
        }
    }

    private void packet(String packet) {
        Matcher parts = PACKET.matcher(packet);
        if (!parts.matches() || incomplete != null) {
            model.violated("unexpected " + packet + (incomplete == null ? "" : " in place of an attachment"));
            return;
        }
        Seat seat = seats.get(parts.group(2) == null ? "/" : parts.group(2));
        if (seat == null) {
            model.violated("for a namespace that was not asked for: " + packet);
            return;
        }
        switch (parts.group(1)) {
            case "0" -> admitted(seat, parts.group(4));
            case "1" -> seat.admitted = false;
            case "2" -> event(seat, parts, null);
            case "3" -> {
                int ack = Integer.parseInt(parts.group(3));
                model.life(ack / ACKS).acknowledged(ack % ACKS);
            }
            case "4" -> refused(seat);
            case "5" -> incomplete = parts;
            default -> model.violated("unexpected " + packet);
        }
    }

    private void attachment(byte[] bytes) {
        Matcher parts = incomplete;
        incomplete = null;
        if (parts == null) {
            model.violated("an attachment of nothing");
            return;
        }
        event(seats.get(parts.group(2) == null ? "/" : parts.group(2)), parts, bytes);
    }

    private void admitted(Seat seat, String answer) {
        if (!seat.asked) {
            model.violated("admitted without having asked: " + seat.life);
        }
        seat.asked = false;
        seat.admitted = true;
        Matcher privateId = PRIVATE_ID.matcher(answer);
        String pid = privateId.find() ? privateId.group(1) : null;
        boolean recovered = pid != null && pid.equals(seat.privateId);
        seat.privateId = pid;
        if (!recovered) {
            seat.offset = null;
        }
        Life owner = recovered ? seat.life : seat.before;
        for (String id : seat.early) {
            if (owner == null) {
                model.violated(id + " arrived before the answer to CONNECT of " + seat.life);
            } else {
                owner.received.add(id);
            }
        }
        seat.early.clear();
        seat.life.admitted(recovered);
    }

    private void refused(Seat seat) {
        if (!seat.asked) {
            model.violated("refused without having asked: " + seat.life);
        }
        seat.asked = false;
        seat.life.refused();
    }

    private void event(Seat seat, Matcher packet, byte[] attachment) {
        Matcher event = EVENT.matcher(packet.group(4));
        if (!event.matches()) {
            model.violated("unexpected " + packet.group());
            return;
        }
        String name = event.group(1);
        int number = Integer.parseInt(event.group(3));
        Matcher offset = OFFSET.matcher(event.group(4));
        if (packet.group(3) == null && offset.find()) {
            seat.offset = offset.group(1);
        }
        if (name.equals("synced")) {
            seat.synced = number;
            return;
        }
        String id = event.group(2) + ':' + number;
        if (attachment != null && !new String(attachment, StandardCharsets.UTF_8).equals(id)) {
            model.violated(id + " has got the attachment of another event");
        }
        if (seat.asked) {
            seat.early.add(id);
        } else {
            seat.life.received.add(id);
        }
        if (packet.group(3) != null && seat.admitted && !id.endsWith("3")) {
            // Every tenth or so is never answered.
            String answer = "3" + prefix(seat.life.namespace) + packet.group(3) + "[" + number + "]";
            outgoing.add(new Outgoing(answer, List.of(), () -> {}, () -> {}));
        }
    }
}
