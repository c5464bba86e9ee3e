package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.parley.Behaviour;
import dev.parley.protocol.PacketBundle;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class EngineOptionsTest {

    @Test
    void the_defaults_are_those_of_the_reference() {
        EngineOptions options = EngineOptions.defaults();

        assertThat(options.path()).isEqualTo("/engine.io");
        assertThat(options.addTrailingSlash()).isTrue();
        assertThat(options.pingInterval()).isEqualTo(Duration.ofSeconds(25));
        assertThat(options.pingTimeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(options.upgradeTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(options.maxPayload()).isEqualTo(1_000_000);
        assertThat(options.transports()).containsExactly(TransportType.POLLING, TransportType.WEBSOCKET);
        assertThat(options.allowUpgrades()).isTrue();
        assertThat(options.cors()).isNull();
        assertThat(options.cookie()).isNull();
        assertThat(options.perMessageDeflate()).isNull();
        assertThat(options.httpCompression()).as("other than the reference's").isNull();
        assertThat(options.allowRequest()).isNull();
        assertThat(options.initialPacket()).isNull();
        assertThat(options.maxQueuedMessages()).isEqualTo(100_000);
        assertThat(options.maxQueuedBytes()).isEqualTo(16 * 1024 * 1024);
    }

    @Test
    @Behaviour("EIO-ATT-003")
    void options_may_be_changed_one_by_one() {
        EngineOptions options = EngineOptions.builder()
                .path("/chat/")
                .addTrailingSlash(false)
                .pingInterval(Duration.ofSeconds(1))
                .pingTimeout(Duration.ofSeconds(2))
                .upgradeTimeout(Duration.ofSeconds(3))
                .maxPayload(4)
                .maxPacketsPerPayload(10)
                .transports(Set.of(TransportType.POLLING))
                .allowUpgrades(false)
                .cors(CorsOptions.allow("*"))
                .cookie(CookieOptions.builder().build())
                .allowRequest(request -> CompletableFuture.completedFuture(RequestFilter.Verdict.admit()))
                .initialPacket(PacketBundle.text("hello"))
                .maxQueuedMessages(5)
                .maxQueuedBytes(6)
                .maxSessions(7)
                .maxSessionsPerAddress(8)
                .maxHandshakesPerSecond(9)
                .perMessageDeflate(new Compression(10, 1))
                .httpCompression(new Compression(11, 2))
                .trustedProxies(TrustedProxies.of("127.0.0.1"))
                .build();

        assertThat(EngineServer.create(options, session -> null).options()).isSameAs(options);
        assertThat(options.path()).isEqualTo("/chat");
        assertThat(options.toBuilder().build()).usingRecursiveComparison().isEqualTo(options);
        assertThat(options).usingRecursiveComparison().isNotEqualTo(EngineOptions.defaults());
    }

    @Test
    void options_do_not_change_with_what_they_were_made_from() {
        Set<TransportType> transports = EnumSet.of(TransportType.POLLING);
        EngineOptions.Builder builder = EngineOptions.builder().transports(transports);
        EngineOptions options = builder.build();

        transports.add(TransportType.WEBSOCKET);
        builder.maxPayload(1);

        assertThat(options.transports()).containsExactly(TransportType.POLLING);
        assertThat(options.maxPayload()).isEqualTo(1_000_000);
    }

    @Test
    void values_that_make_no_sense_are_rejected_with_a_word_on_what_would() {
        assertRejected(builder -> builder.path("chat"), "path: chat (expected: a slash in front)");
        assertRejected(
                builder -> builder.pingInterval(Duration.ZERO), "pingInterval: PT0S (expected: 1 ms to 100 years)");
        assertRejected(
                builder -> builder.pingTimeout(Duration.ofNanos(1)),
                "pingTimeout: PT0.000000001S (expected: 1 ms to 100 years)");
        assertRejected(
                builder -> builder.upgradeTimeout(Duration.ofSeconds(Long.MAX_VALUE)),
                "upgradeTimeout: " + Duration.ofSeconds(Long.MAX_VALUE) + " (expected: 1 ms to 100 years)");
        assertRejected(builder -> builder.maxPayload(0), "maxPayload: 0 (expected: > 0)");
        assertRejected(builder -> builder.transports(Set.of()), "transports: none (expected: at least one)");
        assertRejected(builder -> builder.maxQueuedMessages(-1), "maxQueuedMessages: -1 (expected: > 0)");
        assertRejected(builder -> builder.maxQueuedBytes(0), "maxQueuedBytes: 0 (expected: > 0)");
    }

    @Test
    @Behaviour("ABUSE-056")
    void a_cookie_that_browsers_would_not_take_is_rejected() {
        CookieOptions.Builder cookie = CookieOptions.builder();

        assertThatIllegalArgumentException().isThrownBy(() -> cookie.name(""));
        assertThatIllegalArgumentException().isThrownBy(() -> cookie.name("a=b"));
        assertThatIllegalArgumentException().isThrownBy(() -> cookie.name("a;b"));
        assertThatIllegalArgumentException().isThrownBy(() -> cookie.path("/; Domain=evil"));
        assertThatIllegalArgumentException().isThrownBy(() -> cookie.domain("a\r\nb"));
    }

    @Test
    void the_path_may_be_the_root() {
        EngineServer engine =
                EngineServer.create(EngineOptions.builder().path("/").build(), session -> null);

        assertThat(engine.handles("/")).isTrue();
        assertThat(engine.handles("//")).isFalse();
    }

    private static void assertRejected(Consumer<EngineOptions.Builder> setting, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> setting.accept(EngineOptions.builder()))
                .withMessage(message);
    }
}
