package dev.parley.engine;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * How often a server had to refuse, end, drop or ignore something, by reason. The numbers only grow. For people who
 * want to see them as they happen, the first {@value #MOST_LOGGED} of each reason are logged at level DEBUG, by their
 * name.
 *
 * <p>Safe for use by any thread. Reading is exact when nothing is counted at the same time.
 *
 * @param <I> the reasons
 */
public final class Incidents<I extends Enum<I>> {

    private static final System.Logger LOG = System.getLogger(Incidents.class.getName());
    private static final int MOST_LOGGED = 10;

    private final Class<I> reasons;
    private final Map<I, LongAdder> counts;

    /**
     * Creates counters, all of them 0.
     *
     * @param reasons what to count
     */
    public Incidents(Class<I> reasons) {
        this.reasons = reasons;
        this.counts = new EnumMap<>(reasons);
        for (I reason : reasons.getEnumConstants()) {
            counts.put(reason, new LongAdder());
        }
    }

    /**
     * Returns how often something has happened since the server was created.
     *
     * @param reason what
     * @return the number
     */
    public long count(I reason) {
        return adder(reason).sum();
    }

    /**
     * Returns how often everything has happened since the server was created.
     *
     * @return the numbers, those that are 0 among them; a copy
     */
    public Map<I, Long> counts() {
        Map<I, Long> numbers = new EnumMap<>(reasons);
        counts.forEach((reason, adder) -> numbers.put(reason, adder.sum()));
        return Collections.unmodifiableMap(numbers);
    }

    /**
     * Counts one more. For servers, transports and adapters.
     *
     * @param reason what has happened
     */
    public void add(I reason) {
        add(reason, 1);
    }

    void add(I reason, int times) {
        LongAdder adder = adder(reason);
        adder.add(times);
        if (LOG.isLoggable(System.Logger.Level.DEBUG) && adder.sum() <= MOST_LOGGED) {
            LOG.log(System.Logger.Level.DEBUG, reason);
        }
    }

    private LongAdder adder(I reason) {
        return Objects.requireNonNull(counts.get(reason), "reason");
    }
}
