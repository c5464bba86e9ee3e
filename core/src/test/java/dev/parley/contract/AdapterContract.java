package dev.parley.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Behaviour;
import dev.parley.adapter.AckListener;
import dev.parley.adapter.Adapter;
import dev.parley.adapter.AdapterNode;
import dev.parley.adapter.DeliveryFlags;
import dev.parley.adapter.MemberInfo;
import dev.parley.adapter.PendingAcks;
import dev.parley.adapter.RoomListener;
import dev.parley.adapter.Selection;
import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketBundle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every adapter does within one server: written once, run by each of them. */
public abstract class AdapterContract {

    private static final Packet.Event EVENT = new Packet.Event("/", Packet.NO_ACK, "news", List.of());
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final FakeNode node = new FakeNode();
    private Adapter adapter;

    /** Makes the adapter of a server that works alone. */
    protected abstract Adapter create(AdapterNode adapterNode);

    @BeforeEach
    void start() {
        adapter = create(node);
    }

    @AfterEach
    void nothingIsLeftOver() {
        adapter.localMembers(Selection.ALL).forEach(each -> each.membership().close());
        assertThat(adapter.localMembers(Selection.ALL)).isEmpty();
        adapter.close().join();
    }

    private static Selection rooms(String... names) {
        return Selection.ALL.to(List.of(names));
    }

    private static Selection except(String... names) {
        return Selection.ALL.without(List.of(names));
    }

    private FakeRecipient member(String id, String... rooms) {
        return FakeRecipient.active(adapter, id, rooms);
    }

    private void broadcast(Selection selection) {
        adapter.broadcast(EVENT, selection, DeliveryFlags.DEFAULT);
    }

    @Test
    @Behaviour({"ADP-001", "ADP-003", "SIO-MANY-008"})
    void both_directions_agree() {
        FakeRecipient a = member("a", "r1", "r2");
        FakeRecipient b = member("b", "r1");

        a.membership.leave("r1");

        assertThat(a.membership.rooms()).containsExactlyInAnyOrder("a", "r2");
        assertThat(adapter.localMembers(rooms("r1"))).containsExactly(b);
        b.membership.close();
        assertThat(b.membership.rooms()).isEmpty();
        assertThat(adapter.localMembers(rooms("r1"))).isEmpty();
        assertThat(adapter.localMembers(Selection.ALL)).containsExactly(a);
    }

    @Test
    void events_are_marked_that_are_not_to_be_compressed() {
        FakeRecipient a = member("a");

        broadcast(Selection.ALL);
        adapter.broadcast(EVENT, Selection.ALL, DeliveryFlags.DEFAULT.withCompress(false));

        assertThat(a.delivered).extracting(PacketBundle::isCompressible).containsExactly(true, false);
    }

    @Test
    void rooms_are_listed_and_counted() {
        FakeRecipient a = member("a", "r1", "r2");
        FakeRecipient b = member("b", "r1");

        assertThat(adapter.localSize("r1")).isEqualTo(2);
        assertThat(adapter.localSize("r2")).isEqualTo(1);
        assertThat(adapter.localSize("a")).isEqualTo(1);
        assertThat(adapter.localSize("unknown")).isZero();
        assertThat(adapter.localRooms()).containsExactlyInAnyOrder("r1", "r2");
        assertThat(a.membership.isIn("r2")).isTrue();
        assertThat(b.membership.isIn("r2")).isFalse();

        a.membership.seal();

        assertThat(adapter.localSize("r1")).isEqualTo(1);
        assertThat(adapter.localRooms()).containsExactly("r1");
        assertThat(a.membership.isIn("r2")).isTrue();
        a.membership.close();
        assertThat(a.membership.isIn("r2")).isFalse();
    }

    @Test
    void a_socket_may_leave_all_rooms_and_join_others() {
        FakeRecipient a = member("a");

        a.membership.leave("a");
        assertThat(a.membership.rooms()).isEmpty();
        a.membership.join(List.of("r1"));
        a.membership.join(List.of("r2", "r3"));
        a.membership.leave("r1");
        a.membership.leave("r2");
        assertThat(a.membership.rooms()).containsExactly("r3");
        a.membership.leave("r3");

        assertThat(a.membership.rooms()).isEmpty();
        assertThat(adapter.localRooms()).isEmpty();
        assertThat(adapter.localMembers(Selection.ALL)).containsExactly(a);
    }

