package dev.parley.protocol;

/**
 * What a packet may demand of its receiver. A packet beyond a limit ends its connection.
 *
 * @param maxAttachments binary attachments of one packet, and places in it at which they stand
 * @param maxDepth nesting of arrays and objects in a payload
 * @param maxNumberLength characters of one JSON number
 * @param maxNameLength bytes of an event's or a namespace's name
 * @param maxArguments arguments of one event or acknowledgement
 */
public record DecoderLimits(
        int maxAttachments, int maxDepth, int maxNumberLength, int maxNameLength, int maxArguments) {

    /**
     * 10 attachments as in the reference server, a depth of 500, numbers of 1000 characters, names of 4096 bytes, 1000
     * arguments.
     */
    public static final DecoderLimits DEFAULT = new DecoderLimits(10, 500, 1000, 4096, 1000);

    /**
     * Checks the limits.
     *
     * @param maxAttachments 0 or more
     * @param maxDepth 1 or more
     * @param maxNumberLength 1 or more
     * @param maxNameLength 1 or more
     * @param maxArguments 0 or more
     */
    public DecoderLimits {
        check("maxAttachments", maxAttachments, 0);
        check("maxDepth", maxDepth, 1);
        check("maxNumberLength", maxNumberLength, 1);
        check("maxNameLength", maxNameLength, 1);
        check("maxArguments", maxArguments, 0);
    }

    private static void check(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + least + ")");
        }
    }
}
