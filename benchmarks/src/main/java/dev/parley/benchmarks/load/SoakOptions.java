package dev.parley.benchmarks.load;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Options of a soak on the command line: names and numbers, and {@code --server} with options for its JVM. */
final class SoakOptions {

    private final Map<String, String> values = new TreeMap<>();

    /** @param defaults names and values of all options that there are */
    SoakOptions(List<String> arguments, Map<String, String> defaults) {
        values.putAll(defaults);
        values.put("--jvm", "");
        values.put("--transport", "auto");
        for (int i = 0; i < arguments.size(); i += 2) {
            if (i + 1 == arguments.size() || values.put(arguments.get(i), arguments.get(i + 1)) == null) {
                throw new LoadFailure("unknown option: " + arguments.get(i) + " (expected: " + values + ")");
            }
        }
    }

    String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new LoadFailure("no such option: " + name);
        }
        return value;
    }

    int number(String name) {
        return Integer.parseInt(text(name));
    }

    long seconds(String name) {
        return Math.round(Double.parseDouble(text(name)) * 60);
    }
}
