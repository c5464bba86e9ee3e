package dev.parley.netty;

import io.netty.util.AsciiString;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Keeps one string for each common header name: endpoints may hold the headers of every open connection. */
final class HeaderNames {

    private static final Map<AsciiString, String> COMMON = new HashMap<>();

    static {
        String[] names = {
            "Accept",
            "Accept-Encoding",
            "Accept-Language",
            "Authorization",
            "Cache-Control",
            "Connection",
            "Content-Length",
            "Content-Type",
            "Cookie",
            "Forwarded",
            "Host",
            "Origin",
            "Pragma",
            "Referer",
            "Sec-Fetch-Dest",
            "Sec-Fetch-Mode",
            "Sec-Fetch-Site",
            "Sec-WebSocket-Extensions",
            "Sec-WebSocket-Key",
            "Sec-WebSocket-Protocol",
            "Sec-WebSocket-Version",
            "Transfer-Encoding",
            "Upgrade",
            "User-Agent",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-Forwarded-Proto",
            "X-Real-IP",
            "sec-ch-ua",
            "sec-ch-ua-mobile",
            "sec-ch-ua-platform",
        };
        for (String name : names) {
            COMMON.put(AsciiString.of(name), name);
            String small = name.toLowerCase(Locale.ROOT);
            COMMON.put(AsciiString.of(small), small);
        }
    }

    private HeaderNames() {}

    /** Returns a name as a string, spelt as it is. */
    static String shared(CharSequence name) {
        // Netty's decoder makes AsciiStrings.
        String common = name instanceof AsciiString decoded ? COMMON.get(decoded) : null;
        return common == null ? name.toString() : common;
    }
}
