package dev.parley.netty;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what is logged: by Parley on every level, by Netty and everybody else what is worth a warning, such as
 * exceptions at the end of a pipeline. Exceptions that nobody caught count as logged.
 */
final class LogWatch extends Handler {

    private static final Logger ROOT = Logger.getLogger("");
    private static final Logger OURS = Logger.getLogger("dev.parley");

    private final Queue<String> loud = new ConcurrentLinkedQueue<>();
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    private Thread.@Nullable UncaughtExceptionHandler before;

    void begin() {
        setLevel(Level.ALL);
        OURS.setLevel(Level.ALL);
        ROOT.addHandler(this);
        before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> loud.add(thread + ": " + failure));
    }

    void end() {
        ROOT.removeHandler(this);
        OURS.setLevel(null);
        Thread.setDefaultUncaughtExceptionHandler(before);
    }

    @Override
    public void publish(LogRecord record) {
        String line = record.getLoggerName() + ": " + new SimpleFormatter().formatMessage(record)
                + (record.getThrown() == null ? "" : ", " + record.getThrown());
        lines.add(line);
        if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
            loud.add(line);
        }
    }

    /** What an operator is to see. */
    List<String> takeLoud() {
        List<String> taken = new ArrayList<>();
        for (String line = loud.poll(); line != null; line = loud.poll()) {
            taken.add(line);
        }
        return taken;
    }

    /** All there is. */
    List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