    @Test
    void sockets_stay_in_the_order_in_which_they_came_whoever_leaves() {
        FakeRecipient a = member("a");
        FakeRecipient b = member("b");
        FakeRecipient c = member("c");
        FakeRecipient d = member("d");

        b.membership.close();
        assertThat(adapter.localMembers(Selection.ALL)).containsExactly(a, c, d);
        a.membership.close();
        d.membership.seal();
        assertThat(adapter.localMembers(Selection.ALL)).containsExactly(c);
        c.membership.close();
        FakeRecipient e = member("e");

        assertThat(adapter.localMembers(Selection.ALL)).containsExactly(e);
    }

    @Test
    @Behaviour({"ADP-002", "ADP-007", "ADP-008"})
    void sockets_are_selected_by_rooms_and_exceptions() {
        FakeRecipient a = member("a", "r1");
        FakeRecipient b = member("b", "r1", "r2");
        FakeRecipient c = member("c", "r3");

        assertThat(adapter.localMembers(Selection.ALL)).containsExactly(a, b, c);
        assertThat(adapter.localMembers(rooms("r1"))).containsExactly(a, b);
        assertThat(adapter.localMembers(rooms("unknown"))).isEmpty();
        assertThat(adapter.localMembers(rooms("r1").without(List.of("r2")))).containsExactly(a);
        assertThat(adapter.localMembers(except("r1"))).containsExactly(c);
        assertThat(adapter.localMembers(except("r1", "c"))).isEmpty();
        assertThat(adapter.fetch(rooms("r1").without(List.of("r2")), TIMEOUT).join())
                .extracting(MemberInfo::id)
                .containsExactly("a");
    }

    @Test
    @Behaviour({"ADP-004", "ADP-005", "SIO-MANY-005", "SIO-MANY-020"})
    void a_broadcast_reaches_each_selected_socket_once_and_is_encoded_once() {
        FakeRecipient a = member("a", "r1", "r2");
        FakeRecipient b = member("b", "r2", "r3");
        FakeRecipient c = member("c", "r3");

        broadcast(rooms("r1", "r2", "r3").without(List.of("c")));

        assertThat(node.encodings).isOne();
        assertThat(a.delivered).hasSize(1);
        assertThat(b.delivered).containsExactlyElementsOf(a.delivered);
        assertThat(b.delivered.get(0)).isSameAs(a.delivered.get(0));
        assertThat(c.delivered).isEmpty();
    }

    @Test
    void flags_reach_the_sockets() {
        FakeRecipient a = member("a");
        DeliveryFlags flags = DeliveryFlags.DEFAULT.withDroppable(true).withCompress(false);

        adapter.broadcast(EVENT, Selection.ALL, flags);

        assertThat(a.flags).containsExactly(flags);
        assertThat(DeliveryFlags.DEFAULT).isEqualTo(new DeliveryFlags(false, true));
    }

    @Test
    @Behaviour({"SIO-NS-025", "SIO-MANY-012", "SIO-MANY-029", "SIO-MANY-030"})
    void the_id_of_a_socket_is_the_name_of_its_room() {
        FakeRecipient a = member("a");
        FakeRecipient b = member("b");

        broadcast(rooms("a"));
        broadcast(except("a"));
        broadcast(rooms("a").without(List.of("a")));

        assertThat(a.delivered).hasSize(1);
        assertThat(b.delivered).hasSize(1);
    }

    @Test
    @Behaviour("SIO-MANY-010")
    void leaving_an_unknown_room_does_nothing() {
        FakeRecipient a = member("a");

        a.membership.leave("unknown");

        assertThat(a.membership.rooms()).containsExactly("a");
    }

    @Test
    @Behaviour("SIO-MANY-008")
    void the_room_of_the_own_id_can_be_left() {
        FakeRecipient a = member("a");

        a.membership.leave("a");
        broadcast(rooms("a"));
        broadcast(Selection.ALL);

        assertThat(a.membership.rooms()).isEmpty();
        assertThat(a.delivered).hasSize(1);
    }

    @Test
    void joining_twice_is_joining_once() {
        FakeRecipient a = member("a", "r", "r");
        a.membership.join(List.of("r"));

        broadcast(rooms("r"));
        a.membership.leave("r");
        broadcast(rooms("r"));

        assertThat(a.delivered).hasSize(1);
    }

    @Test
    void a_room_grows_and_shrinks_from_one_to_many_and_back() {
        FakeRecipient a = member("a", "r");
        FakeRecipient b = member("b", "r");
        FakeRecipient c = member("c", "r");
        b.membership.leave("r");
        assertThat(adapter.localMembers(rooms("r"))).containsExactly(a, c);
        a.membership.leave("r");
        assertThat(adapter.localMembers(rooms("r"))).containsExactly(c);
        b.membership.join(List.of("r"));
        assertThat(adapter.localMembers(rooms("r"))).containsExactly(c, b);
        c.membership.close();
        b.membership.close();
        assertThat(adapter.localMembers(rooms("r"))).isEmpty();
    }

