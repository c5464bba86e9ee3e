package dev.parley;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.engine.CorsOptions;
import dev.parley.engine.HttpResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The JavaScript client, served by the server itself. */
class ClientFilesTest {

    private static final List<String> NAMES = List.of(
            "socket.io.js",
            "socket.io.js.map",
            "socket.io.min.js",
            "socket.io.min.js.map",
            "socket.io.esm.min.js",
            "socket.io.esm.min.js.map",
            "socket.io.msgpack.min.js",
            "socket.io.msgpack.min.js.map");

    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        for (String name : NAMES) {
            Files.writeString(folder.resolve(name), "// " + name);
        }
        Files.writeString(folder.resolve("secret.txt"), "secret");
        Files.writeString(folder.resolve("socket.io.esm.js"), "not one of the eight");
    }

    private Fixture server() {
        return new Fixture(options -> options.clientFiles(folder));
    }

    @Test
    @Behaviour({
        "SIO-SRV-001",
        "SIO-SRV-003",
        "SIO-SRV-004",
        "SIO-SRV-005",
        "SIO-SRV-009",
        "SIO-SRV-010",
        "SIO-SRV-011",
        "SIO-SRV-012",
        "SIO-SRV-025",
        "SIO-SRV-026"
    })
    void each_of_the_eight_files_is_served() {
        Fixture server = server();
        for (String name : NAMES) {
            assertThat(server.io.handles("/socket.io/" + name)).isTrue();

            HttpResponse response = server.transport.get("/socket.io/" + name).response();

            assertThat(response.status()).isEqualTo(200);
            assertThat(new String(response.body(), UTF_8)).isEqualTo("// " + name);
            assertThat(response.headers().get("content-type"))
                    .isEqualTo((name.endsWith(".map") ? "application/json" : "application/javascript")
                            + "; charset=utf-8");
            assertThat(response.headers().get("cache-control")).isEqualTo("public, max-age=0");
            assertThat(response.headers().get("etag")).matches("\"[A-Za-z0-9_-]+\"");
            assertThat(response.headers().get("x-sourcemap")).isNull();
        }
    }

    @Test
    @Behaviour("SIO-SRV-002")
    void a_query_does_not_matter() {
        assertThat(server().transport.get("/socket.io/socket.io.js?v=1").status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            gzip,br,deflate    | true
            br, GZIP;q=0.5     | true
            gzip;q=1.0, br     | true
            br                 | false
            gzip;q=0           | false
            gzip; q=0.00, br   | false
            x-gzip             | false
            identity           | false
            """)
    @Behaviour("SIO-SRV-006")
    void a_file_is_sent_compressed_to_those_who_take_it(String acceptEncoding, boolean compressed) throws Exception {
        String script = "// a script\n".repeat(100);
        Files.writeString(folder.resolve("socket.io.js"), script);

        HttpResponse response = server().transport
                .get("/socket.io/socket.io.js", "Accept-Encoding", acceptEncoding)
                .response();

        assertThat(response.headers().get("content-encoding")).isEqualTo(compressed ? "gzip" : null);
        assertThat(response.headers().get("vary")).isEqualTo("Accept-Encoding");
        assertThat(response.headers().get("etag")).matches(compressed ? "W/\"[\\w-]+\"" : "\"[\\w-]+\"");
        InputStream body = new ByteArrayInputStream(response.body());
        try (InputStream in = compressed ? new GZIPInputStream(body) : body) {
            assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo(script);
        }
    }

    @Test
    @Behaviour({"SIO-SRV-013", "SIO-SRV-014"})
    void a_file_that_the_browser_has_is_not_sent_again() {
        Fixture server = server();
        String tag = server.transport
                .get("/socket.io/socket.io.js")
                .response()
                .headers()
                .get("etag");

        for (String known : List.of(tag, "W/" + tag, "\"other\", " + tag, "*")) {
            HttpResponse response = server.transport
                    .get("/socket.io/socket.io.js", "If-None-Match", known)
                    .response();
            assertThat(response.status()).isEqualTo(304);
            assertThat(response.body()).isEmpty();
            assertThat(response.headers().get("etag")).isEqualTo(tag);
        }
        assertThat(server.transport
                        .get("/socket.io/socket.io.js", "If-None-Match", "\"other\"")
                        .status())
                .isEqualTo(200);
    }

    @Test
    @Behaviour({"SIO-SRV-019", "SIO-SRV-025"})
    void nothing_else_in_the_folder_is_served() {
        Fixture server = server();
        for (String name : List.of("secret.txt", "socket.io.esm.js", "../secret.txt", "", "socket.io.js/")) {
            assertThat(server.io.handles("/socket.io/" + name)).isEqualTo(name.isEmpty());
        }
    }

    @Test
    @Behaviour("SIO-SRV-015")
    void without_a_folder_no_file_is_served() {
        Fixture server = new Fixture();

        assertThat(server.io.handles("/socket.io/socket.io.js")).isFalse();
        assertThat(server.transport.get("/socket.io/?x=socket.io.js").status()).isEqualTo(400);
    }

    @Test
    @Behaviour("SIO-SRV-008")
    void pages_of_other_origins_may_load_it_as_configured() {
        Fixture server =
                new Fixture(options -> options.clientFiles(folder).cors(CorsOptions.allow("https://example.com")));

        HttpResponse response = server.transport
                .get("/socket.io/socket.io.js", "Origin", "https://example.com")
                .response();

        assertThat(response.headers().get("access-control-allow-origin")).isEqualTo("https://example.com");
    }

    @Test
    void only_get_and_head_are_allowed() {
        assertThat(server().transport.post("/socket.io/socket.io.js", "x").status())
                .isEqualTo(405);
    }

    @Test
    void files_are_found_on_the_class_path() throws IOException {
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.getParent().toUri().toURL()})) {
            Fixture server = new Fixture(
                    options -> options.clientFiles(loader, folder.getFileName().toString()));

            assertThat(server.transport.get("/socket.io/socket.io.min.js").text())
                    .isEqualTo("// socket.io.min.js");
        }
    }

    @Test
    void a_folder_without_the_client_is_refused() {
        SocketIoOptions.Builder builder = SocketIoOptions.builder();

        assertThatThrownBy(() -> builder.clientFiles(folder.resolve("nothing")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(expected: holds socket.io.js)");
    }
}
