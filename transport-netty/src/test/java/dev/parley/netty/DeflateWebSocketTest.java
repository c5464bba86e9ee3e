package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.engine.Compression;
import dev.parley.engine.WebSocket;
import dev.parley.protocol.Utf8;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compressed messages over real sockets. */
class DeflateWebSocketTest {

    private static final int LIMIT = 1_000_000;
    private static final String LONG = "lorem ipsum ".repeat(100);

    private final List<WebSocket> webSockets = new CopyOnWriteArrayList<>();
    private final List<Long> written = new CopyOnWriteArrayList<>();
    private final List<RawClient> clients = new ArrayList<>();
    private NettyServer server;

    @BeforeEach
    void start() {
        TestEndpoint endpoint = TestEndpoint.webSockets(LIMIT, Compression.DEFAULT, webSocket -> {
            webSockets.add(webSocket);
            return new EchoListener(webSocket);
        });
        NettyOptions options = NettyOptions.builder()
                .eventLoops(1)
                .pipeline(pipeline -> pipeline.addFirst(new WriteProbe(written)))
                .build();
        server = NettyServer.bind(endpoint, options);
    }

    @AfterEach
    void close() throws Exception {
        for (RawClient client : clients) {
            client.close();
        }
        server.close();
    }

    /** Notes where in memory the buffers are that are written. */
    private static final class WriteProbe extends ChannelOutboundHandlerAdapter {

        private final List<Long> addresses;

