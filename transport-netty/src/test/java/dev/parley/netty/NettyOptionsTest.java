package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.SslContextBuilder;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class NettyOptionsTest {

    private static void refuses(String message, Consumer<NettyOptions.Builder> change) {
        assertThatThrownBy(() -> change.accept(NettyOptions.builder()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void hasSafeDefaults() {
        NettyOptions options = NettyOptions.builder().build();
        assertThat(options.host()).isNull();
        assertThat(options.port()).isZero();
        assertThat(options.transport()).isEqualTo(NettyTransport.AUTO);
        assertThat(options.eventLoops()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(options.maxInitialLineLength()).isEqualTo(4096);
        assertThat(options.maxHeaderSize()).isEqualTo(8192);
        assertThat(options.maxFragments()).isEqualTo(16_384);
        assertThat(options.tcpNoDelay()).isTrue();
        assertThat(options.shutdownTimeout()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void refusesValuesWithoutMeaningAndSaysWhatWouldHave() throws Exception {
        refuses("port: -1 (expected: 0 to 65535)", builder -> builder.port(-1));
        refuses("port: 65536 (expected: 0 to 65535)", builder -> builder.port(65_536));
        refuses("eventLoops: 0 (expected: 1 to 1024)", builder -> builder.eventLoops(0));
        refuses("maxInitialLineLength: 63 (expected: 64 to 1048576)", builder -> builder.maxInitialLineLength(63));
        refuses("maxHeaderSize: -5 (expected: 64 to 1048576)", builder -> builder.maxHeaderSize(-5));
        refuses("maxFragments: 0 (expected: 1 to 2147483647)", builder -> builder.maxFragments(0));
        refuses("backlog: 0 (expected: 1 to 2147483647)", builder -> builder.backlog(0));
        refuses("high: 0 (expected: 1 to 2147483647)", builder -> builder.writeBufferWaterMark(0, 0));
        refuses("low: 9 (expected: 0 to 8)", builder -> builder.writeBufferWaterMark(9, 8));
        refuses(
                "shutdownTimeout: PT-1S (expected: PT0S to PT24H)",
                builder -> builder.shutdownTimeout(Duration.ofSeconds(-1)));
        refuses(
                "shutdownTimeout: PT25H (expected: PT0S to PT24H)",
                builder -> builder.shutdownTimeout(Duration.ofHours(25)));
        var client = SslContextBuilder.forClient().build();
        refuses("sslContext: one for clients (expected: one for servers)", builder -> builder.sslContext(client));
    }

    @Test
    void doesNotChangeWhenItsBuilderDoes() {
        NettyOptions.Builder builder = NettyOptions.builder().port(1);
        NettyOptions options = builder.build();
        builder.port(2);
        assertThat(options.port()).isEqualTo(1);
    }
}
