package dev.parley.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps server and load on cores of their own, so that neither takes time from the other: the first core that this
 * process may use is for the server, the last for the load.
 */
final class Cores {

    private final boolean separate;
    private final int server;

    private Cores(boolean separate, int server) {
        this.separate = separate;
        this.server = server;
    }

    /** Moves this process to its core; where there is no {@code taskset} or no second core, nobody is moved. */
    static Cores separate() throws IOException, InterruptedException {
        List<Integer> allowed = allowed();
        if (allowed.size() < 2) {
            return new Cores(false, 0);
        }
        String load = allowed.get(allowed.size() - 1).toString();
        String self = Long.toString(ProcessHandle.current().pid());
        try {
            int exit = new ProcessBuilder("taskset", "-a", "-c", "-p", load, self)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            return new Cores(exit == 0, allowed.get(0));
        } catch (IOException e) {
            return new Cores(false, 0); // no taskset
        }
    }

    /** Whether the load has a core of its own. */
    boolean areSeparate() {
        return separate;
    }

    /** What to put in front of the command that starts a server. */
    List<String> serverPrefix() {
        return separate ? List.of("taskset", "-c", Integer.toString(server)) : List.of();
    }

    private static List<Integer> allowed() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return List.of();
        }
        String name = "Cpus_allowed_list:";
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith(name)) {
                return parse(line.substring(name.length()).strip());
            }
        }
        return List.of();
    }

    /** Reads a list as the kernel writes it: {@code 0-3,8}. */
    static List<Integer> parse(String list) {
        List<Integer> cores = new ArrayList<>();
        for (String range : list.split(",", -1)) {
            int dash = range.indexOf('-');
            int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
            int last = Integer.parseInt(range.substring(dash + 1));
            for (int core = first; core <= last; core++) {
                cores.add(core);
            }
        }
        return cores;
    }
}
