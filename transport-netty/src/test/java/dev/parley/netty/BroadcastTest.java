package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.engine.WebSocket;
import dev.parley.protocol.Utf8;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a burst of broadcasts costs. */
class BroadcastTest {

    private static final int CLIENTS = 30;

    private final List<WriteProbe> probes = new CopyOnWriteArrayList<>();
    private final List<WebSocket> webSockets = new CopyOnWriteArrayList<>();
    private final List<RawClient> clients = new ArrayList<>();
    private NettyServer server;

    /** Notes what is written to one channel, in front of everything else. */
    private static final class WriteProbe extends ChannelOutboundHandlerAdapter {

        /** Where in memory the buffers are that were written since the last flush. */
        final List<Long> addresses = new ArrayList<>();

        final List<Integer> writesPerFlush = new ArrayList<>();
        private int writes;

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            writes++;
            addresses.add(((ByteBuf) message).memoryAddress());
            ctx.write(message, promise);
        }

        @Override
        public void flush(ChannelHandlerContext ctx) {
            writesPerFlush.add(writes);
            writes = 0;
            ctx.flush();
        }

        void reset() {
            addresses.clear();
            writesPerFlush.clear();
        }
    }

    @BeforeEach
    void connect() throws Exception {
        TestEndpoint endpoint = TestEndpoint.webSockets(100, webSocket -> {
            webSockets.add(webSocket);
            return new RecordingListener(webSocket);
        });
        NettyOptions options = NettyOptions.builder()
                .eventLoops(1)
                .pipeline(pipeline -> {
                    WriteProbe probe = new WriteProbe();
                    probes.add(probe);
                    pipeline.addFirst(probe);
                })
                .build();
        server = NettyServer.bind(endpoint, options);
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(RawClient.upgraded(server.port()));
        }
        onLoop(() -> probes.forEach(WriteProbe::reset));
    }

    @AfterEach
    void close() throws Exception {
        for (RawClient client : clients) {
            client.close();
        }
        server.close();
    }

    private void onLoop(Runnable task) throws Exception {
        Await.result(CompletableFuture.runAsync(task, webSockets.get(0).ioThread()));
    }

    @Test
    void allWebSocketsOfAnEventLoopHaveTheSameExecutor() {
        assertThat(webSockets)
                .extracting(WebSocket::ioThread)
                .containsOnly(webSockets.get(0).ioThread());
    }

    @Test
    void aFrameForManyIsBuiltOnce() throws Exception {
        Utf8 news = Utf8.of("42[\"news\",1]");
        onLoop(() -> webSockets.forEach(webSocket -> {
            webSocket.text(news);
            webSocket.flush();
        }));
        for (RawClient client : clients) {
            assertThat(client.frame()).isEqualTo("text 42[\"news\",1]");
        }
        assertThat(probes).allSatisfy(probe -> {
            assertThat(probe.addresses).hasSize(1);
            assertThat(probe.writesPerFlush).containsExactly(1);
        });
        assertThat(probes.stream().map(probe -> probe.addresses.get(0)).distinct())
                .as("one for the first recipient, one for all others")
                .hasSize(2);
    }

    @Test
    void aBurstIsFlushedOncePerClient() throws Exception {
        List<Utf8> burst = IntStream.range(0, 10)
                .mapToObj(i -> Utf8.of("42[\"news\"," + i + "]"))
                .toList();
        onLoop(() -> webSockets.forEach(webSocket -> {
            burst.forEach(webSocket::text);
            webSocket.flush();
        }));
        for (RawClient client : clients) {
            for (Utf8 text : burst) {
                assertThat(client.frame()).isEqualTo("text " + text);
            }
        }
        assertThat(probes).allSatisfy(probe -> assertThat(probe.writesPerFlush).hasSize(1));
        assertThat(probes.stream().flatMap(probe -> probe.addresses.stream()).distinct())
                .as("ten for all, and one for the first recipient")
                .hasSizeLessThanOrEqualTo(11);
    }

    @Test
    void framesForOneAloneShareABuffer() throws Exception {
        onLoop(() -> webSockets.forEach(webSocket -> {
            for (int i = 0; i < 10; i++) {
                webSocket.text(Utf8.of("43[" + i + "]"));
            }
            webSocket.flush();
        }));
        assertThat(probes).allSatisfy(probe -> assertThat(probe.writesPerFlush).containsExactly(1));
    }
}
