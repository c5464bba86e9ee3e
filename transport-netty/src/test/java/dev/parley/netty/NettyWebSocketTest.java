package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.protocol.ProtocolException;
import dev.parley.protocol.Utf8;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpServerCodec;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NettyWebSocketTest {

    private static final int LIMIT = 1000;

    private final FlushCounter flushes = new FlushCounter();
    private @Nullable RecordingListener opened;
    private EmbeddedChannel channel = new EmbeddedChannel();

    private static final class FlushCounter extends ChannelOutboundHandlerAdapter {

        int count;

        @Override
        public void flush(ChannelHandlerContext ctx) {
            count++;
            ctx.flush();
        }
    }

    @BeforeEach
    void open() {
        TestEndpoint endpoint = TestEndpoint.webSockets(LIMIT, webSocket -> {
            opened = new RecordingListener(webSocket);
            return opened;
        });
        channel = EmbeddedChannel.builder()
                .handlers(flushes, new HttpServerCodec(), new ParleyHttpHandler(endpoint))
                .build();
        channel.freezeTime();
        receive(RawClient.upgradeRequest(TestEndpoint.PATH).getBytes(StandardCharsets.ISO_8859_1));
        assertThat(sentText()).startsWith("HTTP/1.1 101 ");
        flushes.count = 0;
    }

    @AfterEach
    void leaveNoBufferBehind() {
        channel.finishAndReleaseAll();
        channel.checkException();
    }

    private RecordingListener listener() {
        return Objects.requireNonNull(opened);
    }

    private void receive(byte[]... parts) {
        channel.writeInbound(Unpooled.wrappedBuffer(parts));
    }

    private ByteBuf sent() {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            all.writeBytes(out);
            out.release();
        }
        return all;
    }

    private String sentText() {
        return sent().toString(StandardCharsets.ISO_8859_1);
    }

    private String sentHex() {
        return ByteBufUtil.hexDump(sent());
    }

    @Test
    void seesTheAnswerToItsCloseFrameAlsoWhereItReadsNoMore() {
        listener().webSocket.setReading(false);
        listener().webSocket.close(1000);
        assertThat(channel.config().isAutoRead()).isTrue();

        receive(ClientFrame.close(1000));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void pausesBetweenAnyTwoMessages() {
        listener().pausing = true;
        ByteBuf first = Unpooled.wrappedBuffer(ClientFrame.text("1"), ClientFrame.text("2"), ClientFrame.text("3"));
        channel.writeInbound(first);
        receive(ClientFrame.text("4")); // the channel may have more in hand
        assertThat(listener().soFar()).containsExactly("text 1");
        assertThat(channel.config().isAutoRead()).isFalse();

        goOn();
        assertThat(listener().soFar()).containsExactly("text 2");
        goOn();
        assertThat(listener().soFar()).containsExactly("text 3");
        assertThat(channel.config().isAutoRead()).isFalse();
        listener().pausing = false;
        goOn();
        assertThat(listener().soFar()).containsExactly("text 4");
        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(first.refCnt()).isZero();
    }

    private void goOn() {
        listener().webSocket.setReading(true);
        channel.runPendingTasks();
    }

    @Test
    void aListenerThatPausesForAMomentGetsTheNextMessageBehindTheFirst() {
        RecordingListener listener = listener();
        listener.pausing = true;
        receive(ClientFrame.text("1"), ClientFrame.text("2"), ClientFrame.text("3"));
        listener.webSocket.setReading(true);
        listener.webSocket.setReading(false);
        listener.webSocket.setReading(true);
        channel.runPendingTasks();
        assertThat(listener.soFar()).containsExactly("text 1", "text 2");
    }

    @Test
    void readsTheCloseFrameBehindMessagesThatNobodyTookWhenItCloses() {
        listener().pausing = true;
        receive(ClientFrame.text("1"), ClientFrame.text("2"), ClientFrame.close(1000));
        listener().webSocket.close(1000);
        channel.runPendingTasks();
        assertThat(listener().soFar()).startsWith("text 1").doesNotContain("text 2");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void takesWhatAPeerHasSentBeforeItLeft() {
        listener().pausing = true;
        receive(ClientFrame.text("1"), ClientFrame.text("2"), ClientFrame.text("3"));
        channel.close();
        assertThat(listener().soFar()).containsExactly("text 1");

        goOn();
        assertThat(listener().soFar()).containsExactly("text 2");
        listener().pausing = false;
        goOn();
        assertThat(listener().soFar()).containsExactly("text 3", "closed");
    }

    @Test
    void tellsWhatWasWrongBehindThePausesOfAPeerThatHasLeft() {
        listener().pausing = true;
        receive(ClientFrame.text("1"), new byte[] {(byte) 0xff});
        channel.close();

        goOn();
        assertThat(listener().soFar()).hasSize(2).last().asString().startsWith("closed Invalid WebSocket frame");
    }

    @Test
    void endsAtOnceWhenItIsClosedAfterAPeerHasLeft() {
        listener().pausing = true;
        receive(ClientFrame.text("1"), ClientFrame.text("2"));
        channel.close();

        listener().webSocket.close(1000);
        channel.runPendingTasks();
        assertThat(listener().soFar()).containsExactly("text 1", "closed");
    }

    @Test
    void keepsNothingOfWhatNobodyTookWhenItEnds() {
        listener().pausing = true;
        ByteBuf rest = Unpooled.wrappedBuffer(ClientFrame.text("1"), ClientFrame.text("2"));
        channel.writeInbound(rest);
        ByteBuf more = Unpooled.wrappedBuffer(ClientFrame.text("3"));
        channel.writeInbound(more);

        listener().webSocket.abort();

        assertThat(rest.refCnt()).isZero();
        assertThat(more.refCnt()).isZero();
        assertThat(listener().soFar()).doesNotContain("text 2", "text 3");
    }

    @Test
    void passesMessagesToTheListener() {
        receive(ClientFrame.text("4hello"), ClientFrame.binary((byte) 1, (byte) 2));
        assertThat(listener().soFar()).containsExactly("text 4hello", "binary 0102");
    }

    @Test
    void writesFramesWithoutMaskAndInOrder() {
        listener().webSocket.text(Utf8.of("4€"));
        listener().webSocket.binary(new byte[] {1, 2});
        listener().webSocket.text(Utf8.of("xyz").slice(1, 3));
        assertThat(sentHex()).as("before the flush").isEmpty();
        listener().webSocket.flush();
        assertThat(sentHex()).isEqualTo("810434e282ac" + "82020102" + "8102797a");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 127, 511, 512, 65_535, 65_536, 1_000_000})
    void writesFramesOfEveryFormOfLength(int length) {
        byte[] data = new byte[length];
        listener().webSocket.binary(data);
        listener().webSocket.text(Utf8.of("behind"));
        listener().webSocket.flush();
        String header = length < 126
                ? "82%02x".formatted(length)
                : length < 65_536 ? "827e%04x".formatted(length) : "827f%016x".formatted(length);
        assertThat(sentHex()).isEqualTo(header + "00".repeat(length) + "8106" + "626568696e64");
    }

    @Test
    void handsABurstOverWithOneFlush() {
        for (int i = 0; i < 1000; i++) {
            listener().webSocket.text(Utf8.of("message " + i));
        }
        listener().webSocket.flush();
        assertThat(flushes.count).isEqualTo(1);
        assertThat(sentText()).contains("message 0", "message 999");
    }

    @Test
    @Behaviour({"EIO-WS-004", "ABUSE-062"})
    void closesOnAMessageThatIsTooLong() {
        receive(ClientFrame.text("x".repeat(LIMIT)));
        receive(ClientFrame.text("x".repeat(LIMIT + 1)));
        assertThat(listener().soFar()).containsExactly("text " + "x".repeat(LIMIT), "closed Max payload size exceeded");
        assertThat(sentHex()).isEqualTo("880203f1");
        assertThat(listener().cause).isInstanceOf(ProtocolException.class);
    }

    @Test
    void tellsWhatThePeerDidWrong() {
        receive(ClientFrame.hex("ffffffff"));
        assertThat(sentHex()).isEqualTo("880203ea");
        assertThat(listener().soFar()).containsExactly("closed Invalid WebSocket frame: reserved bits are set");
    }

    @Test
    void deliversWhatCameInFrontOfAnError() {
        receive(ClientFrame.text("good"), ClientFrame.hex("ffffffff"));
        assertThat(listener().soFar()).first().isEqualTo("text good");
    }

    @Test
    void closesAConnectionInBoundedTimeAfterAnError() {
        receive(ClientFrame.hex("ffffffff"));
        receive(ClientFrame.text("thrown away"));
        assertThat(channel.isOpen()).isTrue();
        channel.advanceTimeBy(10, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isFalse();
        assertThat(listener().soFar()).hasSize(1);
    }

    @Test
    void answersPings() {
        receive(ClientFrame.frame(0x89, (byte) 5, (byte) 6), ClientFrame.frame(0x89));
        assertThat(sentHex()).isEqualTo("8a020506" + "8a00");
        assertThat(flushes.count).isEqualTo(1);
        receive(ClientFrame.frame(0x8a, (byte) 1));
        assertThat(sentHex()).isEmpty();
        assertThat(listener().soFar()).isEmpty();
    }

    @Test
    @Behaviour("ABUSE-065")
    void answersNoPingsOfAPeerThatReadsNothing() {
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        receive(ClientFrame.frame(0x89, (byte) 5, (byte) 6));
        assertThat(sentHex()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1001, 4321})
    void answersAClose(int code) {
        receive(ClientFrame.text("last"), ClientFrame.close(code), ClientFrame.text("late"));
        assertThat(listener().soFar()).containsExactly("text last", "closed");
        assertThat(sentHex()).isEqualTo("8802%04x".formatted(code));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void answersACloseWithoutCode() {
        receive(ClientFrame.frame(0x88));
        assertThat(listener().soFar()).containsExactly("closed");
        assertThat(sentHex()).isEqualTo("8800");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void sendsWhatWasWrittenBeforeItsAnswerToAClose() {
        listener().webSocket.text(Utf8.of("a"));
        receive(ClientFrame.close(1000));
        listener().webSocket.text(Utf8.of("too late"));
        listener().webSocket.flush();
        assertThat(sentHex()).isEqualTo("810161" + "880203e8");
    }

    @Test
    void closesBehindAllFramesAndAwaitsThePeersAnswer() {
        listener().webSocket.text(Utf8.of("a"));
        listener().webSocket.close(1001);
        listener().webSocket.close(1002);
        listener().webSocket.text(Utf8.of("too late"));
        listener().webSocket.flush();
        assertThat(sentHex()).isEqualTo("810161" + "880203e9");
        receive(ClientFrame.text("crossed on the way"));
        assertThat(channel.isOpen()).isTrue();
        assertThat(listener().soFar()).isEmpty();
        receive(ClientFrame.close(1001));
        assertThat(channel.isOpen()).isFalse();
        assertThat(listener().soFar()).containsExactly("closed");
        assertThat(sentHex()).isEmpty();
    }

    @Test
    void closesWithoutCode() {
        listener().webSocket.close(0);
        assertThat(sentHex()).isEqualTo("8800");
    }

    @Test
    void awaitsThePeersAnswerForABoundedTime() {
        listener().webSocket.close(1000);
        channel.advanceTimeBy(900, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isTrue();
        channel.advanceTimeBy(100, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isFalse();
        assertThat(listener().soFar()).containsExactly("closed");
    }

    @Test
    void abortsAtOnce() {
        listener().webSocket.text(Utf8.of("dropped"));
        listener().webSocket.abort();
        assertThat(channel.isOpen()).isFalse();
        assertThat(sentHex()).isEmpty();
        assertThat(listener().soFar()).containsExactly("closed");
        listener().webSocket.abort();
        listener().webSocket.close(1000);
        listener().webSocket.text(Utf8.of("x"));
        listener().webSocket.flush();
        assertThat(listener().soFar()).isEmpty();
    }

    @Test
    void tellsThatThePeerWentAway() {
        channel.close();
        assertThat(listener().soFar()).containsExactly("closed");
    }

    @Test
    void takesAFailedWriteForTheEnd() {
        channel.pipeline().fireExceptionCaught(new java.io.IOException("Broken pipe"));
        assertThat(channel.isOpen()).isFalse();
        assertThat(listener().soFar()).containsExactly("closed");
    }

    @Test
    void tellsWhenThePeerKeepsUpAgain() {
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(100, 200));
        channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void flush(ChannelHandlerContext ctx) {
                assertThat(listener().webSocket.isWritable()).isFalse();
                ctx.flush();
                assertThat(listener().soFar())
                        .as("within a flush of the listener")
                        .isEmpty();
            }
        });
        assertThat(listener().webSocket.isWritable()).isTrue();
        listener().webSocket.binary(new byte[1000]);
        listener().webSocket.flush();
        channel.runPendingTasks();
        assertThat(listener().soFar()).containsExactly("writable");
        assertThat(listener().webSocket.isWritable()).isTrue();
        assertThat(sent().readableBytes()).isEqualTo(1004);
    }

    @Test
    void closesAWebSocketThatNobodyListensTo() {
        TestEndpoint nobody = TestEndpoint.webSockets(LIMIT, webSocket -> null);
        EmbeddedChannel another = new EmbeddedChannel(new HttpServerCodec(), new ParleyHttpHandler(nobody));
        another.writeInbound(
                Unpooled.copiedBuffer(RawClient.upgradeRequest(TestEndpoint.PATH), StandardCharsets.ISO_8859_1));
        ByteBuf response = another.readOutbound();
        assertThat(response.toString(StandardCharsets.ISO_8859_1))
                .startsWith("HTTP/1.1 101 ")
                .endsWith("\u0088\u0002\u0003\u00e8");
        response.release();
        another.writeInbound(Unpooled.wrappedBuffer(ClientFrame.text("x"), ClientFrame.close(1000)));
        assertThat(another.isOpen()).isFalse();
    }

    @Test
    void closesAWebSocketThatCouldNotBeTaken() {
        TestEndpoint failing = TestEndpoint.webSockets(LIMIT, webSocket -> {
            throw new IllegalStateException("on purpose");
        });
        EmbeddedChannel another = new EmbeddedChannel(new HttpServerCodec(), new ParleyHttpHandler(failing));
        another.writeInbound(
                Unpooled.copiedBuffer(RawClient.upgradeRequest(TestEndpoint.PATH), StandardCharsets.ISO_8859_1));
        assertThat(another.isOpen()).isFalse();
        another.finishAndReleaseAll();
    }

    @Test
    void closesAWebSocketWhoseListenerFails() {
        channel.pipeline().fireChannelRead(Unpooled.wrappedBuffer(ClientFrame.text("before")));
        listener().failing = true;
        receive(ClientFrame.text("on purpose"));
        assertThat(channel.isOpen()).isFalse();
        assertThat(listener().soFar()).containsExactly("text before", "closed");
    }

    @Test
    void takesAHalfClosedConnectionForClosed() {
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        assertThat(channel.isOpen()).isFalse();
        assertThat(listener().soFar()).containsExactly("closed");
    }

    @Test
    void sendsTheFirstFramesTogetherWithTheHandshake() {
        TestEndpoint greeting = TestEndpoint.webSockets(LIMIT, webSocket -> {
            webSocket.text(Utf8.of("hello"));
            webSocket.flush();
            return new RecordingListener(webSocket);
        });
        EmbeddedChannel another = new EmbeddedChannel(new HttpServerCodec(), new ParleyHttpHandler(greeting));
        another.writeInbound(
                Unpooled.copiedBuffer(RawClient.upgradeRequest(TestEndpoint.PATH), StandardCharsets.ISO_8859_1));
        ByteBuf response = another.readOutbound();
        assertThat(response.toString(StandardCharsets.ISO_8859_1))
                .startsWith("HTTP/1.1 101 ")
                .endsWith("\r\n\r\n\u0081\u0005hello");
        response.release();
        another.finishAndReleaseAll();
    }

    @Test
    void runsTasksOnItsThreadBehindWhatIsGoingOn() {
        StringBuilder order = new StringBuilder();
        listener().webSocket.ioThread().execute(() -> {
            listener().webSocket.ioThread().execute(() -> order.append('c'));
            order.append('a');
        });
        listener().webSocket.ioThread().execute(() -> order.append('b'));
        assertThat(order).isEmpty();
        channel.runPendingTasks();
        assertThat(order).hasToString("abc");
    }
}
