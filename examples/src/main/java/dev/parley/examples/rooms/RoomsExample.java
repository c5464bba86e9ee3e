package dev.parley.examples.rooms;

import dev.parley.SocketIoServer;
import dev.parley.examples.demo.Demo;
import dev.parley.examples.demo.ExampleArguments;
import dev.parley.netty.NettyServer;
import java.util.Map;
import java.util.function.Consumer;

/** Starts a server with rooms: clients join and leave them, and speak to those who are there. */
public final class RoomsExample {

    private RoomsExample() {}

    /**
     * Starts the server.
     *
     * @param args {@code --port N} (3000; 0 for any free one), and {@code --demo} to let three clients act and to end
     */
    public static void main(String[] args) {
        ExampleArguments arguments = ExampleArguments.parse(args);
        NettyServer server = start(arguments.port());
        System.out.println("Rooms at http://localhost:" + server.port());
        if (arguments.demo()) {
            try (server) {
                demo(server.port(), System.out::println);
            }
        }
    }

    /**
     * Starts the server.
     *
     * @param port the port, or 0 for any free one
     * @return the server, to be closed
     */
    public static NettyServer start(int port) {
        SocketIoServer io = SocketIoServer.create();
        Rooms.on(io);
        return NettyServer.bind(io, port);
    }

    /**
     * Lets three clients act.
     *
     * @param port the server's port
     * @param console takes the lines that tell who sent and who received what
     */
    public static void demo(int port, Consumer<String> console) {
        try (Demo demo = new Demo(port, console)) {
            Demo.Client ann = demo.connect("ann", "/", Map.of("name", "ann"));
            Demo.Client bob = demo.connect("bob", "/", Map.of("name", "bob"));
            Demo.Client cid = demo.connect("cid", "/", Map.of("name", "cid"));
            ann.sends("join", "music");
            bob.sends("join", "music");
            cid.sends("join", "cooking");
            ann.sends("say", "music", "to all in the room but me");
            ann.sends("announce", "music", "to all in the room");
            cid.sends("say", "music", "to a room that I am not in");
            bob.sends("leave", "music");
            ann.sends("say", "music", "is anybody still here?");
        }
    }
}
