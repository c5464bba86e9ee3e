package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Leftovers;
import dev.parley.Namespace;
import dev.parley.SocketIoOptions;
import dev.parley.SocketIoServer;
import dev.parley.testing.VirtualTime;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A Socket.IO server on a real port, for tests of clients that misbehave. Whatever they have done, after each test
 *
 * <ul>
 *   <li>a client that was connected before is still served,
 *   <li>nothing is left of the others once they are gone: no connection, session, socket, room, namespace or timer,
 *   <li>no exception has come to the end of a pipeline or a thread, and nothing was logged for operators to see,
 *   <li>no line of any log level holds the id of a session,
 *   <li>no I/O thread has run a handler.
 * </ul>
 *
 * <p>{@link LeakCheck} looks for lost buffers, and {@link Watchdog}, if it is asked to, for threads that were busy.
 */
final class ServerUnderAbuse implements BeforeEachCallback, AfterEachCallback {

    static final String POLLING = "/socket.io/?EIO=4&transport=polling";
    static final String WEBSOCKET = "/socket.io/?EIO=4&transport=websocket";

    private static final int NARROW_BYTES = 64 * 1024;

    private static final String IO_THREADS = "abuse-io";
    private static final EventLoopGroup LOOPS =
            new MultiThreadIoEventLoopGroup(2, new DefaultThreadFactory(IO_THREADS, true), NioIoHandler.newFactory());
    private static final Pattern SID = Pattern.compile("\"sid\":\"([^\"]+)\"");

    static {
        // Netty says at its first buffer what it thinks of the leak detector.
        ByteBufAllocator.DEFAULT.buffer().release();
    }

    /** Longer than any test lets pass, so that nobody has to answer pings. */
    private static final Duration PING_INTERVAL = Duration.ofDays(1);

    final VirtualTime time = new VirtualTime();
    private final List<RawClient> clients = new ArrayList<>();
    private final Queue<Channel> channels = new ConcurrentLinkedQueue<>();
    private final Queue<String> busyIoThreads = new ConcurrentLinkedQueue<>();
    private final Set<String> secrets = new HashSet<>();
    private final Map<RawClient, String> sids = new HashMap<>();
    private final LogWatch log = new LogWatch();

    private @Nullable SocketIoServer io;
    private @Nullable NettyServer netty;
    private @Nullable RawClient bystander;
    private Set<String> namespaces = Set.of();
    private int timers;

    /** The server, with default options unless {@link #serve} was called. */
    SocketIoServer io() throws IOException {
        if (io == null) {
            serve(options -> {});
        }
        return io;
    }

    /** Starts the server. Events named {@code echo} come back as they were, those named {@code tree} parsed. */
    SocketIoServer serve(Consumer<SocketIoOptions.Builder> options) throws IOException {
        SocketIoServer started = SocketIoServer.create(builder -> {
            builder.scheduler(time).pingInterval(PING_INTERVAL);
            options.accept(builder);
        });
        started.onConnection(socket -> {
            socket.onAny(event -> noteThread());
            socket.on("echo", event -> socket.emit("echo", event.args()));
            socket.on("tree", Object.class, tree -> socket.emit("tree", tree));
        });
        io = started;
        netty = NettyServer.bind(
                started,
                NettyOptions.builder()
                        .eventLoopGroup(LOOPS)
                        .pipeline(pipeline -> channels.add(pipeline.channel()))
                        .build());
        bystander = connected();
        clients.remove(bystander);
        // Its handlers of the connection have run by then, and none that the test adds will see it.
        echo(bystander, "here");
        namespaces = names();
        timers = time.pendingTimers();
        return started;
    }

    /** Names of the namespaces that stay; those that a test makes afterwards are to be told here. */
    void namespace(String name) throws IOException {
        io().of(name);
        namespaces = names();
    }

    private Set<String> names() {
        return Set.copyOf(io.namespaces().stream().map(Namespace::name).toList());
    }

    private void noteThread() {
        String thread = Thread.currentThread().getName();
        if (thread.startsWith(IO_THREADS)) {
            busyIoThreads.add(thread);
        }
    }

    // Clients. All are closed at the end.

    /** A connection on which nothing has been sent. */
    RawClient client() throws IOException {
        io();
        return keep(new RawClient(netty.port()));
    }

