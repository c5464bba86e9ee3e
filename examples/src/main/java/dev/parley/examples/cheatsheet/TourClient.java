package dev.parley.examples.cheatsheet;

import dev.parley.examples.demo.JavaClients;
import io.socket.client.Ack;
import io.socket.client.Socket;
import java.net.URI;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.json.JSONObject;

/** Someone who receives events and acknowledges most of them. */
final class TourClient implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 20;

    private final String name;
    private final Socket socket;

    /**
     * Connects a client.
     *
     * @param name how it is called, which is also how it acknowledges events
     * @param uri the server's address, with the namespace as path
     * @param rooms the rooms that it asks to be put into
     * @param received told of each event
     */
    TourClient(String name, URI uri, List<String> rooms, BiConsumer<TourClient, String> received) {
        this.name = name;
        // With WebSocket from the start: by polling, volatile events are dropped between two requests.
        this.socket = JavaClients.create(uri, Map.of("rooms", String.join(",", rooms)), "websocket");
        CompletableFuture<Void> connected = new CompletableFuture<>();
        socket.on(Socket.EVENT_CONNECT, args -> connected.complete(null));
        socket.on(
                Socket.EVENT_CONNECT_ERROR,
                args -> connected.completeExceptionally(new IllegalStateException(text(args))));
        socket.onAnyIncoming(args -> {
            received.accept(this, text(args));
            acknowledge(args);
        });
        socket.connect();
        get(connected);
    }

    String name() {
        return name;
    }

    String id() {
        return socket.id();
    }

    private void acknowledge(Object[] args) {
        boolean silent = args[0].equals("ignored") || (args[0].equals("roll call") && name.equals("cid"));
        if (args[args.length - 1] instanceof Ack ack && !silent) {
            ack.call(name, 1);
        }
    }

    /** Waits until all that the server has sent to this client up to now has arrived. */
    void catchUp() {
        CompletableFuture<Object[]> answer = new CompletableFuture<>();
        socket.emit(EmitTour.CATCH_UP, new Object[0], (Ack) answer::complete);
        get(answer);
    }

    private static void get(CompletableFuture<?> future) {
        future.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        socket.disconnect();
    }

    private static String text(Object[] args) {
        return Arrays.stream(args)
                .filter(arg -> !(arg instanceof Ack))
                .map(TourClient::text)
                .collect(Collectors.joining(", "));
    }

    private static String text(Object value) {
        if (value instanceof byte[] bytes) {
            return "bytes " + Arrays.toString(bytes);
        }
        if (value instanceof JSONObject object) {
            Map<String, String> entries = new TreeMap<>();
            for (Iterator<?> keys = object.keys(); keys.hasNext(); ) {
                String key = (String) keys.next();
                entries.put(key, text(object.opt(key)));
            }
            return entries.toString();
        }
        return value instanceof String ? "\"" + value + '"' : String.valueOf(value);
    }
}
