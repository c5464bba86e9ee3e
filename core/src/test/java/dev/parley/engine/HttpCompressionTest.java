package dev.parley.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.parley.Behaviour;
import dev.parley.protocol.EnginePacketType;
import dev.parley.protocol.PacketBundle;
import dev.parley.testing.MemoryExchange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses to polls, and whether they are compressed. */
class HttpCompressionTest extends EngineFixture {

    private static final String LONG = "a".repeat(1023);

    private void compress(Compression compression) {
        serve(options -> options.httpCompression(compression));
    }

    private HttpResponse answer(String acceptEncoding, PacketBundle... packets) {
        PollingClient client = openPolling();
        List.of(packets).forEach(session()::send);
        return client.poll("Accept-Encoding", acceptEncoding).response();
    }

    private static @Nullable String coding(HttpResponse response) {
        return response.headers().get("content-encoding");
    }

    private static String decoded(HttpResponse response) throws IOException {
        InputStream body = new ByteArrayInputStream(response.body());
        String coding = String.valueOf(coding(response));
        try (InputStream in = switch (coding) {
            case "gzip" -> new GZIPInputStream(body);
            case "deflate" -> new InflaterInputStream(body);
            default -> body;
        }) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    @Behaviour("EIO-COMP-001")
    void a_long_response_is_compressed_with_gzip() throws Exception {
        compress(Compression.DEFAULT);

        HttpResponse response = answer("gzip, deflate", PacketBundle.text(LONG));

        assertThat(coding(response)).isEqualTo("gzip");
        assertThat(decoded(response)).isEqualTo("4" + LONG);
        assertThat(response.body()).hasSizeLessThan(100);
        assertThat(response.headers().get("content-type")).isEqualTo("text/plain; charset=UTF-8");
    }

    @Test
    @Behaviour("EIO-COMP-002")
    void a_long_response_is_compressed_with_deflate_for_those_who_ask_for_it() throws Exception {
        compress(Compression.DEFAULT);

        HttpResponse response = answer("deflate", PacketBundle.text(LONG));

        assertThat(coding(response)).isEqualTo("deflate");
        assertThat(decoded(response)).isEqualTo("4" + LONG);
    }

    @Test
    @Behaviour("EIO-COMP-003")
    void without_threshold_everything_is_compressed() throws Exception {
        compress(Compression.DEFAULT.withThreshold(0));

        HttpResponse response = answer("gzip, deflate", PacketBundle.text("0123456789"));

        assertThat(coding(response)).isEqualTo("gzip");
        assertThat(decoded(response)).isEqualTo("40123456789");
    }

    /** In the reference it has to be switched off. */
    @Test
    @Behaviour({"EIO-COMP-004", "ABUSE-059"})
    void nothing_is_compressed_unless_it_is_asked_for() throws Exception {
        HttpResponse response = answer("gzip, deflate", PacketBundle.text(LONG));

        assertThat(coding(response)).isNull();
        assertThat(decoded(response)).isEqualTo("4" + LONG);
    }

    @Test
    @Behaviour("EIO-COMP-005")
    void a_message_that_is_not_to_be_compressed_is_not() throws Exception {
        compress(Compression.DEFAULT);

        HttpResponse response = answer("gzip, deflate", PacketBundle.text(LONG).uncompressed());

        assertThat(coding(response)).isNull();
        assertThat(decoded(response)).isEqualTo("4" + LONG);
    }

    @Test
    @Behaviour("EIO-COMP-006")
    void a_short_response_is_not_compressed() {
        compress(Compression.DEFAULT);

        assertThat(coding(answer("gzip, deflate", PacketBundle.text("a".repeat(1022)))))
                .isNull();
        assertThat(coding(answer("gzip, deflate", PacketBundle.text("a".repeat(1023)))))
                .isEqualTo("gzip");
    }

    @Test
    void a_response_that_would_keep_the_io_thread_busy_is_not_compressed() {
        compress(Compression.DEFAULT);

        int longest = Compression.MAX_LENGTH - 1;

        assertThat(coding(answer("gzip", PacketBundle.text("a".repeat(longest)))))
                .isEqualTo("gzip");
        assertThat(coding(answer("gzip", PacketBundle.text("a".repeat(longest + 1)))))
                .isNull();
    }

    /** In the reference it is as soon as one of its messages may be, so that its length tells about the others. */
    @Test
    @Behaviour({"EIO-COMP-007", "ABUSE-059"})
    void a_response_is_not_compressed_if_one_of_its_messages_must_not_be() {
        compress(Compression.DEFAULT);

        PacketBundle may = PacketBundle.text(LONG);
        PacketBundle not = PacketBundle.text("a").uncompressed();
        PacketBundle ping = PacketBundle.control(EnginePacketType.PING, "");

        assertThat(coding(answer("gzip", may, may))).isEqualTo("gzip");
        assertThat(coding(answer("gzip", may, not))).isNull();
        assertThat(coding(answer("gzip", not, may, may))).isNull();
        assertThat(coding(answer("gzip", ping, may))).isEqualTo("gzip");
    }

    @ParameterizedTest
    @CsvSource({
        "'gzip;q=0.5, deflate;q=0.8', deflate",
        "'deflate;q=0.5, gzip;q=0.501', gzip",
        "'deflate, gzip', gzip",
        "'GZIP', gzip",
        "'br, zstd', ",
        "'br, *', gzip",
        "'*;q=0.1, gzip;q=0', deflate",
        "'*;q=0', ",
        "'gzip;q=0', ",
        "'gzip;q=0.000, deflate ; Q=1.000', deflate",
        "'gzip;q=2', ",
        "'gzip;q=-1', ",
        "'gzip;q=1e9', ",
        "'gzip;q=', ",
        "'gzip;q=0.0001', ",
        "'identity', ",
        "'x gzip', ",
        "',,gzip,', gzip",
        "';', ",
        "'', ",
    })
    void clients_say_what_they_take_and_like(String acceptEncoding, @Nullable String expected) {
        compress(Compression.DEFAULT);

        assertThat(coding(answer(acceptEncoding, PacketBundle.text(LONG)))).isEqualTo(expected);
    }

    @Test
    void clients_that_say_nothing_get_nothing_compressed() {
        compress(Compression.DEFAULT);
        PollingClient client = openPolling();
        session().send(LONG);

        assertThat(client.poll().text()).isEqualTo("4" + LONG);
    }

    @Test
    void answers_to_posts_are_not_compressed() {
        compress(Compression.DEFAULT.withThreshold(0));

        MemoryExchange push = openPolling().push("4a", "Accept-Encoding", "gzip");

        assertThat(push.text()).isEqualTo("ok");
        assertThat(coding(push.response())).isNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Behaviour("ABUSE-058")
    void what_clients_send_is_never_decompressed(boolean compressing) throws Exception {
        serve(options -> options.httpCompression(compressing ? Compression.DEFAULT : null));
        PollingClient client = openPolling();
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bomb)) {
            out.write(("4" + "a".repeat(500_000)).getBytes(StandardCharsets.UTF_8));
        }

        MemoryExchange push = transport.request("POST", client.uri(), bomb.toByteArray(), "Content-Encoding", "gzip");

        assertThat(push.status()).isEqualTo(400);
        assertThat(recorder().messages()).isEmpty();
        assertThat(recorder().reason()).isEqualTo(CloseReason.PARSE_ERROR);
    }

    @Test
    void values_without_meaning_are_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Compression.DEFAULT.withThreshold(-1))
                .withMessage("threshold: -1 (expected: 0 to 524288)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Compression.DEFAULT.withThreshold(524_289))
                .withMessage("threshold: 524289 (expected: 0 to 524288)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Compression.DEFAULT.withLevel(0))
                .withMessage("level: 0 (expected: 1 to 9)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Compression(0, 10))
                .withMessage("level: 10 (expected: 1 to 9)");
        assertThat(Compression.DEFAULT).isEqualTo(new Compression(1024, 6));
    }

    @Test
    void a_higher_level_takes_less_room() {
        StringBuilder text = new StringBuilder();
        Random random = new Random(1);
        for (int i = 0; i < 5000; i++) {
            text.append("word").append(random.nextInt(1000)).append(' ');
        }
        compress(Compression.DEFAULT.withLevel(1));
        int fast = answer("gzip", PacketBundle.text(text.toString())).body().length;
        compress(Compression.DEFAULT.withLevel(9));
        int small = answer("gzip", PacketBundle.text(text.toString())).body().length;

        assertThat(small).isLessThan(fast);
    }
}