        WriteProbe(List<Long> addresses) {
            this.addresses = addresses;
        }

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            if (message instanceof ByteBuf buffer) {
                addresses.add(buffer.memoryAddress());
            }
            ctx.write(message, promise);
        }
    }

    private RawClient connect(String offer) throws Exception {
        RawClient client = RawClient.deflating(server.port(), offer);
        clients.add(client);
        return client;
    }

    private RawClient connect() throws Exception {
        return connect("permessage-deflate; client_max_window_bits");
    }

    private void onLoop(Runnable task) throws Exception {
        Await.result(CompletableFuture.runAsync(task, webSockets.get(0).ioThread()));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    @Behaviour("EIO-WS-014")
    void messagesAreCompressedFromTheThresholdOn() throws Exception {
        RawClient client = connect();
        client.send(ClientFrame.text("x".repeat(1023)));
        client.send(ClientFrame.text("x".repeat(1024)));
        client.send(ClientFrame.deflated(Frames.TEXT, utf8(LONG)));
        client.send(ClientFrame.deflated(Frames.BINARY, new byte[2000]));
        assertThat(client.frame()).isEqualTo("text " + "x".repeat(1023));
        assertThat(client.frame()).isEqualTo("deflated text " + "x".repeat(1024));
        assertThat(client.frame()).isEqualTo("deflated text " + LONG);
        assertThat(client.frame()).isEqualTo("deflated binary " + "00".repeat(2000));
    }

    @Test
    void aMessageThatWouldKeepTheLoopBusyIsNotCompressed() throws Exception {
        RawClient client = connect();
        byte[] longest = new byte[Compression.MAX_LENGTH];
        client.send(ClientFrame.deflated(Frames.BINARY, longest));
        client.send(ClientFrame.deflated(Frames.BINARY, new byte[longest.length + 1]));
        assertThat(client.frame()).isEqualTo("deflated binary " + "00".repeat(longest.length));
        assertThat(client.frame()).isEqualTo("binary " + "00".repeat(longest.length + 1));
    }

    @Test
    void clientsThatOfferNothingGetNothingCompressed() throws Exception {
        RawClient client = RawClient.upgraded(server.port());
        clients.add(client);
        client.send(ClientFrame.text(LONG));
        assertThat(client.frame()).isEqualTo("text " + LONG);
        client.send(ClientFrame.deflated(Frames.TEXT, utf8(LONG)));
        assertThat(client.frame()).isEqualTo("close 1002");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "permessage-deflate",
                "permessage-deflate; server_max_window_bits=15",
                "permessage-deflate; server_max_window_bits=8, permessage-deflate"
            })
    void theAnswerTellsWhatIsAgreedOn(String offer) throws Exception {
        RawClient client = new RawClient(server.port());
        clients.add(client);
        RawClient.Response response = client.send(RawClient.withOffer(offer)).response();
        assertThat(response.status()).isEqualTo(101);
        assertThat(response.headers().get("sec-websocket-extensions"))
                .startsWith("permessage-deflate; server_no_context_takeover; client_no_context_takeover")
                .matches(answer -> answer.endsWith("; server_max_window_bits=15") == offer.endsWith("=15"));
    }

    @Test
    @Behaviour("ABUSE-064")
    void aMalformedOfferIsRefused() throws Exception {
        RawClient client = new RawClient(server.port());
        clients.add(client);
        assertThat(client.send(RawClient.withOffer("permessage-deflate; =1"))
                        .response()
                        .status())
                .isEqualTo(400);
        assertThat(client.isAtEnd()).isTrue();
        assertThat(webSockets).isEmpty();
    }

    @Test
    @Behaviour("ABUSE-064")
    void aThousandOffersAreReadOrTooLong() throws Exception {
        RawClient client = connect("a,".repeat(1000) + "permessage-deflate");
        client.send(ClientFrame.deflated(Frames.TEXT, utf8(LONG)));
        assertThat(client.frame()).isEqualTo("deflated text " + LONG);

        RawClient greedy = new RawClient(server.port());
        clients.add(greedy);
        assertThat(greedy.send(RawClient.withOffer("permessage-deflate; x, ".repeat(1000)))
                        .response()
                        .status())
                .isEqualTo(431);
    }

    @Test
    void clientsWithSmallerWindowsGetNothingCompressed() throws Exception {
        RawClient client = connect("permessage-deflate; server_max_window_bits=12");
        client.send(ClientFrame.text(LONG));
        assertThat(client.frame()).isEqualTo("text " + LONG);
    }

    @Test
    void whatDoesNotGetShorterIsSentAsItIs() throws Exception {
        byte[] noise = new byte[5000];
        new Random(1).nextBytes(noise);
        RawClient client = connect();
        client.send(ClientFrame.deflated(Frames.BINARY, noise));
        assertThat(client.frame()).startsWith("binary ");
    }

    @Test
    void fragmentsOfACompressedMessageAreJoined() throws Exception {
        byte[] compressed = Deflated.message(utf8(LONG));
        RawClient client = connect();
        for (int i = 0; i < compressed.length; i++) {
            client.send(ClientFrame.frame(i == 0 ? 0x41 : 0x00, compressed[i]));
            if (i % 10 == 0) {
                client.send(ClientFrame.frame(0x89));
                assertThat(client.frame()).isEqualTo("pong ");
            }
        }
        client.send(ClientFrame.frame(0x80));
        assertThat(client.frame()).isEqualTo("deflated text " + LONG);
        client.send(ClientFrame.text("not compressed"));
        assertThat(client.frame()).isEqualTo("text not compressed");
    }

    @ParameterizedTest
    @ValueSource(ints = {0xc0, 0x40, 0xc8, 0xc9, 0xca, 0xe1, 0xd1})
    void onlyTheFirstFragmentMayTellThatAMessageIsCompressed(int firstByte) throws Exception {
        RawClient client = connect();
        client.send(ClientFrame.frame(0x41, Deflated.message(utf8("a"))));
        client.send(ClientFrame.frame(firstByte));
        assertThat(client.frame()).isEqualTo("close 1002");
    }

    @Test
    @Behaviour("ABUSE-064")
    void aMessageThatBecomesTooLongIsRefused() throws Exception {
        RawClient client = connect();
        client.send(ClientFrame.deflated(Frames.BINARY, new byte[LIMIT]));
        assertThat(client.frame()).hasSize("binary ".length() + 2 * LIMIT);
        client.send(ClientFrame.frame(0xc2, Deflated.bomb(LIMIT + 1)));
        assertThat(client.frame()).isEqualTo("close 1009");
        assertThat(client.isAtEnd()).isTrue();
    }

    @Test
    @Behaviour({"ABUSE-062", "ABUSE-064"})
    void fragmentsThatBecomeTooLongTogetherAreRefused() throws Exception {
        byte[] bomb = Deflated.bomb(20_000_000);
        RawClient client = connect();
        int half = bomb.length / 2;
        client.send(ClientFrame.frame(0x42, Arrays.copyOf(bomb, half)));
        client.send(ClientFrame.frame(0x80, Arrays.copyOfRange(bomb, half, bomb.length)));
        assertThat(client.frame()).isEqualTo("close 1009");
    }

    @Test
    void aCompressedMessageThatIsTooLongAlreadyIsNotEvenRead() throws Exception {
        RawClient client = connect();
        client.send(ClientFrame.header(0xc2, LIMIT + 1));
        assertThat(client.frame()).isEqualTo("close 1009");
    }

    @Test
    @Behaviour("ABUSE-064")
    void garbageEndsThatConnectionAlone() throws Exception {
        RawClient other = connect();
        RawClient client = connect();
        client.send(ClientFrame.frame(0xc1, (byte) 0xff, (byte) 0xff));
        assertThat(client.frame()).isEqualTo("close 1007");
        other.send(ClientFrame.deflated(Frames.TEXT, utf8(LONG)));
        assertThat(other.frame()).isEqualTo("deflated text " + LONG);
    }

    @Test
    void textThatIsMalformedOnceDecompressedIsRefused() throws Exception {
        RawClient client = connect();
        client.send(ClientFrame.deflated(Frames.TEXT, new byte[] {'a', (byte) 0xff}));
        assertThat(client.frame()).isEqualTo("close 1007");
    }

    @Test
    void framesKeepTheirOrder() throws Exception {
        RawClient client = connect();
        WebSocket webSocket = webSockets.get(0);
        onLoop(() -> {
            webSocket.text(Utf8.of("short"));
            webSocket.text(Utf8.of(LONG));
            webSocket.uncompressed().text(Utf8.of(LONG));
            webSocket.text(Utf8.of("short"));
            webSocket.uncompressed().binary(new byte[] {1});
            webSocket.flush();
        });
        assertThat(client.frame()).isEqualTo("text short");
        assertThat(client.frame()).isEqualTo("deflated text " + LONG);
        assertThat(client.frame()).isEqualTo("text " + LONG);
        assertThat(client.frame()).isEqualTo("text short");
        assertThat(client.frame()).isEqualTo("binary 01");
    }

    @Test
    void aBroadcastIsCompressedOnceForAllThatAgreedOnTheSame() throws Exception {
        for (int i = 0; i < 20; i++) {
            connect(i % 2 == 0 ? "permessage-deflate" : "permessage-deflate; client_max_window_bits");
        }
        onLoop(written::clear);
        Utf8 news = Utf8.of(LONG);
        onLoop(() -> webSockets.forEach(webSocket -> {
            webSocket.text(news);
            webSocket.flush();
        }));
        for (RawClient client : clients) {
            assertThat(client.frame()).isEqualTo("deflated text " + LONG);
        }
        onLoop(() -> {});
        assertThat(written).hasSize(20);
        assertThat(written.stream().distinct()).hasSize(1);
    }

    @Test
    @Behaviour("EIO-WS-011")
    void othersGetABroadcastInTheirWay() throws Exception {
        connect("permessage-deflate");
        connect("permessage-deflate; server_max_window_bits=15");
        clients.add(RawClient.upgraded(server.port()));
        Utf8 news = Utf8.of(LONG);
        for (int i = 0; i < 2; i++) {
            onLoop(() -> webSockets.forEach(webSocket -> {
                webSocket.text(news);
                webSocket.uncompressed().text(news);
                webSocket.flush();
            }));
            for (RawClient client : clients) {
                boolean deflates = client != clients.get(2);
                assertThat(client.frame()).isEqualTo((deflates ? "deflated " : "") + "text " + LONG);
                assertThat(client.frame()).isEqualTo("text " + LONG);
            }
        }
    }

    @Test
    @Behaviour("ABUSE-064")
    void noConnectionHasACompressorOfItsOwn() throws Exception {
        int before = compressors();
        for (int i = 0; i < 100; i++) {
            RawClient client = connect();
            client.send(ClientFrame.deflated(Frames.TEXT, utf8(LONG)));
            assertThat(client.frame()).isEqualTo("deflated text " + LONG);
            // A message that has begun keeps none either.
            client.send(ClientFrame.frame(0x41, Arrays.copyOf(Deflated.message(utf8(LONG)), 10)));
            client.send(ClientFrame.frame(0x89));
            assertThat(client.frame()).isEqualTo("pong ");
        }
        // Of the server's only event loop, and of the class loaders.
        assertThat(compressors() - before).isLessThan(20);
    }

    /** How many compressors and decompressors are reachable. */
    private static int compressors() throws Exception {
        String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        Matcher line = Pattern.compile("\\s(\\d+)\\s+\\d+\\s+java\\.util\\.zip\\.(In|De)flater\\s")
                .matcher(histogram);
        int count = 0;
        while (line.find()) {
            count += Integer.parseInt(line.group(1));
        }
        return count;
    }
}
