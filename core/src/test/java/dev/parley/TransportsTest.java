package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Fixture.Client;
import dev.parley.adapter.Adapter;
import dev.parley.adapter.AdapterNode;
import dev.parley.adapter.DeliveryFlags;
import dev.parley.adapter.InMemoryAdapter;
import dev.parley.engine.RequestFilter;
import dev.parley.testing.MemoryExchange;
import dev.parley.testing.MemoryWebSocket;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Socket.IO over each of the transports, and what passes through it to them. */
class TransportsTest {

    private final Fixture server = new Fixture();

    private String handshake() {
        String open =
                server.transport.get("/socket.io/?EIO=4&transport=polling").text();
        return "/socket.io/?EIO=4&transport=polling&sid="
                + open.substring(open.indexOf("\"sid\":\"") + 7, open.indexOf("\",\"upgrades"));
    }

    private String joinByPolling() {
        String uri = handshake();
        server.transport.post(uri, "40");
        assertThat(server.transport.get(uri).text()).startsWith("40{");
        return uri;
    }

    private MemoryWebSocket upgrade(String uri) {
        MemoryWebSocket webSocket =
                server.transport.upgrade(uri.replace("polling", "websocket")).webSocket();
        webSocket.send("2probe");
        assertThat(webSocket.poll()).isEqualTo("3probe");
        webSocket.send("5");
        return webSocket;
    }

    @Test
    @Behaviour({"SIO-MANY-021", "SIO-MANY-023", "SIO-VOL-011"})
    void broadcasts_reach_clients_of_every_transport() {
        Client direct = server.connect();
        String polling = joinByPolling();
        MemoryWebSocket upgraded = upgrade(joinByPolling());
        server.io.of("/custom");
        Client other = server.open().join("/custom");
        MemoryExchange poll = server.transport.get(polling);

        server.io.asVolatile().emit("bytes", new byte[] {1, 2, 3});

        assertThat(direct.next()).isEqualTo("51-[\"bytes\",{\"_placeholder\":true,\"num\":0}]");
        assertThat(direct.nextMessage()).isEqualTo(new byte[] {1, 2, 3});
        assertThat(upgraded.poll()).isEqualTo("451-[\"bytes\",{\"_placeholder\":true,\"num\":0}]");
        assertThat(upgraded.poll()).isEqualTo(new byte[] {1, 2, 3});
        assertThat(poll.text()).isEqualTo("451-[\"bytes\",{\"_placeholder\":true,\"num\":0}]\u001ebAQID");
        assertThat(other.all()).isEmpty();
    }

    @Test
    @Behaviour("SIO-SOCK-038")
    void a_client_may_be_disconnected_in_the_middle_of_its_upgrade() {
        String uri = joinByPolling();
        MemoryWebSocket webSocket =
                server.transport.upgrade(uri.replace("polling", "websocket")).webSocket();
        webSocket.send("2probe");

        server.io.disconnectSockets(true);
        webSocket.send("5");

        assertThat(server.io.sockets()).isEmpty();
        assertThat(server.errors).isEmpty();
        server.io.close().join();
        assertThat(server.io.engine().sessionCount()).isZero();
    }

    @Test
    @Behaviour("SIO-NS-016")
    void each_connection_is_a_socket_of_its_own() {
        Client first = server.connect();
        Client second = server.connect();

        assertThat(first.id).isNotEqualTo(second.id);
        assertThat(server.io.sockets()).hasSize(2);
    }

    @Test
    @Behaviour({"SIO-SOCK-021", "SIO-SOCK-022"})
    void very_large_arguments_survive_round_trips() {
        server.io.onConnection(socket -> socket.on("echo", event -> socket.emit("echo", event.args())));
        Client client = server.connect();
        String text = "\"" + "lorem \u00fc\u20ac ".repeat(60_000) + "\"";
        byte[] bytes = new byte[900_000];
        Arrays.fill(bytes, (byte) 7);

        for (int i = 0; i < 3; i++) {
            client.send("2[\"echo\",[" + text + "]]");
            assertThat(client.next()).isEqualTo("2[\"echo\",[" + text + "]]");
            client.send("51-[\"echo\",{\"_placeholder\":true,\"num\":0}]");
            client.send(bytes);
            assertThat(client.next()).isEqualTo("51-[\"echo\",{\"_placeholder\":true,\"num\":0}]");
            assertThat(client.nextMessage()).isEqualTo(bytes);
        }
    }

    @Test
    @Behaviour({"SIO-SRV-023", "SIO-SRV-024"})
    void connections_are_filtered_by_their_first_request() {
        RequestFilter filter = request -> CompletableFuture.completedFuture(
                request.query().containsKey("please")
                        ? RequestFilter.Verdict.admit()
                        : RequestFilter.Verdict.refuse("not you"));
        Fixture picky = new Fixture(options -> options.allowRequest(filter));

        assertThat(picky.transport
                        .get("/socket.io/?EIO=4&transport=polling&please=1")
                        .status())
                .isEqualTo(200);
        assertThat(picky.transport.get("/socket.io/?EIO=4&transport=polling").status())
                .isEqualTo(403);
    }

    @Test
    @Behaviour({"SIO-NS-022", "SIO-NS-023"})
    void events_are_compressed_unless_the_application_says_otherwise() {
        List<DeliveryFlags> flags = new ArrayList<>();
        Fixture watched = new Fixture(options -> options.adapter(node -> watched(node, flags)));

        watched.io.emit("a");
        watched.io.compress(false).emit("b");
        watched.io.compress(false).compress(true).asVolatile().emit("c");

        assertThat(flags).extracting(DeliveryFlags::compress).containsExactly(true, false, true);
        assertThat(flags).extracting(DeliveryFlags::droppable).containsExactly(false, false, true);
    }

    private static Adapter watched(AdapterNode node, List<DeliveryFlags> flags) {
        Adapter real = new InMemoryAdapter(node);
        return (Adapter) Proxy.newProxyInstance(
                TransportsTest.class.getClassLoader(), new Class<?>[] {Adapter.class}, (proxy, method, args) -> {
                    if (method.getName().equals("broadcast")) {
                        flags.add((DeliveryFlags) args[2]);
                    }
                    return method.invoke(real, args);
                });
    }
}
