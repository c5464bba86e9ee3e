package dev.parley.adapter;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Behaviour;
import dev.parley.contract.AdapterContract;
import dev.parley.contract.FakeNode;
import dev.parley.contract.FakeRecipient;
import dev.parley.protocol.Packet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The adapter that restores sessions fulfils the contract, keeps what clients miss, and no more than it may. */
class SessionAwareAdapterTest {

    private static final Duration MAX = ofSeconds(100);
    private static final RecoveryLimits LIMITS = new RecoveryLimits(MAX, 100, 1000, 1_000_000, 1000, 1_000_000);

    @Nested
    class Contract extends AdapterContract {

        @Override
        protected Adapter create(AdapterNode node) {
            ((FakeNode) node).recovery = LIMITS;
            return new SessionAwareAdapter(node);
        }
    }

    private final FakeNode node = node(LIMITS);
    private final SessionAwareAdapter adapter = new SessionAwareAdapter(node);

    private static FakeNode node(RecoveryLimits limits) {
        FakeNode node = new FakeNode();
        node.recovery = limits;
        return node;
    }

    private static Selection rooms(String... names) {
        return Selection.ALL.to(List.of(names));
    }

    private static Packet.Event event(String name) {
        return new Packet.Event("/", Packet.NO_ACK, name, List.of());
    }

    private static void broadcast(Adapter adapter, String name, Selection selection) {
        adapter.broadcast(event(name), selection, DeliveryFlags.DEFAULT);
    }

    private void broadcast(String name, Selection selection) {
        broadcast(adapter, name, selection);
    }

    /** Name and offset of a packet, as the fake node writes it. */
    private static String[] nameAndOffset(String text) {
        return text.replaceAll(".*name=(\\w+), args=\\[(.*)]]", "$1 $2").split(" ", 2);
    }

    private static String lastOffset(FakeRecipient recipient) {
        return nameAndOffset(
                recipient.delivered.get(recipient.delivered.size() - 1).text().toString())[1];
    }

    private static RecoverableSession sessionOf(FakeRecipient socket) {
        return new RecoverableSession(
                socket.id(), "pid-" + socket.id(), socket.membership.rooms(), Map.of("name", "ada"));
    }

    /** The client has gone, and the last handler has run. */
    private static void lose(SessionAwareAdapter adapter, FakeRecipient socket) {
        CompletableFuture<RecoverableSession> session = new CompletableFuture<>();
        adapter.keep(socket, "pid-" + socket.id(), session);
        session.complete(sessionOf(socket));
        socket.membership.close();
    }

    private static @Nullable ClaimedSession claim(SessionAwareAdapter adapter, String pid, String offset) {
        return adapter.claim(pid, offset).toCompletableFuture().join();
    }

    /** A socket that goes on with a session, and the names of what it has missed. */
    private static final class Heir {

        final FakeRecipient socket;
        final List<String> missed = new ArrayList<>();

        Heir(SessionAwareAdapter adapter, ClaimedSession session) {
            socket = new FakeRecipient(adapter, session.session().id());
            session.passTo(socket.membership);
            session.resume()
                    .forEach(bundle -> missed.add(nameAndOffset(bundle.text().toString())[0]));
        }
    }

    private List<String> missed(String pid, String offset) {
        return new Heir(adapter, claim(adapter, pid, offset)).missed;
    }

    private FakeRecipient member(String id, String... rooms) {
        return FakeRecipient.active(adapter, id, rooms);
    }

    /** A client that has received the event {@code first}, and is then lost; returns its offset. */
    private String lost(String id, String... rooms) {
        FakeRecipient socket = member(id, rooms);
        broadcast("first", rooms(id));
        lose(adapter, socket);
        return lastOffset(socket);
    }

