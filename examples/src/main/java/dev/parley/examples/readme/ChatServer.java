package dev.parley.examples.readme;

import dev.parley.SocketIoServer;
import dev.parley.netty.NettyServer;

public class ChatServer {
    public static void main(String[] args) {
        SocketIoServer io = SocketIoServer.create();
        io.onConnection(socket -> {
            socket.join("lobby");
            socket.on("chat message", String.class, text -> io.to("lobby").emit("chat message", text));
        });
        NettyServer.bind(io, 3000);
    }
}
