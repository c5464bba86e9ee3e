package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.parley.Behaviour;
import dev.parley.engine.Compression;
import dev.parley.engine.Headers;
import dev.parley.engine.HttpRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is agreed on for which offers. */
class DeflateExtensionTest {

    private static final String ACCEPTED = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    private static @Nullable DeflateExtension agree(String... lines) {
        Headers headers = Headers.of("Host", "localhost");
        for (String line : lines) {
            headers = headers.and("sec-websocket-extensions", line);
        }
        return DeflateExtension.agree(new HttpRequest("GET", "/", headers, null, false), Compression.DEFAULT);
    }

    private static @Nullable String answer(String... lines) {
        DeflateExtension agreed = agree(lines);
        return agreed == null ? null : agreed.response();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "permessage-deflate",
                " permessage-deflate ",
                "permessage-deflate; client_max_window_bits",
                "permessage-deflate;client_max_window_bits=8",
                "permessage-deflate ; client_max_window_bits = \"15\"",
                "permessage-deflate; server_no_context_takeover",
                "permessage-deflate; client_no_context_takeover; server_no_context_takeover; client_max_window_bits",
                "x-webkit-deflate-frame, permessage-deflate",
                "other; a=1; b=\"c\\d\", permessage-deflate",
                ",,permessage-deflate,",
                "permessage-deflate; unknown, permessage-deflate",
            })
    void neitherSideRefersToEarlierMessages(String offer) {
        assertThat(answer(offer)).isEqualTo(ACCEPTED);
    }

    @Test
    void agreesToTheWindowThatAllHave() {
        assertThat(answer("permessage-deflate; server_max_window_bits=15"))
                .isEqualTo(ACCEPTED + "; server_max_window_bits=15");
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 9, 14})
    @Behaviour("ABUSE-064")
    void compressesForNoWindowThatOthersDoNotHave(int bits) {
        String offer = "permessage-deflate; server_max_window_bits=" + bits;
        assertThat(answer(offer)).isNull();
        assertThat(answer(offer + ", permessage-deflate")).isEqualTo(ACCEPTED);
    }

    @Test
    void takesTheFirstOfferThatIsAcceptable() {
        assertThat(answer(
                        "permessage-deflate; server_max_window_bits=7, permessage-deflate; server_max_window_bits=15",
                        "permessage-deflate"))
                .isEqualTo(ACCEPTED + "; server_max_window_bits=15");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "deflate-frame",
                "Permessage-Deflate",
                "permessage-deflate; unknown",
                "permessage-deflate; unknown=1",
                "permessage-deflate; server_max_window_bits",
                "permessage-deflate; server_max_window_bits=7",
                "permessage-deflate; server_max_window_bits=16",
                "permessage-deflate; server_max_window_bits=08",
                "permessage-deflate; server_max_window_bits=9x",
                "permessage-deflate; server_max_window_bits=1000000000000",
                "permessage-deflate; client_max_window_bits=7",
                "permessage-deflate; client_max_window_bits=0",
                "permessage-deflate; server_no_context_takeover=true",
                "permessage-deflate; client_no_context_takeover=1",
                "permessage-deflate; client_max_window_bits; client_max_window_bits",
                "permessage-deflate; server_max_window_bits=15; server_max_window_bits=15",
                "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
            })
    void declinesWhatIsNotAValidOffer(String offer) {
        assertThat(answer(offer)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"",
                ";",
                "=",
                "a b",
                "permessage-deflate;",
                "permessage-deflate; ;",
                "permessage-deflate; a=",
                "permessage-deflate; a=;",
                "permessage-deflate; =1",
                "permessage-deflate; a=\"",
                "permessage-deflate; a=\"\"",
                "permessage-deflate; a=\"1",
                "permessage-deflate; a=\"1\\",
                "permessage-deflate; a=\"1 2\"",
                "permessage-deflate; a=\"1\"2",
                "permessage-deflate; a=1=2",
                "permessage-deflate, (",
                "permessage-deflate; \u00e4",
                "permessage-deflate/1",
            })
    void refusesWhatIsNoSuchHeader(String header) {
        assertThatIllegalArgumentException().isThrownBy(() -> agree(header));
    }

    @Test
    @Behaviour("ABUSE-064")
    void readsAnyNumberOfOffers() {
        assertThat(answer("permessage-deflate; x,".repeat(1000))).isNull();
        assertThat(answer("permessage-deflate; x,".repeat(1000) + "permessage-deflate"))
                .isEqualTo(ACCEPTED);
        assertThat(answer("permessage-deflate" + "; x=\"1\"".repeat(10_000))).isNull();
    }
}
