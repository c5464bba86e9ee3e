package dev.parley.examples.namespaces;

import dev.parley.SocketIoServer;
import dev.parley.examples.demo.Demo;
import dev.parley.examples.demo.ExampleArguments;
import dev.parley.netty.NettyServer;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Starts a server with two namespaces: everyone reads {@code /news}, and who has a token writes in {@code /editors}.
 */
public final class NamespacesExample {

    private NamespacesExample() {}

    /**
     * Starts the server.
     *
     * @param args {@code --port N} (3000; 0 for any free one), and {@code --demo} to let some clients act and to end
     */
    public static void main(String[] args) {
        ExampleArguments arguments = ExampleArguments.parse(args);
        NettyServer server = start(arguments.port());
        System.out.println("Namespaces at http://localhost:" + server.port() + ": /news and /editors");
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
        News news = News.on(io.of("/news"));
        Editors.on(io.of("/editors"), news, new Tokens());
        return NettyServer.bind(io, port);
    }

    /**
     * Lets readers and editors act.
     *
     * @param port the server's port
     * @param console takes the lines that tell who sent and who received what
     */
    public static void demo(int port, Consumer<String> console) {
        try (Demo demo = new Demo(port, console)) {
            demo.connect("rita", "/news", Map.of("topic", "sport"));
            Demo.Client rob = demo.connect("rob", "/news", Map.of());
            demo.connect("ron", "/news", Map.of("topic", "gossip"));
            demo.connect("eve", "/editors", Map.of());
            demo.connect("mallory", "/editors", Map.of("token", "guessed"));
            Demo.Client ada = demo.connect("ada", "/editors", Map.of("token", "token-of-ada"));
            Demo.Client ben = demo.connect("ben", "/editors", Map.of("token", "token-of-ben"));
            rob.sends("subscribe", "weather");
            ben.sends("watch", "sport");
            ada.sends("publish", "sport", "Home team wins");
            ada.sends("publish", "weather", "Rain is on its way");
        }
    }
}
