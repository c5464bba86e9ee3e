package dev.parley.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.engine.CloseReason;
import dev.parley.engine.EngineOptions;
import dev.parley.engine.EngineServer;
import dev.parley.engine.Session;
import dev.parley.protocol.PacketBundle;
import dev.parley.protocol.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every transport does: written once, run by each of them. */
public abstract class TransportContract {

    static final int MAX_PAYLOAD = 1_000_000;

    private final Recorder recorder = new Recorder();
    private EngineServer server;
    private Harness harness;

    /** Something that serves an engine, and connects clients to it. */
    public interface Harness extends AutoCloseable {

        WireClient connect();

        @Override
        void close();
    }

    /** Begins to serve. */
    protected abstract Harness serve(EngineServer engine);

    @BeforeEach
    void start() {
        server = EngineServer.create(
                EngineOptions.builder()
                        .path("/engine.io")
                        .maxPayload(MAX_PAYLOAD)
                        .build(),
                recorder);
        harness = serve(server);
    }

    @AfterEach
    void nothingIsLeftOver() {
        harness.close();
        server.close().join();
        assertThat(server.sessionCount()).isZero();
        recorder.sessionsClosedExactlyOnce();
    }

    @Test
    void textArrivesUnchangedInBothDirections() {
        recorder.echo();
        WireClient client = harness.connect();
        for (String text : List.of("hello", "", "€ 𝄞 \u0000 \" \\ \n", "4", "b", "{}")) {
            client.send(text);
            assertThat(client.next()).isEqualTo(text);
        }
    }

    @Test
    void bytesArriveUnchangedInBothDirections() {
        recorder.echo();
        WireClient client = harness.connect();
        byte[] all = new byte[256];
        IntStream.range(0, 256).forEach(i -> all[i] = (byte) i);
        for (byte[] bytes : List.of(all, new byte[] {4}, "text".getBytes(StandardCharsets.UTF_8))) {
            client.send(bytes);
            assertThat((byte[]) client.next()).isEqualTo(bytes);
        }
    }

    @Test
    void messagesKeepTheirOrderInBothDirections() {
        recorder.echo();
        WireClient client = harness.connect();
        IntStream.range(0, 1000).forEach(i -> client.send("message " + i));
        IntStream.range(0, 1000).forEach(i -> assertThat(client.next()).isEqualTo("message " + i));
    }

    @Test
    void whatIsSentOnOpeningFollowsTheHandshakeInOrder() {
        recorder.onOpen(session -> IntStream.range(0, 20).forEach(i -> session.send("welcome " + i)));
        WireClient client = harness.connect();
        IntStream.range(0, 20).forEach(i -> assertThat(client.next()).isEqualTo("welcome " + i));
    }

    @Test
    void largeMessagesPassInBothDirections() {
        recorder.echo();
        WireClient client = harness.connect();
        String large = "0123456789".repeat(70_000);
        client.send(large);
        assertThat(client.next()).isEqualTo(large);
    }

    @Test
    void messagesOfOneThreadKeepTheirOrderAndBundlesTheirUnityWhileOthersSend() {
        WireClient client = harness.connect();
        Session session = recorder.session(0);
        List<CompletableFuture<Void>> senders = new ArrayList<>();
        for (int sender = 0; sender < 4; sender++) {
            int name = sender;
            senders.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 100; i++) {
                    byte[] first = (name + ":" + i + ":0").getBytes(StandardCharsets.UTF_8);
                    byte[] second = (name + ":" + i + ":1").getBytes(StandardCharsets.UTF_8);
                    session.send(PacketBundle.message(Utf8.of("4" + name + ":" + i), List.of(first, second)));
                }
            }));
        }
        int[] next = new int[4];
        for (int i = 0; i < 400; i++) {
            String head = (String) client.next();
            int sender = head.charAt(0) - '0';
            assertThat(head).isEqualTo(sender + ":" + next[sender]++);
            assertThat(new String((byte[]) client.next(), StandardCharsets.UTF_8))
                    .isEqualTo(head + ":0");
            assertThat(new String((byte[]) client.next(), StandardCharsets.UTF_8))
                    .isEqualTo(head + ":1");
        }
        senders.forEach(CompletableFuture::join);
    }

    @Test
    void oneBundleReachesManyClientsUnchanged() {
        List<WireClient> clients =
                IntStream.range(0, 20).mapToObj(i -> harness.connect()).toList();
        PacketBundle bundle = PacketBundle.message(Utf8.of("4news"), List.of(new byte[] {1, 2, 3}));
        IntStream.range(0, 20).forEach(i -> recorder.session(i).send(bundle));
        for (WireClient client : clients) {
            assertThat(client.next()).isEqualTo("news");
            assertThat((byte[]) client.next()).containsExactly(1, 2, 3);
        }
    }

    @Test
    void closingInGoodOrderDeliversWhatWasSentBefore() {
        WireClient client = harness.connect();
        Session session = recorder.session(0);
        Arrays.asList("a", "b", "c").forEach(session::send);
        session.close();
        assertThat(session.send("too late")).isFalse();
        assertThat(List.of(client.next(), client.next(), client.next())).containsExactly("a", "b", "c");
        client.awaitEnd();
        assertThat(recorder.closeReason(0)).isEqualTo(CloseReason.FORCED_CLOSE);
    }

    @Test
    void aClientThatClosesEndsItsSession() {
        WireClient client = harness.connect();
        recorder.session(0);
        client.close();
        assertThat(recorder.closeReason(0)).isEqualTo(CloseReason.TRANSPORT_CLOSE);
    }

    @Test
    void aClientWhoseConnectionIsCutLosesItsSession() {
        WireClient client = harness.connect();
        recorder.session(0);
        client.cut();
        assertThat(recorder.closeReason(0)).isIn(CloseReason.TRANSPORT_CLOSE, CloseReason.TRANSPORT_ERROR);
    }

    @Test
    void garbageEndsTheSessionThatSentItAndNoOther() {
        recorder.echo();
        WireClient bad = harness.connect();
        recorder.session(0);
        WireClient good = harness.connect();
        bad.sendGarbage();
        assertThat(recorder.closeReason(0)).isEqualTo(CloseReason.PARSE_ERROR);
        bad.awaitEnd();
        good.send("still here");
        assertThat(good.next()).isEqualTo("still here");
    }

    @Test
    void aMessageBeyondTheLimitEndsTheSessionThatSentItAndNoOther() {
        recorder.echo();
        WireClient bad = harness.connect();
        recorder.session(0);
        WireClient good = harness.connect();
        bad.send("x".repeat(MAX_PAYLOAD + 1));
        assertThat(recorder.closeReason(0)).isEqualTo(CloseReason.TRANSPORT_ERROR);
        good.send("still here");
        assertThat(good.next()).isEqualTo("still here");
    }

    @Test
    void closingTheServerTellsEveryClientAndNewOnesAreWelcome() {
        recorder.echo();
        List<WireClient> clients =
                IntStream.range(0, 5).mapToObj(i -> harness.connect()).toList();
        recorder.session(4);
        server.close().join();
        clients.forEach(WireClient::awaitEnd);
        WireClient late = harness.connect();
        late.send("hello");
        assertThat(late.next()).isEqualTo("hello");
    }
}
