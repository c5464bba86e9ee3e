package dev.parley.engine;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The proxies in front of a server whose {@code X-Forwarded-For} headers are believed. Each proxy appends the address
 * of its own peer; so the last address in the header that is not that of a proxy is the client's, whatever else the
 * client has written into it.
 */
public final class TrustedProxies {

    private static final TrustedProxies NONE = new TrustedProxies(List.of());

    private static final Pattern IPV4 = Pattern.compile("(\\d{1,3}\\.){3}\\d{1,3}");
    private static final Pattern IPV6 = Pattern.compile("(?=[^:]*:)[0-9a-fA-F:][0-9a-fA-F:.]{1,44}");
    private static final Pattern WITH_PORT = Pattern.compile("\\[([^]]*)](:\\d+)?|((\\d{1,3}\\.){3}\\d{1,3}):\\d+");

    private final List<Range> ranges;

    private TrustedProxies(List<Range> ranges) {
        this.ranges = ranges;
    }

    /** Addresses that begin with the same bits. */
    private static final class Range {

        private final byte[] address;
        private final int bits;

        Range(byte[] address, int bits) {
            this.address = address;
            this.bits = bits;
        }

        boolean contains(byte[] other) {
            if (other.length != address.length) {
                return false;
            }
            int whole = bits / Byte.SIZE;
            int rest = bits % Byte.SIZE;
            return Arrays.equals(address, 0, whole, other, 0, whole)
                    && (rest == 0 || (address[whole] ^ other[whole]) >> (Byte.SIZE - rest) == 0);
        }
    }

    /**
     * Trusts nobody: the peer is the client.
     *
     * @return an empty set of proxies
     */
    public static TrustedProxies none() {
        return NONE;
    }

    /**
     * Trusts proxies by their addresses.
     *
     * @param ranges IP addresses such as {@code 127.0.0.1} or {@code ::1}, and ranges such as {@code 10.0.0.0/8} or
     *     {@code fd00::/8}
     * @return the set of these proxies
     * @throws IllegalArgumentException if one of them is neither
     */
    public static TrustedProxies of(String... ranges) {
        List<Range> parsed = new ArrayList<>();
        for (String range : ranges) {
            parsed.add(range(range));
        }
        return new TrustedProxies(List.copyOf(parsed));
    }

    private static Range range(String text) {
        int slash = text.indexOf('/');
        InetAddress address = address(slash < 0 ? text : text.substring(0, slash));
        if (address != null) {
            byte[] bytes = address.getAddress();
            int all = bytes.length * Byte.SIZE;
            int bits = slash < 0 ? all : bits(text.substring(slash + 1));
            if (bits >= 0 && bits <= all) {
                return new Range(bytes, bits);
            }
        }
        throw new IllegalArgumentException(
                "trustedProxies: " + text + " (expected: an IP address, or a range such as 10.0.0.0/8)");
    }

    private static int bits(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Reads an IP address; null for anything else. Names are never looked up. */
    private static @Nullable InetAddress address(String text) {
        if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) {
            return null;
        }
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    /**
     * Finds out from whom a request comes: the peer or, where that is one of these proxies, the client for whom it
     * speaks.
     *
     * @param request a request
     * @return the IP address in its textual form, empty if the peer has none
     */
    public String clientAddress(HttpRequest request) {
        InetAddress client = client(request);
        return client == null ? "" : client.getHostAddress();
    }

    /** Finds the client from whom a request comes; null if its peer has no IP address. */
    @Nullable
    InetAddress client(HttpRequest request) {
        InetAddress client = request.peer();
        if (ranges.isEmpty() || client == null || !contains(client)) {
            return client;
        }
        String[] told =
                String.join(",", request.headers().getAll("x-forwarded-for")).split(",", -1);
        for (int i = told.length - 1; i >= 0; i--) {
            InetAddress next = forwarded(told[i].strip());
            if (next == null) {
                return client;
            }
            client = next;
            if (!contains(client)) {
                return client;
            }
        }
        return client;
    }

    /** Some proxies write the port, too. */
    private static @Nullable InetAddress forwarded(String text) {
        var withPort = WITH_PORT.matcher(text);
        if (!withPort.matches()) {
            return address(text);
        }
        String bare = withPort.group(1) == null ? withPort.group(3) : withPort.group(1);
        return address(bare);
    }

    private boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        return ranges.stream().anyMatch(range -> range.contains(bytes));
    }
}