    @Test
    void needs_recovery_to_be_on() {
        assertThatThrownBy(() -> new SessionAwareAdapter(new FakeNode()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("connectionStateRecovery: off (expected: on)");
    }

    @Test
    @Behaviour("REC-009")
    void a_session_is_restored_with_nothing_missed_when_nothing_was_sent() {
        String offset = lost("a", "r");

        ClaimedSession session = claim(adapter, "pid-a", offset);

        assertThat(session).isNotNull();
        assertThat(session.session())
                .isEqualTo(new RecoverableSession("a", "pid-a", Set.of("a", "r"), Map.of("name", "ada")));
        Heir heir = new Heir(adapter, session);
        assertThat(heir.missed).isEmpty();
        assertThat(heir.socket.membership.rooms()).containsExactlyInAnyOrder("a", "r");
        assertThat(adapter.localMembers(rooms("r"))).containsExactly(heir.socket);
    }

    @Test
    @Behaviour({"REC-010", "REC-023"})
    void what_is_missed_are_the_events_for_the_rooms_of_the_session() {
        String offset = lost("a", "r1", "r2");
        FakeRecipient other = member("b", "r1");

        broadcast("all", Selection.ALL);
        broadcast("room", rooms("r1"));
        broadcast("elsewhere", rooms("r3"));
        broadcast("exceptOther", Selection.ALL.without(List.of("r3")));
        broadcast("exceptMine", Selection.ALL.without(List.of("r2")));
        broadcast("roomExceptMe", rooms("r1").without(List.of("a")));
        broadcast("own", rooms("a"));
        adapter.broadcast(event("volatile"), Selection.ALL, DeliveryFlags.DEFAULT.withDroppable(true));
        adapter.broadcastForAcks(event("ack"), Selection.ALL, DeliveryFlags.DEFAULT, MAX, new Ignored());

        List<String[]> sent = other.delivered.stream()
                .map(bundle -> nameAndOffset(bundle.text().toString()))
                .toList();
        Heir heir = new Heir(adapter, claim(adapter, "pid-a", offset));
        assertThat(heir.missed).containsExactly("all", "room", "exceptOther", "own");
        assertThat(sent)
                .extracting(packet -> packet[0])
                .containsExactly("all", "room", "exceptOther", "exceptMine", "roomExceptMe", "volatile", "ack");
        assertThat(sent.subList(0, 5)).extracting(packet -> packet[1]).doesNotHaveDuplicates();
        assertThat(sent.subList(5, 7)).extracting(packet -> packet[1]).containsOnly("");
    }

    private static final class Ignored implements AckListener {
        @Override
        public void sentTo(int clients) {}

        @Override
        public void acknowledged(List<? extends @Nullable Object> args) {}

        @Override
        public void left() {}
    }

    @ParameterizedTest
    @Behaviour({"REC-012", "REC-024", "REC-025"})
    @ValueSource(strings = {"", "unknown", "1-1", "../..", "Q84ovsq.0"})
    void an_unknown_offset_restores_nothing_and_leaves_the_session_to_its_client(String unknown) {
        String offset = lost("a");

        assertThat(claim(adapter, "pid-a", unknown)).isNull();
        assertThat(claim(adapter, "pid-a", offset)).isNotNull();
    }

    @Test
    @Behaviour("REC-011")
    void an_unknown_session_is_not_restored() {
        assertThat(claim(adapter, "pid-x", lost("a"))).isNull();
    }

    @Test
    @Behaviour("REC-017")
    void a_session_is_claimed_once() {
        String offset = lost("a");

        assertThat(claim(adapter, "pid-a", offset)).isNotNull();
        assertThat(claim(adapter, "pid-a", offset)).isNull();
    }

    @Test
    void a_session_that_is_given_back_can_be_claimed_again_until_its_time_is_over() {
        String offset = lost("a");
        node.time.advance(MAX.dividedBy(2));

        claim(adapter, "pid-a", offset).release();
        ClaimedSession again = claim(adapter, "pid-a", offset);
        node.time.advance(MAX);
        again.release();

        assertThat(claim(adapter, "pid-a", offset)).isNull();
        assertThat(adapter.sessionCount()).isZero();
    }

    @Test
    void whoever_comes_back_before_the_last_handler_has_run_waits_for_it() {
        FakeRecipient socket = member("a");
        broadcast("first", Selection.ALL);
        CompletableFuture<RecoverableSession> session = new CompletableFuture<>();
        adapter.keep(socket, "pid-a", session);

        CompletableFuture<@Nullable ClaimedSession> claim =
                adapter.claim("pid-a", lastOffset(socket)).toCompletableFuture();
        assertThat(claim).isNotDone();
        broadcast("second", Selection.ALL);
        session.complete(sessionOf(socket));

        assertThat(new Heir(adapter, claim.join()).missed).containsExactly("second");
    }

    @Test
    @Behaviour("REC-018")
    void what_is_sent_while_a_client_is_decided_about_is_missed_too_and_not_sent_twice() {
        String offset = lost("a", "r");
        broadcast("before", rooms("r"));
        ClaimedSession session = claim(adapter, "pid-a", offset);
        broadcast("claimed", rooms("r"));
        FakeRecipient socket = new FakeRecipient(adapter, "a");
        session.passTo(socket.membership);
        broadcast("passed", rooms("r"));
        adapter.emit(socket, event("direct"), DeliveryFlags.DEFAULT);

        assertThat(socket.delivered).isEmpty();
        assertThat(session.resume())
                .extracting(bundle -> nameAndOffset(bundle.text().toString())[0])
                .containsExactly("before", "claimed", "passed", "direct");

        broadcast("after", rooms("r"));
        assertThat(socket.delivered).hasSize(1);
    }

    @Test
    void a_room_that_was_left_meanwhile_is_not_caught_up_with() {
        String offset = lost("a", "r", "secret");
        broadcast("open", rooms("r"));
        broadcast("hidden", rooms("secret"));
        ClaimedSession session = claim(adapter, "pid-a", offset);
        FakeRecipient socket = new FakeRecipient(adapter, "a");
        session.passTo(socket.membership);

        socket.membership.leave("secret");
        socket.membership.join(List.of("new"));

        assertThat(session.resume())
                .extracting(bundle -> nameAndOffset(bundle.text().toString())[0])
                .containsExactly("open");
        assertThat(socket.membership.rooms()).containsExactlyInAnyOrder("a", "r", "new");
    }

    @Test
    void an_event_for_a_socket_that_was_lost_reaches_its_successor() {
        FakeRecipient socket = member("a");
        broadcast("first", Selection.ALL);
        String offset = lastOffset(socket);
        lose(adapter, socket);

        adapter.emit(socket, event("late"), DeliveryFlags.DEFAULT);
        Heir heir = new Heir(adapter, claim(adapter, "pid-a", offset));
        adapter.emit(socket, event("later"), DeliveryFlags.DEFAULT);

        assertThat(heir.missed).containsExactly("late");
        assertThat(nameAndOffset(heir.socket.delivered.get(0).text().toString())[0])
                .isEqualTo("later");
        assertThat(socket.delivered).hasSize(1);
    }

    @Test
    void a_client_that_was_sent_nothing_for_long_comes_back_although_its_last_event_is_forgotten() {
        FakeRecipient quiet = member("a");
        broadcast("first", rooms("a"));
        String offset = lastOffset(quiet);
        for (int i = 0; i < 10; i++) {
            node.time.advance(MAX.dividedBy(2));
            broadcast("others", rooms("b"));
        }
        lose(adapter, quiet);
        broadcast("missed", Selection.ALL);
        node.time.advance(MAX);

        assertThat(missed("pid-a", offset)).containsExactly("missed");
    }

    @Test
    void it_comes_back_from_a_second_loss_as_well() {
        FakeRecipient quiet = member("a");
        broadcast("first", rooms("a"));
        String offset = lastOffset(quiet);
        node.time.advance(MAX.multipliedBy(2));
        lose(adapter, quiet);
        Heir heir = new Heir(adapter, claim(adapter, "pid-a", offset));
        node.time.advance(MAX.multipliedBy(2));
        broadcast("others", rooms("b"));
        lose(adapter, heir.socket);
        broadcast("missed", Selection.ALL);

        assertThat(missed("pid-a", offset)).containsExactly("missed");
    }

    @Test
    void one_that_was_lost_again_before_it_was_sent_what_it_had_missed_still_misses_it() {
        FakeRecipient quiet = member("a");
        broadcast("first", rooms("a"));
        String offset = lastOffset(quiet);
        node.time.advance(MAX.multipliedBy(2));
        lose(adapter, quiet);
        broadcast("missed", Selection.ALL);
        ClaimedSession session = claim(adapter, "pid-a", offset);
        FakeRecipient second = new FakeRecipient(adapter, "a");
        session.passTo(second.membership);
        lose(adapter, second);
        assertThat(session.resume()).isEmpty();

        assertThat(missed("pid-a", offset)).containsExactly("missed");
    }

    @Test
    @Behaviour("REC-020")
    void a_session_that_has_expired_is_refused() {
        String offset = lost("a");
        FakeRecipient present = member("b");
        node.time.advance(MAX);
        broadcast("still", rooms("b"));
        assertThat(present.delivered).hasSize(1);

        node.time.advance(ofMillis(1));

        assertThat(claim(adapter, "pid-a", offset)).isNull();
    }

    @Test
    @Behaviour({"REC-020", "ADP-019"})
    void what_has_expired_is_dropped_by_one_timer_that_ends_with_it() {
        for (int i = 0; i < 10; i++) {
            lost("a" + i);
        }
        assertThat(node.time.pendingTimers()).isOne();
        assertThat(adapter.sessionCount()).isEqualTo(10);
        assertThat(adapter.packetCount()).isEqualTo(10);

        node.time.advance(ofSeconds(60));
        assertThat(adapter.sessionCount()).isEqualTo(10);
        node.time.advance(ofSeconds(60));

        assertThat(adapter.sessionCount()).isZero();
        assertThat(adapter.packetCount()).isZero();
        assertThat(node.time.pendingTimers()).isZero();
    }

    @Test
    @Behaviour("ADP-019")
    void a_closed_adapter_keeps_nothing_and_no_timer() {
        lost("a");
        FakeRecipient socket = member("b");

        adapter.close().join();
        lose(adapter, socket);
        broadcast("late", Selection.ALL);

        assertThat(adapter.sessionCount()).isZero();
        assertThat(adapter.packetCount()).isZero();
        assertThat(node.time.pendingTimers()).isZero();
    }

    @Test
    void no_more_packets_are_kept_than_the_limit_says() {
        SessionAwareAdapter small =
                new SessionAwareAdapter(node(new RecoveryLimits(MAX, 100, 3, 1_000_000, 1000, 1_000_000)));
        FakeRecipient socket = FakeRecipient.active(small, "a");
        broadcast(small, "first", Selection.ALL);
        broadcast(small, "second", Selection.ALL);
        lose(small, socket);
        broadcast(small, "third", Selection.ALL);
        broadcast(small, "fourth", Selection.ALL);

        String[] offsets = socket.delivered.stream()
                .map(bundle -> nameAndOffset(bundle.text().toString())[1])
                .toArray(String[]::new);
        assertThat(small.packetCount()).isEqualTo(3);
        assertThat(claim(small, "pid-a", offsets[0])).isNull();
        assertThat(new Heir(small, claim(small, "pid-a", offsets[1])).missed).containsExactly("third", "fourth");
    }

    @Test
    void a_client_that_has_missed_what_was_dropped_starts_anew() {
        SessionAwareAdapter small =
                new SessionAwareAdapter(node(new RecoveryLimits(MAX, 100, 2, 1_000_000, 1000, 1_000_000)));
        FakeRecipient socket = FakeRecipient.active(small, "a");
        broadcast(small, "first", Selection.ALL);
        lose(small, socket);
        for (String name : List.of("second", "third", "fourth")) {
            broadcast(small, name, Selection.ALL);
        }

        assertThat(claim(small, "pid-a", lastOffset(socket))).isNull();
    }

    @Test
    void no_more_bytes_are_kept_than_the_limit_says() {
        SessionAwareAdapter small =
                new SessionAwareAdapter(node(new RecoveryLimits(MAX, 100, 1000, 2_000, 1000, 1_000_000)));
        for (int i = 0; i < 100; i++) {
            broadcast(small, "event", Selection.ALL);
        }
        assertThat(small.packetCount()).isBetween(3, 6);

        broadcast(small, "x".repeat(3_000), Selection.ALL);
        assertThat(small.packetCount()).isZero();
    }

    @Test
    void no_more_sessions_are_kept_than_the_limit_says() {
        SessionAwareAdapter small =
                new SessionAwareAdapter(node(new RecoveryLimits(MAX, 2, 1000, 1_000_000, 1000, 1_000_000)));
        List<FakeRecipient> sockets = Arrays.asList(new FakeRecipient[3]);
        sockets.replaceAll(none -> FakeRecipient.active(
                small, "a" + small.localMembers(Selection.ALL).size()));
        broadcast(small, "first", Selection.ALL);
        sockets.forEach(socket -> lose(small, socket));

        assertThat(small.sessionCount()).isEqualTo(2);
        assertThat(claim(small, "pid-a0", lastOffset(sockets.get(0)))).isNull();
        assertThat(claim(small, "pid-a2", lastOffset(sockets.get(2)))).isNotNull();
    }

    @Test
    void a_client_that_has_missed_more_than_can_be_queued_starts_anew() {
        SessionAwareAdapter small =
                new SessionAwareAdapter(node(new RecoveryLimits(MAX, 100, 1000, 1_000_000, 2, 1_000_000)));
        FakeRecipient socket = FakeRecipient.active(small, "a");
        broadcast(small, "first", Selection.ALL);
        lose(small, socket);
        for (String name : List.of("second", "third", "fourth")) {
            broadcast(small, name, Selection.ALL);
        }

        assertThat(claim(small, "pid-a", lastOffset(socket))).isNull();
    }

    @Test
    void a_claimed_session_misses_nothing_although_the_log_goes_on_without_it() {
        SessionAwareAdapter small =
                new SessionAwareAdapter(node(new RecoveryLimits(MAX, 100, 2, 1_000_000, 1000, 1_000_000)));
        FakeRecipient socket = FakeRecipient.active(small, "a");
        broadcast(small, "first", Selection.ALL);
        lose(small, socket);
        ClaimedSession session = claim(small, "pid-a", lastOffset(socket));
        for (String name : List.of("second", "third", "fourth", "fifth")) {
            broadcast(small, name, Selection.ALL);
        }

        assertThat(new Heir(small, session).missed).containsExactly("second", "third", "fourth", "fifth");
    }

    @Test
    void a_client_gets_the_events_of_several_threads_in_the_order_of_the_log() throws InterruptedException {
        FakeRecipient socket = member("a");
        Thread other = new Thread(() -> broadcast("second", rooms("a")));
        socket.beforeSend = () -> {
            socket.beforeSend = () -> {};
            other.start();
            while (other.getState() != Thread.State.WAITING && other.getState() != Thread.State.TERMINATED) {
                Thread.onSpinWait();
            }
        };

        broadcast("first", Selection.ALL);
        other.join();
        lose(adapter, socket);

        assertThat(socket.delivered)
                .extracting(bundle -> nameAndOffset(bundle.text().toString())[0])
                .containsExactly("first", "second");
        assertThat(missed("pid-a", lastOffset(socket))).isEmpty();
    }

    @Test
    void an_event_is_encoded_once_for_all_and_its_listeners_do_not_see_the_offset() {
        FakeRecipient a = member("a");
        FakeRecipient b = member("b");

        broadcast("news", Selection.ALL);

        assertThat(node.encodings).isOne();
        assertThat(a.delivered).hasSize(1);
        assertThat(b.delivered.get(0)).isSameAs(a.delivered.get(0));
        assertThat(a.announced).containsExactly(event("news"));
    }

    @Test
    @Behaviour("REC-014")
    void offsets_are_the_time_to_the_base_64_and_never_given_twice() {
        Offsets offsets = new Offsets();

        assertThat(offsets.next(1_790_000_000_000L)).isEqualTo("Q34K6m0");
        assertThat(offsets.next(1_790_000_000_000L)).isEqualTo("Q34K6m0.0");
        assertThat(offsets.next(1_790_000_000_000L)).isEqualTo("Q34K6m0.1");
        assertThat(offsets.next(1_789_999_999_999L)).isEqualTo("Q34K6m0.2");
        assertThat(offsets.next(1_790_000_000_001L)).isEqualTo("Q34K6m1");
    }
}
