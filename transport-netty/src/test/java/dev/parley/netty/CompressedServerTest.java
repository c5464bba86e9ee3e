package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Socket;
import dev.parley.SocketIoServer;
import dev.parley.engine.Compression;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A whole server that compresses: which events are, and which are not. */
class CompressedServerTest {

    private static final String LONG = "lorem ipsum ".repeat(100);

    private final BlockingQueue<Socket> sockets = new LinkedBlockingQueue<>();
    private SocketIoServer io;
    private NettyServer server;
    private RawClient client;
    private Socket socket;

    @BeforeEach
    void connect() throws Exception {
        io = SocketIoServer.create(options -> options.path(TestEndpoint.PATH).perMessageDeflate(Compression.DEFAULT));
        io.onConnection(sockets::add);
        server = NettyServer.bind(io, 0);
        String path = TestEndpoint.PATH + "?EIO=4&transport=websocket";
        client = new RawClient(server.port());
        client.send(RawClient.withOffer("permessage-deflate").replace(TestEndpoint.PATH, path));
        assertThat(client.response().status()).isEqualTo(101);
        assertThat(client.frame()).startsWith("text 0{");
        client.send(ClientFrame.text("40"));
        assertThat(client.frame()).startsWith("text 40{");
        socket = Await.next(sockets);
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        server.close();
    }

    @Test
    void eventsAreCompressedUnlessTheApplicationSaysOtherwise() throws Exception {
        socket.emit("a", LONG);
        socket.compress(false).emit("b", LONG);
        io.emit("c", LONG);
        io.compress(false).emit("d", LONG);
        socket.emit("e", "short");

        assertThat(client.frame()).isEqualTo("deflated text 42[\"a\",\"" + LONG + "\"]");
        assertThat(client.frame()).isEqualTo("text 42[\"b\",\"" + LONG + "\"]");
        assertThat(client.frame()).isEqualTo("deflated text 42[\"c\",\"" + LONG + "\"]");
        assertThat(client.frame()).isEqualTo("text 42[\"d\",\"" + LONG + "\"]");
        assertThat(client.frame()).isEqualTo("text 42[\"e\",\"short\"]");
    }

    @Test
    void attachmentsAreCompressedWithTheirEvent() throws Exception {
        socket.emit("a", (Object) new byte[2000]);
        socket.compress(false).emit("b", (Object) new byte[2000]);

        String placeholder = "{\"_placeholder\":true,\"num\":0}";
        assertThat(client.frame()).isEqualTo("text 451-[\"a\"," + placeholder + "]");
        assertThat(client.frame()).isEqualTo("deflated binary " + "00".repeat(2000));
        assertThat(client.frame()).isEqualTo("text 451-[\"b\"," + placeholder + "]");
        assertThat(client.frame()).isEqualTo("binary " + "00".repeat(2000));
    }

    @Test
    void compressedEventsOfClientsAreUnderstood() throws Exception {
        socket.on("echo", String.class, (text, ack) -> ack.send(text));
        client.send(
                ClientFrame.deflated(Frames.TEXT, ("421[\"echo\",\"" + LONG + "\"]").getBytes(StandardCharsets.UTF_8)));
        assertThat(client.frame()).isEqualTo("deflated text 431[\"" + LONG + "\"]");
    }
}
