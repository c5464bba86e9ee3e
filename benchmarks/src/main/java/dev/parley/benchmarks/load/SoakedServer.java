package dev.parley.benchmarks.load;

import dev.parley.benchmarks.SoakServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The {@link SoakServer}, in a JVM of its own, and the line to it. */
final class SoakedServer implements AutoCloseable {

    private final Process process;
    private final BufferedReader answers;
    private final PrintWriter commands;
    private final InetSocketAddress address;

    /**
     * @param jvmOptions options for its JVM, separated by spaces
     * @param options of the server
     */
    SoakedServer(String jvmOptions, List<String> options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-Xms256m", "-Xmx512m"));
        if (!jvmOptions.isBlank()) {
            command.addAll(List.of(jvmOptions.strip().split("\\s+", -1)));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), SoakServer.class.getName()));
        command.addAll(options);
        try {
            process =
                    new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        } catch (IOException e) {
            throw new LoadFailure("the server does not start", e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        answers = process.inputReader(StandardCharsets.UTF_8);
        commands = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
        int port = Integer.parseInt(answer().substring("listening ".length()));
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    InetSocketAddress address() {
        return address;
    }

    Vitals vitals() {
        return Vitals.parse(tell("vitals"));
    }

    /** Sends a command and waits for its answer. */
    String tell(String command) {
        begin(command);
        return answer();
    }

    /** Sends a command whose answer is still to be taken. */
    void begin(String command) {
        commands.println(command);
    }

    boolean hasAnswered() {
        try {
            return answers.ready();
        } catch (IOException e) {
            throw new LoadFailure("the server has ended", e);
        }
    }

    String answer() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw new LoadFailure("the server has ended");
            }
            return line;
        } catch (IOException e) {
            throw new LoadFailure("the server has ended", e);
        }
    }

    /** The CPU time that its threads have taken so far. */
    Duration cpuTime() {
        return process.info().totalCpuDuration().orElseThrow(() -> new LoadFailure("the server has ended"));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
