package dev.parley.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ShutdownSoakTest {

    private static final Map<String, Integer> ENDS = Map.of(
            "POLLING close packet", 1,
            "POLLING HTTP HTTP/1.1 400 Bad Request {}", 2,
            "POLLING HTTP HTTP/1.1 503 Service Unavailable {}", 4,
            "POLLING HTTP HTTP/1.1 500 Internal Server Error ", 8,
            "POLLING end of stream", 16,
            "POLLING java.io.IOException: Connection reset by peer", 32,
            "WEBSOCKET close frame 1001", 64,
            "WEBSOCKET end of stream", 128);

    @Test
    void clientsWhoseConnectionIsJustGoneWereNotTold() {
        assertThat(ShutdownSoak.untold(ENDS, Peer.Way.POLLING)).isEqualTo(8 + 16 + 32);
        assertThat(ShutdownSoak.untold(ENDS, Peer.Way.WEBSOCKET)).isEqualTo(128);
    }

    @Test
    void allCountThatCameTheSameWay() {
        assertThat(ShutdownSoak.total(ENDS, Peer.Way.POLLING)).isEqualTo(63);
    }
}
