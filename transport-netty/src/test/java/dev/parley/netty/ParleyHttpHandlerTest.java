package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.engine.Headers;
import dev.parley.engine.HttpExchange;
import dev.parley.engine.HttpResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The handler in pipelines of an application's own. */
class ParleyHttpHandlerTest {

    private static final String GET = "GET /parley/ HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String OTHER = "POST /other HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";

    private final TestEndpoint endpoint = TestEndpoint.silent();
    private final List<String> seen = new ArrayList<>();
    private EmbeddedChannel channel = new EmbeddedChannel();

    @AfterEach
    void leaveNoBufferBehind() {
        channel.finishAndReleaseAll();
    }

    private void pipeline(ChannelHandler... handlers) {
        channel = new EmbeddedChannel(handlers);
    }

    private void receive(String bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
    }

    private String sent() {
        StringBuilder text = new StringBuilder();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            text.append(out.toString(StandardCharsets.ISO_8859_1));
            out.release();
        }
        return text.toString();
    }

    private HttpExchange exchange() {
        HttpExchange exchange = endpoint.exchanges.poll();
        assertThat(exchange).isNotNull();
        return java.util.Objects.requireNonNull(exchange);
    }

    private static HttpResponse ok(String text) {
        return TestEndpoint.text(200, text);
    }

    /** Serves the paths that the endpoint does not; keeps the context to answer through. */
    private final class Others extends ChannelInboundHandlerAdapter {

        @Nullable
        ChannelHandlerContext context;

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            context = ctx;
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext ctx) {
            seen.add("removed");
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof io.netty.handler.codec.http.HttpRequest request) {
                seen.add(request.method() + " " + request.uri());
            }
            if (message instanceof LastHttpContent) {
                seen.add("end");
            }
            ReferenceCountUtil.release(message);
        }

        void write(Object message) {
            java.util.Objects.requireNonNull(context).writeAndFlush(message);
        }

        void answer(String text) {
            ByteBuf content = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
            DefaultFullHttpResponse response =
                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, content);
            response.headers().set("content-length", text.length());
            write(response);
            channel.runPendingTasks();
        }
    }

    @Test
    void passesOnOneRequestAtATime() {
        pipeline(new HttpServerCodec(), new ParleyHttpHandler(endpoint));
        receive(GET + GET + GET);
        HttpExchange first = exchange();
        assertThat(endpoint.exchanges).isEmpty();
        first.respond(ok("1"));
        HttpExchange second = exchange();
        assertThat(endpoint.exchanges).isEmpty();
        assertThat(sent()).endsWith("\r\n\r\n1");
        second.respond(ok("2"));
        exchange().respond(ok("3"));
        assertThat(sent()).containsSubsequence("\r\n\r\n2", "\r\n\r\n3");
    }

    @Test
    void readsNoMoreWhileRequestsWait() {
        pipeline(new HttpServerCodec(), new ParleyHttpHandler(endpoint));
        receive(GET);
        assertThat(channel.config().isAutoRead()).as("to see the peer leave").isTrue();
        receive(GET);
        assertThat(channel.config().isAutoRead()).isFalse();
        exchange().respond(ok("1"));
        assertThat(channel.config().isAutoRead()).isTrue();
        exchange().respond(ok("2"));
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void readsNoMoreWhileABodyIsNotAskedFor() {
        pipeline(new HttpServerCodec(), new ParleyHttpHandler(endpoint));
        receive("POST /parley/ HTTP/1.1\r\nContent-Length: 6\r\n\r\nabc");
        assertThat(channel.config().isAutoRead()).isFalse();
        exchange().readBody(6, new BodyProbe(seen::add));
        assertThat(channel.config().isAutoRead()).isTrue();
        receive("def");
        assertThat(seen).containsExactly("complete abcdef");
    }

    @Test
    @Behaviour("ABUSE-054")
    void answersNoFurtherRequestWhileThePeerDoesNotReadTheResponses() {
        pipeline(new HttpServerCodec(), new ParleyHttpHandler(endpoint));
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        receive(GET);
        assertThat(endpoint.exchanges).isEmpty();
        assertThat(channel.config().isAutoRead()).isFalse();
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        channel.runPendingTasks();
        exchange().respond(ok("1"));
        assertThat(sent()).endsWith("1");
    }

    static Stream<List<ChannelHandler>> codecs() {
        return Stream.of(List.of(new HttpServerCodec()), List.of(HttpCodec.handlers(new HttpDecoderConfig())));
    }

    private void pipeline(List<ChannelHandler> codec, ChannelHandler... handlers) {
        pipeline(codec.toArray(ChannelHandler[]::new));
        channel.pipeline().addLast(handlers);
    }

    @ParameterizedTest
    @MethodSource("codecs")
    @Behaviour("ABUSE-054")
    void closesAConnectionThatPipelinesWithoutEnd(List<ChannelHandler> codec) {
        pipeline(codec, new ParleyHttpHandler(endpoint));
        receive(GET.repeat(10_000));
        assertThat(endpoint.exchanges).hasSize(1);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void takesAggregatedRequests() {
        pipeline(new HttpServerCodec(), new HttpObjectAggregator(100), new ParleyHttpHandler(endpoint));
        receive("POST /parley/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n" + GET);
        HttpExchange first = exchange();
        assertThat(endpoint.exchanges).isEmpty();
        first.readBody(3, new BodyProbe(seen::add));
        assertThat(seen).containsExactly("complete abc");
        first.respond(ok("1"));
        exchange().respond(ok("2"));
        assertThat(sent()).containsSubsequence("\r\n\r\n1", "\r\n\r\n2");
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void refusesAggregatedBodiesOverTheLimit() {
        pipeline(new HttpServerCodec(), new HttpObjectAggregator(100), new ParleyHttpHandler(endpoint));
        receive("POST /parley/ HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc");
        exchange().readBody(2, new BodyProbe(seen::add));
        assertThat(seen).containsExactly("too large");
    }

    @Test
    void passesOtherPathsOnWhole() {
        Others others = new Others();
        pipeline(new HttpServerCodec(), new ParleyHttpHandler(endpoint), others);
        receive(OTHER);
        assertThat(seen).containsExactly("POST /other", "end");
        others.answer("other");
        assertThat(sent()).endsWith("other");
        receive(GET);
        exchange().respond(ok("parley"));
        assertThat(sent()).endsWith("parley");
    }

    @Test
    void keepsTheOrderOfResponsesAcrossHandlers() {
        Others others = new Others();
        pipeline(new HttpServerCodec(), new ParleyHttpHandler(endpoint), others);
        receive(OTHER + GET + OTHER);
        assertThat(endpoint.exchanges).isEmpty();
        others.write(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        DefaultHttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers().set("content-length", 3);
        others.write(head);
        others.write(new DefaultHttpContent(Unpooled.copiedBuffer("one", StandardCharsets.UTF_8)));
        channel.runPendingTasks();
        assertThat(endpoint.exchanges).isEmpty();
        others.write(LastHttpContent.EMPTY_LAST_CONTENT);
        channel.runPendingTasks();
        assertThat(seen).containsExactly("POST /other", "end");
        exchange().respond(ok("two"));
        assertThat(seen).containsExactly("POST /other", "end", "POST /other", "end");
        others.answer("three");
        assertThat(sent()).containsSubsequence("100 Continue", "one", "two", "three");
    }

    @Test
    void answers404WhereNobodyElseIsThere() {
        pipeline(new HttpServerCodec(), new ParleyHttpHandler(endpoint));
        receive("GET /other HTTP/1.1\r\n\r\n");
        assertThat(sent()).startsWith("HTTP/1.1 404 Not Found\r\n");
        receive(OTHER);
        assertThat(sent()).startsWith("HTTP/1.1 404 Not Found\r\n").contains("connection: close");
        assertThat(endpoint.exchanges).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void letsAWebSocketOfAnotherHandlerThrough(List<ChannelHandler> codec) {
        pipeline(
                codec,
                new ParleyHttpHandler(endpoint),
                new HttpObjectAggregator(100),
                new WebSocketServerProtocolHandler("/other"),
                new Others());
        receive(RawClient.upgradeRequest("/other"));
        assertThat(sent()).startsWith("HTTP/1.1 101 ");
        assertThat(channel.pipeline().get(ParleyHttpHandler.class)).isNull();
        channel.writeInbound(Unpooled.wrappedBuffer(ClientFrame.frame(0x89, (byte) 7)));
        assertThat(channel.<ByteBuf>readOutbound()).satisfies(pong -> {
            assertThat(pong.toString(StandardCharsets.ISO_8859_1)).isEqualTo("\u008a\u0001\u0007");
            pong.release();
        });
    }

    @Test
    void leavesAloneWhatIsNotHttp() {
        pipeline(new ParleyHttpHandler(endpoint));
        channel.writeInbound("something else");
        assertThat(channel.<String>readInbound()).isEqualTo("something else");
    }

    @Test
    void takesAllOfHttpOutOfThePipelineAtAnUpgrade() {
        List<RecordingListener> listeners = new ArrayList<>();
        pipeline(
                new ChannelInboundHandlerAdapter(),
                new HttpRequestDecoder(),
                new HttpResponseEncoder(),
                new HttpObjectAggregator(100),
                new ParleyHttpHandler(endpoint),
                new Others());
        receive(RawClient.upgradeRequest(TestEndpoint.PATH));
        exchange().acceptWebSocket(Headers.of("X-Extra", "1"), 100, null, webSocket -> {
            listeners.add(new RecordingListener(webSocket));
            return listeners.get(0);
        });
        assertThat(sent())
                .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
                .contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", "X-Extra: 1\r\n")
                .endsWith("\r\n\r\n");
        assertThat(channel.pipeline().toMap().values())
                .extracting(handler -> handler.getClass().getSimpleName())
                .containsExactly("ChannelInboundHandlerAdapter", "NettyWebSocket");
        assertThat(seen).containsExactly("removed");
        channel.writeInbound(Unpooled.wrappedBuffer(ClientFrame.text("hi")));
        assertThat(listeners.get(0).soFar()).containsExactly("text hi");
    }

    @Test
    void losesNoByteBehindARequestForAnUpgrade() {
        List<RecordingListener> listeners = new ArrayList<>();
        pipeline(new HttpServerCodec(), new ParleyHttpHandler(endpoint));
        byte[] frames = ClientFrame.join(ClientFrame.text("one"), ClientFrame.text("two"));
        byte[] request = RawClient.upgradeRequest(TestEndpoint.PATH).getBytes(StandardCharsets.ISO_8859_1);
        channel.writeInbound(Unpooled.wrappedBuffer(request, frames));
        channel.writeInbound(Unpooled.wrappedBuffer(ClientFrame.text("three")));
        assertThat(channel.config().isAutoRead()).isFalse();
        exchange().acceptWebSocket(Headers.empty(), 100, null, webSocket -> {
            listeners.add(new RecordingListener(webSocket));
            return listeners.get(0);
        });
        assertThat(listeners.get(0).soFar()).containsExactly("text one", "text two", "text three");
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void readsNoMoreWhereTheFirstFrameWasEnoughForNow() {
        pipeline(new HttpServerCodec(), new ParleyHttpHandler(endpoint));
        byte[] request = RawClient.upgradeRequest(TestEndpoint.PATH).getBytes(StandardCharsets.ISO_8859_1);
        channel.writeInbound(Unpooled.wrappedBuffer(request, ClientFrame.text("one")));
        List<RecordingListener> listeners = new ArrayList<>();
        exchange().acceptWebSocket(Headers.empty(), 100, null, webSocket -> {
            webSocket.setReading(false);
            listeners.add(new RecordingListener(webSocket));
            return listeners.get(0);
        });
        assertThat(channel.config().isAutoRead()).isFalse();
        assertThat(listeners.get(0).soFar()).isEmpty();
        listeners.get(0).webSocket.abort();
    }

    @Test
    @Behaviour({"EIO-VER-008", "EIO-VER-009", "ABUSE-061"})
    void survivesGarbageBehindARequestForAnUpgrade() {
        List<RecordingListener> listeners = new ArrayList<>();
        pipeline(new HttpServerCodec(), new ParleyHttpHandler(endpoint));
        receive(RawClient.upgradeRequest(TestEndpoint.PATH) + "\u00ff\u00ff\u00ff garbage\r\n\r\n");
        exchange().acceptWebSocket(Headers.empty(), 100, null, webSocket -> {
            listeners.add(new RecordingListener(webSocket));
            return listeners.get(0);
        });
        assertThat(sent()).startsWith("HTTP/1.1 101 ").endsWith("\u0088\u0002\u0003\u00ea");
        assertThat(listeners.get(0).soFar()).containsExactly("closed Invalid WebSocket frame: reserved bits are set");
        channel.checkException();
    }

    @Test
    @Behaviour({"EIO-VER-008", "EIO-VER-009", "ABUSE-061"})
    void survivesGarbageBehindARefusedRequestForAnUpgrade() {
        pipeline(new HttpServerCodec(), new ParleyHttpHandler(endpoint));
        receive(RawClient.upgradeRequest(TestEndpoint.PATH) + "\u00ff\u00ff\u00ff garbage\r\n\r\n");
        exchange().respond(TestEndpoint.text(400, "no"));
        receive("more");
        assertThat(sent())
                .startsWith("HTTP/1.1 400 Bad Request\r\n")
                .contains("Connection: close\r\n", "Content-Length: 2\r\n")
                .endsWith("\r\n\r\nno");
        channel.checkException();
        channel.advanceTimeBy(1, java.util.concurrent.TimeUnit.MINUTES);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void refusesAnUpgradeThatWaitsBehindAnotherRequestWithMoreBehindIt() {
        pipeline(new HttpServerCodec(), new ParleyHttpHandler(endpoint));
        receive(GET + RawClient.upgradeRequest(TestEndpoint.PATH) + "\u00ff\u00ff garbage\r\n\r\n");
        exchange().respond(ok("1"));
        assertThat(endpoint.exchanges).isEmpty();
        assertThat(channel.isOpen()).isFalse();
        channel.checkException();
    }

    @Test
    void tellsThatThePeerLeftBeforeAnUpgradeWasAnswered() {
        pipeline(new HttpServerCodec(), new ParleyHttpHandler(endpoint));
        receive(RawClient.upgradeRequest(TestEndpoint.PATH));
        HttpExchange exchange = exchange();
        exchange.onAbort(() -> seen.add("abort"));
        channel.close();
        exchange.acceptWebSocket(Headers.empty(), 1, null, webSocket -> {
            seen.add("accepted");
            return null;
        });
        assertThat(seen).containsExactly("abort");
    }

    @Test
    void seesThePeerLeaveAlsoAfterAnUpgradeThatHadToWait() {
        pipeline(new HttpServerCodec(), new ParleyHttpHandler(endpoint));
        receive(GET + RawClient.upgradeRequest(TestEndpoint.PATH));
        assertThat(channel.config().isAutoRead()).isFalse();
        exchange().respond(ok("1"));
        exchange().onAbort(() -> seen.add("abort"));
        assertThat(channel.config().isAutoRead()).isTrue();
        channel.close();
        assertThat(seen).containsExactly("abort");
    }

    @Test
    void answers500ForAnEndpointThatFails() {
        TestEndpoint failing = new TestEndpoint(exchange -> {
            throw new IllegalStateException("on purpose");
        });
        pipeline(new HttpServerCodec(), new ParleyHttpHandler(failing));
        receive(GET);
        assertThat(sent()).startsWith("HTTP/1.1 500 ");
        assertThat(channel.isOpen()).isFalse();
        pipeline(new HttpServerCodec(), new ParleyHttpHandler(failing));
        receive(RawClient.upgradeRequest(TestEndpoint.PATH));
        assertThat(sent()).startsWith("HTTP/1.1 500 ");
        channel.checkException();
    }

    @Test
    void addsACodecAndItselfToAPipeline() {
        ParleyHttpHandler.addTo(channel.pipeline(), endpoint);
        receive(GET);
        exchange().respond(ok("1"));
        assertThat(sent()).endsWith("1");
    }

    @Test
    @Behaviour("ABUSE-068")
    void reportsNoFaultOfAPeerToTheEndOfThePipeline() {
        pipeline(new HttpServerCodec(), new ParleyHttpHandler(endpoint));
        channel.pipeline().fireExceptionCaught(new java.io.IOException("Connection reset by peer"));
        channel.checkException();
        assertThat(channel.isOpen()).isFalse();
    }
}
