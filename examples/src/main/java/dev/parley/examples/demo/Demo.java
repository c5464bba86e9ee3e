package dev.parley.examples.demo;

import io.socket.client.Ack;
import io.socket.client.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.json.JSONArray;

/**
 * Clients that act one after another, and what they receive. The servers of the examples acknowledge each event after
 * they have sent what follows from it.
 */
public final class Demo implements AutoCloseable {

    /** An event that the servers acknowledge, and do nothing else. */
    private static final String LOOK = "rooms";

    private final String address;
    private final Consumer<String> console;
    private final List<Client> clients = new ArrayList<>();

    /**
     * Creates a demo without clients.
     *
     * @param port the server's port
     * @param console takes the lines that tell what happens
     */
    public Demo(int port, Consumer<String> console) {
        this.address = "http://localhost:" + port;
        this.console = console;
    }

    /**
     * Connects a client to a namespace, if that admits it.
     *
     * @param name how to call it
     * @param namespace the namespace's name
     * @param auth what it presents there
     * @return the client
     */
    public Client connect(String name, String namespace, Map<String, String> auth) {
        Client client = new Client(name, JavaClients.create(URI.create(address + namespace), auth));
        clients.add(client);
        console.accept(name + " connects to " + namespace + " with " + auth);
        client.connect();
        return client;
    }

    private void everyoneLooks() {
        for (Client client : clients) {
            if (client.socket.connected()) {
                // What was sent to the client before comes before the answer.
                client.ask(LOOK);
            }
        }
    }

    @Override
    public void close() {
        clients.forEach(client -> client.socket.disconnect());
    }

    /** Someone who takes part. */
    public final class Client {

        private final String name;
        private final Socket socket;

        private Client(String name, Socket socket) {
            this.name = name;
            this.socket = socket;
        }

        private void connect() {
            CompletableFuture<String> result = new CompletableFuture<>();
            socket.on(Socket.EVENT_CONNECT, args -> result.complete("is connected"));
            socket.on(Socket.EVENT_CONNECT_ERROR, args -> result.complete("is refused " + text(args)));
            socket.onAnyIncoming(args -> console.accept("    " + name + " receives " + text(args)));
            socket.connect();
            console.accept("    " + name + " " + get(result));
        }

        /**
         * Sends an event, and waits until it has been handled and everyone has received what follows from it.
         *
         * @param event the event's name
         * @param args its arguments
         */
        public void sends(String event, Object... args) {
            console.accept(name + " sends " + event + " " + text(args));
            ask(event, args);
            everyoneLooks();
        }

        private void ask(String event, Object... args) {
            CompletableFuture<Object[]> answer = new CompletableFuture<>();
            socket.emit(event, args, (Ack) answer::complete);
            get(answer);
        }
    }

    private static String text(Object[] values) {
        return new JSONArray(Arrays.asList(values)).toString();
    }

    private static <T> T get(CompletableFuture<T> answer) {
        return answer.orTimeout(10, TimeUnit.SECONDS).join();
    }
}
