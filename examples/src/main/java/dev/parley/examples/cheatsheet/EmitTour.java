package dev.parley.examples.cheatsheet;

import dev.parley.Namespace;
import dev.parley.Socket;
import dev.parley.SocketIoServer;
import dev.parley.examples.demo.ExampleArguments;
import dev.parley.netty.NettyServer;
import dev.parley.testing.VirtualTime;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Sends an event in every way there is, to clients that are connected, and tells whom it reaches. */
public final class EmitTour implements AutoCloseable {

    /** Answered at once, behind all that was sent before. */
    static final String CATCH_UP = "catch up";

    private static final Duration LATE = Duration.ofSeconds(5);
    private static final int PATIENCE_SECONDS = 20;

    /**
     * What became of one block of the page.
     *
     * @param title its title there
     * @param outcome whom it reached, and what it printed
     */
    record Step(String title, String outcome) {}

    /** Stands still until a timeout is to be shown, so that nobody has to wait for it. */
    private final VirtualTime time = new VirtualTime();

    private final SocketIoServer io = SocketIoServer.create(options -> options.scheduler(time));
    private final Namespace games = io.of(Pattern.compile("/game-\\d+"));
    private final NettyServer server;
    private final Consumer<String> console;
    private final List<TourClient> clients = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final BlockingQueue<String> receivers = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> printed = new LinkedBlockingQueue<>();

    private EmitTour(int port, Consumer<String> console) {
        this.console = console;
        Stream.of(io.mainNamespace(), io.of("/my-namespace"), games)
                .forEach(namespace -> namespace.onConnection(EmitTour::connected));
        this.server = NettyServer.bind(io, port);
    }

    /**
     * Runs the tour.
     *
     * @param args {@code --port N} (3000; 0 for any free one)
     */
    public static void main(String[] args) {
        run(ExampleArguments.parse(args).port(), System.out::println);
    }

    /**
     * Runs the tour.
     *
     * @param port the server's port, or 0 for any free one
     * @param console takes the lines that tell what happens
     * @return what became of each block of the page, in order
     */
    static List<Step> run(int port, Consumer<String> console) {
        try (EmitTour tour = new EmitTour(port, console)) {
            tour.run();
            return List.copyOf(tour.steps);
        }
    }

    private static void connected(Socket socket) {
        String rooms = socket.handshake().auth("rooms", String.class);
        if (rooms != null && !rooms.isEmpty()) {
            socket.join(rooms.split(",", -1));
        }
        socket.on(CATCH_UP, event -> event.ack().send());
    }

    private TourClient connect(String name, String namespace, String... rooms) {
        URI uri = URI.create("http://localhost:" + server.port() + namespace);
        TourClient client = new TourClient(name, uri, List.of(rooms), this::received);
        clients.add(client);
        console.accept(name + " is in " + namespace + " and in the rooms " + List.of(rooms));
        return client;
    }

    private void received(TourClient client, String event) {
        receivers.add(client.name());
        console.accept("    " + client.name() + " receives " + event);
    }

    private void print(String line) {
        printed.add(line);
        console.accept("    prints " + line);
    }

