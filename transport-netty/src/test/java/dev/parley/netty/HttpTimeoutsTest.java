package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.engine.EngineIncident;
import dev.parley.engine.HttpExchange;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpTimeoutsTest {

    private static final int HEAD = 10;
    private static final int BODY = 20;
    private static final int WRITE = 5;

    private static final String GET = "GET /parley/ HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String POST = "POST /parley/ HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n";

    private final TestEndpoint echo = TestEndpoint.echo(100);
    private final TestEndpoint silent = TestEndpoint.silent();
    private EmbeddedChannel channel = new EmbeddedChannel();

    @AfterEach
    void leaveNoTimerOrBufferBehind() {
        channel.finishAndReleaseAll();
        channel.runPendingTasks();
        assertThat(channel.runScheduledPendingTasks())
                .as("time until the next timer")
                .isNegative();
    }

    private void serve(TestEndpoint endpoint) {
        channel = new EmbeddedChannel();
        handlers(endpoint);
    }

    private void handlers(TestEndpoint endpoint) {
        channel.pipeline()
                .addLast(
                        new HttpServerCodec(),
                        new HttpTimeouts(
                                endpoint,
                                Duration.ofSeconds(HEAD),
                                Duration.ofSeconds(BODY),
                                Duration.ofSeconds(WRITE)),
                        new ParleyHttpHandler(endpoint));
    }

    private void receive(String bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
    }

    private void pass(int seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }

    private void writable(boolean writable) {
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, writable);
        channel.runPendingTasks();
    }

    private void read() {
        for (Object out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            ReferenceCountUtil.release(out);
        }
    }

    @Test
    void a_peer_that_sends_nothing_is_let_go() {
        serve(echo);

        pass(HEAD - 1);
        assertThat(channel.isOpen()).isTrue();

        pass(1);
        assertThat(channel.isOpen()).isFalse();
        assertThat(echo.refusals).containsExactly(EngineIncident.HEADERS_TIMEOUT);
    }

    @Test
    @Behaviour("ABUSE-052")
    void a_head_that_comes_drop_by_drop_has_to_come_in_time() {
        serve(echo);

        for (int i = 0; i < HEAD; i++) {
            receive(GET.substring(i, i + 1));
            pass(1);
        }

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void time_begins_anew_behind_each_response() {
        serve(echo);

        for (int i = 0; i < 5; i++) {
            pass(HEAD - 1);
            receive(GET);
            read();
        }
        assertThat(channel.isOpen()).isTrue();

        pass(HEAD);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    @Behaviour("ABUSE-052")
    void a_body_that_comes_drop_by_drop_has_to_come_in_time() {
        serve(echo);

        receive(POST);
        for (int i = 0; i < 4; i++) {
            receive("x");
            pass(BODY / 5);
            assertThat(channel.isOpen()).isTrue();
        }
        pass(BODY / 5);
        assertThat(channel.isOpen()).isFalse();
        assertThat(echo.refusals).containsExactly(EngineIncident.BODY_TIMEOUT);
    }

    @Test
    void a_body_that_nobody_reads_yet_may_take_any_time() {
        serve(silent);
        receive(POST + "ab");

        pass(10 * BODY);
        assertThat(channel.isOpen()).isTrue();

        HttpExchange exchange = Objects.requireNonNull(silent.exchanges.poll());
        exchange.readBody(100, new BodyProbe(told -> {}));
        pass(BODY);
        assertThat(channel.isOpen()).as("now it is read, and does not come").isFalse();
    }

    @Test
    void an_answer_may_take_any_time() {
        serve(silent);
        receive(GET);

        pass(100 * HEAD);
        assertThat(channel.isOpen()).isTrue();

        Objects.requireNonNull(silent.exchanges.poll()).respond(TestEndpoint.text(200, "late"));
        read();
        pass(HEAD - 1);
        assertThat(channel.isOpen()).isTrue();

        pass(1);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    @Behaviour({"ABUSE-053", "ABUSE-054"})
    void a_peer_that_does_not_read_its_responses_is_let_go() {
        serve(silent);
        receive(GET + GET);
        writable(false);

        pass(WRITE - 1);
        assertThat(channel.isOpen()).isTrue();

        pass(1);
        assertThat(channel.isOpen()).isFalse();
        assertThat(silent.refusals).containsExactly(EngineIncident.WRITE_TIMEOUT);
    }

    @Test
    void a_peer_that_reads_again_in_time_may_stay() {
        serve(silent);
        receive(GET);
        writable(false);
        pass(WRITE - 1);

        writable(true);

        pass(100);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void a_peer_that_reads_slowly_may_go_on() {
        AtomicInteger window = new AtomicInteger();
        channel = new EmbeddedChannel() {
            @Override
            protected void doWrite(ChannelOutboundBuffer out) {
                out.removeBytes(window.getAndSet(0));
            }
        };
        handlers(silent);
        receive(GET);
        Objects.requireNonNull(silent.exchanges.poll()).respond(TestEndpoint.text(200, "x".repeat(100_000)));

        for (int i = 0; i < 5; i++) {
            window.set(10_000);
            channel.flush();
            pass(WRITE);
            assertThat(channel.isOpen()).isTrue();
        }

        window.set(1);
        channel.flush();
        pass(WRITE);
        assertThat(channel.isOpen()).as("a byte now and then is not enough").isFalse();
    }

    @Test
    void an_answer_that_nobody_asked_for_is_no_excuse_for_silence() {
        serve(silent);
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.REQUEST_TIMEOUT));
        channel.releaseOutbound();

        pass(HEAD);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void interim_responses_are_not_the_answer() {
        serve(silent);
        receive(POST.replace("Host: x", "Host: x\r\nExpect: 100-continue"));
        Objects.requireNonNull(silent.exchanges.poll()).readBody(100, new BodyProbe(told -> {}));
        read();

        pass(BODY - 1);
        assertThat(channel.isOpen()).as("the head has come, the body is due").isTrue();

        receive("abcdef");
        pass(100 * BODY);
        assertThat(channel.isOpen()).as("the answer is ours to give").isTrue();
    }

    @Test
    void a_connection_that_switches_to_another_protocol_is_left_alone() {
        serve(silent);
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                ReferenceCountUtil.release(message);
                if (message instanceof LastHttpContent) {
                    ctx.writeAndFlush(
                            new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS));
                }
            }
        });

        receive("GET /other HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n");
        read();

        assertThat(channel.pipeline().get(HttpTimeouts.class)).isNull();
        pass(1000);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void a_web_socket_is_left_alone() {
        serve(TestEndpoint.webSockets(100, RecordingListener::new));

        receive(GET.replace(
                "Host: x",
                String.join(
                        "\r\n",
                        "Host: x",
                        "Connection: upgrade",
                        "Upgrade: websocket",
                        "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")));
        read();

        assertThat(channel.pipeline().get(HttpTimeouts.class)).isNull();
        pass(1000);
        assertThat(channel.isOpen()).isTrue();
    }
}
