package dev.parley.examples.chat;

import dev.parley.Ack;
import dev.parley.Room;
import dev.parley.Socket;
import dev.parley.SocketData;
import dev.parley.SocketIoServer;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The chat: what it hears from its clients and tells them.
 *
 * <table>
 *   <caption>Events</caption>
 *   <tr><th>from a client</th><th>answer</th></tr>
 *   <tr><td>{@code join} nickname</td><td>acknowledged with {@code {nickname, online}} or {@code {error}}</td></tr>
 *   <tr><td>{@code chat message} text</td><td>{@code chat message} {@code {from, text}} to everyone</td></tr>
 *   <tr><td>{@code typing} true or false</td><td>{@code typing} nickname, true or false, to the others</td></tr>
 * </table>
 *
 * <p>{@code joined} and {@code left} tell who comes and goes, and who is online then. A nickname belongs to a person,
 * who may have several tabs open and leaves with the last of them.
 */
public final class Chat {

    /**
     * What someone said.
     *
     * @param from the nickname
     * @param text the text
     */
    public record Message(String from, String text) {}

    /**
     * The answer to somebody who has joined.
     *
     * @param nickname the nickname, without space around it
     * @param online everybody's nicknames
     */
    public record Welcome(String nickname, List<String> online) {}

    /**
     * The answer to somebody who cannot join.
     *
     * @param error why
     */
    public record Refusal(String error) {}

    private static final SocketData.Key<String> NICKNAME = SocketData.key("nickname", String.class);
    private static final int LONGEST_NICKNAME = 24;
    private static final int LONGEST_TEXT = 1000;

    private final Room lobby;
    /** Nicknames, each with the number of its sockets. Guarded by this, as is what is told about them. */
    private final SortedMap<String, Integer> online =
            new TreeMap<>(String.CASE_INSENSITIVE_ORDER.thenComparing(Comparator.naturalOrder()));

    private Chat(Room lobby) {
        this.lobby = lobby;
    }

    /**
     * Lets the clients of a server chat.
     *
     * @param io the server
     */
    public static void on(SocketIoServer io) {
        io.onConnection(new Chat(io.room("lobby"))::connected);
    }

    private void connected(Socket socket) {
        System.out.println("a user connected");
        socket.on("join", String.class, (nickname, ack) -> join(socket, nickname.strip(), ack));
        socket.on("chat message", String.class, text -> say(socket, text.strip()));
        socket.on("typing", Boolean.class, typing -> typing(socket, typing));
        socket.onDisconnect(reason -> {
            leave(socket);
            System.out.println("user disconnected");
        });
    }

    private synchronized void join(Socket socket, String nickname, Ack ack) {
        if (nickname.isEmpty() || nickname.length() > LONGEST_NICKNAME) {
            ack.send(new Refusal("A nickname has 1 to " + LONGEST_NICKNAME + " characters."));
        } else if (socket.data().get(NICKNAME) != null) {
            ack.send(new Refusal("You have joined already."));
        } else {
            socket.data().put(NICKNAME, nickname);
            socket.join(lobby.name());
            boolean comes = online.merge(nickname, 1, Integer::sum) == 1;
            if (comes) {
                socket.to(lobby.name()).emit("joined", nickname, names());
            }
            ack.send(new Welcome(nickname, names()));
        }
    }

    private synchronized void leave(Socket socket) {
        String nickname = socket.data().get(NICKNAME);
        if (nickname != null && online.computeIfPresent(nickname, (name, n) -> n == 1 ? null : n - 1) == null) {
            lobby.emit("left", nickname, names());
        }
    }

    private void say(Socket socket, String text) {
        String nickname = socket.data().get(NICKNAME);
        if (nickname != null && !text.isEmpty() && text.length() <= LONGEST_TEXT) {
            lobby.emit("chat message", new Message(nickname, text));
        }
    }

    private void typing(Socket socket, boolean typing) {
        String nickname = socket.data().get(NICKNAME);
        if (nickname != null) {
            socket.to(lobby.name()).emit("typing", nickname, typing);
        }
    }

    private List<String> names() {
        return List.copyOf(online.keySet());
    }
}
