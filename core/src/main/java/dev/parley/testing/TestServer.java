package dev.parley.testing;

import dev.parley.SocketIoOptions;
import dev.parley.SocketIoServer;
import dev.parley.mapping.TypedValues;
import dev.parley.protocol.PacketCodec;
import dev.parley.protocol.RawValue;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A Socket.IO server for unit tests, without network, threads or waiting: handlers run within the call that causes
 * them, and time stands still until {@link #advance} moves it on.
 *
 * <pre>{@code
 * try (TestServer server = TestServer.create()) {
 *     Chat.on(server.io());                        // the handlers to be tested
 *     TestClient alice = server.connect();
 *     TestClient bob = server.connect();
 *     alice.emit("chat message", "hello");
 *     bob.expect("chat message", "hello");
 * }
 * }</pre>
 */
public final class TestServer implements AutoCloseable {

    private final VirtualTime time;
    private final SocketIoServer io;
    private final MemoryTransport transport;
    private final TypedValues types;
    private final PacketCodec codec;
    private final String uri;

    private TestServer(VirtualTime time, SocketIoOptions options) {
        this.time = time;
        this.io = SocketIoServer.create(options);
        this.transport = new MemoryTransport(io);
        this.types = new TypedValues(options.mapping());
        this.codec = options.parser().create(options.decoderLimits(), types);
        this.uri = options.engine().path() + "/?EIO=4&transport=websocket";
    }

    /**
     * Creates a server with default options.
     *
     * @return a server without handlers
     */
    public static TestServer create() {
        return create(options -> {});
    }

    /**
     * Creates a server.
     *
     * @param configure sets options; executor and time are those of this test server
     * @return a server without handlers
     */
    public static TestServer create(Consumer<SocketIoOptions.Builder> configure) {
        return create(configure, Runnable::run);
    }

    /**
     * Creates a server whose handlers run when the test lets them.
     *
     * @param configure sets options; the time is that of this test server
     * @param executor runs the handlers
     * @return a server without handlers
     */
    public static TestServer create(Consumer<SocketIoOptions.Builder> configure, Executor executor) {
        SocketIoOptions.Builder builder = SocketIoOptions.builder();
        configure.accept(builder);
        VirtualTime time = new VirtualTime();
        return new TestServer(time, builder.executor(executor).scheduler(time).build());
    }

    /**
     * Returns the server, to be given the handlers under test.
     *
     * @return the server
     */
    public SocketIoServer io() {
        return io;
    }

    /**
     * Connects a client to the namespace {@code /}.
     *
     * @return a connected client
     * @throws AssertionError if the server does not let it in
     */
    public TestClient connect() {
        return connect("/");
    }

    /**
     * Connects a client to a namespace.
     *
     * @param namespace the namespace
     * @return a connected client
     * @throws AssertionError if the server does not let it in
     */
    public TestClient connect(String namespace) {
        return connect(namespace, null);
    }

    /**
     * Connects a client to a namespace.
     *
     * @param namespace the namespace
     * @param auth what the client authenticates itself with: a map, record or bean
     * @return a connected client
     * @throws AssertionError if the server does not let it in
     */
    public TestClient connect(String namespace, @Nullable Object auth) {
        return begin(namespace, auth).admitted();
    }

    /**
     * Connects a client that may have to wait to be let in, as by a middleware that answers later.
     *
     * @param namespace the namespace
     * @param auth what the client authenticates itself with: a map, record or bean
     * @return a client that may be connected or not, see {@link TestClient#isConnected}
     */
    public TestClient begin(String namespace, @Nullable Object auth) {
        return new TestConnection(transport.upgrade(uri).webSocket(), codec, types).connect(namespace, auth);
    }

    /**
     * Connects a client anew that has lost its connection ({@link TestClient#cut}). It asks for its session, as the
     * official client does, if it has received an event before.
     *
     * @param lost what the client was
     * @return a connected client; {@link TestClient#recovered} tells whether it came back to its session
     * @throws AssertionError if the server does not let it in
     */
    public TestClient reconnect(TestClient lost) {
        return connect(lost.namespace(), lost.authToReturn());
    }

    /**
     * Tries to connect a client, which the server must refuse.
     *
     * @param namespace the namespace
     * @param auth what the client authenticates itself with: a map, record or bean
     * @return the refusal
     * @throws AssertionError if the client is let in, or gets no answer
     */
    public TestRefusal expectRefusal(String namespace, @Nullable Object auth) {
        TestClient client = begin(namespace, auth);
        RawValue refusal = client.refusal();
        if (refusal == null) {
            throw new AssertionError("expected to be refused by " + namespace + ", but "
                    + (client.isConnected() ? "was let in" : client.arrivals()));
        }
        return new TestRefusal(refusal, types);
    }

    /**
     * Moves time on: heartbeats are sent and answered, timeouts expire.
     *
     * @param duration how much time passes
     */
    public void advance(Duration duration) {
        time.advance(duration);
    }

    /**
     * Returns the time that the server goes by.
     *
     * @return the virtual time
     */
    public VirtualTime time() {
        return time;
    }

    /**
     * Returns the transport, for tests on the level of the wire.
     *
     * @return the transport over which this server is reached
     */
    public MemoryTransport transport() {
        return transport;
    }

    /** Closes the server and all its connections. */
    @Override
    public void close() {
        io.close();
    }
}
