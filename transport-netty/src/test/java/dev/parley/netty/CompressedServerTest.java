package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Socket;
import dev.parley.SocketIoServer;
import dev.parley.engine.Compression;
import io.socket.client.IO;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole server that compresses: which events are, and which are not. */
class CompressedServerTest {

    private static final String LONG = "lorem ipsum ".repeat(100);

    private final BlockingQueue<Socket> sockets = new LinkedBlockingQueue<>();
    private SocketIoServer sio;
    private NettyServer server;
    private RawClient client;
    private Socket socket;

    @BeforeEach
    void connect() throws Exception {
        sio = SocketIoServer.create(options -> options.path(TestEndpoint.PATH)
                .perMessageDeflate(Compression.DEFAULT)
                .httpCompression(Compression.DEFAULT));
        sio.onConnection(sockets::add);
        server = NettyServer.bind(sio, 0);
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
        sio.emit("c", LONG);
        sio.compress(false).emit("d", LONG);
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

    /** It compresses no WebSocket messages, but takes responses with gzip. */
    @ParameterizedTest
    @ValueSource(strings = {"websocket", "polling"})
    void theJavaClientUnderstandsWhatItGets(String transport) throws Exception {
        IO.Options options = IO.Options.builder()
                .setPath(TestEndpoint.PATH)
                .setTransports(new String[] {transport})
                .setForceNew(true)
                .build();
        io.socket.client.Socket java = IO.socket("http://localhost:" + server.port(), options);
        try {
            java.connect();
            Socket accepted = Await.next(sockets);
            accepted.on("echo", String.class, (text, ack) -> ack.send(text));
            CompletableFuture<String> answer = new CompletableFuture<>();
            java.emit("echo", new Object[] {LONG}, args -> answer.complete((String) args[0]));
            assertThat(Await.result(answer)).isEqualTo(LONG);
        } finally {
            java.disconnect();
        }
    }

    @Test
    void compressedEventsOfClientsAreUnderstood() throws Exception {
        socket.on("echo", String.class, (text, ack) -> ack.send(text));
        client.send(
                ClientFrame.deflated(Frames.TEXT, ("421[\"echo\",\"" + LONG + "\"]").getBytes(StandardCharsets.UTF_8)));
        assertThat(client.frame()).isEqualTo("deflated text 431[\"" + LONG + "\"]");
    }
}