    private void run() {
        TourClient ann = connect("ann", "/", "room1");
        connect("bob", "/", "room1", "room2");
        connect("cid", "/", "room3", "room4");
        connect("dan", "/");
        connect("eve", "/my-namespace", "room1");
        connect("fay", "/my-namespace", "room2", "room4");
        connect("gil", "/game-1", "room1");
        connect("hal", "/game-2");
        // The server's handlers of the connections have run when it answers.
        clients.forEach(TourClient::catchUp);
        Socket socket = io.mainNamespace().socket(ann.id()).orElseThrow();
        EmitCheatsheet sheet = new EmitCheatsheet(io, socket, games, this::print);

        step("An event with arguments of many types", 0, sheet::basic);
        step("An event named `message`", 0, sheet::message);
        step("With an acknowledgement, by callback", 1, sheet::ackByCallback);
        step("With an acknowledgement, by future", 1, sheet::ackByFuture);
        step("With an acknowledgement of several values", 1, sheet::ackOfSeveralValues);
        lateStep("With a limit of time for the acknowledgement", 1, sheet::ackInTime);
        step("Only if the client keeps up", 0, sheet::volatileToOne);
        step("Without compression", 0, sheet::uncompressedToOne);
        step("All of these, in any order", 1, sheet::flagsToOne);
        step("To the client with a given id", 0, sheet::byId);

        step("To all", 0, sheet::all);
        step("To all except the sender", 0, sheet::allButTheSender);
        step("With acknowledgements", 1, sheet::acksOfAll);
        lateStep("With acknowledgements, some of which are missing", 1, sheet::acksOfSome);

        step("To a room, in three ways", 0, sheet::room);
        step("To all except a room", 0, sheet::allButARoom);
        step("With several clauses", 0, sheet::severalClauses);
        step("To a room, except the sender", 0, sheet::roomButTheSender);
        step("To rooms, except another one and the sender", 0, sheet::roomsButTheSender);
        step("To all except a room and the sender", 0, sheet::allButARoomAndTheSender);
        step("Rooms as objects", 0, sheet::roomsAsObjects);
        step("With acknowledgements of a room", 1, sheet::acksOfARoom);

        step("To a namespace", 0, sheet::namespace);
        step("To a room of a namespace, in two ways", 0, sheet::roomOfANamespace);
        step("With acknowledgements of a namespace", 1, sheet::acksOfANamespace);
        step("To all namespaces that share a parent", 0, sheet::childNamespaces);
        step("To a room in all of them", 0, sheet::roomOfChildNamespaces);

        step("Only to those who keep up", 0, sheet::volatileToMany);
        step("Without compression, to many", 0, sheet::uncompressedToMany);
        step("Only to clients of this server", 0, sheet::local);
        step("All flags, in any order", 0, sheet::combined);
        step("With acknowledgements as well", 1, sheet::combinedWithAcks);
        step("A choice to be used again", 0, sheet::operator);

        step("To each socket that was found", 0, sheet::found);
        step("With an acknowledgement of a socket that was found", 1, sheet::ackOfFound);
        step("To sockets that join and leave together", 0, sheet::moved);

        step("What other servers send", 0, sheet::handledByServers);
        step("To the other servers", 0, sheet::toServers);
        step("With acknowledgements of the other servers", 1, sheet::acksOfServers);
    }

    private void step(String title, int prints, Runnable block) {
        begin(title, block);
        end(title, prints);
    }

    /** A step in which not all acknowledgements come in time. */
    private void lateStep(String title, int prints, Runnable block) {
        begin(title, block);
        // The acknowledgements that do come were sent before this.
        clients.forEach(TourClient::catchUp);
        time.advance(LATE);
        end(title, prints);
    }

    private void begin(String title, Runnable block) {
        awaitWritable();
        receivers.clear();
        console.accept(title);
        block.run();
    }

    private void end(String title, int prints) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < prints; i++) {
            lines.add(await());
        }
        clients.forEach(TourClient::catchUp);
        Map<String, Long> counts =
                receivers.stream().collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()));
        String outcome = counts.entrySet().stream()
                .map(count -> count.getKey() + (count.getValue() == 1 ? "" : " (" + count.getValue() + " times)"))
                .collect(Collectors.joining(", "));
        outcome = "Reaches " + (outcome.isEmpty() ? "no client" : outcome) + ".";
        if (!lines.isEmpty()) {
            outcome += " Prints `" + String.join("`, `", lines) + "`.";
        }
        steps.add(new Step(title, outcome));
    }

    private String await() {
        try {
            String line = printed.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (line == null) {
                throw new IllegalStateException("nothing was printed");
            }
            return line;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What has reached a client may still count as on its way for a moment, so that volatile events were dropped. */
    private void awaitWritable() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!io.namespaces().stream()
                .flatMap(namespace -> namespace.sockets().stream())
                .allMatch(Socket::isWritable)) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("a client does not keep up");
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        clients.forEach(TourClient::close);
        server.close();
    }
}
