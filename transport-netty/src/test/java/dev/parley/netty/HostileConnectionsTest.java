package dev.parley.netty;

import static dev.parley.netty.ServerUnderAbuse.echo;
import static dev.parley.netty.ServerUnderAbuse.joined;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.ConnectionStateRecovery;
import dev.parley.HandlerError;
import dev.parley.Middleware;
import dev.parley.Namespace;
import dev.parley.Socket;
import dev.parley.SocketIoServer;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that misuse what may be sent: joining, leaving, names, rooms, over real connections. */
class HostileConnectionsTest {

    @RegisterExtension
    final ServerUnderAbuse server = new ServerUnderAbuse();

    @Test
    @Behaviour("ABUSE-029")
    void who_never_joins_is_closed_after_a_while() throws Exception {
        RawClient webSocket = server.session();
        String polling = server.polling();

        server.time.advance(Duration.ofSeconds(45));

        assertThat(webSocket.frame()).isEqualTo("close ");
        assertThat(server.get(polling).body()).endsWith("1");
        server.awaitNobodyElse();
    }

    @Test
    @Behaviour("ABUSE-031")
    void a_burst_of_connects_makes_one_socket_at_most() throws Exception {
        BlockingQueue<Middleware.Next> waiting = new LinkedBlockingQueue<>();
        BlockingQueue<Socket> connected = new LinkedBlockingQueue<>();
        server.namespace("/slow");
        Namespace slow = server.io().of("/slow");
        slow.use((socket, next) -> waiting.add(next));
        slow.onConnection(connected::add);
        RawClient client = server.connected();

        byte[] connect = ClientFrame.text("40/slow,");
        client.send(connect);
        Middleware.Next first = Await.next(waiting);
        client.send(ClientFrame.join(Collections.nCopies(20, connect).toArray(byte[][]::new)));

        assertThat(client.frame()).isEqualTo("close ");
        server.awaitNobodyElse();
        first.accept();
        assertThat(waiting).isEmpty();
        assertThat(connected).isEmpty();
        assertThat(slow.sockets()).isEmpty();
    }

    @Test
    @Behaviour("ABUSE-031")
    void who_leaves_while_a_handler_works_may_join_again_but_once() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        server.namespace("/busy");
        BlockingQueue<Socket> connected = new LinkedBlockingQueue<>();
        server.io().of("/busy").onConnection(socket -> {
            connected.add(socket);
            socket.on("work", () -> {
                entered.countDown();
                leave.await();
            });
        });
        RawClient client = joined(server.connected(), "/busy,");
        Await.next(connected);
        client.send(ClientFrame.text("42/busy,[\"work\"]"));
        entered.await();

        client.send(ClientFrame.text("41/busy,"));
        joined(client, "/busy,");
        Await.next(connected);
        client.send(ClientFrame.text("40/busy,"));

        assertThat(client.frame()).isEqualTo("close ");
        leave.countDown();
        server.awaitNobodyElse();
        assertThat(connected).isEmpty();
    }

    @Test
    @Behaviour("ABUSE-032")
    void namespaces_that_a_client_makes_up_are_limited_and_end_with_it() throws Exception {
        SocketIoServer io = server.io();
        io.of(Pattern.compile("/n\\d+"));
        RawClient client = server.connected();
        for (int i = 1; i < 100; i++) {
            joined(client, "/n" + i + ",");
        }
        assertThat(io.namespaces()).hasSize(100);

        client.send(ClientFrame.text("40/n100,"));

        assertThat(client.frame()).isEqualTo("close ");
        server.awaitNobodyElse();
        Await.until(() -> io.namespaces().size() == 1, () -> "left: " + io.namespaces());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/other", "/other?token=x", "/__proto__", "/../", "/a b"})
    @Behaviour("ABUSE-033")
    void a_namespace_that_does_not_exist_is_refused_and_the_connection_stays(String name) throws Exception {
        RawClient client = server.connected();

        client.send(ClientFrame.text("40" + name + ","));

        assertThat(client.frame()).isEqualTo("text 44" + name + ",{\"message\":\"Invalid namespace\"}");
        echo(client, "x");
    }

    @Test
    @Behaviour("ABUSE-033")
    void a_name_made_for_a_pattern_takes_only_so_long() throws Exception {
        server.io().of(Pattern.compile("/(a+)+b"));
        server.io().of(Pattern.compile("/(x|y)*z"));
        RawClient client = server.connected();
        String slow = "/" + "a".repeat(4000);
        String deep = "/" + "x".repeat(4000);

        client.send(ClientFrame.text("40" + slow + ","));
        echo(client, "meanwhile");
        assertThat(client.frame()).isEqualTo("text 44" + slow + ",{\"message\":\"Invalid namespace\"}");
        client.send(ClientFrame.text("40" + deep + ","));
        assertThat(client.frame()).isEqualTo("text 44" + deep + ",{\"message\":\"Invalid namespace\"}");

        assertThat(server.takeLoud()).isNotEmpty().allMatch(line -> line.contains("a filter of namespaces failed"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"pid\":1,\"offset\":2}",
                "{\"pid\":null,\"offset\":null}",
                "{\"pid\":{},\"offset\":[]}",
                "{\"pid\":\"\",\"offset\":\"\"}",
                "{\"pid\":\"__proto__\",\"offset\":\"constructor\"}",
                "{\"pid\":\"aaaaaaaaaaaaaaaaaaaa\",\"offset\":\"x\"}",
            })
    @Behaviour("ABUSE-035")
    void a_session_that_is_not_known_is_a_new_one(String auth) throws Exception {
        BlockingQueue<Socket> connected = new LinkedBlockingQueue<>();
        server.serve(options -> options.connectionStateRecovery(
                ConnectionStateRecovery.builder().build()));
        server.io().onConnection(connected::add);
        RawClient victim = server.connected();
        Await.next(connected).join("secrets");
        victim.close();
        server.awaitNobodyElse();

        RawClient client = server.session();
        client.send(ClientFrame.text("40" + auth));

        assertThat(client.frame()).startsWith("text 40{");
        assertThat(Await.next(connected)).satisfies(socket -> {
            assertThat(socket.recovered()).isFalse();
            assertThat(socket.rooms()).containsExactly(socket.id());
        });
    }

    @Test
    @Behaviour("ABUSE-038")
    void a_client_is_in_no_more_rooms_than_allowed() throws Exception {
        BlockingQueue<HandlerError> errors = new LinkedBlockingQueue<>();
        server.serve(options -> options.maxRoomsPerSocket(100));
        server.io().onError(errors::add);
        server.io().onConnection(socket -> socket.on("join", String.class, room -> socket.join(room)));
        RawClient client = server.connected();

        for (int i = 0; i < 200; i++) {
            client.send(ClientFrame.text("42[\"join\",\"room " + i + "\"]"));
        }

        echo(client, "x");
        assertThat(errors).hasSize(100);
        assertThat(server.io().rooms()).hasSizeLessThanOrEqualTo(101);
        List<Socket> members = server.io().room("room 0").sockets();
        assertThat(members).hasSize(1);
        assertThat(members.get(0).rooms()).as("that of its id is one more").hasSize(101);
    }
}
