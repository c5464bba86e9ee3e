package dev.parley.examples.chat;

import static java.util.stream.Collectors.joining;

import dev.parley.examples.demo.JavaClients;
import io.socket.client.Ack;
import io.socket.client.Socket;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.Charset;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.json.JSONArray;
import org.json.JSONObject;

/** Takes part in the chat from a terminal: each line that is typed is a message. */
public final class TerminalChat implements AutoCloseable {

    private final Socket socket;
    private final String nickname;
    private final Consumer<String> screen;
    private final CompletableFuture<Void> joined = new CompletableFuture<>();

    /**
     * Connects to the chat.
     *
     * @param server its address
     * @param nickname under which name to join
     * @param screen takes the lines to show
     */
    public TerminalChat(URI server, String nickname, Consumer<String> screen) {
        this.socket = JavaClients.create(server, Map.of());
        this.nickname = nickname;
        this.screen = screen;
        // A new socket after each reconnect, as the server sees it: it has to join again.
        socket.on(Socket.EVENT_CONNECT, args -> socket.emit("join", new Object[] {nickname}, (Ack) this::answered));
        socket.on(Socket.EVENT_CONNECT_ERROR, args -> screen.accept("* no connection, trying again"));
        socket.on(Socket.EVENT_DISCONNECT, args -> screen.accept("* disconnected"));
        socket.on("chat message", args -> showMessage((JSONObject) args[0]));
        socket.on("joined", args -> screen.accept("* " + args[0] + " joined"));
        socket.on("left", args -> screen.accept("* " + args[0] + " left"));
        socket.connect();
    }

    /**
     * Chats until the input ends.
     *
     * @param args the chat's address and a nickname
     * @throws IOException if the input cannot be read
     */
    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            System.out.println("Arguments: ADDRESS NICKNAME, for example http://localhost:3000 ann");
            return;
        }
        Consumer<String> screen = System.out::println;
        try (TerminalChat chat = new TerminalChat(URI.create(args[0]), args[1], screen)) {
            chat.talk(new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())));
        }
    }

    /**
     * Says each line that is read, once the nickname has been accepted.
     *
     * @param input where the lines come from
     * @throws IOException if it cannot be read
     */
    public void talk(BufferedReader input) throws IOException {
        if (!joined.handle((done, refusal) -> refusal == null).join()) {
            return;
        }
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            if (!line.isBlank()) {
                say(line);
            }
        }
    }

    private void say(String text) {
        if (socket.connected()) {
            socket.emit("chat message", text);
        } else {
            screen.accept("* not connected: the message was not sent");
        }
    }

    private void answered(Object... args) {
        JSONObject answer = (JSONObject) args[0];
        if (answer.has("error")) {
            screen.accept("* " + answer.optString("error"));
            joined.completeExceptionally(new IllegalArgumentException(nickname));
        } else {
            JSONArray online = answer.optJSONArray("online");
            screen.accept("* you joined; online: "
                    + IntStream.range(0, online.length())
                            .mapToObj(online::optString)
                            .collect(joining(", ")));
            joined.complete(null);
        }
    }

    private void showMessage(JSONObject message) {
        screen.accept(message.optString("from") + ": " + message.optString("text"));
    }

    @Override
    public void close() {
        socket.disconnect();
    }
}
