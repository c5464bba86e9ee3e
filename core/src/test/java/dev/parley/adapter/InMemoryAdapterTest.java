package dev.parley.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.contract.AdapterContract;
import dev.parley.contract.FakeNode;
import dev.parley.contract.FakeRecipient;
import dev.parley.protocol.Packet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The in-memory adapter fulfils the contract and keeps no empty rooms. */
class InMemoryAdapterTest extends AdapterContract {

    @Override
    protected Adapter create(AdapterNode node) {
        return new InMemoryAdapter(node);
    }

    @Test
    @Behaviour({"ADP-001", "SIO-MANY-009"})
    void a_room_without_members_is_gone() {
        InMemoryAdapter adapter = new InMemoryAdapter(new FakeNode());
        FakeRecipient a = FakeRecipient.active(adapter, "a", "r1");
        FakeRecipient b = FakeRecipient.active(adapter, "b", "r1");
        assertThat(adapter.roomCount()).isEqualTo(3);

        a.membership.leave("r1");
        b.membership.leave("r1");
        assertThat(adapter.roomCount()).isEqualTo(2);

        a.membership.seal();
        b.membership.close();
        assertThat(adapter.roomCount()).isZero();
    }

    @Test
    void rooms_of_a_socket_that_is_not_active_do_not_exist() {
        InMemoryAdapter adapter = new InMemoryAdapter(new FakeNode());
        FakeRecipient a = new FakeRecipient(adapter, "a");

        a.membership.join(List.of("r"));

        assertThat(adapter.roomCount()).isZero();
    }

    @Test
    void a_broadcast_to_nobody_is_not_encoded() {
        FakeNode node = new FakeNode();
        InMemoryAdapter adapter = new InMemoryAdapter(node);
        FakeRecipient.active(adapter, "a");

        adapter.broadcast(
                new Packet.Event("/", Packet.NO_ACK, "news", List.of()),
                Selection.ALL.to(List.of("nowhere")),
                DeliveryFlags.DEFAULT);

        assertThat(node.encodings).isZero();
    }
}
