package dev.parley.examples.demo;

import io.socket.client.IO;
import io.socket.client.Socket;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;

/** Makes Socket.IO clients with the project's library for Java. */
public final class JavaClients {

    private JavaClients() {}

    /**
     * Makes a client with a connection of its own.
     *
     * @param uri the server's address, with the namespace as path
     * @param auth what it presents to the namespace
     * @param transports the transports to use, if not those that the library uses by itself
     * @return the client, not connected yet
     */
    public static Socket create(URI uri, Map<String, String> auth, String... transports) {
        OkHttpClient http = new OkHttpClient.Builder()
                .dispatcher(new Dispatcher(shortLivedThreads()))
                .build();
        IO.Options options =
                IO.Options.builder().setForceNew(true).setAuth(auth).build();
        if (transports.length > 0) {
            options.transports = transports;
        }
        options.callFactory = http;
        options.webSocketFactory = new AnsweringWebSockets(http);
        return IO.socket(uri, options);
    }

    /** By default, idle threads would keep a program from ending for a minute. */
    private static ThreadPoolExecutor shortLivedThreads() {
        return new ThreadPoolExecutor(0, Integer.MAX_VALUE, 100, TimeUnit.MILLISECONDS, new SynchronousQueue<>());
    }
}