    /** A connection over which little gets to the client before it has to read. */
    RawClient narrowClient() throws IOException {
        io();
        Socket socket = new Socket();
        socket.setReceiveBufferSize(NARROW_BYTES);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), netty.port()));
        RawClient client = keep(new RawClient(socket));
        Await.until(() -> channelOf(client) != null, () -> "not accepted");
        channelOf(client).config().setOption(ChannelOption.SO_SNDBUF, NARROW_BYTES);
        return client;
    }

    private RawClient keep(RawClient client) {
        clients.add(client);
        return client;
    }

    /** Opens a WebSocket, and reads nothing from it. */
    RawClient webSocket(String uri) throws IOException {
        return upgrade(client(), uri);
    }

    static RawClient upgrade(RawClient client, String uri) throws IOException {
        RawClient.Response response = client.send(RawClient.upgradeRequest(uri)).response();
        assertThat(response.status()).as(response.body()).isEqualTo(101);
        return client;
    }

    /** Opens a session on a WebSocket. */
    RawClient session() throws IOException {
        return opened(webSocket(WEBSOCKET));
    }

    /** Reads the first packet on a WebSocket. */
    RawClient opened(RawClient webSocket) throws IOException {
        sids.put(webSocket, noteSecret(webSocket.frame()));
        return webSocket;
    }

    /** The id of the session that was opened on a WebSocket. */
    String sid(RawClient session) {
        return sids.get(session);
    }

    /** Opens a session on a WebSocket and joins the main namespace. */
    RawClient connected() throws IOException {
        return joined(session(), "");
    }

    /** Joins a namespace, of which all but the main one are written with a comma behind. */
    static RawClient joined(RawClient session, String namespace) throws IOException {
        session.send(ClientFrame.text("40" + namespace));
        assertThat(session.frame()).startsWith("text 40" + namespace + "{");
        return session;
    }

    /** Opens a session by polling; returns its URI. */
    String polling() throws IOException {
        return POLLING + "&sid=" + noteSecret(get(POLLING).body());
    }

    /** Opens a session by polling and joins the main namespace; returns its URI. */
    String connectedByPolling() throws IOException {
        String session = polling();
        assertThat(post(session, "40").body()).isEqualTo("ok");
        assertThat(get(session).body()).startsWith("40{");
        return session;
    }

    private String noteSecret(String open) {
        Matcher matcher = SID.matcher(open);
        assertThat(matcher.find()).as(open).isTrue();
        secrets.add(matcher.group(1));
        return matcher.group(1);
    }

    RawClient.Response get(String uri, String... headers) throws IOException {
        return client().send(head("GET", uri, headers)).response();
    }

    RawClient.Response post(String uri, String body, String... headers) throws IOException {
        return post(uri, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    RawClient.Response post(String uri, byte[] body, String... headers) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        String head = head("POST", uri, headers);
        request.writeBytes(head.substring(0, head.length() - 2).getBytes(StandardCharsets.ISO_8859_1));
        request.writeBytes(("Content-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        request.writeBytes(body);
        return client().send(request.toByteArray()).response();
    }

    /** A request without body; headers are whole lines. */
    static String head(String method, String uri, String... headers) {
        StringBuilder head = new StringBuilder(method + ' ' + uri + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    /** Sends an event and waits for it to come back. */
    static void echo(RawClient client, String text) throws IOException {
        client.send(ClientFrame.text("42[\"echo\",\"" + text + "\"]"));
        // Behind the text stands an offset, if clients may recover.
        assertThat(client.frame()).startsWith("text 42[\"echo\",\"" + text + "\"");
    }

    // What the server holds.

    /** The server's end of a connection. */
    @Nullable
    Channel channelOf(RawClient client) {
        int port = client.socket.getLocalPort();
        return channels.stream()
                .filter(channel -> channel.remoteAddress() instanceof InetSocketAddress peer && peer.getPort() == port)
                .findFirst()
                .orElse(null);
    }

    /** How many bytes wait for a client that does not read. */
    long unsentBytes(RawClient client) throws Exception {
        Channel channel = channelOf(client);
        return channel.eventLoop()
                .submit(() -> channel.unsafe().outboundBuffer().totalPendingWriteBytes())
                .get(30, TimeUnit.SECONDS);
    }

    /** Waits until no session but the bystander's is open. */
    void awaitNobodyElse() {
        Await.until(() -> io.engine().sessionCount() == 1, this::state);
    }

    /** What was logged for operators to see, which is then no reason to fail. */
    List<String> takeLoud() {
        return log.takeLoud();
    }

    private boolean isIdle() {
        return io.engine().sessionCount() == 0
                && names().equals(namespaces)
                && io.namespaces().stream().allMatch(each -> each.rooms().isEmpty())
                && time.pendingTimers() == 0;
    }

    private String state() {
        long rooms =
                io.namespaces().stream().mapToLong(each -> each.rooms().size()).sum();
        return io.engine().sessionCount() + " sessions, namespaces " + names() + ", " + rooms + " rooms, "
                + Leftovers.timeouts(io) + " timeouts, " + time;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        log.begin();
        Watchdog.begin(LOOPS);
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        Watchdog.end(context.getDisplayName());
        try {
            io();
            echo(bystander, "still here");
            for (RawClient client : clients) {
                client.close();
            }
            Await.until(() -> channels.stream().filter(Channel::isActive).count() == 1, this::state);
            Await.until(this::onlyPollingSessionsAreLeft, this::state);
            // Sessions that may be recovered are kept for a while.
            if (io.engine().sessionCount() == 1 && io.options().connectionStateRecovery() == null) {
                Await.until(this::noTimersAreLeft, this::state);
            }
            bystander.close();
            Await.until(this::isIdleAfterAWhile, this::state);
        } finally {
            log.end();
            netty.close();
        }
        assertThat(log.takeLoud()).as("what was logged for operators").isEmpty();
        assertThat(log.lines()).noneMatch(line -> secrets.stream().anyMatch(line::contains));
        assertThat(busyIoThreads).as("I/O threads that ran handlers").isEmpty();
    }

    private boolean onlyPollingSessionsAreLeft() {
        return io.engine().sessions().stream()
                        .filter(session -> session.transport().equals("websocket"))
                        .count()
                == 1;
    }

    /** One timer serves all timeouts of one duration, also when they have been cancelled. */
    private boolean noTimersAreLeft() {
        return Leftovers.timeouts(io) == 0 && time.pendingTimers() <= timers + 1;
    }

    private boolean isIdleAfterAWhile() {
        time.advance(PING_INTERVAL);
        return isIdle();
    }
}
