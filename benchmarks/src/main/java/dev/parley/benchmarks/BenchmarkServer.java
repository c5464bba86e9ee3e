package dev.parley.benchmarks;

import dev.parley.Event;
import dev.parley.Namespace;
import dev.parley.Socket;
import dev.parley.SocketIoServer;
import dev.parley.netty.NettyOptions;
import dev.parley.netty.NettyServer;
import dev.parley.netty.NettyTransport;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * A server that load generators drive, written as an application would be: events {@code echo}, {@code broadcast},
 * {@code join} and {@code room} in the namespaces {@code /} and {@code /ns}. What is passed on is not parsed; with
 * {@code --typed} it is parsed and encoded anew, as an application does that looks at it.
 */
public final class BenchmarkServer {

    private static final String USAGE =
            "usage: serve --port N [--direct] [--typed] [--transport auto|nio|epoll|io_uring] [--loops N]";

    private static final int MAX_PAYLOAD = 4 * 1024 * 1024;

    private final NettyOptions.Builder network = NettyOptions.builder().host("127.0.0.1");
    private boolean direct;
    private boolean typed;

    private BenchmarkServer(List<String> arguments) {
        Iterator<String> rest = arguments.iterator();
        while (rest.hasNext()) {
            switch (rest.next()) {
                case "--port" -> network.port(Integer.parseInt(rest.next()));
                case "--direct" -> direct = true;
                case "--typed" -> typed = true;
                case "--transport" ->
                    network.transport(NettyTransport.valueOf(rest.next().toUpperCase(Locale.ROOT)));
                case "--loops" -> network.eventLoops(Integer.parseInt(rest.next()));
                default -> throw new IllegalArgumentException(USAGE);
            }
        }
    }

    /**
     * Starts the server and serves until the process is ended.
     *
     * @param args see the usage message
     */
    @SuppressWarnings("SystemOut") // this line is how scripts learn of the port
    public static void main(String[] args) {
        System.out.println("listening " + start(args).port());
    }

    /**
     * Starts the server in this process.
     *
     * @param args see the usage message
     */
    public static NettyServer start(String... args) {
        return new BenchmarkServer(Arrays.asList(args)).start();
    }

    private NettyServer start() {
        SocketIoServer io = SocketIoServer.create(options -> {
            options.pingInterval(Duration.ofSeconds(25))
                    .pingTimeout(Duration.ofSeconds(20))
                    .maxPayload(MAX_PAYLOAD);
            if (direct) {
                options.executor(Runnable::run);
            }
        });
        for (String name : List.of("/", "/ns")) {
            Namespace namespace = io.of(name);
            namespace.onConnection(socket -> serve(socket, namespace));
        }
        return NettyServer.bind(io, network.build());
    }

    private void serve(Socket socket, Namespace namespace) {
        if (typed) {
            socket.on("echo", Object.class, (data, ack) -> ack.send(data));
            socket.on("broadcast", String.class, text -> namespace.emit("broadcast", text));
            socket.on(
                    "room",
                    String.class,
                    String.class,
                    (room, text) -> namespace.to(room).emit("room", text));
        } else {
            socket.on("echo", event -> event.ack().send(event.args()));
            socket.on("broadcast", event -> namespace.emit("broadcast", event.args()));
            socket.on("room", event -> passOn(event, namespace));
        }
        socket.on("join", String.class, (room, ack) -> {
            socket.join(room);
            ack.send();
        });
    }

    private static void passOn(Event event, Namespace namespace) {
        String room = Objects.requireNonNull(event.get(0, String.class));
        namespace.to(room).emit("room", event.args()[1]);
    }
}
