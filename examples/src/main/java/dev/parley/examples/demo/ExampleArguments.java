package dev.parley.examples.demo;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of an example: {@code [--port N] [--client FOLDER] [--demo]}.
 *
 * @param port the port to listen on, 0 for any free one
 * @param client the folder with the files of the JavaScript client, if there is one
 * @param demo whether clients shall act
 */
public record ExampleArguments(int port, @Nullable Path client, boolean demo) {

    private static final int DEFAULT_PORT = 3000;

    /**
     * Reads arguments.
     *
     * @param args what {@code main} was given
     * @return the arguments, or the defaults
     * @throws IllegalArgumentException if there are others
     */
    public static ExampleArguments parse(String... args) {
        int port = DEFAULT_PORT;
        Path client = null;
        boolean demo = false;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--port" -> port = Integer.parseInt(valueOf(args, i++));
                case "--client" -> client = Path.of(valueOf(args, i++));
                case "--demo" -> demo = true;
                default ->
                    throw new IllegalArgumentException(args[i] + " (expected: --port N, --client FOLDER or --demo)");
            }
        }
        return new ExampleArguments(port, client, demo);
    }

    private static String valueOf(String[] args, int option) {
        if (option + 1 == args.length) {
            throw new IllegalArgumentException(args[option] + " needs a value");
        }
        return args[option + 1];
    }
}
