package dev.parley.examples.namespaces;

import dev.parley.Ack;
import dev.parley.Middleware;
import dev.parley.Namespace;
import dev.parley.Socket;
import dev.parley.SocketData;
import java.util.Map;

/** The namespace for editors: it admits only clients with a token. What they publish goes to the readers. */
final class Editors {

    private static final SocketData.Key<String> NAME = SocketData.key("name", String.class);

    private final News news;
    private final Tokens tokens;

    private Editors(News news, Tokens tokens) {
        this.news = news;
        this.tokens = tokens;
    }

    static void on(Namespace namespace, News news, Tokens tokens) {
        Editors editors = new Editors(news, tokens);
        namespace.use(editors::admit);
        namespace.onConnection(editors::connected);
    }

    /** Asks for the token's owner. The client waits for the answer, but no thread does. */
    private void admit(Socket socket, Middleware.Next next) {
        String token = socket.handshake().auth("token", String.class);
        if (token == null) {
            next.reject("not authorized", Map.of("missing", "token"));
            return;
        }
        tokens.ownerOf(token).whenComplete((owner, failure) -> {
            if (failure != null) {
                next.reject(failure);
            } else if (owner.isEmpty()) {
                next.reject("not authorized");
            } else {
                socket.data().put(NAME, owner.get());
                next.accept();
            }
        });
    }

    private void connected(Socket socket) {
        socket.on("watch", String.class, (topic, ack) -> watch(socket, topic, ack));
        socket.on(
                "publish", String.class, String.class, (topic, headline, ack) -> publish(socket, topic, headline, ack));
        socket.on("rooms", event -> event.ack().send(socket.rooms()));
    }

    /** Editors have rooms of the same names as the readers, in their own namespace. */
    private void watch(Socket socket, String topic, Ack ack) {
        boolean known = News.TOPICS.contains(topic);
        if (known) {
            socket.join(topic);
        }
        ack.send(known);
    }

    private void publish(Socket socket, String topic, String headline, Ack ack) {
        news.publish(topic, headline);
        socket.to(topic).emit("published", topic, socket.data().require(NAME));
        ack.send(true);
    }
}
