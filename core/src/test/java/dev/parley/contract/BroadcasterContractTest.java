package dev.parley.contract;

import dev.parley.Broadcaster;
import dev.parley.Namespace;
import dev.parley.testing.TestClient;
import dev.parley.testing.TestServer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Nested;

/** Everything that addresses many clients fulfils the contract. */
class BroadcasterContractTest {

    /** The audience are those in one namespace, the stranger is in another. */
    private record Namespaces(TestServer server, String mine, String other, Broadcaster broadcaster)
            implements BroadcasterContract.Stage {

        @Override
        public TestClient member() {
            return server.connect(mine);
        }

        @Override
        public TestClient stranger() {
            return server.connect(other);
        }
    }

    @Nested
    class OfAServer extends BroadcasterContract {
        @Override
        Stage stage(TestServer server) {
            server.io().of("/other");
            return new Namespaces(server, "/", "/other", server.io());
        }
    }

    @Nested
    class OfANamespace extends BroadcasterContract {
        @Override
        Stage stage(TestServer server) {
            return new Namespaces(server, "/mine", "/", server.io().of("/mine"));
        }
    }

    /** The audience are those in several children, which come into being with them. */
    @Nested
    class OfAParentNamespace extends BroadcasterContract {
        @Override
        Stage stage(TestServer server) {
            return children(server, server.io().of(Pattern.compile("/child-\\d")), "/");
        }
    }

    /** The audience are those in one room of several children. */
    @Nested
    class OfAParentNamespacesRoom extends BroadcasterContract {
        @Override
        Stage stage(TestServer server) {
            Namespace parent = server.io().of(Pattern.compile("/child-\\d"));
            parent.onConnection(socket -> {
                if (!socket.namespace().name().equals("/child-0")) {
                    socket.join("audience");
                }
            });
            return children(server, parent.room("audience"), "/child-0");
        }
    }

    private static BroadcasterContract.Stage children(TestServer server, Broadcaster broadcaster, String other) {
        return new BroadcasterContract.Stage() {
            private int members;

            @Override
            public TestClient member() {
                return server.connect("/child-" + (1 + members++ % 2));
            }

            @Override
            public TestClient stranger() {
                return server.connect(other);
            }

            @Override
            public Broadcaster broadcaster() {
                return broadcaster;
            }
        };
    }

    @Nested
    class OfARoom extends BroadcasterContract {
        @Override
        Stage stage(TestServer server) {
            return room(server, io -> io.room("audience"));
        }
    }

    @Nested
    class OfAnOperator extends BroadcasterContract {
        @Override
        Stage stage(TestServer server) {
            return room(server, io -> io.to("nobody").to("audience"));
        }
    }

    /** What a socket sends reaches all others: here it is the stranger who speaks. */
    @Nested
    class OfASocket extends BroadcasterContract {
        @Override
        Stage stage(TestServer server) {
            TestClient speaker = server.connect();
            return new Stage() {
                @Override
                public TestClient member() {
                    return server.connect();
                }

                @Override
                public TestClient stranger() {
                    return speaker;
                }

                @Override
                public Broadcaster broadcaster() {
                    return server.io()
                            .mainNamespace()
                            .socket(speaker.id())
                            .orElseThrow()
                            .broadcast();
                }
            };
        }
    }
}
