package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.engine.Compression;
import dev.parley.testing.MemoryExchange;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of the flag {@code compress}, seen by a client that polls and takes gzip. */
class CompressFlagTest {

    private static final String POLLING = "/socket.io/?EIO=4&transport=polling";

    private Fixture fixture = new Fixture(options -> options.httpCompression(Compression.DEFAULT.withThreshold(0)));
    private String uri = "";
    private Socket socket;

    @BeforeEach
    void connect() {
        connect(fixture);
    }

    private void connect(Fixture to) {
        fixture = to;
        to.io.onConnection(connected -> socket = connected);
        Matcher sid = Pattern.compile("\"sid\":\"([^\"]*)\"")
                .matcher(to.transport.get(POLLING).text());
        assertThat(sid.find()).isTrue();
        uri = POLLING + "&sid=" + sid.group(1);
        to.transport.post(uri, "40");
        assertThat(poll().headers().get("content-encoding")).isEqualTo("gzip");
    }

    private dev.parley.engine.HttpResponse poll() {
        MemoryExchange poll = fixture.transport.get(uri, "Accept-Encoding", "gzip");
        return poll.response();
    }

    private boolean compresses(Consumer<Socket> emit) {
        emit.accept(socket);
        return "gzip".equals(poll().headers().get("content-encoding"));
    }

    @Test
    @Behaviour("SIO-SOCK-024")
    void events_of_a_socket_are_compressed() {
        assertThat(compresses(to -> to.emit("a"))).isTrue();
        assertThat(compresses(to -> to.emitWithAck("a"))).isTrue();
        assertThat(compresses(to -> to.compress(false).compress(true).emit("a")))
                .isTrue();
    }

    @Test
    @Behaviour("SIO-SOCK-025")
    void events_of_a_socket_are_not_compressed_if_the_application_says_so() {
        assertThat(compresses(to -> to.compress(false).emit("a"))).isFalse();
        assertThat(compresses(
                        to -> to.compress(false).timeout(Duration.ofSeconds(1)).emitWithAck("a")))
                .isFalse();
    }

    @Test
    @Behaviour({"SIO-NS-022", "SIO-NS-023"})
    void broadcasts_are_compressed_unless_the_application_says_otherwise() {
        assertThat(compresses(to -> to.namespace().emit("a"))).isTrue();
        assertThat(compresses(to -> to.namespace().compress(false).emit("a"))).isFalse();
        assertThat(compresses(to -> to.namespace()
                        .to(to.id())
                        .compress(false)
                        .timeout(Duration.ofSeconds(1))
                        .emitWithAck("a")))
                .isFalse();
    }

    @Test
    void the_flag_holds_with_connection_state_recovery() {
        connect(new Fixture(options -> options.httpCompression(Compression.DEFAULT.withThreshold(0))
                .connectionStateRecovery(ConnectionStateRecovery.builder().build())));

        assertThat(compresses(to -> to.emit("a"))).isTrue();
        assertThat(compresses(to -> to.compress(false).emit("a"))).isFalse();
        assertThat(compresses(to -> to.namespace().emit("a"))).isTrue();
        assertThat(compresses(to -> to.namespace().compress(false).emit("a"))).isFalse();
    }
}
