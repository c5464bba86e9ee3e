package dev.parley.benchmarks.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A server in a process of its own, started with the {@code benchmarks/serve} of some tree. */
final class ServerProcess implements AutoCloseable {

    private static final String LISTENING = "listening ";
    private static final int START_SECONDS = 120;

    private final String name;
    private final Process process;
    private final int port;

    private ServerProcess(String name, Process process, int port) {
        this.name = name;
        this.process = process;
        this.port = port;
    }

    /** Starts a server and waits until it listens. Its other output goes to standard error, after the name. */
    static ServerProcess start(String name, Path tree, List<String> options, Cores cores)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(cores.serverPrefix());
        command.addAll(List.of(tree.resolve("benchmarks/serve").toString(), "--port", "0"));
        command.addAll(options);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        CompletableFuture<Integer> port = new CompletableFuture<>();
        Thread reader = new Thread(() -> read(name, process, port), "output of " + name);
        reader.setDaemon(true);
        reader.start();
        try {
            return new ServerProcess(name, process, port.get(START_SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException | TimeoutException e) {
            process.destroyForcibly();
            throw new LoadFailure("server " + name + " did not start", e);
        }
    }

    @SuppressWarnings("SystemOut")
    private static void read(String name, Process process, CompletableFuture<Integer> port) {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith(LISTENING)) {
                    port.complete(Integer.parseInt(line.substring(LISTENING.length())));
                } else if (!line.startsWith("Picked up ")) {
                    System.err.println(name + ": " + line);
                }
            }
            port.completeExceptionally(new IOException("it has ended"));
        } catch (IOException e) {
            port.completeExceptionally(e);
        }
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    /** The CPU time that all its threads have taken so far, living and ended. */
    Duration cpuTime() {
        return process.info().totalCpuDuration().orElseThrow(() -> new LoadFailure("a server has ended"));
    }

    /** Takes the processor away from the server until it resumes. */
    void pause() throws IOException, InterruptedException {
        signal("-STOP");
    }

    void resume() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        if (process.isAlive()) { // if not, whoever uses it next says so
            new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        }
    }

    /** Ends the server, paused or not. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
