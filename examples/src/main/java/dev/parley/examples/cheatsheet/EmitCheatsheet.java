package dev.parley.examples.cheatsheet;

import dev.parley.AckTimeoutException;
import dev.parley.BroadcastOperator;
import dev.parley.Namespace;
import dev.parley.RemoteSocket;
import dev.parley.Room;
import dev.parley.Socket;
import dev.parley.SocketIoServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The lines of {@code docs/emit-cheatsheet.md}: the body of each method is one block of that page, in the order of the
 * page, and {@link EmitTour} runs it.
 */
final class EmitCheatsheet {

    private final SocketIoServer io;
    private final Socket socket;
    private final Namespace games;
    private final Consumer<String> printer;

    /**
     * @param io the server
     * @param socket ann's socket
     * @param games the parent of the namespaces whose names start with {@code /game-}
     * @param printer takes what is printed
     */
    EmitCheatsheet(SocketIoServer io, Socket socket, Namespace games, Consumer<String> printer) {
        this.io = io;
        this.socket = socket;
        this.games = games;
        this.printer = printer;
    }

    private void print(String line) {
        printer.accept(line);
    }

    // To one client

    void basic() {
        socket.emit("hello", 1, "2", Map.of("3", List.of("4"), "5", new byte[] {6}));
    }

    void message() {
        socket.send("hello");
    }

    void ackByCallback() {
        socket.emitWithAck(String.class, "hello", "world").thenAccept(answer -> print(answer));
    }

    void ackByFuture() {
        CompletableFuture<String> answer = socket.emitWithAck(String.class, "hello", "world");
        print(answer.join());
    }

    void ackOfSeveralValues() {
        socket.emitWithAck("hello").thenAccept(answer -> print(answer.get(0, String.class) + answer.get(1, int.class)));
    }

    void ackInTime() {
        socket.timeout(Duration.ofSeconds(5))
                .emitWithAck(String.class, "ignored")
                .whenComplete((answer, failure) -> {
                    if (failure instanceof AckTimeoutException) {
                        print("no answer within 5 seconds");
                    } else if (failure != null) {
                        print("the client has left");
                    } else {
                        print(answer);
                    }
                });
    }

    void volatileToOne() {
        socket.asVolatile().emit("hello");
    }

    void uncompressedToOne() {
        socket.compress(false).emit("hello");
    }

    void flagsToOne() {
        socket.asVolatile().compress(false).timeout(Duration.ofSeconds(5)).emit("hello");
        socket.timeout(Duration.ofSeconds(5))
                .compress(true)
                .emitWithAck(String.class, "hello")
                .thenAccept(answer -> print(answer));
    }

    void byId() {
        io.to(socket.id()).emit("hello");
    }

    // To many clients

    void all() {
        io.emit("hello");
    }

    void allButTheSender() {
        socket.broadcast().emit("hello");
    }

    void acksOfAll() {
        io.timeout(Duration.ofSeconds(5))
                .emitWithAck(String.class, "hello", "world")
                .thenAccept(answers -> print(answers.size() + " answers"));
    }

    void acksOfSome() {
        io.timeout(Duration.ofSeconds(5)).emitWithAck(String.class, "roll call").whenComplete((answers, failure) -> {
            if (failure instanceof AckTimeoutException late) {
                print("only " + late.responses().size() + " answers within 5 seconds");
            } else if (failure == null) {
                print("all answers: " + answers);
            }
        });
    }

    // In rooms

    void room() {
        io.to("room1").emit("hello");
        io.in("room1").emit("hello");
        io.room("room1").emit("hello");
    }

    void allButARoom() {
        io.except("room1").emit("hello");
    }

    void severalClauses() {
        io.to("room1").to(List.of("room2", "room3")).except("room4").emit("hello");
    }

    void roomButTheSender() {
        socket.to("room1").emit("hello");
    }

    void roomsButTheSender() {
        socket.to("room1", "room3").except("room4").emit("hello");
    }

    void allButARoomAndTheSender() {
        socket.except("room1").emit("hello");
    }

    void roomsAsObjects() {
        Room room1 = io.room("room1");
        Room room2 = io.room("room2");
        io.to(room1).except(room2).emit("hello");
        room1.except(room2).emit("hello");
    }

    void acksOfARoom() {
        io.room("room1").emitWithAck(String.class, "hello").thenAccept(answers -> print(answers.size() + " answers"));
    }

    // In a namespace

    void namespace() {
        io.of("/my-namespace").emit("hello");
    }

    void roomOfANamespace() {
        io.of("/my-namespace").to("room1").emit("hello");
        io.of("/my-namespace").room("room1").emit("hello");
    }

    void acksOfANamespace() {
        io.of("/my-namespace")
                .except("room4")
                .emitWithAck(String.class, "hello")
                .thenAccept(answers -> print("" + answers));
    }

    void childNamespaces() {
        games.emit("hello");
    }

    void roomOfChildNamespaces() {
        games.to("room1").emit("hello");
    }

    // Flags

    void volatileToMany() {
        io.of("/my-namespace").asVolatile().emit("hello");
        socket.asVolatile().to("room1").emit("hello");
    }

    void uncompressedToMany() {
        io.compress(false).emit("hello");
    }

    void local() {
        io.local().emit("hello");
        socket.local().emit("hello");
    }

    void combined() {
        io.local()
                .to("room1")
                .compress(false)
                .asVolatile()
                .except("room2")
                .timeout(Duration.ofSeconds(5))
                .emit("hello");
        io.room("room1").except("room2").compress(true).local().emit("hello");
        io.of("/my-namespace").compress(false).local().to("room1").asVolatile().emit("hello");
    }

    void combinedWithAcks() {
        socket.timeout(Duration.ofSeconds(5))
                .to("room1")
                .to(List.of("room2", "room3"))
                .except("room4")
                .emitWithAck(String.class, "hello")
                .thenAccept(answers -> print("" + answers));
    }

    void operator() {
        BroadcastOperator quiet = io.to("room1").compress(false);
        quiet.except("room2").emit("hello");
        quiet.emit("hello");
    }

    // Sockets that were found

    void found() {
        for (RemoteSocket found : io.in("room1").fetchSockets().join()) {
            found.emit("hello", found.rooms().size());
        }
    }

    void ackOfFound() {
        for (RemoteSocket found : io.in("room2").fetchSockets().join()) {
            found.timeout(Duration.ofSeconds(5))
                    .emitWithAck(String.class, "hello")
                    .thenAccept(answer -> print(answer));
        }
    }

    void moved() {
        io.in("room1").except("room2").socketsJoin("room5");
        io.to("room5").emit("hello");
        io.socketsLeave("room5");
        io.to("room5").emit("hello");
    }

    // Between servers

    void handledByServers() {
        io.onServerSideEvent("hello", event -> print("another server says " + event.get(0, String.class)));
        io.onServerSideEvent("how many?", event -> event.ack().send(io.sockets().size()));
    }

    void toServers() {
        io.serverSideEmit("hello", "world");
    }

    void acksOfServers() {
        io.serverSideEmitWithAck(Integer.class, "how many?").thenAccept(answers -> print(answers.size() + " answers"));
    }
}
