package dev.parley.examples.namespaces;

import dev.parley.Ack;
import dev.parley.Middleware;
import dev.parley.Namespace;
import dev.parley.Socket;
import java.util.Map;
import java.util.Set;

/** The namespace for readers, open to everyone: each subscribes to topics, which are its rooms. */
final class News {

    static final Set<String> TOPICS = Set.of("sport", "weather");

    private final Namespace news;

    private News(Namespace news) {
        this.news = news;
    }

    static News on(Namespace namespace) {
        News news = new News(namespace);
        namespace.use(News::subscribe);
        namespace.onConnection(news::connected);
        return news;
    }

    /** Subscribes a reader to the topic that the client asks for when it connects, if it does. */
    private static void subscribe(Socket socket, Middleware.Next next) {
        String topic = socket.handshake().auth("topic", String.class);
        if (topic == null) {
            next.accept();
        } else if (TOPICS.contains(topic)) {
            socket.join(topic);
            next.accept();
        } else {
            next.reject("no such topic", Map.of("topics", TOPICS));
        }
    }

    private void connected(Socket socket) {
        socket.on("subscribe", String.class, (topic, ack) -> subscribe(socket, topic, ack));
        socket.on("rooms", event -> event.ack().send(socket.rooms()));
    }

    private void subscribe(Socket socket, String topic, Ack ack) {
        boolean known = TOPICS.contains(topic);
        if (known) {
            socket.join(topic);
        }
        ack.send(known);
    }

    /** Sends a headline to the subscribers of a topic. */
    void publish(String topic, String headline) {
        news.to(topic).emit("headline", topic, headline);
    }
}
