package dev.parley.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Not how fast they are, only that they run: their setups check what they do. */
class BenchmarksTest {

    static {
        // Benchmarks that somebody measures on this machine meanwhile are none of this test's business.
        System.setProperty("jmh.ignoreLock", "true");
    }

    @Test
    void each_benchmark_runs_once_and_does_what_its_setup_expects() throws Exception {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include("^" + MicroBenchmark.class.getPackageName())
                        .forks(0)
                        .mode(Mode.SingleShotTime)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .param("members", "100")
                        .param("memberships", "1000")
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();
        assertThat(results).isNotEmpty();
    }
}
