package dev.parley.protocol;

import java.util.Arrays;

/**
 * Finds the objects that stand for attachments while a {@link JsonScanner} passes over them: those whose member
 * {@code _placeholder} is true. Their member {@code num} must be the index of an attachment, in digits. Of members of
 * the same name the last one counts, as it does in the parsed object.
 *
 * <p>Several may point to one attachment, but only so many: each becomes a copy of it.
 */
final class PlaceholderFinder {

    static final String MARK = "_placeholder";
    static final String NUM = "num";

    private static final int NONE = -1;

    private final byte[] json;
    private final int end;
    private final int attachments;
    private final int most;

    /** For each depth, where the number of the object that is open there stands; negative while unknown. */
    private int[] nums = new int[4];

    private boolean[] marked = new boolean[4];

    private int[] found = new int[4];
    private int count;

    /**
     * Creates a finder for one text.
     *
     * @param attachments to how many attachments placeholders can point
     * @param most how many placeholders there may be
     */
    PlaceholderFinder(byte[] json, int end, int attachments, int most) {
        this.json = json;
        this.end = end;
        this.attachments = attachments;
        this.most = most;
    }

    /** Returns how many placeholders there are. */
    int count() {
        return count;
    }

    /** Returns where the number of a placeholder stands; in the order of the text. */
    int numStart(int placeholder) {
        return found[placeholder];
    }

    /** Returns the index behind the digits that start at {@code i}. */
    static int behindDigits(byte[] json, int i, int end) {
        int behind = i;
        while (behind < end && json[behind] >= '0' && json[behind] <= '9') {
            behind++;
        }
        return behind;
    }

    /** Returns the number in a range of at most nine digits. */
    static int parse(byte[] json, int from, int to) {
        int num = 0;
        for (int i = from; i < to; i++) {
            num = 10 * num + json[i] - '0';
        }
        return num;
    }

    void open(int depth) {
        if (depth >= nums.length) {
            nums = Arrays.copyOf(nums, 2 * depth);
            marked = Arrays.copyOf(marked, 2 * depth);
        }
        nums[depth] = NONE;
        marked[depth] = false;
    }

    void name(int depth, int from, int to, int value) {
        if (is(MARK, from, to)) {
            marked[depth] = value < end && json[value] == 't';
        } else if (is(NUM, from, to)) {
            nums[depth] = isIndex(value) ? value : NONE;
        }
    }

    void close(int depth) throws ProtocolException {
        if (!marked[depth]) {
            return;
        }
        int num = nums[depth];
        // One placeholder within another would vanish with it, and would break the order of the positions.
        boolean nested = count > 0 && found[count - 1] > num;
        if (num == NONE || nested) {
            throw new ProtocolException("illegal attachments");
        }
        if (count == most) {
            throw ProtocolException.beyondLimit("illegal attachments");
        }
        if (count == found.length) {
            found = Arrays.copyOf(found, 2 * count);
        }
        found[count++] = num;
    }

    /**
     * Compares a name in quotes. Each of its letters may be written as its code, too: no object is to be taken for a
     * placeholder by some who read it, and not by others.
     */
    private boolean is(String name, int from, int to) {
        int i = from + 1;
        for (int k = 0; k < name.length(); k++) {
            boolean code = json[i] == '\\' && json[i + 1] == 'u';
            if ((code ? code(i + 2) : json[i]) != name.charAt(k)) {
                return false;
            }
            i += code ? 6 : 1;
        }
        return i == to - 1;
    }

    /** Returns the number in four hexadecimal digits. */
    private int code(int from) {
        int code = 0;
        for (int i = from; i < from + 4; i++) {
            code = 16 * code + Character.digit(json[i], 16);
        }
        return code;
    }

    private boolean isIndex(int value) {
        int behind = behindDigits(json, value, end);
        boolean digits = behind > value && behind - value <= 9;
        boolean whole = behind == end || (json[behind] != '.' && (json[behind] | 0x20) != 'e');
        return digits && whole && parse(json, value, behind) < attachments;
    }
}