    @Test
    @Behaviour("SIO-MANY-031")
    void a_pending_socket_takes_note_of_rooms_and_enters_them_when_active() {
        FakeRecipient a = new FakeRecipient(adapter, "a");
        a.membership.join(List.of("r"));
        broadcast(rooms("r"));
        broadcast(Selection.ALL);
        assertThat(a.delivered).isEmpty();
        assertThat(a.membership.rooms()).containsExactly("r");

        a.membership.activate();
        broadcast(rooms("r"));

        assertThat(a.delivered).hasSize(1);
    }

    @Test
    @Behaviour("SIO-SOCK-034")
    void a_sealed_socket_keeps_its_rooms_readable_but_is_in_none_and_joins_none() {
        FakeRecipient a = member("a", "r");

        a.membership.seal();
        a.membership.join(List.of("late"));
        a.membership.activate();
        broadcast(rooms("r", "late", "a"));
        broadcast(Selection.ALL);

        assertThat(a.delivered).isEmpty();
        assertThat(a.membership.rooms()).containsExactlyInAnyOrder("a", "r");
        a.membership.leave("r");
        assertThat(a.membership.rooms()).containsExactly("a");
        a.membership.close();
        a.membership.join(List.of("late"));
        assertThat(a.membership.rooms()).isEmpty();
    }

    @Test
    void a_socket_closed_before_it_was_active_never_enters() {
        FakeRecipient a = new FakeRecipient(adapter, "a");
        a.membership.join(List.of("r"));
        a.membership.close();

        a.membership.activate();

        assertThat(adapter.localMembers(Selection.ALL)).isEmpty();
    }

