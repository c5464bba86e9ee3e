package dev.parley.engine;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How many sessions there may be, in all and for one client address, and how many an address may open in a second. An
 * IPv6 address counts as one with all others of its network of 64 bits, as whoever has one of them has them all. Limits
 * that are off cost nothing.
 */
final class SessionLimits {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final EngineOptions options;

    /** How many sessions are open. */
    private final AtomicInteger sessions = new AtomicInteger();

    /** The same by address. Guarded by this object, as is the next. */
    private final Map<InetAddress, Integer> open = new HashMap<>();

    /** When all the handshakes of an address would be over at the permitted rate; those that came last stand last. */
    private final Map<InetAddress, Long> busyUntil = new LinkedHashMap<>(16, 0.75f, true);

    SessionLimits(EngineOptions options) {
        this.options = options;
    }

    /** Checks a request for a new session. */
    void checkHandshake(HttpRequest request) throws Refusal {
        if (sessions.get() >= options.maxSessions()) {
            throw tooMany(request);
        }
        if (countsAddresses()) {
            checkAddress(request);
        }
        int rate = options.maxHandshakesPerSecond();
        if (rate != Integer.MAX_VALUE && !countHandshake(client(request), rate)) {
            throw refusal(EngineIncident.HANDSHAKE_RATE_EXCEEDED, request);
        }
    }

    private Refusal tooMany(HttpRequest request) {
        return refusal(EngineIncident.TOO_MANY_SESSIONS, request);
    }

    private void checkAddress(HttpRequest request) throws Refusal {
        if (sessionsOf(client(request)) >= options.maxSessionsPerAddress()) {
            throw refusal(EngineIncident.TOO_MANY_SESSIONS_OF_ADDRESS, request);
        }
    }

    private Refusal refusal(EngineIncident incident, HttpRequest request) {
        return new Refusal(incident, Map.of("address", options.trustedProxies().clientAddress(request)));
    }

    private boolean countsAddresses() {
        return options.maxSessionsPerAddress() != Integer.MAX_VALUE;
    }

    private synchronized int sessionsOf(@Nullable InetAddress client) {
        return client == null ? 0 : open.getOrDefault(client, 0);
    }

    /** Allows as many handshakes at once as in a second, then one after another. */
    private synchronized boolean countHandshake(@Nullable InetAddress client, int rate) {
        if (client == null) {
            return true;
        }
        long now = options.scheduler().nanoTime();
        forgetIdle(now);
        Long until = busyUntil.get(client);
        long next = (until == null || until - now < 0 ? now : until) + SECOND / rate;
        if (next - now > SECOND) {
            return false;
        }
        busyUntil.put(client, next);
        return true;
    }

    private void forgetIdle(long now) {
        Iterator<Long> oldest = busyUntil.values().iterator();
        while (oldest.hasNext() && oldest.next() - now < 0) {
            oldest.remove();
        }
    }

    /** Counts a new session in; others may have come since its request was checked. */
    void enter(HttpRequest request) throws Refusal {
        int most = options.maxSessions();
        if (sessions.getAndUpdate(now -> now < most ? now + 1 : now) >= most) {
            throw tooMany(request);
        }
        if (countsAddresses()) {
            try {
                enterAddress(request);
            } catch (Refusal e) {
                sessions.decrementAndGet();
                throw e;
            }
        }
    }

    private synchronized void enterAddress(HttpRequest request) throws Refusal {
        checkAddress(request);
        InetAddress client = client(request);
        if (client != null) {
            open.merge(client, 1, Integer::sum);
        }
    }

    /** Counts a session out, once. */
    void leave(HttpRequest request) {
        sessions.decrementAndGet();
        InetAddress client = countsAddresses() ? client(request) : null;
        if (client != null) {
            synchronized (this) {
                open.computeIfPresent(client, (address, sessions) -> sessions == 1 ? null : sessions - 1);
            }
        }
    }

    private @Nullable InetAddress client(HttpRequest request) {
        InetAddress client = options.trustedProxies().client(request);
        return client instanceof Inet6Address ? network(client) : client;
    }

    private static InetAddress network(InetAddress address) {
        byte[] bytes = address.getAddress();
        Arrays.fill(bytes, Long.BYTES, bytes.length, (byte) 0);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError(e); // its length is right
        }
    }
}
