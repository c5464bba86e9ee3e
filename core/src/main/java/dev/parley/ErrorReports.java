package dev.parley;

import dev.parley.mapping.MappingException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tells the error hook, or the log where there is none. */
final class ErrorReports {

    private static final System.Logger LOG = System.getLogger(SocketIoServer.class.getName());

    private static final int LONGEST_NAME = 100;
    private static final Pattern NOT_SHOWN = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");

    private ErrorReports() {}

    static void tell(HandlerError.@Nullable Hook hook, HandlerError error) {
        if (hook == null) {
            log(error);
            return;
        }
        try {
            hook.failed(error);
        } catch (Throwable e) {
            log(error);
            LOG.log(System.Logger.Level.WARNING, "the error hook failed", e);
        }
    }

    private static void log(HandlerError error) {
        String where = "in namespace " + shown(error.socket().namespace().name()) + ": a handler of \""
                + shown(error.event()) + '"';
        if (error.exception() instanceof MappingException e) {
            // Its cause may quote what the client sent.
            // A client can cause as many of these as it likes.
            System.Logger.Level level = error.socket().namespace().context().mayWarn()
                    ? System.Logger.Level.WARNING
                    : System.Logger.Level.DEBUG;
            LOG.log(level, where + " was not called: " + e.getMessage());
        } else {
            LOG.log(System.Logger.Level.WARNING, where + " failed", error.exception());
        }
    }

    /** Names may be those of clients, who are not to write into the log whatever they like. */
    private static String shown(String name) {
        String start = name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) + "..." : name;
        return NOT_SHOWN.matcher(start).replaceAll("?");
    }
}