    @Test
    @Behaviour("ABUSE-038")
    void a_socket_may_be_in_only_so_many_rooms() {
        FakeNode small = new FakeNode();
        small.maxRooms = 2;
        Adapter limited = create(small);
        FakeRecipient a = FakeRecipient.active(limited, "a", "r1", "r2");

        assertThatThrownBy(() -> a.membership.join(List.of("r2", "r3")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("maxRoomsPerSocket: 3 (expected: <= 2)");
        a.membership.join(List.of("r1", "r2", "a"));
        a.membership.leave("r1");
        a.membership.join(List.of("r3"));

        assertThat(a.membership.rooms()).containsExactlyInAnyOrder("a", "r2", "r3");
        assertThatThrownBy(() -> limited.join(Selection.ALL, List.of("r4"))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @Behaviour({"SIO-UTIL-004", "SIO-UTIL-005", "SIO-UTIL-006", "SIO-UTIL-007", "SIO-UTIL-009"})
    void selected_sockets_are_moved_and_disconnected_together() {
        FakeRecipient a = member("a", "r1");
        FakeRecipient b = member("b", "r2");

        adapter.join(rooms("r1"), List.of("r3"));
        adapter.join(Selection.ALL, List.of("all"));
        adapter.leave(rooms("r2"), List.of("r2", "unknown"));
        adapter.disconnect(rooms("r3"), true);

        assertThat(a.membership.rooms()).containsExactlyInAnyOrder("a", "r1", "r3", "all");
        assertThat(b.membership.rooms()).containsExactlyInAnyOrder("b", "all");
        assertThat(a.disconnected).isEqualTo("closed");
        assertThat(b.disconnected).isEmpty();
    }

    @Test
    void members_may_leave_while_they_are_delivered_to() {
        FakeRecipient a = member("a", "r");
        List<FakeRecipient> all = new ArrayList<>(List.of(a, member("b", "r"), member("c", "r")));

        adapter.localMembers(rooms("r")).forEach(each -> each.membership().close());
        broadcast(Selection.ALL);

        assertThat(all).allMatch(each -> each.delivered.isEmpty());
    }

    @Test
    void a_broadcast_for_acks_counts_its_clients_and_can_be_forgotten() {
        FakeRecipient a = member("a");
        FakeRecipient b = member("b");
        Counter counter = new Counter();

        PendingAcks pending = adapter.broadcastForAcks(EVENT, Selection.ALL, DeliveryFlags.DEFAULT, TIMEOUT, counter);

        assertThat(counter.sentTo).isEqualTo(2);
        assertThat(node.encodings).isOne();
        assertThat(a.delivered.get(0)).isSameAs(b.delivered.get(0));
        assertThat(a.delivered.get(0).text().toString()).contains("ackId=0");
        assertThat(a.asked).containsExactly(counter);
        pending.forget();
        assertThat(a.forgotten).containsExactly(0L);
        assertThat(b.forgotten).containsExactly(0L);
    }

    @Test
    @Behaviour("SIO-MANY-019")
    void a_broadcast_for_acks_to_nobody_counts_zero_and_draws_no_id() {
        Counter counter = new Counter();

        adapter.broadcastForAcks(EVENT, rooms("r"), DeliveryFlags.DEFAULT, TIMEOUT, counter)
                .forget();

        assertThat(counter.sentTo).isZero();
        assertThat(node.nextAckId()).isZero();
    }

    private static final class Counter implements AckListener {
        int sentTo = -1;

        @Override
        public void sentTo(int clients) {
            sentTo = clients;
        }

        @Override
        public void acknowledged(List<? extends @Nullable Object> args) {}

        @Override
        public void left() {}
    }

    @Test
    @Behaviour({"SIO-NS-003", "SIO-MANY-014"})
    void selections_are_immutable() {
        Selection first = rooms("a");
        Selection second = first.to(List.of("b")).without(List.of("c")).onlyLocal();

        assertThat(first).isEqualTo(new Selection(false, Set.of("a"), Set.of(), false));
        assertThat(second).isEqualTo(new Selection(false, Set.of("a", "b"), Set.of("c"), true));
        assertThat(Selection.ALL.rooms()).isEmpty();
        assertThat(Selection.ALL.to(List.of()).everybody()).isFalse();
    }

    /** The changes of rooms that the adapter has told, since the last time. */
    private final class Changes implements RoomListener {

        private final List<String> changes = new ArrayList<>();

        Changes() {
            adapter.watchRooms(this);
        }

        List<String> take() {
            node.runTasks();
            List<String> taken = List.copyOf(changes);
            changes.clear();
            return taken;
        }

        @Override
        public void created(String room) {
            changes.add("create " + room);
        }

        @Override
        public void joined(String room, String socketId) {
            changes.add("join " + room + " " + socketId);
        }

        @Override
        public void left(String room, String socketId) {
            changes.add("leave " + room + " " + socketId);
        }

        @Override
        public void deleted(String room) {
            changes.add("delete " + room);
        }
    }

    @Test
    @Behaviour({"ADP-009", "ADP-010", "ADP-011", "ADP-012", "ADP-018"})
    void a_room_is_created_for_its_first_member_before_that_joins() {
        FakeRecipient a = member("a");
        FakeRecipient b = member("b");
        Changes changes = new Changes();

        a.membership.join(List.of("r"));
        assertThat(changes.take()).containsExactly("create r", "join r a");

        b.membership.join(List.of("r"));
        b.membership.join(List.of("r"));
        assertThat(changes.take()).containsExactly("join r b");
    }

    @Test
    @Behaviour({"ADP-013", "ADP-016", "ADP-017", "ADP-018"})
    void a_room_is_deleted_after_its_last_member_has_left() {
        FakeRecipient a = member("a", "r");
        FakeRecipient b = member("b", "r");
        Changes changes = new Changes();

        a.membership.leave("r");
        a.membership.leave("r");
        a.membership.leave("unknown");
        assertThat(changes.take()).containsExactly("leave r a");

        b.membership.leave("r");
        assertThat(changes.take()).containsExactly("leave r b", "delete r");
    }

    @Test
    @Behaviour("ADP-015")
    void a_socket_that_ends_leaves_each_of_its_rooms() {
        FakeRecipient a = member("a", "r1", "r2");
        member("b", "r2");
        Changes changes = new Changes();

        a.membership.seal();
        a.membership.close();

        assertThat(changes.take())
                .containsExactlyInAnyOrder("leave a a", "delete a", "leave r1 a", "delete r1", "leave r2 a");
    }

    @Test
    void a_socket_that_was_pending_enters_the_rooms_that_it_took_note_of() {
        FakeRecipient a = new FakeRecipient(adapter, "a");
        Changes changes = new Changes();
        a.membership.join(List.of("r"));
        assertThat(changes.take()).isEmpty();

        a.membership.activate();

        assertThat(changes.take()).containsExactly("create r", "join r a", "create a", "join a a");
    }

    @Test
    @Behaviour("ADP-014")
    void a_listener_of_rooms_may_change_them() {
        FakeRecipient a = member("a", "r");
        List<String> changes = new ArrayList<>();
        adapter.watchRooms(new RoomListener() {
            @Override
            public void left(String room, String socketId) {
                changes.add("leave " + room);
                a.membership.leave(room);
                a.membership.join(List.of("next"));
            }

            @Override
            public void joined(String room, String socketId) {
                changes.add("join " + room);
            }
        });

        a.membership.leave("r");
        node.runTasks();

        assertThat(changes).containsExactly("leave r", "join next");
    }
}
