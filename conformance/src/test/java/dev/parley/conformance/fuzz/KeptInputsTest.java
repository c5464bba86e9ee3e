package dev.parley.conformance.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Gives the inputs that are kept to the targets: seeds, and whatever a fuzzer has once found. */
class KeptInputsTest {

    private static final Path INPUTS = Path.of("fuzz");

    @TestFactory
    Stream<DynamicContainer> every_input_that_is_kept_passes() throws IOException {
        List<Path> targets = list(INPUTS).filter(Files::isDirectory).toList();
        assertThat(targets).hasSizeGreaterThan(7);
        return targets.stream().map(KeptInputsTest::target);
    }

    private static DynamicContainer target(Path folder) {
        String name = folder.getFileName().toString();
        return DynamicContainer.dynamicContainer(
                name,
                inputs(folder)
                        .map(input -> DynamicTest.dynamicTest(name + "/" + input.getFileName(), () -> {
                            run(name, Files.readAllBytes(input));
                        })));
    }

    private static Stream<Path> inputs(Path folder) {
        try {
            return list(folder);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Stream<Path> list(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList().stream();
        }
    }

    private static void run(String target, byte[] input) throws Throwable {
        Method method = Class.forName(KeptInputsTest.class.getPackageName() + '.' + target)
                .getMethod("fuzzerTestOneInput", byte[].class);
        try {
            method.invoke(null, (Object) input);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
