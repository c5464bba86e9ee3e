package dev.parley.examples.chat;

import dev.parley.SocketIoServer;
import dev.parley.examples.demo.ExampleArguments;
import dev.parley.netty.NettyOptions;
import dev.parley.netty.NettyServer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Starts the chat: a Socket.IO server and, on the same port, a web page that talks to it. */
public final class ChatExample {

    private ChatExample() {}

    /**
     * Starts the chat and prints its address.
     *
     * @param args {@code --port N} (3000; 0 for any free one) and {@code --client FOLDER}, the folder {@code dist} of
     *     the npm package socket.io-client; without it the page loads the client from its public address
     */
    public static void main(String[] args) {
        ExampleArguments arguments = ExampleArguments.parse(args);
        NettyServer server = start(arguments.port(), arguments.client());
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "shutdown"));
        System.out.println("Open http://localhost:" + server.port() + " in two tabs and chat. Ctrl+C ends it.");
    }

    /**
     * Starts the chat.
     *
     * @param port the port, or 0 for any free one
     * @param client the folder with the files of the JavaScript client, or null
     * @return the server, to be closed
     */
    public static NettyServer start(int port, @Nullable Path client) {
        SocketIoServer io = SocketIoServer.create(options -> {
            if (client != null) {
                options.clientFiles(client);
            }
        });
        Chat.on(io);
        Pages pages = client == null ? Pages.withPublicClient() : Pages.withOwnClient();
        return NettyServer.bind(
                io,
                NettyOptions.builder()
                        .port(port)
                        .pipeline(pipeline -> pipeline.addLast(new PageHandler(pages)))
                        .build());
    }
}
