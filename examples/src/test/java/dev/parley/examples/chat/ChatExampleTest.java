package dev.parley.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.netty.NettyServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatExampleTest {

    private final HttpClient browser = HttpClient.newHttpClient();

    private NettyServer server;

    @BeforeEach
    void start() {
        server = ChatExample.start(0, null);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void serves_its_page_on_the_port_of_the_server() throws Exception {
        HttpResponse<String> page = get("/?from=a-link");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");
        assertThat(page.body()).contains("id=\"nickname\"", "src=\"/chat.js\"", "href=\"/chat.css\"");
        assertThat(get("/chat.js").headers().firstValue("content-type")).hasValue("text/javascript; charset=utf-8");
        assertThat(get("/chat.css").headers().firstValue("content-type")).hasValue("text/css; charset=utf-8");
        assertThat(get("/favicon.svg").headers().firstValue("content-type")).hasValue("image/svg+xml");
    }

    @Test
    void lets_the_page_load_the_client_from_its_public_address_and_nothing_else_from_elsewhere() throws Exception {
        HttpResponse<String> page = get("/");

        assertThat(page.body()).contains("src=\"https://cdn.socket.io/4.8.3/socket.io.min.js\" integrity=\"sha384-");
        assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
                .contains("default-src 'none'")
                .contains("script-src 'self' https://cdn.socket.io/4.8.3/socket.io.min.js;")
                .contains("connect-src 'self';");
    }

    @Test
    void serves_the_client_where_it_has_its_files(@TempDir Path dist) throws Exception {
        Files.writeString(dist.resolve("socket.io.js"), "/* the client */");
        server.close();
        server = ChatExample.start(0, dist);

        HttpResponse<String> page = get("/");

        assertThat(page.body()).contains("<script src=\"/socket.io/socket.io.js\" defer>");
        assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
                .doesNotContain("https:");
        assertThat(get("/socket.io/socket.io.js").body()).isEqualTo("/* the client */");
    }

    @Test
    void has_no_other_pages() throws Exception {
        assertThat(get("/index.html").statusCode()).isEqualTo(404);
        assertThat(get("/../chat/Chat.class").statusCode()).isEqualTo(404);
    }

    @Test
    void only_shows_its_pages() throws Exception {
        HttpResponse<String> posted = send(request("/").POST(BodyPublishers.ofString("x")));
        HttpResponse<String> head = send(request("/chat.js").method("HEAD", BodyPublishers.noBody()));

        assertThat(posted.statusCode()).isEqualTo(405);
        assertThat(posted.headers().firstValue("allow")).hasValue("GET, HEAD");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValueAsLong("content-length").orElseThrow())
                .isPositive();
        assertThat(head.body()).isEmpty();
    }

    @Test
    void carries_messages_between_terminals() throws Exception {
        BlockingQueue<String> annsScreen = new LinkedBlockingQueue<>();
        BlockingQueue<String> bobsScreen = new LinkedBlockingQueue<>();
        try (TerminalChat ann = terminal("ann", annsScreen)) {
            await(annsScreen, "* you joined; online: ann");
            try (TerminalChat bob = terminal("bob", bobsScreen)) {
                bob.talk(lines("Hello Ann!", "", "How are you?"));
                await(annsScreen, "* bob joined");
                await(annsScreen, "bob: Hello Ann!");
                await(annsScreen, "bob: How are you?");
                ann.talk(lines("Fine, thank you."));
                await(bobsScreen, "ann: Fine, thank you.");
            }
            await(annsScreen, "* bob left");
        }
        assertThat(bobsScreen).doesNotContain("* bob joined");
    }

    @Test
    void tells_a_terminal_why_it_may_not_join() throws IOException, InterruptedException {
        BlockingQueue<String> screen = new LinkedBlockingQueue<>();
        try (TerminalChat terminal = terminal(" ", screen)) {
            terminal.talk(lines("nobody hears this"));
            await(screen, "* A nickname has 1 to 24 characters.");
        }
    }

    @Test
    void takes_a_terminal_back_after_a_restart() throws Exception {
        BlockingQueue<String> screen = new LinkedBlockingQueue<>();
        int port = server.port();
        try (TerminalChat terminal = terminal("ann", screen)) {
            await(screen, "* you joined; online: ann");
            server.close();
            await(screen, "* disconnected");
            server = ChatExample.start(port, null);
            await(screen, "* you joined; online: ann");
            terminal.talk(lines("back again"));
            await(screen, "ann: back again");
        }
    }

    private TerminalChat terminal(String nickname, BlockingQueue<String> screen) {
        return new TerminalChat(URI.create("http://localhost:" + server.port()), nickname, screen::add);
    }

    private static BufferedReader lines(String... lines) {
        return new BufferedReader(new StringReader(String.join("\n", lines)));
    }

    /** Waits for a line; the test's time limit ends the wait. */
    private static void await(BlockingQueue<String> screen, String line) throws InterruptedException {
        while (!screen.take().equals(line)) {
            // Others may come before.
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return browser.send(request.build(), BodyHandlers.ofString());
    }
}
