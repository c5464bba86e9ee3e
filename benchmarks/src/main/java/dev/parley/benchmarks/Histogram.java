package dev.parley.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import javax.management.JMException;
import javax.management.ObjectName;

/** Which objects live on the heap, by class. */
final class Histogram {

    private final Map<String, Long> instances = new HashMap<>();
    private final Map<String, Long> bytes = new HashMap<>();

    private Histogram() {}

    /** Collects garbage, then counts what is left. */
    static Histogram take() {
        Object text;
        try {
            text = ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
        } catch (JMException e) {
            throw new IllegalStateException("this JVM tells nothing of its heap", e);
        }
        Histogram histogram = new Histogram();
        for (String line : text.toString().split("\n", -1)) {
            String[] columns = line.strip().split("\\s+", -1);
            if (columns.length >= 4 && columns[0].endsWith(":")) { // number, instances, bytes, class
                histogram.instances.merge(columns[3], Long.parseLong(columns[1]), Long::sum);
                histogram.bytes.merge(columns[3], Long.parseLong(columns[2]), Long::sum);
            }
        }
        return histogram;
    }

    /** Returns how many bytes the objects of each class take. */
    Map<String, Long> bytes() {
        return bytes;
    }

    /** Returns how many objects there are of the classes whose names begin so. */
    long instances(String prefix) {
        return instances.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
