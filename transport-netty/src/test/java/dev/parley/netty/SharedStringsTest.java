package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedStringsTest {

    /** A string of its own, as each request brings it. */
    private static String arrived(String text) {
        return String.valueOf(text.toCharArray());
    }

    /** Reads the same twice, and tells of how many strings that makes. */
    private static int strings(UnaryOperator<String> reader, String text) {
        String first = reader.apply(arrived(text));
        String second = reader.apply(arrived(text));
        assertThat(first).isEqualTo(text);
        assertThat(second).isEqualTo(text);
        Set<String> different = Collections.newSetFromMap(new IdentityHashMap<>());
        different.add(first);
        different.add(second);
        return different.size();
    }

    private static int values(String name, String value) {
        return strings(each -> SharedStrings.headerValue(name, each), value);
    }

    private static int targets(String target) {
        return strings(SharedStrings::target, target);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host", "host", "User-Agent", "Upgrade", "Sec-WebSocket-Version", "Origin", "sec-ch-ua"})
    void valuesOfPublicHeadersAreKeptOnce(String name) {
        assertThat(values(name, "what many send")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Cookie",
                "cookie",
                "Authorization",
                "Sec-WebSocket-Key",
                "Sec-WebSocket-Protocol",
                "Referer",
                "X-Forwarded-For",
                "X-Real-IP",
                "X-Api-Token"
            })
    void valuesThatMayBeSecretOrPersonalAreNotKept(String name) {
        assertThat(values(name, "what nobody else may see")).isEqualTo(2);
    }

    @Test
    void longValuesAreNotKept() {
        assertThat(values("User-Agent", "x".repeat(256))).isEqualTo(1);
        assertThat(values("User-Agent", "x".repeat(257))).isEqualTo(2);
    }

    @Test
    void aValueInPlaceOfAnotherIsItself() {
        for (int i = 0; i < 10_000; i++) {
            assertThat(SharedStrings.headerValue("Host", "host-" + i)).isEqualTo("host-" + i);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/socket.io/?EIO=4&transport=websocket", "/socket.io/?EIO=3&transport=websocket"})
    void targetsOfClientsThatAddNothingAreKeptOnce(String target) {
        assertThat(targets(target)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/socket.io/?token=secret&EIO=4&transport=websocket",
                "/socket.io/?token=secret?EIO=4&transport=websocket",
                "/socket.io/?EIO=4&transport=websocket&token=secret",
                "/socket.io/?EIO=4&transport=websocket&sid=secret",
                "/socket.io/secret",
                "EIO=4&transport=websocket"
            })
    void otherTargetsAreNotKept(String target) {
        assertThat(targets(target)).isEqualTo(2);
    }
}
