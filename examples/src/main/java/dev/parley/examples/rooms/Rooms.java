package dev.parley.examples.rooms;

import dev.parley.Ack;
import dev.parley.Socket;
import dev.parley.SocketData;
import dev.parley.SocketIoServer;
import java.util.Set;

/** Lets clients join and leave rooms, and speak to those who are there. */
final class Rooms {

    /** Clients choose among these names, not any: the id of each socket is the name of a room too. */
    private static final Set<String> NAMES = Set.of("music", "cooking");

    private static final SocketData.Key<String> NAME = SocketData.key("name", String.class);

    private final SocketIoServer io;

    private Rooms(SocketIoServer io) {
        this.io = io;
    }

    static void on(SocketIoServer io) {
        io.onConnection(new Rooms(io)::connected);
    }

    private void connected(Socket socket) {
        String name = socket.handshake().auth("name", String.class);
        socket.data().put(NAME, name == null ? "somebody" : name);
        socket.on("join", String.class, (room, ack) -> join(socket, room, ack));
        socket.on("leave", String.class, (room, ack) -> leave(socket, room, ack));
        socket.on("say", String.class, String.class, (room, text, ack) -> say(socket, room, text, ack));
        socket.on("announce", String.class, String.class, (room, text, ack) -> announce(socket, room, text, ack));
        socket.on("rooms", event -> event.ack().send(socket.rooms()));
    }

    private void join(Socket socket, String room, Ack ack) {
        if (NAMES.contains(room)) {
            socket.join(room);
            socket.to(room).emit("joined", room, socket.data().require(NAME));
        }
        ack.send(NAMES.contains(room));
    }

    private void leave(Socket socket, String room, Ack ack) {
        boolean there = isIn(room, socket);
        if (there) {
            socket.leave(room);
            io.to(room).emit("left", room, socket.data().require(NAME));
        }
        ack.send(there);
    }

    /** To everyone in the room except the sender. */
    private void say(Socket socket, String room, String text, Ack ack) {
        boolean there = isIn(room, socket);
        if (there) {
            socket.to(room).emit("said", room, socket.data().require(NAME), text);
        }
        ack.send(there);
    }

    /** To everyone in the room, the sender too. */
    private void announce(Socket socket, String room, String text, Ack ack) {
        boolean there = isIn(room, socket);
        if (there) {
            io.to(room).emit("announced", room, socket.data().require(NAME), text);
        }
        ack.send(there);
    }

    private static boolean isIn(String room, Socket socket) {
        return NAMES.contains(room) && socket.isIn(room);
    }
}
