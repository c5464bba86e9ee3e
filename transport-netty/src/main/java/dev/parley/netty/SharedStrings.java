package dev.parley.netty;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one string for what many clients send alike, as endpoints may hold the request of every open connection. Holds
 * a fixed number of short strings, whatever clients send, and none that may be secret or personal: those go with their
 * connection. Safe for use by any thread without locks: a lost entry is only kept twice.
 */
final class SharedStrings {

    private static final int ENTRIES = 256;
    private static final int LONGEST = 256;

    private static final Set<String> PUBLIC_HEADERS = new HashSet<>();

    static {
        String[] names = {
            "Accept",
            "Accept-Encoding",
            "Accept-Language",
            "Cache-Control",
            "Connection",
            "Content-Type",
            "Host",
            "Origin",
            "Pragma",
            "Sec-Fetch-Dest",
            "Sec-Fetch-Mode",
            "Sec-Fetch-Site",
            "Sec-WebSocket-Extensions",
            "Sec-WebSocket-Version",
            "Upgrade",
            "User-Agent",
            "X-Forwarded-Host",
            "X-Forwarded-Proto",
            "sec-ch-ua",
            "sec-ch-ua-mobile",
            "sec-ch-ua-platform",
        };
        for (String name : names) {
            PUBLIC_HEADERS.add(name);
            PUBLIC_HEADERS.add(name.toLowerCase(Locale.ROOT));
        }
    }

    /** Queries of clients that open a WebSocket and add nothing of their own. */
    private static final Set<String> PUBLIC_QUERIES =
            Set.of("?EIO=4&transport=websocket", "?EIO=3&transport=websocket");

    private static final @Nullable String[] STRINGS = new @Nullable String[ENTRIES];

    private SharedStrings() {}

    /** Returns a header's value, for a name in one of its usual spellings. */
    static String headerValue(String name, String value) {
        return PUBLIC_HEADERS.contains(name) ? shared(value) : value;
    }

    /** Returns a request target. */
    static String target(String target) {
        int query = target.indexOf('?');
        for (String known : PUBLIC_QUERIES) {
            if (target.length() - known.length() == query && target.endsWith(known)) {
                return shared(target);
            }
        }
        return target;
    }

    private static String shared(String text) {
        if (text.length() > LONGEST) {
            return text;
        }
        int hash = text.hashCode();
        int index = (hash ^ (hash >>> 16)) & (ENTRIES - 1);
        String known = STRINGS[index];
        if (text.equals(known)) {
            return known;
        }
        STRINGS[index] = text;
        return text;
    }
}
