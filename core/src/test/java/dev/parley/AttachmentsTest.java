package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.parley.Fixture.Client;
import dev.parley.protocol.JsonPacketCodec;
import dev.parley.protocol.Packet;
import dev.parley.protocol.PacketBundle;
import dev.parley.protocol.PacketCodec;
import dev.parley.protocol.PacketCodecFactory;
import dev.parley.protocol.PacketDecoder;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Packets whose attachments are long in coming, or many. */
class AttachmentsTest {

    private static final Duration PING_INTERVAL = Duration.ofSeconds(25);

    private final List<Integer> handled = new ArrayList<>();
    private final List<String> ends = new ArrayList<>();
    private Fixture server = new Fixture();

    @AfterEach
    void nothing_is_left_over() {
        server.io.close();
        assertThat(server.time.pendingTimers()).as("%s", server.time).isZero();
    }

    private void serve(Consumer<SocketIoOptions.Builder> options) {
        server = new Fixture(options);
        server.io.onConnection(socket -> {
            socket.on("x", event -> handled.add(event.args().length));
            socket.onDisconnect((reason, cause) -> ends.add(reason + ": " + cause.getMessage()));
        });
    }

    /** Announces attachments. */
    private static void begin(Client client, int attachments) {
        StringBuilder packet = new StringBuilder().append(5).append(attachments).append("-[\"x\"");
        for (int i = 0; i < attachments; i++) {
            packet.append(",{\"_placeholder\":true,\"num\":").append(i).append('}');
        }
        client.send(packet.append(']').toString());
    }

    /** Lets time go by; the client answers the ping. */
    private void passPingInterval(Client client) {
        server.advance(PING_INTERVAL);
        client.all();
    }

    @Test
    @Behaviour("ABUSE-010")
    void a_client_that_announces_attachments_and_sends_none_is_closed_though_it_answers_pings() {
        serve(options -> {});
        Client client = server.connect();

        begin(client, 10);
        for (int i = 0; i < 9; i++) {
            client.send(new byte[100]);
        }
        passPingInterval(client);
        assertThat(client.isClosed()).as("25 seconds are not too long").isFalse();
        passPingInterval(client);

        assertThat(client.isClosed()).isTrue();
        assertThat(ends).containsExactly("forced close: attachments are missing");
        assertThat(handled).isEmpty();
    }

    @Test
    @Behaviour("ABUSE-010")
    void a_thousand_such_clients_are_closed_and_nobody_else() {
        serve(options -> {});
        Client bystander = server.connect();
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            Client client = server.connect();
            begin(client, 2);
            client.send(new byte[10]);
            clients.add(client);
        }

        for (int i = 0; i < 2; i++) {
            server.advance(PING_INTERVAL);
            clients.forEach(Client::all);
            bystander.all();
        }

