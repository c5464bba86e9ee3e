package dev.parley.engine;

import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Decides whether a client may open a session: the reference's {@code allowRequest}. */
@FunctionalInterface
public interface RequestFilter {

    /**
     * Decides about a handshake. Never asked about later requests of a session.
     *
     * @param request the handshake's first request; called on its I/O thread, so this must not block
     * @return completes with the decision; failing, or taking longer than the {@linkplain EngineOptions#upgradeTimeout
     *     upgrade timeout}, counts as a refusal without message
     */
    CompletionStage<Verdict> decide(HttpRequest request);

    /** A decision about a handshake. */
    final class Verdict {

        private static final Verdict ADMITTED = new Verdict(true, null);

        private final boolean admitted;
        private final @Nullable String message;

        private Verdict(boolean admitted, @Nullable String message) {
            this.admitted = admitted;
            this.message = message;
        }

        /**
         * Lets the client in.
         *
         * @return the verdict
         */
        public static Verdict admit() {
            return ADMITTED;
        }

        /**
         * Keeps the client out, with the message {@code Forbidden}.
         *
         * @return the verdict
         */
        public static Verdict refuse() {
            return new Verdict(false, null);
        }

        /**
         * Keeps the client out.
         *
         * @param message tells the client why
         * @return the verdict
         */
        public static Verdict refuse(String message) {
            return new Verdict(false, Objects.requireNonNull(message, "message"));
        }

        /**
         * Tells whether the client is let in.
         *
         * @return the decision
         */
        public boolean isAdmitted() {
            return admitted;
        }

        @Nullable
        String message() {
            return message;
        }
    }
}
