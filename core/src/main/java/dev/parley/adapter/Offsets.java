package dev.parley.adapter;

/**
 * Makes the ids of packets: the time in milliseconds to the base 64 and, from the second of a millisecond on, a number
 * behind a dot. No id is given twice, even if the clock goes back.
 */
final class Offsets {

    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
    private static final int BITS = 6;
    private static final int MASK = (1 << BITS) - 1;

    private long latest = -1;
    private String prefix = "";
    private long repeated;

    synchronized String next(long millis) {
        if (millis > latest) {
            latest = millis;
            repeated = 0;
            prefix = encode(millis);
            return prefix;
        }
        return prefix + '.' + encode(repeated++);
    }

    private static String encode(long number) {
        StringBuilder digits = new StringBuilder();
        for (long rest = number; rest != 0 || digits.isEmpty(); rest >>>= BITS) {
            digits.append(DIGITS.charAt((int) (rest & MASK)));
        }
        return digits.reverse().toString();
    }
}
