package dev.parley.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The cookie by which load balancers can send all requests of a session to the same server. It is set by the answer to
 * a polling handshake and holds the session's id; the server itself never reads it.
 */
public final class CookieOptions {

    private final String name;
    private final String attributes;

    private CookieOptions(Builder builder) {
        this.name = builder.name;
        StringBuilder text = new StringBuilder();
        append(text, "Max-Age", builder.maxAge == null ? null : Long.toString(builder.maxAge.toSeconds()));
        append(text, "Domain", builder.domain);
        append(text, "Path", builder.path);
        text.append(builder.httpOnly ? "; HttpOnly" : "").append(builder.secure ? "; Secure" : "");
        text.append(builder.partitioned ? "; Partitioned" : "");
        append(text, "SameSite", builder.sameSite == null ? null : builder.sameSite.text);
        this.attributes = text.toString();
    }

    private static void append(StringBuilder text, String attribute, @Nullable String value) {
        if (value != null) {
            text.append("; ").append(attribute).append('=').append(value);
        }
    }

    /**
     * Starts from the defaults: name {@code io}, path {@code /}, {@code HttpOnly}, {@code SameSite=Lax}.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Value of a {@code Set-Cookie} header. */
    String format(String sessionId) {
        return name + '=' + sessionId + attributes;
    }

    /** With which requests of other sites a browser sends the cookie. */
    public enum SameSite {
        /** With none. */
        STRICT("Strict"),
        /** With navigations only. */
        LAX("Lax"),
        /** With all; browsers then demand {@link Builder#secure}. */
        NONE("None");

        private final String text;

        SameSite(String text) {
            this.text = text;
        }
    }

    /** Collects the cookie's attributes. Not safe for use by several threads. */
    public static final class Builder {

        private String name = "io";
        private @Nullable String path = "/";
        private @Nullable String domain;
        private @Nullable Duration maxAge;
        private @Nullable SameSite sameSite = SameSite.LAX;
        private boolean httpOnly = true;
        private boolean secure;
        private boolean partitioned;

        private Builder() {}

        /**
         * Sets the cookie's name. Default: {@code io}.
         *
         * @param name the name
         * @return this
         * @throws IllegalArgumentException if the name cannot stand in a cookie
         */
        public Builder name(String name) {
            if (name.isEmpty()
                    || name.chars().anyMatch(c -> c <= ' ' || c >= 0x7f || "()<>@,;:\\\"/[]?={}".indexOf(c) >= 0)) {
                throw new IllegalArgumentException("name: (expected: a token of RFC 6265)");
            }
            this.name = name;
            return this;
        }

        /**
         * Sets the path below which browsers send the cookie. Default: {@code /}.
         *
         * @param path the path, or null to leave the attribute out
         * @return this
         */
        public Builder path(@Nullable String path) {
            this.path = checked("path", path);
            return this;
        }

        /**
         * Sets the domain to which browsers send the cookie. Default: none, the host that set it.
         *
         * @param domain the domain, or null to leave the attribute out
         * @return this
         */
        public Builder domain(@Nullable String domain) {
            this.domain = checked("domain", domain);
            return this;
        }

        /**
         * Sets how long browsers keep the cookie. Default: until they are closed.
         *
         * @param maxAge the time, in whole seconds, or null to leave the attribute out
         * @return this
         */
        public Builder maxAge(@Nullable Duration maxAge) {
            this.maxAge = maxAge;
            return this;
        }

        /**
         * Sets with which requests of other sites browsers send the cookie. Default: {@link SameSite#LAX}.
         *
         * @param sameSite the rule, or null to leave the attribute out
         * @return this
         */
        public Builder sameSite(@Nullable SameSite sameSite) {
            this.sameSite = sameSite;
            return this;
        }

        /**
         * Sets whether the cookie is hidden from scripts. Default: true.
         *
         * @param httpOnly whether to hide it
         * @return this
         */
        public Builder httpOnly(boolean httpOnly) {
            this.httpOnly = httpOnly;
            return this;
        }

        /**
         * Sets whether browsers send the cookie over encrypted connections only. Default: false.
         *
         * @param secure whether to demand encryption
         * @return this
         */
        public Builder secure(boolean secure) {
            this.secure = secure;
            return this;
        }

        /**
         * Sets whether browsers keep the cookie apart for each embedding site. Default: false.
         *
         * @param partitioned whether to partition
         * @return this
         */
        public Builder partitioned(boolean partitioned) {
            this.partitioned = partitioned;
            return this;
        }

        /**
         * Creates the options.
         *
         * @return immutable options
         */
        public CookieOptions build() {
            return new CookieOptions(this);
        }

        private static @Nullable String checked(String name, @Nullable String value) {
            if (value != null && value.chars().anyMatch(c -> c < ' ' || c >= 0x7f || c == ';')) {
                throw new IllegalArgumentException(name + ": (expected: printable ASCII without a semicolon)");
            }
            return value;
        }
    }
}
