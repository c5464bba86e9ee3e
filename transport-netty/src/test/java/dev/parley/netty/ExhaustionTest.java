package dev.parley.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Behaviour;
import dev.parley.SocketIoOptions;
import dev.parley.SocketIoServer;
import dev.parley.engine.RequestFilter.Verdict;
import io.netty.channel.ChannelOption;
import io.netty.util.internal.PlatformDependent;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that runs out of what the system gives it, in a JVM of its own. */
@EnabledOnOs(OS.LINUX)
class ExhaustionTest {

    private static final String WEBSOCKET = "/socket.io/?EIO=4&transport=websocket";
    private static final long LIMIT = 8 * 1024 * 1024;
    private static final int HEAP = 128 * 1024 * 1024;
    private static final int HUNK = 4 * 1024 * 1024;
    private static final String ACCEPT_FAILED = "no connection can be accepted";

    /** The server. It says what port it listens on and, when asked to, how much memory Netty uses. */
    static final class Server {

        private Server() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] args) {
            SocketIoServer io = SocketIoServer.create(options -> {
                options.executor(Runnable::run);
                refuseWhereTheHeapIsFull(options);
            });
            List<byte[]> hoard = new ArrayList<>();
            io.onConnection(socket -> {
                socket.on("echo", event -> event.ack().send(event.args()));
                socket.on("sessions", event -> event.ack().send(io.engine().sessionCount()));
                socket.on("hoard", event -> {
                    hoard.add(new byte[HUNK]);
                    System.gc();
                    event.ack().send(hoard.size());
                });
                socket.on("free", event -> {
                    hoard.clear();
                    System.gc();
                    event.ack().send(hoard.size());
                });
                socket.on("used", event -> event.ack().send(PlatformDependent.usedDirectMemory()));
            });
            NettyOptions options = NettyOptions.builder()
                    .transport(NettyTransport.valueOf(args[0]))
                    .eventLoops(1)
                    // So that little is left to the system, and much to the server.
                    .pipeline(pipeline -> pipeline.channel().config().setOption(ChannelOption.SO_SNDBUF, 32 * 1024))
                    .build();
            // The first line makes the logging read files, which it cannot do later.
            System.getLogger(Server.class.getName()).log(System.Logger.Level.INFO, "started");
            System.out.println(NettyServer.bind(io, options).port());
        }

        /** What the page on limits advises. */
        private static void refuseWhereTheHeapIsFull(SocketIoOptions.Builder options) {
            MemoryPoolMXBean old = ManagementFactory.getMemoryPoolMXBeans().stream()
                    .filter(pool -> pool.getType() == MemoryType.HEAP && pool.isCollectionUsageThresholdSupported())
                    .max(Comparator.comparingLong(pool -> pool.getUsage().getMax()))
                    .orElseThrow();
            old.setCollectionUsageThreshold(old.getUsage().getMax() / 10 * 9);
            options.engine(engine -> engine.allowRequest(request -> CompletableFuture.completedFuture(
                    old.isCollectionUsageThresholdExceeded() ? Verdict.refuse("busy") : Verdict.admit())));
        }
    }

    /** The server, as its clients see it. */
    private static final class Fork implements AutoCloseable {

        private final Process process;
        private final BlockingQueue<String> log = new LinkedBlockingQueue<>();
        final int port;

        Fork(String limits, NettyTransport transport, String... jvmOptions) throws IOException {
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            List<String> command =
                    new ArrayList<>(List.of("bash", "-c", limits + " exec \"$@\"", "server", java, "-Xmx" + HEAP));
            command.addAll(List.of(jvmOptions));
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), Server.class.getName()));
            command.add(transport.name());
            process = new ProcessBuilder(command).start();
            Thread reader = new Thread(
                    () -> process.errorReader(StandardCharsets.UTF_8).lines().forEach(log::add));
            reader.setDaemon(true);
            reader.start();
            BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
            String first = output.readLine();
            if (first == null) {
                throw new AssertionError("the server did not start: " + log);
            }
            port = Integer.parseInt(first);
        }

        RawClient connect() throws IOException {
            return connect(new Socket());
        }

        /** The status with which a new client is answered. */
        int answer() throws IOException {
            try (RawClient client = new RawClient(port)) {
                return client.send(RawClient.upgradeRequest(WEBSOCKET))
                        .response()
                        .status();
            }
        }

        /** Connects a client for which the system keeps hardly anything that it does not read. */
        RawClient connectGreedy() throws IOException {
            Socket socket = new Socket();
            socket.setReceiveBufferSize(4096);
            return connect(socket);
        }

        private RawClient connect(Socket socket) throws IOException {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            RawClient client = new RawClient(socket);
            client.send(RawClient.upgradeRequest(WEBSOCKET));
            assertThat(client.response().status()).isEqualTo(101);
            assertThat(client.frame()).startsWith("text 0{");
            client.send(ClientFrame.text("40"));
            assertThat(client.frame()).startsWith("text 40");
            return client;
        }

        void awaitLog(String part) throws InterruptedException {
            while (!Await.next(log).contains(part)) {
                // it tells of other things
            }
        }

        List<String> restOfLog() {
            return List.copyOf(log);
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }

    private static void echo(RawClient client, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            client.send(ClientFrame.text("42" + i + "[\"echo\"," + i + "]"));
            assertThat(client.frame()).isEqualTo("text 43" + i + "[" + i + "]");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    @Behaviour("ABUSE-087")
    void withoutFileDescriptorsNobodyNewGetsInAndAllGoesOnWhenThereAreSomeAgain(NettyTransport transport)
            throws Exception {
        try (Fork server = new Fork("ulimit -n 160;", transport)) {
            List<Socket> crowd = new ArrayList<>();
            try (RawClient old = server.connect()) {
                echo(old, 10);
                for (int i = 0; i < 200; i++) {
                    crowd.add(new Socket(InetAddress.getLoopbackAddress(), server.port));
                }
                server.awaitLog(ACCEPT_FAILED);

                echo(old, 100);

                for (Socket client : crowd) {
                    client.close();
                }
                try (RawClient late = server.connect()) {
                    echo(late, 10);
                }
                echo(old, 10);
            }
            assertThat(server.restOfLog())
                    .as("it is told once")
                    .noneMatch(line -> line.contains(ACCEPT_FAILED) || line.startsWith("\tat "));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL"})
    @Behaviour("ABUSE-092")
    void withoutDirectMemoryThoseWhoNeedItAreClosedAndAllGoesOnWhenThereIsSomeAgain(NettyTransport transport)
            throws Exception {
        int many = 40;
        String request = "421[\"echo\",\"" + "a".repeat(500_000) + "\"]";
        // The JVM itself would wait half a second for garbage each time.
        try (Fork server =
                        new Fork("", transport, "-XX:MaxDirectMemorySize=64m", "-Dio.netty.maxDirectMemory=" + LIMIT);
                RawClient old = server.connect()) {
            List<RawClient> greedy = new ArrayList<>();
            for (int i = 0; i < many; i++) {
                RawClient client = server.connectGreedy();
                greedy.add(client);
                client.send(ClientFrame.text(request));
                echo(old, 1);
            }
            server.awaitLog("OutOf");
            assertThat(ask(old, "sessions"))
                    .as("those for whom there was no memory were closed")
                    .isLessThan(many);
            assertThat(ask(old, "used")).isLessThanOrEqualTo(LIMIT);
            echo(old, 100);

            for (RawClient client : greedy) {
                client.close();
            }
            while (ask(old, "sessions") > 1) {
                // the server learns of their end one after another
            }
            try (RawClient late = server.connect()) {
                late.send(ClientFrame.text(request));
                assertThat(late.frame()).hasSize("text 431[]".length() + 500_002);
            }
        }
    }

    @Test
    @Behaviour("ABUSE-092")
    void withLittleHeapNobodyNewGetsInAndAllGoesOnWhenThereIsSomeAgain() throws Exception {
        try (Fork server = new Fork("", NettyTransport.NIO);
                RawClient old = server.connect()) {
            long hunks = 0;
            while (server.answer() == 101) {
                hunks = ask(old, "hoard");
            }
            assertThat(hunks * HUNK).isGreaterThan(HEAP / 2);
            assertThat(server.answer()).isEqualTo(403);
            echo(old, 100);

            ask(old, "free");

            try (RawClient late = server.connect()) {
                echo(late, 10);
            }
        }
    }

    @Test
    void thePageOnLimitsShowsHowToRefuseNewClientsInTime() throws IOException {
        String page = withoutSpace(Path.of("..", "docs", "limits.md"));
        String source = withoutSpace(Path.of("src/test/java/dev/parley/netty/ExhaustionTest.java"));
        String code = page.substring(page.indexOf("MemoryPoolMXBeanold="), page.indexOf("Verdict.admit())));"));

        assertThat(source).contains(code);
    }

    private static String withoutSpace(Path file) throws IOException {
        return Files.readString(file).replaceAll("\\s", "");
    }

    private static long ask(RawClient client, String what) throws IOException {
        client.send(ClientFrame.text("420[\"" + what + "\"]"));
        String answer = client.frame();
        return Long.parseLong(answer.substring("text 430[".length(), answer.length() - 1));
    }

    @Test
    void aLackOfMemoryIsToldInOneLine() {
        List<String> lines = new ArrayList<>();
        System.Logger log = new CollectingLogger(lines);
        for (int i = 0; i < 100; i++) {
            Failures.log(log, "a WebSocket failed", new OutOfMemoryError("direct"));
        }

        assertThat(lines.stream().filter(line -> !line.startsWith("DEBUG"))).hasSizeLessThanOrEqualTo(1);
        assertThat(lines).hasSize(100).last().asString().startsWith("DEBUG");
    }

    private record CollectingLogger(List<String> lines) implements System.Logger {

        @Override
        public String getName() {
            return "test";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
            lines.add(level + " " + message);
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String format, Object... params) {
            lines.add(level + " " + format);
        }
    }
}
