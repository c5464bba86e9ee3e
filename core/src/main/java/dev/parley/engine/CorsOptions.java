package dev.parley.engine;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which pages of other origins may connect (cross-origin resource sharing). Browsers enforce it for polling by means of
 * response headers; for WebSockets, where they do not, the server refuses other origins itself. Clients that are no
 * browsers send no origin and are not concerned.
 */
public final class CorsOptions {

    private static final System.Logger LOG = System.getLogger(CorsOptions.class.getName());

    private final Warnings warnings = new Warnings();
    private final boolean anyOrigin;
    private final Predicate<String> originAllowed;
    private final String methods;
    private final @Nullable String allowedHeaders;
    private final Headers fixed;
    private final boolean credentials;
    private final @Nullable Duration maxAge;
    private final int optionsSuccessStatus;

    private CorsOptions(Builder builder) {
        this.anyOrigin = builder.anyOrigin;
        Set<String> origins = Set.copyOf(builder.origins);
        Predicate<String> other = builder.originPredicate;
        this.originAllowed = origin -> origins.contains(origin) || other.test(origin);
        this.methods = String.join(",", builder.methods);
        this.allowedHeaders = builder.allowedHeaders == null ? null : String.join(",", builder.allowedHeaders);
        this.fixed = builder.exposedHeaders.isEmpty()
                ? Headers.empty()
                : Headers.of("Access-Control-Expose-Headers", String.join(",", builder.exposedHeaders));
        this.credentials = builder.credentials;
        this.maxAge = builder.maxAge;
        this.optionsSuccessStatus = builder.optionsSuccessStatus;
    }

    /**
     * Allows some origins and leaves all else at its default.
     *
     * @param origins origins such as {@code https://example.com}, or {@code *} for any
     * @return the options
     */
    public static CorsOptions allow(String... origins) {
        return builder().origins(origins).build();
    }

    /**
     * Starts with no origin allowed.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Tells whether a page may connect.
     *
     * @param origin the {@code Origin} header of its request
     * @return whether its origin is allowed
     */
    public boolean allows(String origin) {
        if (anyOrigin) {
            return true;
        }
        try {
            return originAllowed.test(origin);
        } catch (Throwable e) {
            warnings.give(LOG, "a condition for origins failed; the origin is not allowed", e);
            return false;
        }
    }

    /**
     * Returns the headers by which the answer to a request tells the browser whether the page may read it.
     *
     * @param request the request
     * @return the headers to add
     */
    public Headers responseHeaders(HttpRequest request) {
        if (anyOrigin) {
            return Headers.of("Access-Control-Allow-Origin", "*").and(fixed);
        }
        Headers headers = Headers.of("Vary", "Origin");
        String origin = request.header("origin");
        if (origin == null || !allows(origin)) {
            return headers;
        }
        headers = headers.and("Access-Control-Allow-Origin", origin);
        if (credentials) {
            headers = headers.and("Access-Control-Allow-Credentials", "true");
        }
        return headers.and(fixed);
    }

    /**
     * Answers the question of a browser whether a page may send a request.
     *
     * @param request a request with method OPTIONS
     * @return the answer
     */
    public HttpResponse preflight(HttpRequest request) {
        Headers headers = responseHeaders(request).and("Access-Control-Allow-Methods", methods);
        String requested = request.header("access-control-request-headers");
        if (allowedHeaders != null) {
            headers = headers.and("Access-Control-Allow-Headers", allowedHeaders);
        } else {
            headers = headers.and("Vary", "Access-Control-Request-Headers");
            if (requested != null) {
                headers = headers.and("Access-Control-Allow-Headers", requested);
            }
        }
        if (maxAge != null) {
            headers = headers.and("Access-Control-Max-Age", Long.toString(maxAge.toSeconds()));
        }
        return new HttpResponse(optionsSuccessStatus, headers);
    }

    /** Collects the rules. Not safe for use by several threads. */
    public static final class Builder {

        private boolean anyOrigin;
        private final Set<String> origins = new LinkedHashSet<>();
        private Predicate<String> originPredicate = origin -> false;
        private List<String> methods = List.of("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE");
        private @Nullable List<String> allowedHeaders;
        private List<String> exposedHeaders = List.of();
        private boolean credentials;
        private @Nullable Duration maxAge;
        private int optionsSuccessStatus = 204;

        private Builder() {}

        /**
         * Allows more origins, each to be matched exactly.
         *
         * @param origins scheme, host and port, such as {@code http://localhost:8080}, or {@code *} for any
         * @return this
         */
        public Builder origins(String... origins) {
            for (String origin : origins) {
                if (origin.equals("*")) {
                    anyOrigin = true;
                } else {
                    this.origins.add(origin.endsWith("/") ? origin.substring(0, origin.length() - 1) : origin);
                }
            }
            return this;
        }

        /**
         * Allows the origins that match a pattern as a whole. I/O threads match it against whatever clients send, so it
         * must not take long for any text: take care with repetitions within repetitions.
         *
         * @param pattern such as {@code https://[a-z]+\.example\.com}
         * @return this
         */
        public Builder originMatching(Pattern pattern) {
            return originIf(pattern.asMatchPredicate());
        }

        /**
         * Allows the origins that fulfil a condition. With a condition that is always true, and unlike with {@code *},
         * {@link #credentials} can be allowed too.
         *
         * @param condition called on I/O threads, must not block
         * @return this
         */
        public Builder originIf(Predicate<String> condition) {
            originPredicate = originPredicate.or(condition);
            return this;
        }

        /**
         * Sets the methods that a page may use. Default: GET, HEAD, PUT, PATCH, POST and DELETE.
         *
         * @param methods their names
         * @return this
         */
        public Builder methods(String... methods) {
            this.methods = List.of(methods);
            return this;
        }

        /**
         * Sets the request headers that a page may set. Default: whichever it asks for.
         *
         * @param names their names
         * @return this
         */
        public Builder allowedHeaders(String... names) {
            this.allowedHeaders = List.of(names);
            return this;
        }

        /**
         * Sets the response headers that a page may read. Default: those that browsers always allow.
         *
         * @param names their names
         * @return this
         */
        public Builder exposedHeaders(String... names) {
            this.exposedHeaders = List.of(names);
            return this;
        }

        /**
         * Sets whether a page may send cookies and credentials. Default: false.
         *
         * @param credentials whether it may
         * @return this
         */
        public Builder credentials(boolean credentials) {
            this.credentials = credentials;
            return this;
        }

        /**
         * Sets how long browsers remember the answer to a preflight request. Default: as they like.
         *
         * @param maxAge the time, in whole seconds
         * @return this
         */
        public Builder maxAge(Duration maxAge) {
            this.maxAge = Checks.positive("maxAge", maxAge);
            return this;
        }

        /**
         * Sets the status of the answer to a preflight request. Default: 204.
         *
         * @param status 200 to 299
         * @return this
         * @throws IllegalArgumentException if the status does not stand for success
         */
        public Builder optionsSuccessStatus(int status) {
            if (status < 200 || status > 299) {
                throw new IllegalArgumentException("optionsSuccessStatus: " + status + " (expected: 200 to 299)");
            }
            this.optionsSuccessStatus = status;
            return this;
        }

        /**
         * Creates the options.
         *
         * @return immutable options
         * @throws IllegalArgumentException if credentials are allowed together with the origin {@code *}, which
         *     browsers reject
         */
        public CorsOptions build() {
            if (anyOrigin && credentials) {
                throw new IllegalArgumentException(
                        "credentials: true (expected: false with the origin *; use originIf(origin -> true) instead)");
            }
            return new CorsOptions(this);
        }
    }
}
