package dev.parley.benchmarks.load;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How much there is of everything in a server that is soaked, after a garbage collection.
 *
 * @param figures by name, as the server has told them
 */
record Vitals(Map<String, Long> figures) {

    private static final double MIB = 1024 * 1024;

    static Vitals parse(String line) {
        return new Vitals(Arrays.stream(line.split(" ", -1))
                .map(figure -> figure.split("=", 2))
                .collect(Collectors.toMap(
                        figure -> figure[0],
                        figure -> Long.parseLong(figure[1]),
                        (first, second) -> first,
                        LinkedHashMap::new)));
    }

    long get(String name) {
        Long figure = figures.get(name);
        if (figure == null) {
            throw new LoadFailure("the server tells nothing of " + name);
        }
        return figure;
    }

    double count(String name) {
        return (double) get(name);
    }

    double mib(String name) {
        return get(name) / MIB;
    }

    @Override
    public String toString() {
        return figures.keySet().stream()
                .map(name -> name.equals("heap") || name.equals("direct")
                        ? "%s %.1f MiB".formatted(name, mib(name))
                        : name + ' ' + get(name))
                .collect(Collectors.joining(", "));
    }
}