        assertThat(clients).allMatch(Client::isClosed);
        assertThat(bystander.isClosed()).isFalse();
        assertThat(server.io.engine().sessionCount()).isEqualTo(1);
        assertThat(server.io.incidents().count(Incident.ATTACHMENT_TIMEOUT)).isEqualTo(1000);
    }

    @Test
    void a_client_that_sends_its_attachments_slowly_may_go_on() {
        serve(options -> {});
        Client client = server.connect();

        begin(client, 4);
        for (int i = 0; i < 4; i++) {
            passPingInterval(client);
            client.send(new byte[100]);
        }
        passPingInterval(client);
        passPingInterval(client);

        assertThat(client.isClosed()).isFalse();
        assertThat(handled).containsExactly(4);
    }

    @Test
    @Behaviour("ABUSE-010")
    void attachments_that_are_longer_than_a_packet_may_be_close_the_connection() {
        serve(options -> options.maxPacketBytes(1000));
        Client client = server.connect();

        begin(client, 3);
        client.send(new byte[400]);
        client.send(new byte[400]);
        assertThat(client.isClosed()).isFalse();
        client.send(new byte[400]);

        assertThat(client.isClosed()).isTrue();
        assertThat(ends).containsExactly("forced close: too many bytes in a packet");
        assertThat(handled).isEmpty();
    }

    @Test
    void a_text_that_is_longer_than_a_packet_may_be_closes_the_connection() {
        serve(options -> options.maxPacketBytes(1000));
        Client client = server.connect();

        client.send("2[\"x\",\"" + "a".repeat(991) + "\"]");
        assertThat(client.isClosed()).isFalse();
        client.send("2[\"x\",\"" + "a".repeat(992) + "\"]");

        assertThat(client.isClosed()).isTrue();
        assertThat(ends).containsExactly("forced close: too many bytes in a packet");
    }

    @Test
    void the_bytes_of_each_packet_count_by_themselves() {
        serve(options -> options.maxPacketBytes(1000));
        Client client = server.connect();

        for (int i = 0; i < 10; i++) {
            begin(client, 1);
            client.send(new byte[800]);
        }

        assertThat(client.isClosed()).isFalse();
        assertThat(handled).hasSize(10);
    }

    @Test
    void a_packet_may_be_as_long_as_ten_payloads_unless_it_is_limited() {
        assertThat(SocketIoOptions.defaults().maxPacketBytes()).isEqualTo(10_000_000);
        assertThat(SocketIoOptions.builder().maxPayload(50_000_000).build().maxPacketBytes())
                .isEqualTo(500_000_000);
        assertThat(SocketIoOptions.defaults().toBuilder()
                        .maxPayload(50_000_000)
                        .build()
                        .maxPacketBytes())
                .isEqualTo(500_000_000);
        assertThat(SocketIoOptions.builder()
                        .maxPayload(Integer.MAX_VALUE)
                        .build()
                        .maxPacketBytes())
                .isEqualTo(1 << 30);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SocketIoOptions.builder().maxPacketBytes(0))
                .withMessage("maxPacketBytes: 0 (expected: 1 to 1073741824)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SocketIoOptions.builder().attachmentTimeout(Duration.ZERO))
                .withMessage("attachmentTimeout: PT0S (expected: 1 ms to 100 years)");
    }

    @Test
    @Behaviour("ABUSE-010")
    void what_has_come_of_a_packet_is_not_kept_behind_the_end_even_if_the_application_keeps_the_socket()
            throws Exception {
        List<WeakReference<PacketDecoder>> decoders = new ArrayList<>();
        List<Socket> sockets = new ArrayList<>();
        serve(options -> options.parser(remembering(decoders)));
        server.io.onConnection(sockets::add);
        Client client = server.connect();
        begin(client, 2);
        client.send(new byte[100]);

        client.close();

        assertThat(sockets).hasSize(1);
        assertCollected(decoders.get(0));
    }

    private static PacketCodecFactory remembering(List<WeakReference<PacketDecoder>> decoders) {
        return (limits, converter) -> {
            PacketCodec json = new JsonPacketCodec(limits, converter);
            return new PacketCodec() {
                @Override
                public PacketBundle encode(Packet packet) {
                    return json.encode(packet);
                }

                @Override
                public PacketDecoder newDecoder() {
                    PacketDecoder decoder = json.newDecoder();
                    decoders.add(new WeakReference<>(decoder));
                    return decoder;
                }
            };
        };
    }

    @Test
    @Behaviour("ABUSE-026")
    void events_that_are_never_acknowledged_leave_nothing_behind() throws Exception {
        List<WeakReference<Ack>> acks = new ArrayList<>();
        Fixture forgetful = new Fixture();
        forgetful.io.onConnection(
                socket -> socket.on("ask", String.class, (text, ack) -> acks.add(new WeakReference<>(ack))));
        Client client = forgetful.connect();

        for (int i = 0; i < 1000; i++) {
            client.send("2" + i + "[\"ask\",\"x\"]");
        }

        assertThat(acks).hasSize(1000);
        for (WeakReference<Ack> ack : acks) {
            assertCollected(ack);
        }
        assertThat(client.isClosed()).isFalse();
        forgetful.io.close();
    }

    private static void assertCollected(WeakReference<?> reference) {
        for (int i = 0; i < 100 && reference.get() != null; i++) {
            System.gc();
        }
        assertThat(reference.get()).isNull();
    }
}
